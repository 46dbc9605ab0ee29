import type { Life } from "../simulation-run.ts";
import { findInCharges } from "./charges.ts";
import { findInEnds } from "./ends.ts";
import { type Finding, ledgerOf } from "./ledger.ts";
import { findInMachine } from "./machine.ts";
import { findInMails } from "./people.ts";

/** Whether a world was lived lawfully, by its books alone. */
export async function judge(life: Life): Promise<Finding[]> {
  const ledger = ledgerOf(life);
  return [
    ...findInCharges(ledger),
    ...findInEnds(ledger),
    ...findInMails(ledger),
    ...(await findInMachine(ledger)),
  ];
}
