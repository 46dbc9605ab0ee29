import { type Insertable, sql, type Transaction } from "kysely";
import type { RunRows } from "../projection/rows.ts";
import type { LedgerDatabase } from "./connect.ts";
import { type LedgerTables, stored } from "./tables.ts";

/** PostgreSQL takes 65,535 parameters in a statement, and no row has more than 30. */
const ROWS_MAX = 2_000;

type Table = "recoveries" | "debts" | "attempts" | "notices" | "operatorActions";
const TABLES: readonly Table[] = ["recoveries", "debts", "attempts", "notices", "operatorActions"];

/**
 * Replaces all rows of these runs by those of their histories, in one transaction. What was written and never recorded goes.
 *
 * @param runs each of them once
 */
export async function replaceRuns(db: LedgerDatabase, runs: readonly RunRows[]): Promise<void> {
  if (runs.length === 0) return;
  await db.transaction().execute(async (transaction) => {
    await lockRuns(transaction, runs);
    for (const table of TABLES) await deleteRuns(transaction, table, runs);
    await insert(
      transaction,
      "recoveries",
      runs.map(({ recovery }) => stored(recovery)),
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

/** Until the transaction ends, nobody else writes rows of these runs. Always in one order, so that nobody waits in a circle. */
async function lockRuns(db: Transaction<LedgerTables>, runs: readonly RunRows[]): Promise<void> {
  const ids = runs.map(({ recovery }) => recovery.runId).toSorted();
  await sql`
    select pg_advisory_xact_lock(hashtextextended(id, 0))
    from unnest(${ids}::text[]) with ordinality as run (id, place) order by place`.execute(db);
}

/** The key's first columns are named too, because the index begins with them. */
async function deleteRuns(
  db: Transaction<LedgerTables>,
  table: Table,
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

async function insert<T extends Table>(
  db: Transaction<LedgerTables>,
  table: T,
  rows: readonly Insertable<LedgerTables[T]>[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_MAX) {
    await db
      .insertInto(table)
      .values(rows.slice(from, from + ROWS_MAX))
      .execute();
  }
}
