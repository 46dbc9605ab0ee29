import { type Insertable, sql, type Transaction } from "kysely";
import type { LedgerDatabase } from "../database/connect.ts";
import { lockRuns } from "../database/lock-runs.ts";
import { type LedgerTables, type RunTable, statementsOf, stored } from "../database/tables.ts";
import type { DecisionRows, NoticeEnd, RunKey } from "../projection/rows.ts";
import { accept, type StoredRun } from "./accept.ts";
import { batchOf, runOf } from "./run-batch.ts";

/**
 * Writes what these decisions say, in one transaction. The same decision may come again.
 *
 * @param decisions in the order in which they were made
 * @returns the runs whose rows have to be read from their histories, since a decision of theirs is missing
 */
export async function writeDecisions(
  db: LedgerDatabase,
  decisions: readonly DecisionRows[],
): Promise<readonly RunKey[]> {
  const byRun = groupedByRun(decisions);
  return await db.transaction().execute(async (transaction) => {
    await lockRuns(transaction, [...byRun.keys()]);
    const known = await storedRuns(transaction, decisions);
    const batches: DecisionRows[] = [];
    const gaps: RunKey[] = [];
    for (const [runId, all] of byRun) {
      const { accepted, needsHistory } = accept(known.get(runId) ?? UNKNOWN, all);
      const [first, ...rest] = accepted;
      if (first !== undefined) batches.push(batchOf([first, ...rest]));
      const [any] = all;
      if (needsHistory && any !== undefined) gaps.push(runOf(any));
    }
    if (batches.length > 0) await write(transaction, batches);
    return gaps;
  });
}

function groupedByRun(
  decisions: readonly DecisionRows[],
): ReadonlyMap<string, readonly DecisionRows[]> {
  const byRun = new Map<string, DecisionRows[]>();
  for (const rows of decisions) {
    const { runId } = rows.recovery;
    const others = byRun.get(runId);
    if (others === undefined) byRun.set(runId, [rows]);
    else others.push(rows);
  }
  return byRun;
}

const UNKNOWN: StoredRun = { decision: 0, recorded: 0 };

async function storedRuns(
  db: Transaction<LedgerTables>,
  decisions: readonly DecisionRows[],
): Promise<ReadonlyMap<string, StoredRun>> {
  const of = (name: "provider" | "recoveryId" | "runId"): string[] => [
    ...new Set(decisions.map(({ recovery }) => recovery[name])),
  ];
  const rows = await db
    .selectFrom("recoveries")
    .select(["runId", "decision", "recorded"])
    .where("provider", "in", of("provider"))
    .where("recoveryId", "in", of("recoveryId"))
    .where("runId", "in", of("runId"))
    .execute();
  return new Map(rows.map(({ runId, decision, recorded }) => [runId, { decision, recorded }]));
}

async function write(
  db: Transaction<LedgerTables>,
  batches: readonly DecisionRows[],
): Promise<void> {
  await upsert(
    db,
    "recoveries",
    batches.map(({ recovery }) => ({ ...stored(recovery), writtenAt: sql`clock_timestamp()` })),
  );
  for (const batch of batches) await removeDebts(db, batch);
  const debts = batches.flatMap((batch) =>
    batch.debts.map((debt) => stored({ ...debt, notices: 0, noticesBeforeSettlement: 0 })),
  );
  await upsert(db, "debts", debts);
  await upsert(
    db,
    "attempts",
    batches.flatMap(({ attempts }) => attempts.map(stored)),
  );
  await upsert(
    db,
    "notices",
    batches.flatMap(({ notices }) => notices.map(stored)),
  );
  await upsert(
    db,
    "operatorActions",
    batches.flatMap(({ actions }) => actions.map(stored)),
  );
  await endNotices(
    db,
    batches.flatMap(({ noticeEnds }) => noticeEnds),
  );
  await countNotices(db, batches.map(runOf));
}

const RUN = ["provider", "recoveryId", "runId"] as const;

const KEYS: Readonly<Record<RunTable, readonly string[]>> = {
  recoveries: RUN,
  debts: [...RUN, "debtId"],
  attempts: [...RUN, "debtId", "position"],
  notices: [...RUN, "effectId"],
  operatorActions: [...RUN, "updateId"],
};

/** All rows of a table have the same columns. */
async function upsert<T extends RunTable>(
  db: Transaction<LedgerTables>,
  table: T,
  rows: readonly object[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const keys = KEYS[table];
  const others = Object.keys(first).filter((name) => !keys.includes(name));
  for (const some of statementsOf(rows)) {
    await db
      .insertInto(table)
      .values(some as Insertable<LedgerTables[T]>[])
      .onConflict((conflict) =>
        conflict
          .columns(keys as never)
          .doUpdateSet(
            Object.fromEntries(others.map((name) => [name, sql.ref(`excluded.${name}`)])) as never,
          ),
      )
      .execute();
  }
}

/** A queued failure that turned out to be a retry of another debt. */
async function removeDebts(db: Transaction<LedgerTables>, batch: DecisionRows): Promise<void> {
  const { removedDebts } = batch;
  if (removedDebts.length === 0) return;
  const key = runOf(batch);
  for (const table of ["debts", "attempts"] as const) {
    await db
      .deleteFrom(table)
      .where("provider", "=", key.provider)
      .where("recoveryId", "=", key.recoveryId)
      .where("runId", "=", key.runId)
      .where("debtId", "in", removedDebts)
      .execute();
  }
}

async function endNotices(
  db: Transaction<LedgerTables>,
  ends: readonly NoticeEnd[],
): Promise<void> {
  if (ends.length === 0) return;
  const of = (name: keyof NoticeEnd): unknown[] => ends.map((end) => end[name]);
  await sql`
    update notices set result = learned.result, decision = learned.decision
    from unnest(${of("provider")}::text[], ${of("recoveryId")}::text[], ${of("runId")}::text[],
      ${of("effectId")}::text[], ${of("result")}::text[], ${of("decision")}::integer[])
      as learned (provider, recovery_id, run_id, effect_id, result, decision)
    where notices.provider = learned.provider and notices.recovery_id = learned.recovery_id
      and notices.run_id = learned.run_id and notices.effect_id = learned.effect_id`.execute(db);
}

/** As the projection counts them. @source ledger/projection/run-rows.ts */
async function countNotices(db: Transaction<LedgerTables>, runs: readonly RunKey[]): Promise<void> {
  const of = (name: keyof RunKey): string[] => [...new Set(runs.map((run) => run[name]))];
  await sql`
    update debts set notices = counted.sent, notices_before_settlement = counted.before
    from (
      select debt.provider, debt.recovery_id, debt.run_id, debt.debt_id, count(notice.effect_id) as sent,
        count(notice.effect_id) filter (where debt.settled_at is null or notice.started_at < debt.settled_at) as before
      from debts as debt
      left join notices as notice on notice.provider = debt.provider and notice.recovery_id = debt.recovery_id
        and notice.run_id = debt.run_id and notice.debt_id = debt.debt_id and notice.result = 'sent'
      where debt.provider = any(${of("provider")}) and debt.recovery_id = any(${of("recoveryId")})
        and debt.run_id = any(${of("runId")})
      group by debt.provider, debt.recovery_id, debt.run_id, debt.debt_id
    ) as counted
    where debts.provider = counted.provider and debts.recovery_id = counted.recovery_id
      and debts.run_id = counted.run_id and debts.debt_id = counted.debt_id
      and (debts.notices, debts.notices_before_settlement) is distinct from (counted.sent, counted.before)`.execute(
    db,
  );
}
