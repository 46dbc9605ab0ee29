import { sql } from "kysely";
import type { LedgerDatabase } from "../database/connect.ts";

/** Payments that settle more than one debt in `debt_outcomes`, so that their money would count twice. */
export async function doubleSettlements(db: LedgerDatabase): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly payment: string }>`
    select settled_by_payment_id as payment from debt_outcomes
    where settled_by_payment_id is not null
    group by settled_by_payment_id having count(*) > 1 order by 1`.execute(db);
  return rows.map(({ payment }) => payment);
}
