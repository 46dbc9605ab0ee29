import type { SimulationRun } from "../simulation-run.ts";
import { findInAdvice } from "./advice.ts";
import { findInCharges } from "./charges.ts";
import { findInEnds } from "./ends.ts";
import { ledgerOf } from "./ledger.ts";
import { findInImports } from "./imports.ts";
import { findInLoop } from "./loop.ts";
import { findInNotices } from "./notices.ts";
import { findInReplacements } from "./replacements.ts";
import type { Violation } from "./violation.ts";

/** Judges a finished run by the model's ledger. */
export async function findViolations(run: SimulationRun): Promise<Violation[]> {
  const ledger = ledgerOf(run);
  // The merchant makes these charges, so they prove nothing about the rules.
  if (run.plan.advice !== undefined)
    return [...findInAdvice(ledger), ...findInEnds(ledger), ...(await findInLoop(ledger))];
  return [
    ...findInCharges(ledger),
    ...findInEnds(ledger),
    ...findInNotices(ledger),
    ...findInReplacements(ledger),
    ...findInImports(ledger),
    ...(await findInLoop(ledger)),
  ];
}
