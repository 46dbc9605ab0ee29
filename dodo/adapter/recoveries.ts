import type DodoPayments from "dodopayments";
import type { Payment, Subscription } from "../../domain/state/payment.ts";
import { parsePaymentId, type PaymentId, type SubscriptionId } from "../../domain/values/ids.ts";
import { formatInstant, type Instant, parseInstant } from "../../domain/values/time.ts";
import { codeTextOf } from "../answer-text.ts";
import { DODO_LIMITS } from "../limits.ts";
import {
  type ChargeOrder,
  DodoError,
  type ManualRetryState,
  type PaymentLink,
  type PaymentWithMetadata,
  type ReadOptions,
  type RecoveryPort,
  TooManyPaymentsError,
} from "../port.ts";
import {
  customerOf,
  type Fields,
  fieldsOf,
  lineItemsOf,
  metadataOf,
  offerOf,
  pageUrlOf,
  paymentDetailsOf,
  paymentOf,
  subscriptionOf,
  textOf,
} from "../shapes.ts";
import { type Client, itemsOf, pageAt } from "./client.ts";
import { translated } from "./errors.ts";
import { createProductNames } from "./product-names.ts";

/** Pages of one subscription's payments, at most. */
const PAGES_MAX = 10;

type RecoveryMethods = Omit<RecoveryPort, "customerPayments" | "purchase">;

export function recoveryMethods(client: Client): RecoveryMethods {
  const { sdk, reading, once, now } = client;
  const subscription = (raw: unknown, id: SubscriptionId, debtKeyName?: string | null) =>
    expected(subscriptionOf(raw, now(), debtKeyName), ({ subscriptionId }) => subscriptionId, id);
  const payment = (raw: unknown, id: PaymentId, debtKeyName?: string | null) =>
    expected(paymentOf(raw, now(), debtKeyName), ({ paymentId }) => paymentId, id);
  const paymentsWithMetadata: RecoveryPort["paymentsWithMetadata"] = async (id, since, options) =>
    await listPayments(client, id, since, options);
  return {
    subscription: async (id, { tries, debtKeyName }) => {
      const raw = await translated(sdk.subscriptions.retrieve(id, reading(tries)));
      return subscription(raw, id, debtKeyName);
    },
    subscriber: async (id) => {
      const raw = await translated(sdk.subscriptions.retrieve(id, reading("patient")));
      return {
        subscription: subscription(raw, id),
        customer: customerOf(raw),
        offer: offerOf(raw),
      };
    },
    productName: createProductNames(client),
    payments: async (id, since, options) =>
      (await paymentsWithMetadata(id, since, options)).map((one) => one.payment),
    paymentsWithMetadata,
    payment: async (id, { tries, debtKeyName }) => {
      const raw = await translated(sdk.payments.retrieve(id, reading(tries)));
      return payment(raw, id, debtKeyName);
    },
    lineItems: async ({ paymentId, currency }) =>
      lineItemsOf(
        await translated(sdk.payments.retrieveLineItems(paymentId, reading("patient"))),
        currency,
      ),
    paymentDetails: async (id) => {
      const raw = await translated(sdk.payments.retrieve(id, reading("patient")));
      return paymentDetailsOf(raw, payment(raw, id));
    },
    paymentMetadata: async (id, tries) =>
      metadataOf(await translated(sdk.payments.retrieve(id, reading(tries)))),
    latestDispute: async (customerId, since) => await latestDispute(client, customerId, since),
    charge: async ({ subscriptionId, idempotencyKey, ...order }) => {
      // As a header: the SDK's own option for it sends nothing.
      const options = { ...once, headers: { "Idempotency-Key": idempotencyKey } };
      const call = sdk.subscriptions.charge(subscriptionId, bodyOf(order), options);
      return acceptedPayment(await translated(call, "may_charge"));
    },
    manualRetryState: async (id) =>
      manualRetryStateOf(await translated(sdk.payments.retrieveRetryState(id, reading("once")))),
    manualRetry: async (id) =>
      acceptedPayment(await translated(sdk.payments.retry(id, once), "may_charge")),
    createPaymentLink: async (id, returnUrl) => {
      const body = { payment_method: { type: "new", return_url: returnUrl } } as const;
      const call = sdk.subscriptions.updatePaymentMethod(id, body, once);
      return linkOf(await translated(call, "may_charge"));
    },
    cancel: async (id) => {
      const cancelled = { status: "cancelled" } as const;
      return subscription(await translated(sdk.subscriptions.update(id, cancelled, once)), id);
    },
  };
}

/** An answer about another object is no evidence. */
function expected<T extends Payment | Subscription>(
  found: T | null,
  idOf: (found: T) => string,
  id: string,
): T {
  if (found !== null && idOf(found) === id) return found;
  const about = found === null ? "no object" : idOf(found);
  throw new DodoError({ kind: "unknown", detail: `Dodo answered about ${about}, not about ${id}` });
}

/** A row that shifts to the next page comes twice, so rows are collected by id. @source docs/dodo/api.md, "Pagination" */
async function listPayments(
  { sdk, reading, now }: Client,
  subscriptionId: SubscriptionId,
  since: Instant,
  { tries, debtKeyName }: ReadOptions,
): Promise<readonly PaymentWithMetadata[]> {
  const found = new Map<PaymentId, PaymentWithMetadata>();
  const filter = { subscription_id: subscriptionId, created_at_gte: formatInstant(since) };
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = { ...filter, ...pageAt(page) };
    const items = itemsOf(await translated(sdk.payments.list(query, reading(tries))));
    for (const row of items) {
      const payment = paymentOf(row, now(), debtKeyName);
      if (payment !== null) found.set(payment.paymentId, { payment, metadata: metadataOf(row) });
    }
    if (items.length < DODO_LIMITS.pageSize) return [...found.values()];
  }
  const max = PAGES_MAX * DODO_LIMITS.pageSize;
  throw new TooManyPaymentsError(
    `${subscriptionId} has more than ${max} payments since ${formatInstant(since)}`,
  );
}

/** The order of lists is undocumented. @source docs/dodo/open-questions.md, "Order of lists" */
async function latestDispute(
  { sdk, reading }: Client,
  customerId: string,
  since: Instant,
): Promise<string | null> {
  const query = { customer_id: customerId, created_at_gte: formatInstant(since), ...pageAt(0) };
  const rows = itemsOf(await translated(sdk.disputes.list(query, reading("patient")))).map(
    fieldsOf,
  );
  const createdAt = (row: Fields): Instant => parseInstant(row["created_at"]) ?? 0;
  const [latest] = rows.toSorted((a, b) => createdAt(b) - createdAt(a));
  return textOf(latest?.["dispute_id"]);
}

type ChargeBody = DodoPayments.SubscriptionChargeParams;

/** @source docs/dodo/charging.md, "The charge request" */
function bodyOf(order: Omit<ChargeOrder, "subscriptionId" | "idempotencyKey">): ChargeBody {
  const { amountMinor, currency, description, feesInclusive, credits, metadata } = order;
  return {
    product_price: amountMinor,
    product_currency: currency as NonNullable<ChargeBody["product_currency"]>,
    ...(description === null ? {} : { product_description: description }),
    ...(feesInclusive === null ? {} : { adaptive_currency_fees_inclusive: feesInclusive }),
    // Dodo does not document the default. The wallet is used only if the merchant asks for it.
    customer_balance_config: {
      allow_customer_credits_usage: credits?.usage ?? false,
      ...(credits?.purchase == null ? {} : { allow_customer_credits_purchase: credits.purchase }),
    },
    metadata,
  };
}

function acceptedPayment(answer: unknown): PaymentId {
  const paymentId = parsePaymentId(fieldsOf(answer)["payment_id"]);
  if (paymentId !== null) return paymentId;
  throw new DodoError({ kind: "unknown", detail: "Dodo's answer names no payment" });
}

/** An unknown reason counts as permanent. @source docs/dodo/open-questions.md, "Manual retry" */
function manualRetryStateOf(answer: unknown): ManualRetryState {
  const state = fieldsOf(answer);
  if (state["can_retry"] === true) return { kind: "ready" };
  const reason = codeTextOf(state["reason"]) ?? "no reason given";
  const until = parseInstant(state["retry_available_at"]);
  if (until !== null) return { kind: "cooling_down", until, reason };
  const isPending = reason === "PREVIOUS_PAYMENT_PENDING";
  return { kind: isPending ? "payment_pending" : "not_retryable", reason };
}

function linkOf(answer: unknown): PaymentLink {
  const link = fieldsOf(answer);
  const url = pageUrlOf(link["payment_link"]);
  if (url === null) throw new DodoError({ kind: "unknown", detail: "Dodo's answer has no page" });
  const expiresAt = parseInstant(link["expires_on"]);
  return { url, paymentId: parsePaymentId(link["payment_id"]), expiresAt };
}
