import type { PaymentState, SubscriptionAccess } from "../domain/state/payment.ts";

/**
 * What each of Dodo's payment statuses means. A status that is not listed here counts as `processing`, which forbids charging
 * until it is known.
 * @source dodopayments 2.52.0, resources/payments.ts, `IntentStatus`; docs/dodo/payments.md, "Statuses"
 */
export const PAYMENT_STATES: Readonly<Record<string, PaymentState>> = {
  succeeded: "succeeded",
  failed: "declined",
  cancelled: "cancelled",
  requires_payment_method: "abandoned",
  requires_customer_action: "needs_customer",
  requires_merchant_action: "needs_merchant",
  requires_confirmation: "needs_merchant",
  processing: "processing",
  requires_capture: "processing",
  partially_captured: "processing",
  partially_captured_and_capturable: "processing",
};

/**
 * What each of Dodo's subscription statuses means. A status that is not listed here counts as `unrecognized`, which
 * forbids charging.
 * @source dodopayments 2.52.0, resources/subscriptions.ts, `SubscriptionStatus`; docs/dodo/subscriptions.md, "Statuses"
 */
export const SUBSCRIPTION_ACCESS: Readonly<Record<string, SubscriptionAccess>> = {
  pending: "starting",
  failed: "never_started",
  active: "current",
  past_due: "grace",
  on_hold: "held",
  paused: "paused",
  cancelled: "ended",
  expired: "ended",
};

/** A payment's status: its meaning for decisions, and Dodo's word for display. */
export type PaymentStatus = {
  readonly state: PaymentState;
  readonly dodoStatus: string | null;
};

/** A subscription's status: its meaning for decisions, and Dodo's word for display. */
export type SubscriptionStatus = {
  readonly access: SubscriptionAccess;
  readonly dodoStatus: string | null;
};

/** @param word as Dodo writes it; null if Dodo gives none */
export function paymentStatus(word: string | null): PaymentStatus {
  return { state: meaningOf(PAYMENT_STATES, word) ?? "processing", dodoStatus: word };
}

/** @param word as Dodo writes it; null if Dodo gives none */
export function subscriptionStatus(word: string | null): SubscriptionStatus {
  return { access: meaningOf(SUBSCRIPTION_ACCESS, word) ?? "unrecognized", dodoStatus: word };
}

/** Dodo's words for the filters of its lists. */
export const PAYMENT_FILTERS = {
  succeeded: "succeeded",
  declined: "failed",
  abandoned: "requires_payment_method",
  needs_customer: "requires_customer_action",
} as const;

export const SUBSCRIPTION_FILTERS = { held: "on_hold", grace: "past_due" } as const;

function meaningOf<T>(table: Readonly<Record<string, T>>, word: string | null): T | undefined {
  return word !== null && Object.hasOwn(table, word) ? table[word] : undefined;
}
