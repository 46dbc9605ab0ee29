/** The store' entries as Dodo's API and webhooks show them, typed by its own SDK. */
import type DodoPayments from "dodopayments";
import type {
  Customer,
  Dispute,
  Payment,
  PaymentMethod,
  Refund,
  Subscription,
} from "../model/state/entities.ts";
import type { SandboxContext } from "../model/context.ts";

type Currency = DodoPayments.Payment["currency"];
type Country = DodoPayments.BillingAddress["country"];
type Card = DodoPayments.CustomerRetrievePaymentMethodsResponse.Item.Card;

export function isoOf(instant: number): string {
  return new Date(instant).toISOString();
}

function isoOrNull(instant: number | null): string | null {
  return instant === null ? null : isoOf(instant);
}

export function paymentLinkUrl(context: SandboxContext, payment: Payment): string | null {
  return payment.link === null ? null : `${context.publicUrl}/pay/${payment.paymentId}`;
}

function serializeCustomerSummary(
  context: SandboxContext,
  customerId: string,
): DodoPayments.CustomerLimitedDetails {
  const customer = context.store.customers.get(customerId);
  return {
    customer_id: customerId,
    email: customer?.email ?? "",
    name: customer?.name ?? "",
    phone_number: customer?.phoneNumber ?? null,
    metadata: customer?.metadata ?? {},
  };
}

export function serializeCustomer(
  { settings }: SandboxContext,
  customer: Customer,
): DodoPayments.Customer {
  return {
    business_id: settings.businessId,
    created_at: isoOf(customer.createdAt),
    customer_id: customer.customerId,
    email: customer.email,
    name: customer.name,
    phone_number: customer.phoneNumber,
    metadata: customer.metadata,
    blocked_at: null,
    blocklist_entry_id: null,
  };
}

export function serializePaymentMethod(
  customer: Customer,
  method: PaymentMethod,
): DodoPayments.CustomerRetrievePaymentMethodsResponse.Item {
  const card: Card = {
    card_holder_name: customer.name,
    card_issuing_country: "US",
    card_network: method.network,
    card_type: "CREDIT",
    expiry_month: method.expiryMonth,
    expiry_year: method.expiryYear,
    last4_digits: method.lastFour,
  };
  return {
    payment_method: "card",
    payment_method_id: method.paymentMethodId,
    payment_method_type: "credit",
    recurring_enabled: true,
    last_used_at: isoOrNull(method.lastUsedAt),
    card,
  };
}

/** A list's row: without `error_code`, `error_message`, `retry_attempt`, `updated_at`. @source dodo.md 8.4 */
export function serializePaymentListItem(
  context: SandboxContext,
  payment: Payment,
): DodoPayments.PaymentListResponse {
  const dispute = payment.disputes.at(-1);
  return {
    payment_id: payment.paymentId,
    brand_id: context.settings.brandId,
    created_at: isoOf(payment.createdAt),
    status: payment.status,
    total_amount: payment.totalMinor,
    currency: payment.currency as Currency,
    customer: serializeCustomerSummary(context, payment.customerId),
    subscription_id: singleSubscriptionId(payment),
    subscription_ids: payment.subscriptionIds,
    is_multi_subscription: payment.subscriptionIds.length > 1,
    metadata: payment.metadata,
    payment_method: payment.card === null ? null : "card",
    payment_method_type: payment.card === null ? null : "credit",
    card_last_four: payment.card?.lastFour ?? null,
    card_network: payment.card?.network ?? null,
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
    ...row
  } = serializePaymentListItem(context, payment);
  const subscription = context.store.subscriptions.get(payment.subscriptionIds[0] ?? "");
  return {
    ...row,
    business_id: context.settings.businessId,
    updated_at: isoOf(payment.updatedAt),
    error_code: payment.errorCode,
    error_message: payment.errorCode === null ? null : errorMessageOf(payment.errorCode),
    retry_attempt: payment.retryAttempt,
    is_update_payment_method: payment.origin === "dues",
    tax: payment.taxMinor,
    settlement_amount: payment.totalMinor,
    settlement_currency: payment.currency as Currency,
    settlement_tax: payment.taxMinor,
    billing: serializeBilling(subscription),
    payment_method_id: payment.methodId,
    card_type: payment.card === null ? null : "CREDIT",
    card_issuing_country: payment.card === null ? null : "US",
    card_holder_name: payment.card === null ? null : row.customer.name,
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

/** Null for a payment of several subscriptions. @source dodo.md 4.2 */
function singleSubscriptionId(payment: Payment): string | null {
  return payment.subscriptionIds.length === 1 ? (payment.subscriptionIds[0] ?? null) : null;
}

function refundStatusOf(payment: Payment): "full" | "partial" | null {
  if (payment.refunds.length === 0) return null;
  const refunded = payment.refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return refunded >= payment.totalMinor ? "full" : "partial";
}

/** A headline in place of the processor's text. @source dodo.md 1 */
export function errorMessageOf(code: string): string {
  const words = code.toLowerCase().replaceAll("_", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function serializeBilling(subscription: Subscription | undefined): DodoPayments.BillingAddress {
  if (subscription === undefined) return { country: "US" };
  return { ...subscription.billing, country: subscription.billing.country as Country };
}

/** What lists show of a subscription; the rest is in `subscriptionBody`. */
export function serializeSubscriptionListItem(
  context: SandboxContext,
  subscription: Subscription,
): DodoPayments.SubscriptionListResponse {
  return {
    subscription_id: subscription.subscriptionId,
    status: subscription.status,
    on_demand: subscription.onDemand,
    product_id: subscription.productId,
    product_name: subscription.productName,
    quantity: 1,
    currency: subscription.currency as Currency,
    recurring_pre_tax_amount: subscription.priceMinor,
    tax_inclusive: subscription.taxInclusive,
    created_at: isoOf(subscription.createdAt),
    previous_billing_date: isoOf(subscription.previousBillingAt),
    next_billing_date: isoOf(subscription.nextBillingAt),
    cancelled_at: isoOrNull(subscription.cancelledAt),
    paused_at: isoOrNull(subscription.pausedAt),
    cancel_at_next_billing_date: subscription.cancelAtNextBillingDate,
    payment_frequency_count: 1,
    payment_frequency_interval: subscription.interval,
    subscription_period_count: 10,
    subscription_period_interval: "Year",
    trial_period_days: 0,
    trial_amount: null,
    has_payment_method: subscription.methodId !== null,
    payment_method_id: subscription.methodId,
    customer: serializeCustomerSummary(context, subscription.customerId),
    billing: serializeBilling(subscription),
    metadata: subscription.metadata,
    discounts: [],
    scheduled_change: null,
    tax_id: null,
    customer_business_name: null,
    discount_id: null,
    discount_cycles_remaining: null,
  };
}

export function serializeSubscription(
  context: SandboxContext,
  subscription: Subscription,
): DodoPayments.Subscription {
  const {
    product_name: _name,
    discounts: _discounts,
    ...row
  } = serializeSubscriptionListItem(context, subscription);
  return {
    ...row,
    discounts: [],
    brand_id: context.settings.brandId,
    expires_at: isoOrNull(subscription.expiresAt),
    addons: [],
    meters: [],
    credit_entitlement_cart: [],
    meter_credit_entitlement_cart: [],
    cancellation_feedback:
      subscription.cancellationFeedback as DodoPayments.CancellationFeedback | null,
    cancellation_comment: subscription.cancellationComment,
    custom_field_responses: null,
  };
}

export function serializeRefundListItem(
  { settings }: SandboxContext,
  payment: Payment,
  refund: Refund,
): DodoPayments.RefundListItem {
  return {
    business_id: settings.businessId,
    created_at: isoOf(refund.createdAt),
    is_partial: refund.partial,
    payment_id: payment.paymentId,
    refund_id: refund.refundId,
    status: "succeeded",
    amount: refund.amountMinor,
    currency: payment.currency as Currency,
    reason: null,
  };
}

/** A refund as webhooks carry it. */
export function serializeRefund(
  context: SandboxContext,
  payment: Payment,
  refund: Refund,
): DodoPayments.Refund {
  return {
    ...serializeRefundListItem(context, payment, refund),
    brand_id: context.settings.brandId,
    customer: serializeCustomerSummary(context, payment.customerId),
    metadata: {},
  };
}

export function serializeDispute(
  { settings }: SandboxContext,
  payment: Payment,
  dispute: Dispute,
): DodoPayments.Dispute {
  return {
    amount: String(dispute.amountMinor),
    business_id: settings.businessId,
    created_at: isoOf(dispute.createdAt),
    currency: payment.currency,
    dispute_id: dispute.disputeId,
    dispute_stage: "dispute",
    dispute_status: dispute.status as DodoPayments.DisputeStatus,
    payment_id: payment.paymentId,
    is_resolved_by_rdr: null,
    remarks: null,
  };
}

/** A dispute as webhooks carry it. */
export function serializeDisputeDetails(
  context: SandboxContext,
  payment: Payment,
  dispute: Dispute,
): DodoPayments.GetDispute {
  return {
    ...serializeDispute(context, payment, dispute),
    brand_id: context.settings.brandId,
    customer: serializeCustomerSummary(context, payment.customerId),
    payment_provider: "dodo",
    reason: null,
  };
}
