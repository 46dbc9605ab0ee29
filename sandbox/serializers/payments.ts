import type DodoPayments from "dodopayments";
import type { SandboxContext } from "../model/context.ts";
import { notFound } from "../model/errors.ts";
import type { Payment, Subscription } from "../model/state/entities.ts";
import { serializeCustomerSummary } from "./customers.ts";
import { serializeDispute } from "./disputes.ts";
import { serializeRefundListItem } from "./refunds.ts";
import { serializeBilling } from "./subscriptions.ts";
import { isoOf } from "./timestamps.ts";

/** The URL of the payment's hosted page; null: it has none. */
export function paymentLinkUrl({ publicUrl }: SandboxContext, payment: Payment): string | null {
  return payment.link === null ? null : `${publicUrl}/pay/${payment.paymentId}`;
}

/**
 * List items lack `error_code`, `error_message`, `retry_attempt` and `updated_at`.
 * @source docs/dodo/payments.md, "Lists"
 */
export function serializePaymentListItem(
  context: SandboxContext,
  payment: Payment,
): DodoPayments.PaymentListResponse {
  const dispute = payment.disputes.at(-1);
  const card = isDetailed(context, payment) ? payment.card : null;
  return {
    payment_id: payment.paymentId,
    brand_id: brandIdOf(context, payment),
    created_at: isoOf(payment.createdAt),
    status: payment.status,
    total_amount: payment.totalMinor,
    currency: payment.currency as DodoPayments.Currency,
    customer: serializeCustomerSummary(context, payment.customerId),
    subscription_id: singleSubscriptionId(payment),
    subscription_ids: payment.subscriptionIds,
    is_multi_subscription: payment.subscriptionIds.length > 1,
    metadata: payment.metadata,
    payment_method: card === null ? null : "card",
    payment_method_type: card === null ? null : "credit",
    card_last_four: card?.lastFour ?? null,
    card_network: card?.network ?? null,
    invoice_id: payment.invoiceId,
    invoice_url: null,
    payment_provider: "dodo",
    refund_status: refundStatusOf(payment),
    dispute_status: (dispute?.status ?? null) as DodoPayments.DisputeStatus | null,
    digital_products_delivered: false,
    has_license_key: false,
  };
}

export function serializePayment(context: SandboxContext, payment: Payment): DodoPayments.Payment {
  const {
    has_license_key: _key,
    dispute_status: _dispute,
    ...item
  } = serializePaymentListItem(context, payment);
  const subscription = subscriptionOf(context, payment);
  const taxMinor = isDetailed(context, payment) ? payment.taxMinor : null;
  const hasCard = item.payment_method === "card";
  return {
    ...item,
    business_id: context.settings.businessId,
    updated_at: isoOf(payment.updatedAt),
    error_code: payment.errorCode,
    error_message: payment.errorCode === null ? null : errorMessageOf(payment.errorCode),
    retry_attempt: payment.retryAttempt,
    is_update_payment_method: payment.origin === "dues",
    tax: taxMinor,
    settlement_amount: payment.totalMinor,
    settlement_currency: payment.currency as DodoPayments.Currency,
    settlement_tax: taxMinor,
    billing: serializeBilling(subscription),
    payment_method_id: payment.methodId,
    card_type: hasCard ? "CREDIT" : null,
    card_issuing_country: hasCard ? "US" : null,
    card_holder_name: hasCard ? item.customer.name : null,
    payment_link: paymentLinkUrl(context, payment),
    checkout_session_id: payment.checkoutSessionId,
    product_cart: null,
    refunds: payment.refunds.map((refund) => serializeRefundListItem(context, payment, refund)),
    disputes: payment.disputes.map((one) => serializeDispute(context, payment, one)),
    discounts: [],
    discount_id: null,
    custom_field_responses: null,
  };
}

function brandIdOf({ settings, store }: SandboxContext, { subscriptionIds }: Payment): string {
  return store.subscriptions.get(subscriptionIds[0] ?? "")?.brandId ?? settings.brandId;
}

/** @throws ApiError `NOT_FOUND` where the line items are `refused` */
export function serializeLineItems(
  context: SandboxContext,
  payment: Payment,
): DodoPayments.PaymentRetrieveLineItemsResponse {
  const { totalMinor, taxMinor, paymentId } = payment;
  const behaviour = subscriptionOf(context, payment)?.behaviour;
  const isSettled = payment.status === "succeeded";
  const shown = isSettled ? "taxed" : (behaviour?.lineItems ?? context.settings.lineItems);
  if (shown === "refused") throw notFound(`Line items of ${paymentId}`);
  const tax = shown === "untaxed" ? 0 : taxMinor;
  const amount = shown === "partial" ? totalMinor : totalMinor - tax;
  const name = subscriptionOf(context, payment)?.productName ?? null;
  const item = { items_id: `item_${paymentId}`, amount, tax, refundable_amount: 0, name };
  return {
    currency: payment.currency as DodoPayments.Currency,
    items: [{ ...item, description: payment.description }],
  };
}

function subscriptionOf({ store }: SandboxContext, payment: Payment): Subscription | undefined {
  return store.subscriptions.get(payment.subscriptionIds[0] ?? "");
}

/** Real accounts show the tax, the payment method and the card only once a payment has succeeded. */
function isDetailed(context: SandboxContext, payment: Payment): boolean {
  const behaviour = subscriptionOf(context, payment)?.behaviour;
  const details = behaviour?.unsettledDetails ?? context.settings.unsettledDetails;
  return payment.status === "succeeded" || details === "given";
}

/** Null for a payment of several subscriptions. @source docs/dodo/payments.md, "Which subscription" */
function singleSubscriptionId(payment: Payment): string | null {
  return payment.subscriptionIds.length === 1 ? (payment.subscriptionIds[0] ?? null) : null;
}

function refundStatusOf(payment: Payment): "full" | "partial" | null {
  if (payment.refunds.length === 0) return null;
  const refunded = payment.refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return refunded >= payment.totalMinor ? "full" : "partial";
}

/** A headline for the merchant, not the processor's text. @source dodopayments 2.52.0, resources/payments.ts */
function errorMessageOf(code: string): string {
  const words = code.toLowerCase().replaceAll("_", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
