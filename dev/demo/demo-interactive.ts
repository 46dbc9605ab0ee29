import { Client, Connection } from "@temporalio/client";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalStack, startLocalStack } from "../local-stack/local-stack.ts";
import type { Cleanup } from "../process/cleanup.ts";
import { expectFree, freePort } from "../process/ports.ts";
import { findTemporalCli } from "../temporal/cli.ts";
import { startTemporal, type TemporalServer } from "../temporal/server.ts";
import { runScenario, subscribe } from "./demo-runner.ts";
import { formatVerdict } from "./demo-verdict.ts";
import { EXTRA_CUSTOMERS, SCENARIOS } from "./scenarios.ts";
import { createSkippingPace, type SkippingPace } from "./skipping-pace.ts";

export type DemoPorts = {
  readonly temporal: number;
  readonly webUi: number;
  readonly gateway: number;
  readonly sandbox: number;
  readonly inbox: number;
};

const HOST = "127.0.0.1";

/** Used unless the demo is started with `--free-ports`. */
const PORTS: DemoPorts = { temporal: 7233, webUi: 8233, gateway: 3000, sandbox: 4010, inbox: 8025 };

const PORT_OWNER: Readonly<Record<keyof DemoPorts, string>> = {
  temporal: "Temporal",
  webUi: "the Temporal Web UI",
  gateway: "the gateway",
  sandbox: "the sandbox Dodo",
  inbox: "the inbox",
};

export type DemoOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cleanup: Cleanup;
  readonly ports: DemoPorts;
  readonly print: (line: string) => void;
};

export type Demo = {
  readonly stack: LocalStack;
  readonly temporal: TemporalServer;
  readonly client: Client;
  readonly pace: SkippingPace;
};

/** Starts everything; no charge has been made yet. @throws if a port is in use, with what to do */
export async function startDemo({ env, cleanup, ports, print }: DemoOptions): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), "reprise-demo-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, port] of Object.entries(ports) as [keyof DemoPorts, number][])
    await expectFree(HOST, port, `The demo (${PORT_OWNER[name]})`);
  const cli = await findTemporalCli({ env, print });
  print(`Starting Temporal ${cli.version} (${cli.source}) …`);
  const temporal = await startTemporal({
    cli,
    timeSkipping: true,
    port: ports.temporal,
    uiPort: ports.webUi,
  });
  cleanup.add(() => temporal.stop());
  // Without the SDK's retry interceptor: a retry that is pending when the demo ends would throw.
  const connection = await Connection.connect({ address: temporal.address, interceptors: [] });
  cleanup.add(() => connection.close());
  const client = new Client({ connection, namespace: temporal.namespace });
  print("Starting worker, gateway, sandbox Dodo and inbox …");
  // The console's button needs the pace, which needs the sandbox that shows the console.
  const parts: { pace: SkippingPace | null } = { pace: null };
  const stack = await startLocalStack({
    temporal,
    taskQueue: "reprise",
    folder,
    skipsTime: true,
    // The demo's account computes no tax.
    policy: "unknown_tax: none\n",
    ports: { gateway: ports.gateway, sandbox: ports.sandbox, inbox: ports.inbox },
    sandbox: {
      settings: { webhookRetryScale: 0.01 },
      extraActions: [
        {
          label: "Skip to the next event",
          perform: async (subscriptionId) => {
            const line = await (parts.pace?.skipToNext(subscriptionId) ?? "starting, try again");
            print(`console: ${line}`);
          },
        },
      ],
    },
  });
  cleanup.add(() => stack.stop());
  const pace = createSkippingPace(connection, temporal.namespace, client, stack.sandbox);
  parts.pace = pace;
  await Promise.all([stack.startGateway("1"), stack.startWorker("1")]);
  return { stack, temporal, client, pace };
}

/** Runs all scenarios and prints what happens. @returns the extra customers' subscriptions, in order */
export async function runDemo(
  { stack, temporal, client, pace }: Demo,
  { cleanup, print: printAlways }: DemoOptions,
): Promise<readonly string[]> {
  const print = (line: string): void => {
    if (!cleanup.isRunning()) printAlways(line);
  };
  const addresses = [
    ["Temporal Web UI: every recovery, its history and its next step", temporal.uiUrl ?? ""],
    ["inbox: all emails; their links work", stack.inbox.url],
    ["sandbox console: fail a charge, pay as a customer, skip time", stack.sandbox.url],
  ] as const;
  print(`\n${addresses.map(([what, url]) => `  ${url.padEnd(24)} ${what}`).join("\n")}\n`);
  print(
    `${SCENARIOS.length} customers whose charges fail. Time is skipped for each customer separately: weeks pass in a\n` +
      "minute, and each line shows its customer's own day.\n",
  );
  const findings = await Promise.all(
    SCENARIOS.map((scenario) => runScenario(scenario, stack, client, pace, print)),
  );
  print(`\n${formatVerdict(findings.flat(), SCENARIOS.length)}`);
  const subscriptionIds: string[] = [];
  for (const name of EXTRA_CUSTOMERS) {
    subscriptionIds.push((await subscribe(stack.sandbox.control, name)).subscriptionId);
  }
  print(
    `Everything keeps running. ${EXTRA_CUSTOMERS.join(", ")} have paid so far: open the sandbox console, fail their\n` +
      "charges, skip time, and read the emails. Ctrl-C stops the demo.",
  );
  return subscriptionIds;
}

export async function demoPorts(free: boolean): Promise<DemoPorts> {
  if (!free) return PORTS;
  const [temporal = 0, webUi = 0, gateway = 0, sandbox = 0, inbox = 0] = await Promise.all(
    Object.keys(PORTS).map(() => freePort(HOST)),
  );
  return { temporal, webUi, gateway, sandbox, inbox };
}
