import { Client, Connection } from "@temporalio/client";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Cleanup } from "../process/cleanup.ts";
import { type Machine, startMachine } from "../local-stack/local-stack.ts";
import { findTemporalCli } from "../temporal/cli.ts";
import { startTemporal, type TemporalServer } from "../temporal/server.ts";
import { type Pace, play } from "./demo-runner.ts";
import { verdictOf } from "./demo-verdict.ts";
import { CAST } from "./scenarios.ts";

/** A day of the story, on the wall's clock. */
const DAY_MS = 1_000;

/** The built-in policy with seconds for days; real timers, nothing skipped. */
const POLICY = `
retry:
  gaps: [3s, 7s, 7s]
  transient_gap: 1s
  align: none
  settle: 4s
  settle_reads: 4
  outcome_deadline: 20s
  follow_up: [1s]
  after_method_change: 1s
notices:
  first_soft: 1s
  before_attempt: 1s
  hard: [0s, 3s, 7s, 14s]
opening_reread: 1s
window: 30s
quiet_end: 3s
`;

/** Real timers: time passes by itself. */
const REAL: Pace = {
  dayMs: DAY_MS,
  now: () => Date.now(),
  pass: async () => {
    await delay(DAY_MS);
  },
};

/**
 * The main job once, on one machine: real Temporal, worker and gateway as processes, the sandbox Dodo, real SMTP.
 * @returns the process's exit code: 0, or 1 with what was wrong
 */
export async function demoOnce(
  env: Readonly<Record<string, string | undefined>>,
  cleanup: Cleanup,
): Promise<number> {
  try {
    const folder = mkdtempSync(join(tmpdir(), "reprise-demo-"));
    cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
    const cli = await findTemporalCli({ env, say: console.log });
    console.log(
      `Temporal ${cli.version} (${cli.source}) starts, with worker, gateway, sandbox Dodo and inbox …`,
    );
    const temporal = await startTemporal({ cli, timeSkipping: false });
    cleanup.add(() => temporal.stop());
    const machine = await startMachine({
      temporal,
      taskQueue: "reprise",
      folder,
      policy: POLICY,
      sandbox: { settings: { ladderScale: 0.01 } },
    });
    cleanup.add(() => machine.stop());
    await Promise.all([machine.startGateway("1"), machine.startWorker("1")]);
    console.log(`${CAST.length} customers; a day of theirs takes a second.\n`);
    const findings = await playAll(machine, temporal);
    console.log(`\n${verdictOf(findings, CAST.length)}`);
    return findings.length === 0 ? 0 : 1;
  } catch (error) {
    if (cleanup.isRunning()) return 130;
    console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await cleanup.run();
  }
}

async function playAll(machine: Machine, temporal: TemporalServer): Promise<string[]> {
  const connection = await Connection.connect({ address: temporal.address, interceptors: [] });
  const client = new Client({ connection, namespace: temporal.namespace });
  try {
    const all = await Promise.all(
      CAST.map((member) => play(member, machine, client, REAL, console.log)),
    );
    return all.flat();
  } finally {
    await connection.close();
  }
}
