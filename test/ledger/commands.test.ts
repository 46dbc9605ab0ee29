import { sql } from "kysely";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { DAY_MS, parseInstant } from "../../domain/values/time.ts";
import { connectLedger, type LedgerDatabase } from "../../ledger/database/connect.ts";
import { replaceRuns } from "../../ledger/database/replace-runs.ts";
import { reprise } from "../support/command-line.ts";
import { commandsOf } from "../support/documents.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres/database.ts";
import { failedCharge } from "../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { differencesFromSchema } from "../support/json-schema.ts";
import { sampleRun } from "./sample-runs.ts";

let postgres: TestPostgres;
let db: LedgerDatabase;
let system: TestSystem;
let env: Readonly<Record<string, string>>;

const SOFT = { decline: "INSUFFICIENT_FUNDS" };

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.database();
  db = connectLedger({ url, connections: 2, statementTimeoutMs: 30_000, name: "test" });
  system = await startTestSystem();
  env = {
    TEMPORAL_ADDRESS: inject("temporalAddress"),
    TEMPORAL_NAMESPACE: inject("temporalNamespace"),
    TEMPORAL_TASK_QUEUE: system.taskQueue,
    DATABASE_URL: url,
  };
});

afterAll(async () => {
  await system.close();
  await db.destroy();
  await postgres.stop();
});

const ledger = async (...args: string[]) => await reprise(["ledger", ...args, "--json"], { env });

test("rebuild fills an empty database from Temporal, verify agrees, and the export has each debt", async () => {
  const paid = await failedCharge(system, [SOFT]);
  await system.runToEnd(paid);
  const open = await failedCharge(system, [SOFT, SOFT]);
  const rebuilt = await ledger("rebuild");
  expect(rebuilt.code).toBe(0);
  expect(JSON.parse(rebuilt.out)).toEqual({ replaced: 2, empty: 0, kept: 0, removed: 0 });
  expect(differencesFromSchema("ledger-rebuild", rebuilt.out)).toEqual([]);
  const verified = await ledger("verify");
  expect([verified.code, JSON.parse(verified.out)]).toEqual([
    0,
    { runs: 2, agree: true, drifts: [], doubles: [] },
  ]);
  const { out } = await ledger("export");
  const debts = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const bySubscription = new Map(debts.map((debt) => [debt["subscription_id"], debt]));
  expect(bySubscription.get(paid)).toMatchObject({ outcome: "recovered", cause: "attempt" });
  expect(bySubscription.get(open)).toMatchObject({ outcome: null, attempts: 1 });
});

test("verify finds each difference with its class, rebuild mends them, and rows without a history stay", async () => {
  await ledger("rebuild");
  // Rows of runs that Temporal no longer has, because it has deleted them, and though it should still have them.
  const firstFailedAt = parseInstant("2025-01-01T00:00:00Z") ?? 0;
  const now = Date.now();
  await replaceRuns(db, [
    sampleRun({ debtId: "pay_old", outcome: "exhausted", firstFailedAt }),
    sampleRun({ debtId: "pay_lost", outcome: "exhausted", firstFailedAt: now - DAY_MS }),
  ]);
  const [ended] = await sql<{ runId: string }>`
    select run_id from recoveries where state = 'ended' and recovery_id not in ('recovery-pay_old', 'recovery-pay_lost')`
    .execute(db)
    .then(({ rows }) => rows);
  const runId = ended?.runId ?? "";
  await sql`update debts set amount_minor = amount_minor + 1 where run_id = ${runId}`.execute(db);
  await sql`update debts set currency = 'EUR' where run_id = ${runId}`.execute(db);
  await sql`update debts set outcome = 'exhausted' where run_id = ${runId}`.execute(db);
  await sql`delete from attempts where run_id = ${runId} and position = 1`.execute(db);
  await sql`
    insert into notices select provider, recovery_id, run_id, decision, 'e99', debt_id, kind, notice_key, started_at, result
    from notices where run_id = ${runId} limit 1`.execute(db);
  await sql`update recoveries set decision = decision - 1 where state <> 'ended'`.execute(db);
  const { code, out } = await ledger("verify");
  expect(code).toBe(1);
  const body = JSON.parse(out) as { readonly drifts: readonly { readonly class: string }[] };
  expect(differencesFromSchema("ledger-verify", out)).toEqual([]);
  expect(new Set(body.drifts.map((drift) => drift.class))).toEqual(
    new Set([
      "amount",
      "currency",
      "status",
      "missing_in_ledger",
      "missing_in_history",
      "late",
      "orphan",
    ]),
  );
  const rebuilt = JSON.parse((await ledger("rebuild")).out) as object;
  expect(rebuilt).toMatchObject({ kept: 2 });
  const again = JSON.parse((await ledger("verify")).out) as typeof body;
  expect(again.drifts).toMatchObject([{ class: "orphan", recovery_id: "recovery-pay_lost" }]);
  await sql`delete from recoveries where recovery_id = 'recovery-pay_lost'`.execute(db);
  expect((await ledger("verify")).code).toBe(0);
  const { out: csv } = await reprise(["ledger", "export"], { env });
  expect(csv).toContain("pay_old");
});

test("each `reprise ledger` command of docs/LEDGER.md does what it says", async () => {
  const commands = commandsOf("docs/LEDGER.md").filter((one) => one.startsWith("reprise ledger "));
  expect(commands.length).toBeGreaterThan(3);
  for (const command of commands) {
    const { code, err } = await reprise(command.split(" ").slice(1), { env });
    expect([command, code, code === 0 ? "" : err]).toEqual([command, 0, ""]);
  }
});

test("verify names a payment that the ledger counts for two debts", async () => {
  const paid = { outcome: "recovered", endedBy: "link", paidAfterDays: 1 } as const;
  const twice = { ...paid, settledByPaymentId: "pay_twice" };
  await replaceRuns(db, [
    sampleRun({ debtId: "pay_one", ...twice }),
    sampleRun({ debtId: "pay_other", ...twice }),
  ]);
  const { code, out } = await reprise(["ledger", "verify"], { env });
  expect(code).toBe(1);
  expect(out).toContain("double: pay_twice settles more than one debt");
});
