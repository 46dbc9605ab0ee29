import { Client, Connection } from "@temporalio/client";
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type LocalStack, startLocalStack } from "../../../dev/local-stack/local-stack.ts";
import { freePort } from "../../../dev/process/ports.ts";
import { findTemporalCli } from "../../../dev/temporal/cli.ts";
import { startTemporal, type TemporalServer } from "../../../dev/temporal/server.ts";
import type { LedgerCheck } from "../../../domain/reporting/ledger-check.ts";
import { verifyLedger } from "../../../ledger/verify/verify-histories.ts";
import { LEDGER_CHECK, SWEEP_SCHEDULE } from "../../../workflows/contract.ts";
import { build } from "../../support/build.ts";
import { openTestLedger } from "../../support/ledger.ts";
import { startTestPostgres } from "../../support/postgres/database.ts";
import { scriptedSubscription } from "../../support/system/failed-charge.ts";
import { until } from "../../support/until.ts";

const POLICY = `
retry: { gaps: [10s, 400s], transient_gap: 10s, align: none, settle: 2s, follow_up: [1s], outcome_deadline: 60s }
notices: { first_soft: 60s, before_attempt: 0s, hard: [0s] }
opening_reread: 1s
unknown_tax: none
window: 900s
quiet_end: 2s
accept_risk: true
`;
const EACH = 8;
const PATIENT = { timeoutMs: 240_000 };

const DECLINED = { decline: "INSUFFICIENT_FUNDS" };

async function begin(
  { sandbox }: LocalStack,
  outcomes: readonly (typeof DECLINED)[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let number = 0; number < EACH; number += 1) {
    const id = await scriptedSubscription(sandbox.control, [...outcomes]);
    await sandbox.control.charge(id);
    ids.push(id);
  }
  return ids;
}

function copyDatabase(from: string, to: string): void {
  for (const suffix of ["", "-wal", "-shm"]) {
    rmSync(`${to}${suffix}`, { force: true });
    if (existsSync(`${from}${suffix}`)) cpSync(`${from}${suffix}`, `${to}${suffix}`);
  }
}

test("after Temporal alone was restored from a backup, no row remains that its histories do not have", async () => {
  const folder = mkdtempSync(join(tmpdir(), "reprise-restored-"));
  chmodSync(folder, 0o755);
  const postgres = await startTestPostgres();
  const url = await postgres.database();
  const db = await openTestLedger(url);
  const cli = await findTemporalCli({ env: process.env, print: () => undefined });
  const port = await freePort("127.0.0.1");
  const dbFilename = join(folder, "temporal.db");
  const startServer = async (): Promise<TemporalServer> =>
    await startTemporal({ cli, port, dbFilename, timeSkipping: false });
  let temporal = await startServer();
  const { address, namespace } = temporal;
  const stack = await startLocalStack({
    temporal: { address, namespace },
    taskQueue: "reprise",
    folder,
    build: build(),
    policy: POLICY,
    sandbox: { settings: { webhookRetryScale: 0.01 } },
    env: { DATABASE_URL: url },
  });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const running = async (): Promise<number> =>
    (
      await client.workflow.count(
        'WorkflowType = "subscriptionRecovery" AND ExecutionStatus = "Running"',
      )
    ).count;
  const untilRunning = async (count: number): Promise<void> => {
    const what = `${count} open recoveries`;
    await until(async () => (await running()) === count, { what, ...PATIENT });
  };
  try {
    await stack.startGateway("1");
    let worker = await stack.startWorker("1");
    await begin(stack, [DECLINED]);
    await untilRunning(EACH);
    await until(
      async () => (await db.selectFrom("debts").select("debtId").execute()).length === EACH,
      { what: "their debts in the ledger" },
    );
    await worker.stop();
    await temporal.stop();
    copyDatabase(dbFilename, join(folder, "backup.db"));
    temporal = await startServer();
    worker = await stack.startWorker("2");
    const lost = await begin(stack, [DECLINED, DECLINED, DECLINED]);
    await untilRunning(2 * EACH);
    // The first ones are paid and end.
    await untilRunning(EACH);
    await until(
      async () =>
        (await db.selectFrom("attempts").select("position").where("position", "=", 2).execute())
          .length ===
        2 * EACH,
      { what: "the second attempts of all in the ledger", ...PATIENT },
    );
    const before = await db.selectFrom("recoveries").select("runId").execute();
    expect(before).toHaveLength(2 * EACH);
    await worker.stop();
    await temporal.stop();
    copyDatabase(join(folder, "backup.db"), dbFilename);
    temporal = await startServer();
    expect(await running()).toBe(EACH);
    const { drifts } = await verifyLedger(db, client, "reprise");
    const orphans = drifts.filter((drift) => drift.class === "orphan");
    expect(orphans.map(({ recoveryId }) => recoveryId).toSorted()).toEqual(
      lost.map((id) => `recovery-${id}`).toSorted(),
    );
    worker = await stack.startWorker("3");
    await client.schedule.getHandle(SWEEP_SCHEDULE).trigger();
    // The sweep opens those again that Temporal has lost; the others read Dodo, are paid, and end.
    await until(
      async () =>
        (await client.workflow.count('WorkflowType = "subscriptionRecovery"')).count === 2 * EACH,
      { what: "recoveries of the lost ones", ...PATIENT },
    );
    await untilRunning(EACH);
    const check = await until(
      async () => {
        const options = { taskQueue: "reprise", workflowId: "check" };
        const found = (await client.workflow.execute(LEDGER_CHECK, options)) as LedgerCheck;
        return found.drifts === 0 ? found : null;
      },
      { what: "a check without differences", ...PATIENT },
    );
    expect(check.runs).toBe(2 * EACH);
    const after = await db.selectFrom("recoveries").select("runId").execute();
    expect(after).toHaveLength(2 * EACH);
    const kept = new Set(before.map(({ runId }) => runId));
    expect(after.filter(({ runId }) => kept.has(runId))).toHaveLength(EACH);
    await worker.stop();
  } finally {
    await stack.stop();
    await connection.close();
    await temporal.stop();
    await db.destroy();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
