import { sql, type Transaction } from "kysely";
import type { LedgerTables } from "./tables.ts";

/** Locks the rows of these runs until the transaction ends. The locks are taken in one order, so that writers cannot deadlock. */
export async function lockRuns(
  db: Transaction<LedgerTables>,
  runIds: readonly string[],
): Promise<void> {
  const ids = [...new Set(runIds)].toSorted();
  await sql`
    select pg_advisory_xact_lock(hashtextextended(id, 0))
    from unnest(${ids}::text[]) with ordinality as run (id, place) order by place`.execute(db);
}
