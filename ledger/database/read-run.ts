import type { RunKey, RunRows } from "../projection/rows.ts";
import type { LedgerDatabase } from "./connect.ts";

/** The rows of a run, as the ledger has them; null where it has none. */
export async function storedRun(db: LedgerDatabase, key: RunKey): Promise<RunRows | null> {
  const { provider, recoveryId, runId } = key;
  const of = { provider, recoveryId, runId };
  const found = await db
    .selectFrom("recoveries")
    .selectAll()
    .where((where) => where.and(of))
    .executeTakeFirst();
  if (found === undefined) return null;
  const { writtenAt: _writtenAt, recorded: _recorded, closedAt: _closedAt, ...recovery } = found;
  const debts = db.selectFrom("debts").selectAll().orderBy("debtId");
  const attempts = db.selectFrom("attempts").selectAll().orderBy("debtId").orderBy("position");
  const notices = db.selectFrom("notices").selectAll().orderBy("effectId");
  const actions = db.selectFrom("operatorActions").selectAll().orderBy("updateId");
  return {
    recovery,
    debts: await debts.where((where) => where.and(of)).execute(),
    attempts: await attempts.where((where) => where.and(of)).execute(),
    notices: await notices.where((where) => where.and(of)).execute(),
    actions: await actions.where((where) => where.and(of)).execute(),
  };
}

/** The number of a run's last decision in the ledger; null where it has none. */
export async function storedDecision(
  db: LedgerDatabase,
  { provider, recoveryId, runId }: RunKey,
): Promise<number | null> {
  const row = await db
    .selectFrom("recoveries")
    .select("decision")
    .where((where) => where.and({ provider, recoveryId, runId }))
    .executeTakeFirst();
  return row?.decision ?? null;
}
