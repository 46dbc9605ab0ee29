import type { DecisionRows } from "../projection/rows.ts";

/** How far the ledger is with a run; zeros where it does not know it. */
export type StoredRun = {
  /** Its last decision. */
  readonly decision: number;
  /** Its last decision whose rows came from the history. */
  readonly recorded: number;
};

export type Accepted = {
  readonly accepted: readonly DecisionRows[];
  /** A decision between is missing, or the history goes on from an earlier one: only the history tells what holds. */
  readonly needsHistory: boolean;
};

/**
 * Which decisions of a run may be written on top of the stored ones: the next one, and the last one again, because its worker may have
 * died before it was recorded and another worker made it anew. A decision whose rows came from the history is never overwritten.
 *
 * @param decisions of one run, in the order in which they were made
 */
export function accept(
  { decision, recorded }: StoredRun,
  decisions: readonly DecisionRows[],
): Accepted {
  const accepted: DecisionRows[] = [];
  let last = decision;
  let needsHistory = false;
  for (const rows of decisions) {
    const number = rows.recovery.decision;
    if (number <= recorded) continue;
    if (number === last || number === last + 1) {
      accepted.push(rows);
      last = number;
    } else needsHistory = true;
  }
  return { accepted, needsHistory };
}
