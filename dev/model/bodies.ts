import { formatInstant } from "../../domain/values/time.ts";
import type { ModelLineItems, ModelOptions, ModelPayment, OtherSubscription } from "./ledger.ts";

/** What the subscription is for. */
export const PRODUCT_ID = "pdt_1";

/** One of Dodo's objects, as HTTP carries it. */
export type Body = Readonly<Record<string, unknown>>;

/** What a charge asks for, as HTTP carries it. */
export type ChargeBody = {
  readonly product_price: number;
  readonly product_currency: string;
  readonly metadata: ModelPayment["metadata"];
};

/** The payment page of a payment method update, as HTTP carries it. */
export type LinkBody = {
  readonly payment_id: string;
  readonly payment_link: string;
  readonly expires_on: string;
};

export function paymentBody(
  payment: ModelPayment,
  { unsettledTax }: Required<Pick<ModelOptions, "unsettledTax">>,
): Body {
  const { subscriptionIds } = payment;
  const isTaxShown = unsettledTax === "given" || payment.status === "succeeded";
  const [sole] = subscriptionIds;
  return {
    payment_id: payment.paymentId,
    created_at: formatInstant(payment.createdAt),
    updated_at: formatInstant(payment.ends.at(-1)?.at ?? payment.createdAt),
    status: payment.status,
    error_code: payment.declineCode,
    retry_attempt: payment.retryAttempt,
    is_update_payment_method: payment.isMethodUpdate,
    is_multi_subscription: subscriptionIds.length > 1,
    subscription_id: subscriptionIds.length > 1 ? null : sole,
    subscription_ids: subscriptionIds,
    total_amount: payment.totalMinor,
    tax: isTaxShown ? payment.taxMinor : null,
    currency: payment.currency,
    customer: { customer_id: "cus_1", email: "ada@example.com", name: "Ada" },
    metadata: payment.metadata,
    payment_method_id: payment.methodId,
    card_last_four: "4242",
    card_network: "VISA",
    refund_status: payment.reversal === "refunded" ? "full" : null,
    disputes: payment.reversal === "disputed" ? [{ dispute_id: `dp_${payment.paymentId}` }] : [],
  };
}

type SubscriptionFacts = {
  readonly subscriptionId: string;
  readonly status: string;
  readonly methodId: string;
  readonly pausedAt: number | null;
  readonly cancelAtNextBillingDate: boolean;
  readonly metadata: Readonly<Record<string, string>>;
};

export function subscriptionBody(
  facts: SubscriptionFacts,
  options: Required<Pick<ModelOptions, "onDemand" | "authorizedAt" | "currency" | "taxInclusive">>,
): Body {
  return {
    subscription_id: facts.subscriptionId,
    product_id: PRODUCT_ID,
    status: facts.status,
    on_demand: options.onDemand,
    brand_id: "bus_1",
    created_at: formatInstant(options.authorizedAt),
    currency: options.currency,
    tax_inclusive: options.taxInclusive,
    customer: { customer_id: "cus_1", email: "ada@example.com", name: "Ada" },
    payment_method_id: facts.methodId,
    paused_at: facts.pausedAt === null ? null : formatInstant(facts.pausedAt),
    cancel_at_next_billing_date: facts.cancelAtNextBillingDate,
    metadata: facts.metadata,
  };
}

/** What reads show of another subscription of the customer. */
export function otherSubscriptionBody(other: OtherSubscription): Body {
  return {
    subscription_id: other.subscriptionId,
    product_id: other.productId,
    status: "active",
    on_demand: true,
    created_at: formatInstant(other.createdAt),
    customer: { customer_id: "cus_1", email: "ada@example.com", name: "Ada" },
  };
}

/** The line items of a payment. @source docs/dodo/payments.md, "Line items" */
export function lineItemsBody(
  { totalMinor, taxMinor, currency }: ModelPayment,
  shown: Exclude<ModelLineItems, "refused">,
): Body {
  const tax = shown === "untaxed" ? 0 : taxMinor;
  const amount = shown === "partial" ? totalMinor : totalMinor - tax;
  return { currency, items: [{ items_id: "item_1", amount, tax, refundable_amount: 0 }] };
}

/** A row of a list, which lacks these fields. @source docs/dodo/payments.md, "Lists" */
export function listRow(body: Body): Body {
  const { error_code: _c, retry_attempt: _r, is_update_payment_method: _u, ...rest } = body;
  const { tax: _t, payment_method_id: _m, updated_at: _a, ...row } = rest;
  return row;
}

type Tax = { readonly taxMinor: number; readonly taxRate: number; readonly taxInclusive: boolean };

/** Tax is added to the price unless the price includes it. @source docs/dodo/charging.md, "Amounts" */
export function amountsOf(
  priceMinor: number,
  { taxMinor, taxRate, taxInclusive }: Tax,
): { readonly totalMinor: number; readonly taxMinor: number } {
  if (taxInclusive) {
    const net = Math.round(priceMinor / (1 + taxRate));
    return { totalMinor: priceMinor, taxMinor: priceMinor - net };
  }
  const tax = priceMinor === 0 ? 0 : taxMinor + Math.round(priceMinor * taxRate);
  return { totalMinor: priceMinor + tax, taxMinor: tax };
}
