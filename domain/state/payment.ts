import type { AttemptKey, PaymentId, SubscriptionId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";
import type { EndedDebt, Import } from "./debt.ts";

/**
 * What a payment's status means to a recovery. Dodo's statuses are mapped in dodo/statuses.ts; in brackets, Dodo's word.
 * - `succeeded`: the money is collected, even where it is refunded or disputed later (`succeeded`)
 * - `declined`: it failed, mostly with a decline code (`failed`)
 * - `cancelled`: it was called off before it was completed (`cancelled`)
 * - `abandoned`: its payment page has no payment method yet, or the customer left it (`requires_payment_method`)
 * - `needs_customer`: the customer has to confirm it with the bank, as by 3-D Secure (`requires_customer_action`)
 * - `needs_merchant`: the merchant has to act at Dodo (`requires_merchant_action`, `requires_confirmation`)
 * - `processing`: the bank has it (`processing`), or Dodo's status is unknown or absent, which blocks charges until it is
 *   known
 */
export type PaymentState =
  | "succeeded"
  | "declined"
  | "cancelled"
  | "abandoned"
  | "needs_customer"
  | "needs_merchant"
  | "processing";

/** Who has to act before a payment can end. */
export type WaitsFor = "customer" | "merchant";

/**
 * The fields of Dodo's payment that a recovery needs. Names and addresses are left out: they never enter a history.
 * @source dodopayments 2.52.0, resources/payments.ts
 */
export type Payment = {
  readonly paymentId: PaymentId;
  /** At most `SUBSCRIPTIONS_PER_PAYMENT_MAX`. A webhook's event has that of its recovery alone. */
  readonly subscriptionIds: readonly string[];
  /** True where Dodo names more than are kept. */
  readonly hasMoreSubscriptions?: true;
  readonly state: PaymentState;
  /** Dodo's word for the state, for people to read; null where Dodo sent none. Nothing is decided by it. */
  readonly dodoStatus: string | null;
  readonly createdAt: Instant;
  /**
   * Tax included, in the smallest unit. Null where Dodo gives no whole number: such a payment counts as under way, whatever
   * its status, so that it blocks charges until a person has looked at it.
   */
  readonly totalMinor: number | null;
  /**
   * Null where it is unknown: payments that have not succeeded may lack it, and rows of lists do. Unknown is not zero.
   * @source docs/dodo/payments.md, "Nullable fields"
   */
  readonly taxMinor: number | null;
  /** The sums of its line items; null where Dodo gives none that can be read, absent where they were not read. */
  readonly lineItems?: LineItems | null;
  readonly currency: CurrencyCode;
  readonly declineCode: string | null;
  /** 0 = original; 1 and more = Dodo's own retry of a renewal, unless the payment has an attempt key. Rows of lists lack it. */
  readonly retryAttempt: number | null;
  /** Rows of lists do not show whether the payment changed the payment method: null. */
  readonly isMethodUpdate: boolean | null;
  readonly isMultiSubscription: boolean;
  readonly methodId: string | null;
  /** Metadata `recovery_attempt`: this payment is an attempt of Reprise. */
  readonly attemptKey: AttemptKey | null;
  /** The value of the policy's `debt_key` in its metadata; null where it has none, or the policy names no key. */
  readonly debtKey: string | null;
  /** True where Dodo has given the money back, in part or in full. It changes no decision about a debt. */
  readonly isRefunded?: true;
  /** True where it waits for the customer, and Dodo has a page on which to complete it. Lists do not say. */
  readonly hasPage?: boolean;
};

/** The sums of a payment's line items, in the smallest unit. */
export type LineItems = { readonly amountMinor: number; readonly taxMinor: number };

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
  /** Null where Dodo does not say; then nothing is charged. */
  readonly onDemand: boolean | null;
  /** When the subscription was authorized. Its UTC time of day anchors the retries. */
  readonly createdAt: Instant;
  readonly currency: CurrencyCode;
  /** Null where Dodo does not say whether prices include tax. */
  readonly taxInclusive: boolean | null;
  readonly customerId: string;
  /** What the customer bought; null where Dodo names none. */
  readonly productId: string | null;
  readonly methodId: string | null;
  readonly pausedAt: Instant | null;
  /** Null where Dodo does not say; then nothing is charged. */
  readonly cancelAtNextBillingDate: boolean | null;
  /** As on a payment. Dodo copies it to payments without metadata, where it tells no debts apart. */
  readonly debtKey: string | null;
  /** Metadata `reprise` is `off`. */
  readonly optedOut: boolean;
};

/**
 * A charge that an earlier run of this recovery sent, or may have sent, before it was stopped (terminated, timed out,
 * reset, failed). That run can no longer follow it.
 */
export type EarlierCharge = {
  readonly key: AttemptKey;
  readonly number: number;
  readonly startedAt: Instant;
  /** The last instant at which the request could have left. */
  readonly sentNoLaterThan: Instant;
  /** Null where that run did not learn the outcome. */
  readonly paymentId: PaymentId | null;
  /** Dodo's manual retry, whose payment carries no key. */
  readonly via?: "manual_retry";
};

/** What earlier runs of a recovery say. A run that was reset counts as an earlier one. */
export type EarlierRuns = {
  /** Debts that they ended, and the payments that belonged to them. */
  readonly endedDebts: readonly string[];
  /** Blocked methods, by the latest of these runs. */
  readonly blockedMethods: readonly string[];
  /** Of stopped runs. Absent where there is none. */
  readonly earlierCharges?: readonly EarlierCharge[];
  /** Payment pages of stopped runs, which their customers may still have open. Absent where there is none. */
  readonly earlierPages?: readonly EarlierPage[];
  /** The import whose debts the newest of these runs had open when it was stopped. Absent where there is none. */
  readonly stoppedImport?: Import;
};

/** A payment page that a stopped run had Dodo create. */
export type EarlierPage = { readonly paymentId: PaymentId; readonly createdAt: Instant };

/** The result of one read of Dodo and of earlier runs, as of `readAt`. */
export type Evidence = Omit<EarlierRuns, "blockedMethods"> &
  Partial<EarlierRuns> & {
    readonly readAt: Instant;
    readonly subscription: Subscription;
    /** Payments of this subscription, oldest first, from `since` on. */
    readonly payments: readonly Payment[];
    readonly since: Instant;
    /** Debts that earlier runs ended as `exhausted`, newest first. Absent: none. */
    readonly exhaustedDebts?: readonly EndedDebt[];
    /** The customer's latest dispute in the last 180 days; null where there is none, or it was not read. */
    readonly disputeId?: string | null;
  };

/** Dodo's status, for people to read. */
export function describeStatus({ dodoStatus }: { readonly dodoStatus: string | null }): string {
  return dodoStatus ?? "without a status";
}

/** The payment ended without collecting anything. */
export function hasFailed({ state }: Pick<Payment, "state">): boolean {
  return state === "declined" || state === "cancelled";
}

const NOT_OPEN: readonly PaymentState[] = ["succeeded", "declined", "cancelled", "abandoned"];

/** The payment may still succeed without a new one. A state that this version does not know counts as open. */
export function isOpen({ state }: Pick<Payment, "state">): boolean {
  return !NOT_OPEN.includes(state);
}

/** Who has to act before a payment can end; null where the bank has it, or it has ended. */
export function waitsFor({ state }: Pick<Payment, "state">): WaitsFor | null {
  if (state === "needs_customer" || state === "abandoned") return "customer";
  return state === "needs_merchant" ? "merchant" : null;
}

/** A failed payment with an amount that is neither an attempt of Reprise nor a payment method update. */
export function canOpenDebt(payment: Payment): payment is PaymentWithAmount {
  const { state, isMethodUpdate, attemptKey } = payment;
  return (
    state === "declined" && hasAmount(payment) && isMethodUpdate !== true && attemptKey === null
  );
}

/** A payment of more than zero. */
export type PaymentWithAmount = Payment & { readonly totalMinor: number };

/** The payment is known to be for more than zero. */
export function hasAmount(payment: Payment): payment is PaymentWithAmount {
  return payment.totalMinor !== null && payment.totalMinor > 0;
}

/** The payment is for more than zero, or its amount is unknown. */
export function mayHaveAmount({ totalMinor }: Pick<Payment, "totalMinor">): boolean {
  return totalMinor === null || totalMinor > 0;
}

/** The money is collected: the payment succeeded, for more than zero. */
export function isCollected(payment: Payment): payment is PaymentWithAmount {
  return payment.state === "succeeded" && hasAmount(payment);
}

/** Dodo numbers it as its own retry of a renewal. An unknown number is no such sign. */
export function isNumberedRetry({ retryAttempt }: Pick<Payment, "retryAttempt">): boolean {
  return retryAttempt !== null && retryAttempt >= 1;
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
