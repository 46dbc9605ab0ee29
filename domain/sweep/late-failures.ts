import type { Payment } from "../state/payment.ts";
import { DAY_MS } from "../values/time.ts";

/**
 * How long after it was made a payment can still fail: a SEPA debit is confirmed within six business days, which can be
 * eleven days around holidays.
 * @source docs/dodo/payments.md, "Slow payment methods"
 */
export const LATE_FAILURE_MS = 14 * DAY_MS;

/** A payment as a list shows it. */
export type ListedPayment = Payment & {
  /** Dodo's row names a card. */
  readonly isCard: boolean;
};

/**
 * Whether the payment can have failed days after it was made. A card is declined at once, unless it charges an Indian mandate.
 * @source docs/dodo/payments.md, "Slow payment methods"
 */
export function canFailLate({ isCard, currency }: ListedPayment): boolean {
  return !isCard || currency === "INR";
}
