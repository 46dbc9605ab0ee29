import type { AttemptKey, PaymentId, SubscriptionId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";

/**
 * What has become of a payment. Dodo's statuses are mapped in dodo/statuses.ts; in brackets, Dodo's word for each.
 * - `succeeded`: the money is collected, even where it is refunded or disputed later (`succeeded`)
 * - `declined`: it failed, mostly with a decline code (`failed`)
 * - `cancelled`: it was called off before it was completed (`cancelled`)
 * - `abandoned`: its payment page has no payment method yet, or the customer left it (`requires_payment_method`)
 * - `unconfirmed`: the customer has to confirm it with the bank, as by 3-D Secure (`requires_customer_action`)
 * - `open`: it is under way (`processing`), or Dodo's status is unknown or missing. Nothing is charged until it is known.
 */
export type PaymentState =
  "succeeded" | "declined" | "cancelled" | "abandoned" | "unconfirmed" | "open";

/** Dodo's payment, as far as a recovery needs it. It holds no name and no address, so a history may record it. */
export type Payment = {
  readonly paymentId: PaymentId;
  readonly subscriptionIds: readonly string[];
  readonly state: PaymentState;
  /** Dodo's word for the state, for people to read; null = Dodo gave none. Nothing is decided by it. */
  readonly dodoStatus: string | null;
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

/**
 * Whether the customer has what they pay for, and whether they may be charged. Dodo's statuses are mapped in
 * dodo/statuses.ts; in brackets, Dodo's word for each.
 * - `starting`: it is being created (`pending`)
 * - `never_started`: its first mandate or payment failed; it stays so (`failed`)
 * - `current`: it is paid, or in a trial (`active`)
 * - `grace`: a renewal failed, and the customer keeps access for a while (`past_due`)
 * - `held`: a payment failed, and access waits for one (`on_hold`)
 * - `paused`: the merchant or the customer has paused it (`paused`)
 * - `ended`: it is over for good (`cancelled`, `expired`)
 * - `unrecognized`: Dodo's status is unknown or missing. Nothing is charged until it is known.
 */
export type SubscriptionAccess =
  "starting" | "never_started" | "current" | "grace" | "held" | "paused" | "ended" | "unrecognized";

/** Dodo's subscription, as far as a recovery needs it. It holds no name and no address, so a history may record it. */
export type Subscription = {
  readonly subscriptionId: SubscriptionId;
  readonly access: SubscriptionAccess;
  /** Dodo's word for the access, for people to read; null = Dodo gave none. Nothing is decided by it. */
  readonly dodoStatus: string | null;
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

/** It ended without collecting anything. */
export function hasFailed({ state }: Pick<Payment, "state">): boolean {
  return state === "declined" || state === "cancelled";
}

/** It may still succeed without anybody starting it anew. */
export function isOpen({ state }: Pick<Payment, "state">): boolean {
  return state === "open" || state === "unconfirmed";
}

/** A failed payment that asks for something, and is neither an attempt of ours nor a mere change of the method. */
export function canOpenDebt({ state, totalMinor, isMethodUpdate, attemptKey }: Payment): boolean {
  return state === "declined" && totalMinor > 0 && !isMethodUpdate && attemptKey === null;
}

/** The price a payment asked for, net of tax that was added on top: what a new charge must ask for. */
export function priceMinorOf(payment: Payment, subscription: Subscription): number {
  return subscription.taxInclusive ? payment.totalMinor : payment.totalMinor - payment.taxMinor;
}

/** A subscription does not come back from this. @source docs/dodo/subscriptions.md, "Statuses" */
export function hasEnded(access: SubscriptionAccess): boolean {
  return access === "ended" || access === "never_started";
}

/** A charge is lawful: never of a paused, starting or unrecognized subscription. @source docs/dodo/charging.md, "Chargeable statuses" */
export function allowsCharges(access: SubscriptionAccess): boolean {
  return access === "current" || awaitsPayment(access);
}

/** The customer's access waits for a payment, or ends without one. @source docs/dodo/subscriptions.md, "Statuses" */
export function awaitsPayment(access: SubscriptionAccess): boolean {
  return access === "held" || access === "grace";
}
