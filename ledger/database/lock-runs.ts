import { sql, type Transaction } from "kysely";
import type { LedgerTables } from "./tables.ts";

/** Until the transaction ends, nobody else writes rows of these runs. Always in one order, so that nobody waits in a circle. */
export async function lockRuns(
  db: Transaction<LedgerTables>,
  runIds: readonly string[],
): Promise<void> {
  const ids = [...new Set(runIds)].toSorted();
  await sql`
    select pg_advisory_xact_lock(hashtextextended(id, 0))
    from unnest(${ids}::text[]) with ordinality as run (id, place) order by place`.execute(db);
}
