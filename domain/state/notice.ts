import type { DebtId, PaymentId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";

/** The emails of a recovery. `activities/notices/` writes them. */
export const NOTICE_KINDS = [
  "payment_failed",
  "retry_ahead",
  "action_needed",
  "confirm_payment",
  "recovered",
  "cancelled",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** It tells how the debt ended, and asks for nothing. */
export function isClosingNotice(kind: NoticeKind): boolean {
  return kind === "recovered" || kind === "cancelled";
}

/** The place of a notice in its sequence: `action_needed` or `confirm_payment`. */
export type NoticeStep = "first" | "reminder" | "last";

/** The names of the notices in reasons and timelines. */
export const NOTICE_WORDS: Record<NoticeKind, string> = {
  payment_failed: "the payment-failed email",
  retry_ahead: "the next-attempt email",
  action_needed: "the action-needed email",
  confirm_payment: "the confirm-payment email",
  recovered: "the thank-you email",
  cancelled: "the cancellation email",
};

/** The payment method, in names that customers know. */
export type PaymentMethodSummary =
  | { readonly kind: "card"; readonly brand: string | null; readonly lastFour: string }
  | { readonly kind: "other"; readonly name: string };

/**
 * What the latest notice showed the customer, beside amount and deadline, so that the page behind its link shows the same
 * without a read of Dodo. No name and no address.
 */
export type ShownFacts = {
  readonly debtId: DebtId;
  /** Null if Dodo does not tell. */
  readonly productName: string | null;
  /** The payment that the notice is about: when it was made, and with what. */
  readonly paymentId: PaymentId | null;
  readonly paidAt: Instant | null;
  readonly paidWith: PaymentMethodSummary | null;
  /** BCP 47, with the billing country: the format of amounts and dates. */
  readonly locale: string;
  /** IANA name. */
  readonly timeZone: string;
};
