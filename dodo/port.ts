import type { RequestedMandate } from "../domain/mandate/mandate.ts";
import type { Payment, PaymentState, Subscription } from "../domain/state/payment.ts";
import type { DodoRefusal } from "../domain/state/event.ts";
import type { RequestedCharge } from "../domain/state/requested-charge.ts";
import type { MandateId, PaymentId, SubscriptionId } from "../domain/values/ids.ts";
import type { CurrencyCode } from "../domain/values/money.ts";
import type { Instant } from "../domain/values/time.ts";

// The port to Dodo: all that other rooms see of Dodo's API, in the domain's terms. dodo/adapter/ implements it, and
// test/dodo/contract.ts holds an implementation to it. Every method throws a `DodoError` where Dodo says no or cannot be reached.

/** Everything that Dodo is asked for. */
export type DodoPort = RecoveryPort & SweepPort & CheckoutPort & MandatePort & AccountPort;

/** What recoveries need: reads, and the calls that may move money. Those are sent once, whatever becomes of the answer. */
export type RecoveryPort = {
  readonly subscription: (id: SubscriptionId, options: ReadOptions) => Promise<Subscription>;
  readonly subscriber: (id: SubscriptionId) => Promise<Subscriber>;
  /** The payments of a subscription that were made since an instant, each once, in no particular order. A list's payment lacks what {@link RecoveryPort.payment} has: decline code, tax, method, retries. */
  readonly payments: (
    id: SubscriptionId,
    since: Instant,
    options: ReadOptions,
  ) => Promise<readonly Payment[]>;
  /** As `payments`, with the merchant's metadata of each. */
  readonly paymentsWithMetadata: (
    id: SubscriptionId,
    since: Instant,
    options: ReadOptions,
  ) => Promise<readonly PaymentWithMetadata[]>;
  readonly payment: (id: PaymentId, options: ReadOptions) => Promise<Payment>;
  readonly paymentDetails: (id: PaymentId) => Promise<PaymentDetails>;
  readonly paymentMetadata: (id: PaymentId, tries: Tries) => Promise<Metadata>;
  /** The id of the customer's newest dispute since an instant; null where there is none. */
  readonly latestDispute: (customerId: string, since: Instant) => Promise<string | null>;
  /** @returns the payment that Dodo has accepted; how it ends is read later */
  readonly charge: (order: ChargeOrder) => Promise<PaymentId>;
  /** Whether Dodo's manual retry takes this failed payment of a renewal. @source docs/dodo/retries-and-dunning.md, "Manual retry" */
  readonly manualRetryState: (id: PaymentId) => Promise<ManualRetryState>;
  /** @returns the payment that Dodo has accepted */
  readonly manualRetry: (id: PaymentId) => Promise<PaymentId>;
  /** Makes a payment page for a new payment method. On a hold Dodo collects the dues there, so this is a charge too. */
  readonly createPaymentLink: (id: SubscriptionId, returnUrl: string) => Promise<PaymentLink>;
  /** @returns the subscription after the cancellation */
  readonly cancel: (id: SubscriptionId) => Promise<Subscription>;
};

/** Dodo's lists of the whole account, page by page. */
export type SweepPort = Pick<RecoveryPort, "paymentDetails"> & {
  /** @param page 0-based */
  readonly paymentsPage: (page: number, filter: PaymentFilter) => Promise<Page<Payment>>;
  /** @param page 0-based */
  readonly subscriptionsPage: (
    page: number,
    access: "held" | "grace",
  ) => Promise<Page<Subscription>>;
};

/** What one-time payments need. */
export type CheckoutPort = Pick<RecoveryPort, "paymentDetails"> & {
  /** All payments of a customer since an instant; null where there are more than can be judged. */
  readonly customerPayments: (
    customerId: string,
    since: Instant,
  ) => Promise<readonly Payment[] | null>;
};

/** What mandates need. */
export type MandatePort = Pick<RecoveryPort, "payment" | "subscription"> & {
  /** Sent once: whoever repeats it decides so. */
  readonly createCheckout: (mandateId: MandateId, mandate: RequestedMandate) => Promise<Checkout>;
  /** The payment that a checkout has led to; null while there is none. */
  readonly checkoutPayment: (sessionId: string) => Promise<PaymentId | null>;
  /** The subscriptions of this customer and product that carry the mandate's id. */
  readonly subscriptionsOfMandate: (
    mandateId: MandateId,
    mandate: Pick<RequestedMandate, "customerId" | "productId">,
  ) => Promise<readonly Subscription[]>;
};

export type AccountPort = {
  /** One small read: does Dodo take the account's API key? */
  readonly checkKey: () => Promise<void>;
};

/** `patient`: a read that failed is repeated · `once`: the caller has no time for that. */
export type Tries = "patient" | "once";

export type ReadOptions = {
  readonly tries: Tries;
  /** The policy's `debt_key`, where it has one: its value in the metadata becomes `debtKey`. */
  readonly debtKeyName?: string | null;
};

/** The merchant's metadata. It may be large and may name people, so no history records it. */
export type Metadata = Readonly<Record<string, string | number | boolean>>;

export type PaymentWithMetadata = { readonly payment: Payment; readonly metadata: Metadata };

/** A subscription and whose it is. */
export type Subscriber = { readonly subscription: Subscription; readonly customer: Customer };

/** Whom to write to, and how. Personal data: an activity reads it where it needs it, and no history records it. */
export type Customer = {
  readonly customerId: string | null;
  readonly email: string | null;
  readonly name: string | null;
  /** Of the billing address, ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** BCP 47 tags that the merchant's metadata names, the most telling first. */
  readonly languages: readonly string[];
  /** IANA name that the merchant's metadata gives. */
  readonly timeZone: string | null;
};

/** How a payment is, or was to be, paid; by names that a customer knows. */
export type PaymentMethodSummary =
  | { readonly kind: "card"; readonly brand: string | null; readonly lastFour: string }
  | { readonly kind: "other"; readonly name: string };

/** A payment with what a mail about it says. Personal data, as `Customer`. */
export type PaymentDetails = {
  readonly payment: Payment;
  readonly customer: Customer;
  /** Null where Dodo names neither a card nor a method that customers know by name. */
  readonly paidWith: PaymentMethodSummary | null;
  /** Dodo's own page of this payment; null where it has none. */
  readonly pageUrl: string | null;
  /** When Dodo changed it last. */
  readonly changedAt: Instant | null;
  /** Its metadata `reprise` is `off`. */
  readonly optedOut: boolean;
};

/** A charge of an on-demand subscription. */
export type ChargeOrder = {
  readonly subscriptionId: SubscriptionId;
  /** Net of tax that Dodo adds on top. */
  readonly amountMinor: number;
  readonly currency: CurrencyCode;
  /** Null: the product's. */
  readonly description: string | null;
  /** Null: as the merchant's account has it. */
  readonly feesInclusive: RequestedCharge["feesInclusive"];
  /** Null: the customer's wallet at Dodo is not used. */
  readonly credits: RequestedCharge["credits"];
  readonly metadata: Metadata;
};

export type ManualRetryState =
  | { readonly kind: "ready" }
  /** The next one is taken from then on. */
  | { readonly kind: "cooling_down"; readonly until: Instant; readonly reason: string }
  | { readonly kind: "payment_pending"; readonly reason: string }
  /** Dodo does not take this payment; reasons that are not known are taken for a lasting no. */
  | { readonly kind: "not_retryable"; readonly reason: string };

export type PaymentLink = {
  readonly url: string;
  readonly paymentId: PaymentId | null;
  /** Null where Dodo names no end. */
  readonly expiresAt: Instant | null;
};

export type Checkout = {
  readonly sessionId: string;
  /** Null where Dodo's answer has no page that a browser can open. */
  readonly url: string | null;
};

export type PaymentFilter = {
  readonly state: Extract<PaymentState, "succeeded" | "declined" | "abandoned" | "unconfirmed">;
  /** When it was made. */
  readonly since: Instant;
  /** Payments made while the pages are turned would move the rows. */
  readonly until: Instant;
};

export type Page<Row> = {
  readonly rows: readonly Row[];
  /** Rows of Dodo's page, those that cannot be read included. */
  readonly count: number;
  /** A page that is not full ends its list. */
  readonly isLast: boolean;
};

/** Is called when Dodo refuses the account's API key. @param said Dodo's code and the HTTP status */
export type OnRefusedAccount = (said: string) => Promise<void>;

/**
 * Why a request was not carried out, or is not known to have been.
 * `unsent`: it certainly never left · `unknown`: it may have been carried out · the others are Dodo's own answers, and certain.
 * @source docs.stripe.com/error-handling; docs/dodo/api.md, "Errors"
 */
export type DodoFailure =
  | { readonly kind: "unsent"; readonly detail: string }
  | { readonly kind: "unknown"; readonly detail: string }
  | { readonly kind: "rate_limited"; readonly detail: string }
  | { readonly kind: "payment_pending"; readonly detail: string }
  | { readonly kind: "unauthorized"; readonly httpStatus: number; readonly code: string }
  | DodoRefusal;

/** What every method of the port throws. It carries nothing of Dodo's answer but its code, since histories record errors. */
export class DodoError extends Error {
  override readonly name = "DodoError";
  readonly failure: DodoFailure;

  constructor(failure: DodoFailure) {
    super(describe(failure));
    this.failure = failure;
  }
}

/** A subscription has more payments than are read: a partial list proves nothing. */
export class TooManyPaymentsError extends Error {
  override readonly name = "TooManyPaymentsError";
}

/** What an error means for the request that met it. Anything but a `DodoError` may have come after the request had left. */
export function failureOf(error: unknown): DodoFailure {
  if (error instanceof DodoError) return error.failure;
  return { kind: "unknown", detail: error instanceof Error ? error.message : String(error) };
}

/** Null for what Dodo does not know, or does not show yet. */
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
      return `Dodo refuses the API key: ${failure.code} (HTTP ${failure.httpStatus})`;
    case "refused":
      return `Dodo refuses the request: ${failure.code} (HTTP ${failure.httpStatus})`;
  }
}
