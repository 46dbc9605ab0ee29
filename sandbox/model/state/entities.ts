/** The store of the sandbox: plain data, which only `charges.ts`, `lifecycle.ts` and their like change. */
import type { RequestFault, WebhookFault } from "../../faults/request-faults.ts";
import type { Outcome } from "./outcome.ts";
import type { Interval, PaymentStatus, SubscriptionStatus } from "./statuses.ts";

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
  /** What an off-session charge of this method comes to. */
  outcome: Outcome;
};

export type Subscription = {
  subscriptionId: string;
  customerId: string;
  productId: string;
  productName: string;
  status: SubscriptionStatus;
  onDemand: boolean;
  currency: string;
  priceMinor: number;
  /** 0.2 = 20 %. */
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
  methodId: string | null;
  metadata: Metadata;
  billing: Billing;
  behaviour: Behaviour;
  /** The latest instant any request or event has shown it: its time never goes backwards. */
  currentTime: number;
};

/** How a subscription answers what happens to it; Dodo's documentation leaves most of this open. */
export type Behaviour = {
  /** @source dodo.md 5.6: a failed charge *may* put it on hold */
  onFailure: "on_hold" | "past_due" | "stay";
  onSuccess: "active" | "stay";
  /** null = as the settings say. */
  chargeOnHold: boolean | null;
  /** What a new payment method collects on a hold, in total. @source dodo.md 11, question 2 */
  dues: "last_failed" | "all_failed" | "none" | number;
  graceDays: number;
  /** What the next off-session charges come to, in order. */
  outcomes: Outcome[];
  /** Once `outcomes` is spent; null = as the payment method does. A new method ends it. */
  defaultOutcome: Outcome | null;
};

/** Who made a payment. */
export type PaymentOrigin =
  "charge" | "merchant" | "dues" | "checkout" | "manual_retry" | "one_time";

export type Refund = { refundId: string; amountMinor: number; createdAt: number; partial: boolean };

export type Dispute = {
  disputeId: string;
  status: string;
  amountMinor: number;
  createdAt: number;
};

/** One end of a payment; a late success is a second one. */
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
  /** Wall clock, for the lag of lists. */
  recordedAt: number;
  refunds: Refund[];
  disputes: Dispute[];
  /** The failed charges that this one, if it succeeds, collects. */
  collects: string[];
  /** Dues of this payment were collected by another. */
  collectedBy: string | null;
  ends: PaymentEnd[];
  /** Its bank has it: it ends by itself in a moment. */
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

/** A request to Dodo's API; times are the wall clock's. */
export type RequestEntry = {
  requestId: string;
  method: string;
  path: string;
  /** The pattern, `/subscriptions/:subscription_id/charge`; null = no such route. */
  route: string | null;
  subscriptionId: string | null;
  /** Whether it could have changed anything. */
  mutating: boolean;
  receivedAt: number;
  /** The time it claimed by `x-sandbox-now`. */
  sandboxNow: number | null;
  endedAt: number | null;
  /** `dropped` = by us, on purpose · `client_closed` = the client's socket closed while it was open. */
  end: "open" | "answered" | "dropped" | "client_closed";
  status: number | null;
  /** The code it was refused with. */
  refusal: string | null;
  fault: string | null;
  /** The payment it made, answered or not. */
  paymentId: string | null;
};

/** What an event is about: its body is this thing's state at the time of each delivery attempt. */
export type EventSubject =
  | { readonly kind: "payment" | "subscription"; readonly id: string }
  | { readonly kind: "refund" | "dispute"; readonly paymentId: string; readonly id: string }
  | { readonly kind: "dunning"; readonly subscriptionId: string }
  | { readonly kind: "abandoned_checkout"; readonly paymentId: string }
  | { readonly kind: "raw" };

export type Delivery = {
  /** The header `webhook-id`. */
  deliveryId: string;
  type: string;
  subject: EventSubject;
  /** Laid over the body. */
  overrides: Record<string, unknown>;
  subscriptionId: string | null;
  paymentId: string | null;
  occurredAt: number;
  /** `lost` = a fault kept it from being sent · `unsent` = no endpoint takes it. */
  state: "waiting" | "accepted" | "failed" | "lost" | "unsent";
  /** Sendings that queue or are under way, also of one whose state says otherwise: a resend of a lost one. */
  pendingAttempts: number;
  forged: boolean;
  /** Moves the signed time, which is else the wall clock's. */
  signedOffsetMs: number;
  attempts: DeliveryAttempt[];
};

export type DeliveryAttempt = {
  /** Wall clock. */
  startedAt: number;
  endedAt: number | null;
  /** What the receiver answered; null = nothing. */
  status: number | null;
  error: string | null;
  /** `data.status` of the body, which may be later than the event. */
  dataStatus: string | null;
  /** `ladder` = one of the eight · `duplicate` and `resend` are beside it. */
  kind: "scheduled" | "duplicate" | "resend";
};

export type Store = {
  readonly customers: Map<string, Customer>;
  readonly subscriptions: Map<string, Subscription>;
  readonly payments: Map<string, Payment>;
  readonly paymentsBySubscription: Map<string, Payment[]>;
  readonly checkouts: Map<string, CheckoutSession>;
  readonly portals: Map<string, PortalSession>;
  readonly requests: RequestEntry[];
  readonly deliveries: Delivery[];
  readonly faults: RequestFault[];
  readonly webhookFaults: WebhookFault[];
};

/** Keeps a long run's logs from eating the memory. */
export const LOG_ENTRIES_MAX = 200_000;

export function createStore(): Store {
  return {
    customers: new Map(),
    subscriptions: new Map(),
    payments: new Map(),
    paymentsBySubscription: new Map(),
    checkouts: new Map(),
    portals: new Map(),
    requests: [],
    deliveries: [],
    faults: [],
    webhookFaults: [],
  };
}

export function clearStore(store: Store): void {
  for (const map of [
    store.customers,
    store.subscriptions,
    store.payments,
    store.paymentsBySubscription,
    store.checkouts,
    store.portals,
  ]) {
    map.clear();
  }
  for (const list of [store.requests, store.deliveries, store.faults, store.webhookFaults]) {
    list.length = 0;
  }
}

/** Appends to a log, the oldest entries giving way. */
export function appendToLog<Entry>(log: Entry[], entry: Entry): void {
  if (log.length >= LOG_ENTRIES_MAX) log.splice(0, LOG_ENTRIES_MAX / 10);
  log.push(entry);
}

export function addPayment(store: Store, payment: Payment): void {
  store.payments.set(payment.paymentId, payment);
  for (const id of payment.subscriptionIds) {
    const known = store.paymentsBySubscription.get(id) ?? [];
    store.paymentsBySubscription.set(id, [...known, payment]);
  }
}

/** Oldest first. */
export function paymentsOf(store: Store, subscriptionId: string): readonly Payment[] {
  return store.paymentsBySubscription.get(subscriptionId) ?? [];
}

const TERMINAL: readonly (PaymentStatus | null)[] = ["succeeded", "failed", "cancelled"];

export function isOpen(payment: Payment): boolean {
  return !TERMINAL.includes(payment.status);
}
