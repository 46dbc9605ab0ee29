import { Client, Connection } from "@temporalio/client";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type LocalStack, startLocalStack } from "../local-stack/local-stack.ts";
import type { Cleanup } from "../process/cleanup.ts";
import { findTemporalCli } from "../temporal/cli.ts";
import { startTemporal, type TemporalServer } from "../temporal/server.ts";
import { type Pace, runScenario } from "./demo-runner.ts";
import { formatVerdict } from "./demo-verdict.ts";
import { SCENARIOS } from "./scenarios.ts";

/** A day of the scenarios, in real time. */
const DAY_MS = 1_000;

/** The built-in policy with seconds for days. */
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
unknown_tax: none
`;

/** Nothing is skipped: the workflows' timers run in real time. */
const REAL_TIME: Pace = {
  dayMs: DAY_MS,
  now: () => Date.now(),
  advance: async () => {
    await delay(DAY_MS);
  },
};

/**
 * Runs all scenarios once in real time: a real Temporal server, worker and gateway as processes, the sandbox Dodo, SMTP.
 * @returns the exit code: 0 as expected, 1 a difference or an error, 130 interrupted
 */
export async function runDemoOnce(
  env: Readonly<Record<string, string | undefined>>,
  cleanup: Cleanup,
): Promise<number> {
  try {
    const folder = mkdtempSync(join(tmpdir(), "reprise-demo-"));
    cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
    const cli = await findTemporalCli({ env, print: console.log });
    console.log(
      `Starting Temporal ${cli.version} (${cli.source}), worker, gateway, sandbox Dodo and inbox …`,
    );
    const temporal = await startTemporal({ cli, timeSkipping: false });
    cleanup.add(() => temporal.stop());
    const stack = await startLocalStack({
      temporal,
      taskQueue: "reprise",
      folder,
      policy: POLICY,
      sandbox: { settings: { webhookRetryScale: 0.01 } },
    });
    cleanup.add(() => stack.stop());
    await Promise.all([stack.startGateway("1"), stack.startWorker("1")]);
    console.log(
      `${SCENARIOS.length} customers whose charges fail. One second stands for one day.\n`,
    );
    const findings = await runScenarios(stack, temporal);
    console.log(`\n${formatVerdict(findings, SCENARIOS.length)}`);
    return findings.length === 0 ? 0 : 1;
  } catch (error) {
    if (cleanup.isRunning()) return 130;
    console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await cleanup.run();
  }
}

async function runScenarios(stack: LocalStack, temporal: TemporalServer): Promise<string[]> {
  const connection = await Connection.connect({ address: temporal.address, interceptors: [] });
  const client = new Client({ connection, namespace: temporal.namespace });
  try {
    const findings = await Promise.all(
      SCENARIOS.map((scenario) => runScenario(scenario, stack, client, REAL_TIME, console.log)),
    );
    return findings.flat();
  } finally {
    await connection.close();
  }
}
