/** How the ledger and the histories disagree. */
export const DRIFT_CLASSES = [
  /** A history has it, and the ledger does not. */
  "missing_in_ledger",
  /** The ledger has it, and the run's history does not. */
  "missing_in_history",
  "amount",
  "currency",
  /** The outcome, who paid, the payment, or another field differs. */
  "status",
  /** The ledger has less of an open run than its history. */
  "late",
  /** The ledger has a run that Temporal should still have, and has not. */
  "orphan",
] as const;
export type DriftClass = (typeof DRIFT_CLASSES)[number];

/** Classes of the metric: one payment may also settle two debts. */
export const CHECKED_CLASSES = [...DRIFT_CLASSES, "double"] as const;
export type CheckedClass = (typeof CHECKED_CLASSES)[number];

/** What a comparison of the ledger with the histories found. */
export type LedgerCheck = {
  /** Runs whose history was compared. */
  readonly runs: number;
  /** All differences. */
  readonly drifts: number;
  readonly byClass: Readonly<Partial<Record<CheckedClass, number>>>;
};
