import type { AttemptKey, PaymentId, SubscriptionId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";
import type { EarlierRuns } from "./attempt.ts";

/**
 * What a payment's status means to a recovery. Dodo's statuses are mapped in dodo/statuses.ts; in brackets, Dodo's word.
 * - `succeeded`: the money is collected, even where it is refunded or disputed later (`succeeded`)
 * - `declined`: it failed, mostly with a decline code (`failed`)
 * - `cancelled`: it was called off before it was completed (`cancelled`)
 * - `abandoned`: its payment page has no payment method yet, or the customer left it (`requires_payment_method`)
 * - `unconfirmed`: the customer has to confirm it with the bank, as by 3-D Secure (`requires_customer_action`)
 * - `open`: it is under way (`processing`), or Dodo's status is unknown or absent, which blocks charges until it is known
 */
export type PaymentState =
  "succeeded" | "declined" | "cancelled" | "abandoned" | "unconfirmed" | "open";

/**
 * The fields of Dodo's payment that a recovery needs. Names and addresses are left out: they never enter a history.
 * @source dodopayments 2.52.0, resources/payments.ts
 */
export type Payment = {
  readonly paymentId: PaymentId;
  readonly subscriptionIds: readonly string[];
  readonly state: PaymentState;
  /** Dodo's word for the state, for people to read; null where Dodo sent none. Nothing is decided by it. */
  readonly dodoStatus: string | null;
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

/**
 * Whether the customer has what they pay for, and whether they may be charged. Dodo's statuses are mapped in
 * dodo/statuses.ts; in brackets, Dodo's word.
 * - `starting`: the subscription is being created (`pending`)
 * - `never_started`: its first mandate or payment failed, for good (`failed`)
 * - `current`: it is paid, or in a trial (`active`)
 * - `grace`: a renewal failed, and the customer keeps access for a while (`past_due`)
 * - `held`: a payment failed, and access waits for one (`on_hold`)
 * - `paused`: the merchant or the customer has paused it (`paused`)
 * - `ended`: it is over for good (`cancelled`, `expired`)
 * - `unrecognized`: Dodo's status is unknown or absent, which blocks charges until it is known
 */
export type SubscriptionAccess =
  "starting" | "never_started" | "current" | "grace" | "held" | "paused" | "ended" | "unrecognized";

/**
 * The fields of Dodo's subscription that a recovery needs. Names and addresses are left out: they never enter a history.
 * @source dodopayments 2.52.0, resources/subscriptions.ts
 */
export type Subscription = {
  readonly subscriptionId: SubscriptionId;
  readonly access: SubscriptionAccess;
  /** Dodo's word for the access, for people to read; null where Dodo sent none. Nothing is decided by it. */
  readonly dodoStatus: string | null;
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
export type Evidence = Omit<EarlierRuns, "blockedMethods"> &
  Partial<EarlierRuns> & {
    readonly readAt: Instant;
    readonly subscription: Subscription;
    /** Payments of this subscription, oldest first, from `since` on. */
    readonly payments: readonly Payment[];
    readonly since: Instant;
    /** The customer's latest dispute in the last 180 days; null where there is none, or it was not read. */
    readonly disputeId?: string | null;
  };

/** The payment ended without collecting anything. */
export function hasFailed({ state }: Pick<Payment, "state">): boolean {
  return state === "declined" || state === "cancelled";
}

/** The payment may still succeed without a new one. */
export function isOpen({ state }: Pick<Payment, "state">): boolean {
  return state === "open" || state === "unconfirmed";
}

/** A failed payment with an amount that is neither an attempt of Reprise nor a payment method update. */
export function canOpenDebt({ state, totalMinor, isMethodUpdate, attemptKey }: Payment): boolean {
  return state === "declined" && totalMinor > 0 && !isMethodUpdate && attemptKey === null;
}

/** The price of a payment, net of tax that was added on top: the amount of a new charge request. */
export function priceMinorOf(payment: Payment, subscription: Subscription): number {
  return subscription.taxInclusive ? payment.totalMinor : payment.totalMinor - payment.taxMinor;
}

/** A subscription never comes back from this. @source docs/dodo/subscriptions.md, "Statuses" */
export function hasEnded(access: SubscriptionAccess): boolean {
  return access === "ended" || access === "never_started";
}

/** Dodo accepts a charge. @source docs/dodo/charging.md, "Chargeable statuses" */
export function allowsCharges(access: SubscriptionAccess): boolean {
  return access === "current" || awaitsPayment(access);
}

/** The subscription waits for a payment. @source docs/dodo/subscriptions.md, "Statuses" */
export function awaitsPayment(access: SubscriptionAccess): boolean {
  return access === "held" || access === "grace";
}
