import type { Client } from "@temporalio/client";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Service } from "../../../dev/local-stack/services.ts";
import { type PostgresServer, startPostgres } from "../../../dev/postgres/server.ts";
import { freePort } from "../../../dev/process/ports.ts";
import type { LedgerDatabase } from "../../../ledger/database/connect.ts";
import { countRuns } from "../../../ledger/history/read-run.ts";
import { verifyLedger } from "../../../ledger/verify/verify-histories.ts";
import { createActivityQueue } from "../../../platform/temporal/activity-queue.ts";
import { chargeQueueOf } from "../../../workflows/contract.ts";
import { type FreezingProxy, startFreezingProxy } from "../../support/faults/freezing-proxy.ts";
import { openTestLedger } from "../../support/ledger.ts";
import { scriptedSubscription } from "../../support/system/failed-charge.ts";
import { type ProcessStack, startProcessStack } from "../../support/system/process-stack.ts";
import { until } from "../../support/until.ts";

/** Recoveries that end in this run. A file keeps the count of all runs, so that an interrupted one is continued. */
const ENDINGS = Number(process.env["LEDGER_ENDINGS"] ?? "100");
const FILE = process.env["LEDGER_ENDINGS_FILE"];

/** Recoveries of each round. */
const AT_ONCE = 25;
/** In each round, the worker and PostgreSQL are killed this often. */
const KILLS = 3;

/** Seconds instead of days, with real timers. */
const POLICY = `
retry: { gaps: [2s, 2s], transient_gap: 2s, align: none, settle: 2s, follow_up: [1s], outcome_deadline: 60s }
notices: { first_soft: 1s, before_attempt: 0s, hard: [0s] }
opening_reread: 1s
unknown_tax: none
window: 20s
quiet_end: 2s
accept_risk: true
`;

let proxy: FreezingProxy;
let processes: ProcessStack;
let client: Client;
let postgres: PostgresServer;
let folder: string;
let port: number;
let db: LedgerDatabase;
let starts = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "reprise-postgres-"));
  chmodSync(folder, 0o755);
  port = await freePort("127.0.0.1");
  // What it has acknowledged has to survive its kill.
  postgres = await startPostgres({ folder, durable: true, port });
  proxy = await startFreezingProxy(inject("temporalAddress"));
  processes = await startProcessStack("ledger-kills", {
    workerTemporalAddress: proxy.address,
    policy: POLICY,
    sandbox: { settings: { webhookRetryScale: 0.01 } },
    env: { DATABASE_URL: postgres.url },
  });
  ({ client } = processes);
  const { stack } = processes;
  await stack.startGateway("1");
  const charging = createActivityQueue(client, chargeQueueOf(stack.taskQueue));
  await charging.setRateLimits({ perKey: { perSecond: 100, reason: "test" } }, "test");
  db = await openTestLedger(postgres.url);
});

afterAll(async () => {
  await db.destroy();
  await processes.close();
  await proxy.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startWorker(): Promise<Service> {
  starts += 1;
  return await processes.stack.startWorker(String(starts));
}

/** Ended with a success, ended unpaid, ended by a customer code. */
const OUTCOMES = [
  [{ decline: "INSUFFICIENT_FUNDS" }],
  Array.from({ length: 6 }, () => ({ decline: "INSUFFICIENT_FUNDS" })),
  [{ decline: "INSUFFICIENT_FUNDS" }, { decline: "EXPIRED_CARD" }, { decline: "EXPIRED_CARD" }],
];

async function begin(): Promise<void> {
  const { control } = processes.stack.sandbox;
  for (let number = 0; number < AT_ONCE; number += 1) {
    const outcomes = OUTCOMES[number % OUTCOMES.length] ?? [];
    await control.charge(await scriptedSubscription(control, outcomes));
  }
}

const ENDED_BY_THEMSELVES_MS = 90_000;
const ENDED_WITHIN_MS = 180_000;

/** A charge that a kill hit may ask a person, who then gives the debt up. @returns how many recoveries are open all the same */
async function endAll(): Promise<number> {
  const startedAt = performance.now();
  const query = `WorkflowType = "subscriptionRecovery" AND TaskQueue = "${processes.stack.taskQueue}" AND ExecutionStatus = "Running"`;
  for (;;) {
    const { count } = await client.workflow.count(query);
    const passedMs = performance.now() - startedAt;
    if (count === 0 || passedMs > ENDED_WITHIN_MS) return count;
    if (passedMs > ENDED_BY_THEMSELVES_MS) {
      for await (const { workflowId } of client.workflow.list({ query }))
        await writeOff(workflowId);
    }
    await delay(1_000);
  }
}

async function writeOff(workflowId: string): Promise<void> {
  const args: [unknown] = [{ by: "anna", note: "" }];
  await client
    .withAbortSignal(AbortSignal.timeout(10_000), () =>
      client.workflow.getHandle(workflowId).executeUpdate("writeOff", { args }),
    )
    .catch(() => null);
}

/** PostgreSQL's own processes may live a little longer than the one that was killed. */
async function restartPostgres(): Promise<void> {
  postgres = await until(async () => await startPostgres({ folder, durable: true, port }), {
    what: "PostgreSQL after its kill",
  });
}

/** What a worker decides while its calls to Temporal hang is written, and never recorded. */
async function killBetweenWriteAndCompletion(worker: Service): Promise<void> {
  proxy.freeze();
  await delay(1_500);
  await worker.kill();
  proxy.thaw();
}

test(
  `after ${ENDINGS} endings with kill -9 of the worker and of PostgreSQL in between, the ledger is complete, without doubles`,
  { timeout: 6 * 3_600_000 },
  async () => {
    let done = FILE !== undefined && existsSync(FILE) ? Number(readFileSync(FILE, "utf8")) : 0;
    let begun = 0;
    let worker = await startWorker();
    while (done < ENDINGS) {
      await begin();
      begun += AT_ONCE;
      for (let kill = 0; kill < KILLS; kill += 1) {
        await delay(500 + Math.random() * 4_000);
        if (kill % 2 === 0) await killBetweenWriteAndCompletion(worker);
        else await worker.kill();
        worker = await startWorker();
        await delay(Math.random() * 3_000);
        await postgres.kill();
        await delay(Math.random() * 3_000);
        await restartPostgres();
      }
      await until(async () => (await countRuns(client, processes.stack.taskQueue)) >= begun, {
        what: `${begun} runs`,
        timeoutMs: 120_000,
      });
      done += AT_ONCE - (await endAll());
      if (FILE !== undefined) writeFileSync(FILE, String(done));
      const { runs, drifts, doubles } = await verifyLedger(db, client, processes.stack.taskQueue);
      console.log(`${done} endings, ${runs} runs compared, ${drifts.length} differences`);
      expect(drifts).toEqual([]);
      expect(doubles).toEqual([]);
      expect(runs).toBe(begun);
    }
    await worker.stop(60_000);
  },
);
