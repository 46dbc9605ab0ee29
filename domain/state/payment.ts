import type { AttemptKey, PaymentId, SubscriptionId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";

/**
 * Dodo's payment as far as a recovery needs it. No name, no address: these never enter a history.
 * @source dodopayments 2.52.0, resources/payments.ts
 */
export type Payment = {
  readonly paymentId: PaymentId;
  readonly subscriptionIds: readonly string[];
  /** Dodo's `IntentStatus`, unknown ones as they came; null = Dodo did not say. */
  readonly status: string | null;
  readonly createdAt: Instant;
  /** With tax, in the smallest unit. */
  readonly totalMinor: number;
  readonly taxMinor: number;
  readonly currency: CurrencyCode;
  readonly declineCode: string | null;
  /** 0 = original; 1 and more = Dodo's own retry of a renewal, unless it carries our key. */
  readonly retryAttempt: number;
  readonly isMethodUpdate: boolean;
  readonly isMultiSubscription: boolean;
  readonly methodId: string | null;
  /** Metadata `recovery_attempt`: this payment is one of our attempts. */
  readonly attemptKey: AttemptKey | null;
  /** The value of the policy's `debt_key` in its metadata; null where it has none, or nobody asked for one. */
  readonly debtKey: string | null;
};

/** @source dodopayments 2.52.0, resources/subscriptions.ts */
export type Subscription = {
  readonly subscriptionId: SubscriptionId;
  /** Dodo's `SubscriptionStatus`, unknown ones as they came. */
  readonly status: string | null;
  readonly onDemand: boolean;
  /** The authorization: its UTC time of day anchors the retries. */
  readonly createdAt: Instant;
  readonly currency: CurrencyCode;
  readonly taxInclusive: boolean;
  readonly customerId: string;
  readonly methodId: string | null;
  readonly pausedAt: Instant | null;
  readonly cancelAtNextBillingDate: boolean;
  /** As of a payment. Dodo copies it to every payment without metadata, where it tells no debt from another. */
  readonly debtKey: string | null;
  /** Metadata `reprise` is `off`. */
  readonly optedOut: boolean;
};

/** What one reading of Dodo (and of earlier runs) gave; everything in it is as of `readAt`. */
export type Evidence = {
  readonly readAt: Instant;
  readonly subscription: Subscription;
  /** Of this subscription, oldest first, from `since` on. */
  readonly payments: readonly Payment[];
  readonly since: Instant;
  /** Debts that earlier runs of this recovery ended, and the payments that these took for their own. */
  readonly endedDebts: readonly string[];
  /** Methods with a `never` decline, as the latest of these runs knew them. */
  readonly blockedMethods?: readonly string[];
  /** The customer's latest dispute in the last 180 days; null where there is none, or it was not asked for. */
  readonly disputeId?: string | null;
};

/** What has become of a payment, whatever its exact status. */
export type PaymentState = "succeeded" | "declined" | "abandoned" | "open";

/**
 * `requires_payment_method` is an abandoned checkout, not a decline; unknown and absent statuses count as open,
 * which forbids charging until they are known.
 * @source dodo.md 9
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

/** A failed payment that asks for something, and is neither an attempt of ours nor a mere change of the method. */
export function canOpenDebt({ status, totalMinor, isMethodUpdate, attemptKey }: Payment): boolean {
  return status === "failed" && totalMinor > 0 && !isMethodUpdate && attemptKey === null;
}

/** The price a payment asked for, net of tax that was added on top: what a new charge must ask for. */
export function priceMinorOf(payment: Payment, subscription: Subscription): number {
  return subscription.taxInclusive ? payment.totalMinor : payment.totalMinor - payment.taxMinor;
}

/** Statuses from which a subscription does not come back. @source dodo.md 2.3 */
export function isTerminalStatus(status: string | null): boolean {
  return status === "cancelled" || status === "expired" || status === "failed";
}

/** Statuses in which a charge is lawful: never a paused, pending or unknown one. @source dodo.md 5.5 */
export function isChargeableStatus(status: string | null): boolean {
  return status === "active" || isHeldStatus(status);
}

/** Statuses in which the customer's access waits for a payment. @source dodo.md 2.3 */
export function isHeldStatus(status: string | null): boolean {
  return status === "on_hold" || status === "past_due";
}
