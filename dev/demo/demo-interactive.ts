import { Client, Connection } from "@temporalio/client";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cleanup } from "../process/cleanup.ts";
import { type Machine, startMachine } from "../local-stack/local-stack.ts";
import { findTemporalCli } from "../temporal/cli.ts";
import { expectFree, freePort } from "../process/ports.ts";
import { startTemporal, type TemporalServer } from "../temporal/server.ts";
import { play, subscribe } from "./demo-runner.ts";
import { verdictOf } from "./demo-verdict.ts";
import { CAST, GUESTS } from "./scenarios.ts";
import { createSkippingPace, type SkippingPace } from "./skipping-pace.ts";

export type DemoPorts = {
  readonly temporal: number;
  readonly webUi: number;
  readonly gateway: number;
  readonly sandbox: number;
  readonly inbox: number;
};

const HOST = "127.0.0.1";

/** Where people find the demo, unless they ask for free ports. */
const PORTS: DemoPorts = { temporal: 7233, webUi: 8233, gateway: 3000, sandbox: 4010, inbox: 8025 };

export type Demo = {
  readonly machine: Machine;
  readonly temporal: TemporalServer;
  readonly client: Client;
  readonly pace: SkippingPace;
  readonly addresses: readonly (readonly [what: string, url: string])[];
};

/** Starts everything; nothing has happened yet. @throws with what to do, where a port is taken */
export async function openDemo(
  env: Readonly<Record<string, string | undefined>>,
  cleanup: Cleanup,
  ports: DemoPorts,
): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), "reprise-demo-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  for (const [what, port] of Object.entries(ports))
    await expectFree(HOST, port, `The demo's ${what}`);
  const cli = await findTemporalCli({ env, say: console.log });
  console.log(`Temporal ${cli.version} (${cli.source}) starts …`);
  const temporal = await startTemporal({
    cli,
    timeSkipping: true,
    port: ports.temporal,
    uiPort: ports.webUi,
  });
  cleanup.add(() => temporal.stop());
  // Without the retries of the SDK: one that is pending when the demo ends would throw.
  const connection = await Connection.connect({ address: temporal.address, interceptors: [] });
  cleanup.add(() => connection.close());
  const client = new Client({ connection, namespace: temporal.namespace });
  console.log("worker, gateway, sandbox Dodo and inbox start …");
  // The console's button needs what is made after it.
  const parts: { pace: SkippingPace | null } = { pace: null };
  const machine = await startMachine({
    temporal,
    taskQueue: "reprise",
    folder,
    skipsTime: true,
    ports: { gateway: ports.gateway, sandbox: ports.sandbox, inbox: ports.inbox },
    sandbox: {
      settings: { ladderScale: 0.01 },
      extraActions: [
        {
          label: "Skip to the next event",
          perform: async (subscriptionId) => {
            console.log(`console: ${await (parts.pace?.skipToNext(subscriptionId) ?? "not yet")}`);
          },
        },
      ],
    },
  });
  cleanup.add(() => machine.stop());
  const pace = createSkippingPace(connection, temporal.namespace, client, machine.sandbox);
  parts.pace = pace;
  await Promise.all([machine.startGateway("1"), machine.startWorker("1")]);
  const addresses = [
    ["Temporal Web UI: every recovery, its story and its next step", temporal.uiUrl ?? ""],
    ["inbox: the mails; their links work", machine.inbox.url],
    ["sandbox console: fail a charge, pay as a customer, skip time", machine.sandbox.url],
  ] as const;
  return { machine, temporal, client, pace, addresses };
}

/** The demo that one watches, and then plays with. @returns what was not as it should be */
export async function playDemo(demo: Demo, cleanup: Cleanup): Promise<string[]> {
  const print = (line: string): void => {
    if (!cleanup.isRunning()) console.log(line);
  };
  const { machine, client, pace, addresses } = demo;
  console.log(`\n${addresses.map(([what, url]) => `  ${url.padEnd(24)} ${what}`).join("\n")}\n`);
  console.log(
    `${CAST.length} customers' charges fail. Weeks pass in a minute: time is skipped for each, so every line has its customer's own day.\n`,
  );
  const findings = (
    await Promise.all(CAST.map((member) => play(member, machine, client, pace, print)))
  ).flat();
  print(`\n${verdictOf(findings, CAST.length)}`);
  for (const guest of GUESTS) await subscribe(machine.sandbox.control, guest);
  return findings;
}

export async function demoPorts(free: boolean): Promise<DemoPorts> {
  if (!free) return PORTS;
  const [temporal = 0, webUi = 0, gateway = 0, sandbox = 0, inbox = 0] = await Promise.all(
    Object.keys(PORTS).map(() => freePort(HOST)),
  );
  return { temporal, webUi, gateway, sandbox, inbox };
}
