import type { AttemptKey, PaymentId, SubscriptionId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";

/**
 * The fields of Dodo's payment that a recovery needs. Names and addresses are left out: they never enter a history.
 * @source dodopayments 2.52.0, resources/payments.ts
 */
export type Payment = {
  readonly paymentId: PaymentId;
  readonly subscriptionIds: readonly string[];
  /** Dodo's `IntentStatus`, or an unknown status as Dodo sent it; null where Dodo sent none. */
  readonly status: string | null;
  readonly createdAt: Instant;
  /** Tax included, in the smallest unit. */
  readonly totalMinor: number;
  readonly taxMinor: number;
  readonly currency: CurrencyCode;
  readonly declineCode: string | null;
  /** 0 = original; 1 and more = Dodo's own retry of a renewal, unless the payment has an attempt key. */
  readonly retryAttempt: number;
  readonly isMethodUpdate: boolean;
  readonly isMultiSubscription: boolean;
  readonly methodId: string | null;
  /** Metadata `recovery_attempt`: this payment is an attempt of Reprise. */
  readonly attemptKey: AttemptKey | null;
  /** The value of the policy's `debt_key` in its metadata; null where it has none, or the policy names no key. */
  readonly debtKey: string | null;
};

/** @source dodopayments 2.52.0, resources/subscriptions.ts */
export type Subscription = {
  readonly subscriptionId: SubscriptionId;
  /** Dodo's `SubscriptionStatus`, or an unknown status as Dodo sent it; null where Dodo sent none. */
  readonly status: string | null;
  readonly onDemand: boolean;
  /** When the subscription was authorized. Its UTC time of day anchors the retries. */
  readonly createdAt: Instant;
  readonly currency: CurrencyCode;
  readonly taxInclusive: boolean;
  readonly customerId: string;
  readonly methodId: string | null;
  readonly pausedAt: Instant | null;
  readonly cancelAtNextBillingDate: boolean;
  /** As on a payment. Dodo copies it to payments without metadata, where it tells no debts apart. */
  readonly debtKey: string | null;
  /** Metadata `reprise` is `off`. */
  readonly optedOut: boolean;
};

/** The result of one read of Dodo and of earlier runs, as of `readAt`. */
export type Evidence = {
  readonly readAt: Instant;
  readonly subscription: Subscription;
  /** Payments of this subscription, oldest first, from `since` on. */
  readonly payments: readonly Payment[];
  readonly since: Instant;
  /** Debts that earlier runs of this recovery ended, and the payments that belonged to them. */
  readonly endedDebts: readonly string[];
  /** Blocked methods, by the latest of these runs. */
  readonly blockedMethods?: readonly string[];
  /** The customer's latest dispute in the last 180 days; null where there is none, or it was not read. */
  readonly disputeId?: string | null;
};

/** What a payment's status means to a recovery. */
export type PaymentState = "succeeded" | "declined" | "abandoned" | "open";

/**
 * `requires_payment_method` is an abandoned checkout, not a decline. Unknown and absent statuses count as open, which
 * blocks charges until the status is known.
 * @source docs/dodo/payments.md, "Statuses"
 */
export function paymentStateOf(payment: Payment): PaymentState {
  switch (payment.status) {
    case "succeeded":
      return "succeeded";
    case "failed":
    case "cancelled":
      return "declined";
    case "requires_payment_method":
      return "abandoned";
    case null:
    default:
      return "open";
  }
}

/** A failed payment with an amount that is neither an attempt of Reprise nor a payment method update. */
export function canOpenDebt({ status, totalMinor, isMethodUpdate, attemptKey }: Payment): boolean {
  return status === "failed" && totalMinor > 0 && !isMethodUpdate && attemptKey === null;
}

/** The price of a payment, net of tax that was added on top: the amount of a new charge request. */
export function priceMinorOf(payment: Payment, subscription: Subscription): number {
  return subscription.taxInclusive ? payment.totalMinor : payment.totalMinor - payment.taxMinor;
}

/** Statuses that a subscription never leaves. @source docs/dodo/subscriptions.md, "Statuses" */
export function isTerminalStatus(status: string | null): boolean {
  return status === "cancelled" || status === "expired" || status === "failed";
}

/** Statuses in which Dodo accepts a charge. @source docs/dodo/charging.md, "Chargeable statuses" */
export function isChargeableStatus(status: string | null): boolean {
  return status === "active" || isHeldStatus(status);
}

/** Statuses that wait for a payment. @source docs/dodo/subscriptions.md, "Statuses" */
export function isHeldStatus(status: string | null): boolean {
  return status === "on_hold" || status === "past_due";
}
