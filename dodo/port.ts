import type { Purchase } from "../domain/debt/replacement.ts";
import type { RequestedMandate } from "../domain/mandate/mandate.ts";
import type { DodoRefusal } from "../domain/state/event.ts";
import type { PaymentMethodSummary } from "../domain/state/notice.ts";
import type { LineItems, Payment, PaymentState, Subscription } from "../domain/state/payment.ts";
import type { RequestedCharge } from "../domain/state/requested-charge.ts";
import type { ListedPayment } from "../domain/sweep/late-failures.ts";
import { describeAnswer, type DodoAnswer } from "../domain/values/dodo-answer.ts";
import type { AttemptKey, MandateId, PaymentId, SubscriptionId } from "../domain/values/ids.ts";
import type { CurrencyCode } from "../domain/values/money.ts";
import { describeError, OwnError } from "../domain/values/own-error.ts";
import type { Instant } from "../domain/values/time.ts";
import type { DodoRoute } from "./routes.ts";

export { DODO_ROUTES } from "./routes.ts";
export { endpointTypes } from "./webhook-types.ts";

// The port to Dodo, in the domain's terms. Other rooms see nothing else of Dodo's API. dodo/adapter/ implements the port, and
// test/dodo/contract.ts checks an implementation. Every method throws a `DodoError` if Dodo refuses the request or cannot be
// reached.

/** Every request that Reprise sends to Dodo. */
export type DodoPort = RecoveryPort & SweepPort & CheckoutPort & MandatePort & AccountPort;

/** Reads, and the requests that may move money. Such a request is sent once, even if its answer is lost. */
export type RecoveryPort = {
  readonly subscription: (id: SubscriptionId, options: ReadOptions) => Promise<Subscription>;
  readonly subscriber: (id: SubscriptionId) => Promise<Subscriber>;
  /** What customers call a product; null where Dodo has no name for it, or does not tell. Read once a week, and never throws. */
  readonly productName: (productId: string) => Promise<string | null>;
  /**
   * The subscription's payments since an instant, each once, in no particular order. A list lacks the decline code, the tax,
   * the payment method and the number of Dodo's retries: `payment` has them.
   * @throws TooManyPaymentsError
   */
  readonly payments: (
    id: SubscriptionId,
    since: Instant,
    options: ReadOptions,
  ) => Promise<readonly Payment[]>;
  /** The same payments, each with its metadata. @throws TooManyPaymentsError */
  readonly paymentsWithMetadata: (
    id: SubscriptionId,
    since: Instant,
    options: ReadOptions,
  ) => Promise<readonly PaymentWithMetadata[]>;
  readonly payment: (id: PaymentId, options: ReadOptions) => Promise<Payment>;
  /** The sums of the payment's line items; null where Dodo gives none that can be read. */
  readonly lineItems: (
    payment: Pick<Payment, "paymentId" | "currency">,
  ) => Promise<LineItems | null>;
  readonly paymentDetails: (id: PaymentId) => Promise<PaymentDetails>;
  readonly paymentMetadata: (id: PaymentId, tries: Tries) => Promise<Metadata>;
  /** All payments of a customer since an instant, in no particular order; null if there are too many to judge. */
  readonly customerPayments: (
    customerId: string,
    since: Instant,
    tries: Tries,
  ) => Promise<readonly Payment[] | null>;
  /** What the customer bought with a subscription. */
  readonly purchase: (id: SubscriptionId, tries: Tries) => Promise<Purchase>;
  /** The id of the customer's newest dispute since an instant; null if there is none. */
  readonly latestDispute: (customerId: string, since: Instant) => Promise<string | null>;
  /** @returns the accepted payment; a later read shows its result */
  readonly charge: (order: ChargeOrder) => Promise<PaymentId>;
  /**
   * Whether Dodo's manual retry is possible for this failed payment of a renewal.
   * @source docs/dodo/retries-and-dunning.md, "Manual retry"
   */
  readonly manualRetryState: (id: PaymentId) => Promise<ManualRetryState>;
  /** @returns the accepted payment */
  readonly manualRetry: (id: PaymentId) => Promise<PaymentId>;
  /** Creates a payment page for a new payment method. If the subscription is on hold, Dodo also collects the dues there. */
  readonly createPaymentLink: (id: SubscriptionId, returnUrl: string) => Promise<PaymentLink>;
  /** @returns the subscription after the cancellation */
  readonly cancel: (id: SubscriptionId) => Promise<Subscription>;
};

/** The lists of the whole account, page by page. */
export type SweepPort = Pick<RecoveryPort, "paymentDetails"> & {
  /** @param page 0-based */
  readonly paymentsPage: (page: number, filter: PaymentFilter) => Promise<Page<ListedPayment>>;
  /** @param page 0-based */
  readonly subscriptionsPage: (
    page: number,
    access: "held" | "grace",
  ) => Promise<Page<Subscription>>;
};

/** Reads for one-time payments. */
export type CheckoutPort = Pick<
  RecoveryPort,
  "paymentDetails" | "customerPayments" | "productName"
>;

/** Requests for mandates. */
export type MandatePort = Pick<RecoveryPort, "payment" | "subscription"> & {
  /** Sent once; the caller decides whether to repeat it. */
  readonly createCheckout: (mandateId: MandateId, mandate: RequestedMandate) => Promise<Checkout>;
  /** The payment of a checkout; null before the customer pays. */
  readonly checkoutPayment: (sessionId: string) => Promise<PaymentId | null>;
  /** The subscriptions of this customer and product that carry the mandate's id. */
  readonly subscriptionsOfMandate: (
    mandateId: MandateId,
    mandate: Pick<RequestedMandate, "customerId" | "productId">,
  ) => Promise<readonly Subscription[]>;
};

export type AccountPort = {
  /** Sends one small read. @throws DodoError if Dodo refuses the API key */
  readonly checkKey: () => Promise<void>;
  /** The id of the API key's business, from one of its payments; null without a payment. */
  readonly businessId: () => Promise<string | null>;
  /** Where Dodo sends the account's webhooks. */
  readonly webhookEndpoints: () => Promise<readonly WebhookEndpoint[]>;
  /** The signing secret of an endpoint, `whsec_…`: never printed. */
  readonly webhookSecret: (endpointId: string) => Promise<string>;
};

/** An endpoint as Dodo has it. @source docs/dodo/webhooks.md, "Endpoints" */
export type WebhookEndpoint = {
  readonly id: string;
  readonly url: string;
  readonly isDisabled: boolean;
  /** The selected event types; null where Dodo tells none. */
  readonly types: readonly string[] | null;
};

/** `patient`: a failed read is repeated · `once`: it is not, because the caller has little time. */
export type Tries = "patient" | "once";

export type ReadOptions = {
  readonly tries: Tries;
  /** The policy's `debt_key`, if it has one. The metadata's value for it becomes `debtKey`. */
  readonly debtKeyName?: string | null;
};

/** The merchant's metadata. It may be large and may name people, so no history records it. */
export type Metadata = Readonly<Record<string, string | number | boolean>>;

export type PaymentWithMetadata = { readonly payment: Payment; readonly metadata: Metadata };

/** What a subscription or a payment is about. */
export type Offer = { readonly productId: string | null; readonly brandId: string | null };

/** A subscription, its customer, and what the customer subscribed to. */
export type Subscriber = {
  readonly subscription: Subscription;
  readonly customer: Customer;
  readonly offer: Offer;
};

/** Personal data: an activity reads it when it needs it, and no history records it. */
export type Customer = {
  readonly customerId: string | null;
  readonly email: string | null;
  readonly name: string | null;
  /** Of the billing address, ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** BCP 47 tags from the merchant's metadata, the most specific first. */
  readonly languages: readonly string[];
  /** IANA name from the merchant's metadata. */
  readonly timeZone: string | null;
};

/** A payment with the details that mails show. Personal data, as in `Customer`. */
export type PaymentDetails = {
  readonly payment: Payment;
  readonly customer: Customer;
  /** `productId` is null for a payment of several products. */
  readonly offer: Offer;
  /** Null if Dodo names neither a card nor a method that customers know by name. */
  readonly paidWith: PaymentMethodSummary | null;
  /** Dodo's page for this payment; null if it has none. */
  readonly pageUrl: string | null;
  /** Of Dodo's last change. */
  readonly changedAt: Instant | null;
  /** Its metadata `reprise` is `off`. */
  readonly optedOut: boolean;
};

/** A charge of an on-demand subscription. */
export type ChargeOrder = {
  /**
   * The attempt's key. An account that honours it charges once, however often the order is sent; one that ignores it loses
   * nothing. @source docs/dodo/charging.md, "Idempotency"
   */
  readonly idempotencyKey: AttemptKey;
  readonly subscriptionId: SubscriptionId;
  /** In minor units, net of tax that Dodo adds on top. */
  readonly amountMinor: number;
  readonly currency: CurrencyCode;
  /** Null: the product's description. */
  readonly description: string | null;
  /** Null: the setting of the merchant's account. */
  readonly feesInclusive: RequestedCharge["feesInclusive"];
  /** Null: the customer's wallet at Dodo is not used. */
  readonly credits: RequestedCharge["credits"];
  readonly metadata: Metadata;
};

export type ManualRetryState =
  | { readonly kind: "ready" }
  /** The next retry is possible from then on. */
  | { readonly kind: "cooling_down"; readonly until: Instant; readonly reason: string }
  | { readonly kind: "payment_pending"; readonly reason: string }
  /** Dodo does not retry this payment. An unknown reason counts as permanent. */
  | { readonly kind: "not_retryable"; readonly reason: string };

export type PaymentLink = {
  readonly url: string;
  readonly paymentId: PaymentId | null;
  /** Null if Dodo gives none. */
  readonly expiresAt: Instant | null;
};

export type Checkout = {
  readonly sessionId: string;
  /** Null if the answer has no address that a browser can open. */
  readonly url: string | null;
};

export type PaymentFilter = {
  readonly state: Extract<PaymentState, "succeeded" | "declined" | "abandoned" | "needs_customer">;
  /** Of the payment's creation. */
  readonly since: Instant;
  /** Excludes payments that are created while the pages are read: they would shift the rows. */
  readonly until: Instant;
};

export type Page<Row> = {
  readonly rows: readonly Row[];
  /** Rows of Dodo's page, including those that cannot be read. */
  readonly count: number;
  /** A page that is not full is the last one. */
  readonly isLast: boolean;
};

/** Called when Dodo refuses the account's API key. @param said Dodo's code, the HTTP status and the id of the request */
export type OnRefusedAccount = (said: string) => Promise<void>;

/** An error that Dodo answered, for the log. */
export type RefusedRequest = DodoAnswer & {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The documented words of Dodo's message; null if it has none. Never part of a history. */
  readonly said: string | null;
};

/** Called after each request to Dodo. `status`: HTTP status; null where no answer came. `requestId`: of the answer. It must not throw. */
export type OnRequestEnded = (request: {
  readonly route: DodoRoute;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly seconds: number;
}) => void;

/** Called for every error that Dodo answers. */
export type OnRefusedRequest = (request: RefusedRequest) => void;

/**
 * Why a request failed. `unsent`: it never left · `unknown`: Dodo may have carried it out · all others: Dodo answered, and did
 * not carry it out.
 * @source docs.stripe.com/error-handling; docs/dodo/api.md, "Errors"
 */
export type DodoFailure =
  | { readonly kind: "unsent"; readonly detail: string }
  | { readonly kind: "unknown"; readonly detail: string; readonly answer?: DodoAnswer }
  | { readonly kind: "rate_limited"; readonly detail: string; readonly answer: DodoAnswer }
  | { readonly kind: "payment_pending"; readonly detail: string; readonly answer: DodoAnswer }
  | (DodoAnswer & { readonly kind: "unauthorized" })
  | DodoRefusal;

/**
 * Thrown by every method of the port. Histories record errors, so this one has Dodo's code, the HTTP status and the request's id,
 * and nothing of Dodo's message.
 */
export class DodoError extends OwnError {
  override readonly name = "DodoError";
  readonly failure: DodoFailure;

  constructor(failure: DodoFailure) {
    super(describe(failure));
    this.failure = failure;
  }
}

/** The subscription has more payments than Reprise reads. A partial list proves nothing. */
export class TooManyPaymentsError extends OwnError {
  override readonly name = "TooManyPaymentsError";
}

/**
 * Why a request failed. An error other than `DodoError` may have occurred after the request left, so it is `unknown`. Its text stays
 * out of the history, unless it is ours.
 */
export function failureOf(error: unknown): DodoFailure {
  if (error instanceof DodoError) return error.failure;
  return { kind: "unknown", detail: describeError(error) };
}

/** Waits for a read. @returns null if Dodo answers `not_found`, which also happens before a new object is visible */
export async function nullIfNotFound<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === "refused" && failure.meaning === "not_found") return null;
    throw error;
  }
}

function describe(failure: DodoFailure): string {
  switch (failure.kind) {
    case "unsent":
      return `Dodo could not be reached: ${failure.detail}`;
    case "unknown":
      return `Dodo gave no usable answer: ${failure.detail}`;
    case "rate_limited":
      return `Dodo limits the rate of requests: ${failure.detail}`;
    case "payment_pending":
      return `Dodo has a payment that is still open: ${failure.detail}`;
    case "unauthorized":
      return `Dodo refuses the API key: ${describeAnswer(failure)}`;
    case "refused":
      return `Dodo refuses the request: ${describeAnswer(failure)}`;
  }
}
