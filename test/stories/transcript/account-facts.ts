import type { CheckoutNotice } from "../../../domain/checkout/checkout.ts";
import type { ImportRow, LeftOut } from "../../../domain/import/import.ts";
import type { Scan, SweepResult } from "../../../domain/sweep/sweep.ts";

/** A completed sweep. */
export type SweepFact = {
  readonly kind: "sweep";
  readonly at: number;
  /** The lists in which it found the debts that it opened, notified a recovery about, or reported. */
  readonly opened: readonly Scan[];
  readonly notified: readonly Scan[];
  readonly listed: readonly Scan[];
  /** Numbers of the customer's payments. */
  readonly followed: readonly number[];
  readonly foundOpenRecovery: boolean;
  readonly foundEndedRecovery: boolean;
};

/** An import of the subscription. */
export type ImportFact = {
  readonly kind: "import";
  readonly at: number;
  /** Null: it opened a recovery. */
  readonly leftOut: LeftOut | null;
};

export const importFact = (at: number, row: ImportRow): ImportFact => ({
  kind: "import",
  at,
  leftOut: row.did === "left_out" ? row.why : null,
});

/** A mail about a payment without a subscription. */
export type CheckoutMailFact = {
  readonly kind: "checkout_mail";
  readonly at: number;
  readonly notice: CheckoutNotice;
  /** Number of the customer's payment, from 1. */
  readonly order: number;
  readonly number: number;
  readonly reason: string | null;
};

export type CheckoutEndFact = {
  readonly kind: "checkout_end";
  readonly at: number;
  readonly order: number;
  readonly outcome: string;
  readonly rule: string;
};

/** @param orderNumber the number of a payment without a subscription, from 1; 0 if unknown */
export function sweepFact(
  at: number,
  { opened, notified, listed, checkouts, counts }: SweepResult,
  orderNumber: (paymentId: string) => number,
): SweepFact {
  const scansOf = (found: SweepResult["opened"]): readonly Scan[] => found.map(({ why }) => why);
  return {
    kind: "sweep",
    at,
    opened: scansOf(opened),
    notified: scansOf(notified),
    listed: scansOf(listed),
    followed: checkouts.map(orderNumber),
    foundOpenRecovery: counts.haveRecovery > 0,
    foundEndedRecovery: counts.endedBefore > 0,
  };
}
