import { type Insertable, sql, type Transaction } from "kysely";
import type { Instant } from "../../domain/values/time.ts";
import type { RunRows } from "../projection/rows.ts";
import type { LedgerDatabase } from "./connect.ts";
import { lockRuns } from "./lock-runs.ts";
import { type LedgerTables, RUN_TABLES, type RunTable, statementsOf, stored } from "./tables.ts";

/**
 * Replaces all rows of these runs by those of their histories, in one transaction. What was written and never recorded goes.
 *
 * @param runs each of them once
 * @param closedAt of runs whose history is complete, by the run's id
 */
export async function replaceRuns(
  db: LedgerDatabase,
  runs: readonly RunRows[],
  closedAt: ReadonlyMap<string, Instant> = new Map(),
): Promise<void> {
  if (runs.length === 0) return;
  await db.transaction().execute(async (transaction) => {
    await lockRuns(
      transaction,
      runs.map(({ recovery }) => recovery.runId),
    );
    for (const table of RUN_TABLES) await deleteRuns(transaction, table, runs);
    await insert(
      transaction,
      "recoveries",
      runs.map(({ recovery }) => {
        const closed = closedAt.get(recovery.runId);
        return {
          ...stored(recovery),
          recorded: recovery.decision,
          closedAt: closed === undefined ? null : new Date(closed),
        };
      }),
    );
    await insert(
      transaction,
      "debts",
      runs.flatMap(({ debts }) => debts.map(stored)),
    );
    await insert(
      transaction,
      "attempts",
      runs.flatMap(({ attempts }) => attempts.map(stored)),
    );
    await insert(
      transaction,
      "notices",
      runs.flatMap(({ notices }) => notices.map(stored)),
    );
    await insert(
      transaction,
      "operatorActions",
      runs.flatMap(({ actions }) => actions.map(stored)),
    );
  });
}

/** The key's first columns are named too, because the index begins with them. */
async function deleteRuns(
  db: Transaction<LedgerTables>,
  table: RunTable,
  runs: readonly RunRows[],
): Promise<void> {
  const of = (name: "provider" | "recoveryId" | "runId"): string[] => [
    ...new Set(runs.map(({ recovery }) => recovery[name])),
  ];
  await sql`
    delete from ${sql.table(table)}
    where provider = any(${of("provider")}) and recovery_id = any(${of("recoveryId")})
      and run_id = any(${of("runId")})`.execute(db);
}

async function insert<T extends RunTable>(
  db: Transaction<LedgerTables>,
  table: T,
  rows: readonly Insertable<LedgerTables[T]>[],
): Promise<void> {
  for (const some of statementsOf(rows)) await db.insertInto(table).values(some).execute();
}
