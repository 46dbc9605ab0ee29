import type { CheckedClass, LedgerCheck } from "../../domain/reporting/ledger-check.ts";
import type { Verified } from "./verify-histories.ts";

/** The sums of a comparison. */
export function checkOf({ runs, drifts, doubles }: Verified): LedgerCheck {
  const byClass: Partial<Record<CheckedClass, number>> = {};
  for (const { class: kind } of drifts) byClass[kind] = (byClass[kind] ?? 0) + 1;
  if (doubles.length > 0) byClass.double = doubles.length;
  return { runs, drifts: drifts.length + doubles.length, byClass };
}
