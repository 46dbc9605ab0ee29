/**
 * The objects that the sandbox holds. Amounts are in minor units; instants are milliseconds since 1970 by the
 * subscription's own clock, unless a comment says otherwise.
 */
import type { Settings } from "../../settings.ts";
import type { Interval } from "./intervals.ts";
import type { Outcome } from "./outcome.ts";
import type { PaymentStatus, SubscriptionStatus } from "./statuses.ts";

export type Metadata = Record<string, string | number | boolean>;

export type Billing = {
  country: string;
  city: string | null;
  state: string | null;
  street: string | null;
  zipcode: string | null;
};

export type Customer = {
  customerId: string;
  email: string;
  name: string;
  phoneNumber: string | null;
  metadata: Metadata;
  createdAt: number;
  methods: PaymentMethod[];
};

export type PaymentMethod = {
  paymentMethodId: string;
  lastFour: string;
  network: string;
  expiryMonth: string;
  expiryYear: string;
  lastUsedAt: number | null;
  /** How an off-session charge of this method ends. */
  outcome: Outcome;
};

export type Subscription = {
  subscriptionId: string;
  customerId: string;
  productId: string;
  productName: string;
  /** Null: the setting `brandId`. */
  brandId: string | null;
  status: SubscriptionStatus;
  onDemand: boolean;
  currency: string;
  priceMinor: number;
  /** A fraction: 0.2 is 20 %. */
  taxRate: number;
  taxInclusive: boolean;
  createdAt: number;
  previousBillingAt: number;
  nextBillingAt: number;
  expiresAt: number | null;
  cancelledAt: number | null;
  pausedAt: number | null;
  pastDueEndsAt: number | null;
  cancelAtNextBillingDate: boolean;
  cancellationFeedback: string | null;
  cancellationComment: string | null;
  interval: Interval;
  quantity: number;
  /** What its checkout set for Indian mandates and adaptive pricing; null: the account's own. */
  mandateMinInrPaise: number | null;
  feesInclusive: boolean | null;
  methodId: string | null;
  metadata: Metadata;
  billing: Billing;
  behaviour: Behaviour;
  /** The subscription's clock: the latest instant that a request or an event has reached. It never goes back. */
  currentTime: number;
};

/** What the line items of a payment that has not succeeded show; sandbox/settings.ts explains each. */
export type LineItemsShown = "taxed" | "untaxed" | "partial" | "refused";

/** How a subscription reacts to payments. Dodo's documentation leaves most of this open. */
export type Behaviour = {
  /** @source docs/dodo/open-questions.md, "Hold after a failed charge" */
  onFailure: "on_hold" | "past_due" | "stay";
  onSuccess: "active" | "stay";
  /** null: the setting `chargeOnHold` applies. */
  chargeOnHold: boolean | null;
  /** null: the setting `unsettledDetails` applies. */
  unsettledDetails: "withheld" | "given" | null;
  /** null: the setting `lineItems` applies. */
  lineItems: LineItemsShown | null;
  /** null: the setting `pendingGuard` applies. */
  pendingGuard: Settings["pendingGuard"] | null;
  /** null: the setting `confirmationPage` applies. */
  confirmationPage: boolean | null;
  /**
   * What a new payment method collects while the subscription is on hold; a number is the total in minor units.
   * @source docs/dodo/open-questions.md, "Dues of an on-demand hold"
   */
  dues: "last_failed" | "all_failed" | "none" | number;
  graceDays: number;
  /** Outcomes of the next off-session charges, in order. */
  outcomes: Outcome[];
  /** Applies once `outcomes` is used up; null: the payment method decides. A new payment method clears it. */
  defaultOutcome: Outcome | null;
};

/** What created a payment. */
export type PaymentOrigin =
  "charge" | "merchant" | "dues" | "checkout" | "manual_retry" | "one_time";

export type Refund = { refundId: string; amountMinor: number; createdAt: number; partial: boolean };

export type Dispute = {
  disputeId: string;
  status: string;
  amountMinor: number;
  createdAt: number;
};

/** A payment that reaches a terminal status. A late success adds a second one. */
export type PaymentEnd = { at: number; status: PaymentStatus; errorCode: string | null };

export type PaymentLink = { expiresAt: number | null; returnUrl: string | null };

export type Payment = {
  paymentId: string;
  customerId: string;
  subscriptionIds: string[];
  origin: PaymentOrigin;
  status: PaymentStatus | null;
  errorCode: string | null;
  retryAttempt: number;
  totalMinor: number;
  taxMinor: number;
  currency: string;
  description: string | null;
  metadata: Metadata;
  methodId: string | null;
  card: { lastFour: string; network: string } | null;
  link: PaymentLink | null;
  invoiceId: string;
  checkoutSessionId: string | null;
  createdAt: number;
  updatedAt: number;
  /** By the wall clock; the lag of lists counts from here. */
  recordedAt: number;
  refunds: Refund[];
  disputes: Dispute[];
  /** The failed charges that this payment settles if it succeeds. */
  collects: string[];
  /** The payment that settled this one's dues. */
  collectedBy: string | null;
  ends: PaymentEnd[];
  /** A timer will end this payment. */
  settling: boolean;
};

export type CheckoutSession = {
  sessionId: string;
  customerId: string;
  subscriptionId: string;
  paymentId: string;
  createdAt: number;
  returnUrl: string | null;
};

export type PortalSession = { token: string; customerId: string; expiresAt: number };

const TERMINAL: readonly (PaymentStatus | null)[] = ["succeeded", "failed", "cancelled"];

export function isOpen(payment: Payment): boolean {
  return !TERMINAL.includes(payment.status);
}

/** The link expired before anyone paid. */
export function isAbandoned(payment: Payment, now: number): boolean {
  const expiresAt = payment.link?.expiresAt ?? null;
  return payment.status === "requires_payment_method" && expiresAt !== null && expiresAt <= now;
}

/** No status follows. */
export function isEnded(status: SubscriptionStatus): boolean {
  return status === "cancelled" || status === "expired" || status === "failed";
}

/** Dodo holds the subscription for an unpaid amount. */
export function isHeld({ status }: Subscription): boolean {
  return status === "on_hold" || status === "past_due";
}
