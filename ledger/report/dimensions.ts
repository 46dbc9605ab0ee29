/** How a report groups debts, and the column of `debt_outcomes` that it groups by. */
export const DIMENSIONS = {
  month: "cohort",
  currency: "currency",
  code: "first_decline_code",
  class: "decline_class",
  trigger: "trigger",
  product: "product_id",
  cause: "cause",
  attempt: "settled_attempt",
} as const;

export type Dimension = keyof typeof DIMENSIONS;
export const DIMENSION_NAMES = Object.keys(DIMENSIONS) as [Dimension, ...Dimension[]];

/** Only debts that are paid have these, so a rate by them would always be 1. */
export const OF_PAID_DEBTS: readonly Dimension[] = ["cause", "attempt"];
