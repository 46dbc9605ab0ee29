import type DodoPayments from "dodopayments";
import type { SandboxContext } from "../model/context.ts";
import type { Subscription } from "../model/state/entities.ts";
import { serializeCustomerSummary } from "./customers.ts";
import { isoOf, isoOrNull } from "./timestamps.ts";

type Country = DodoPayments.BillingAddress["country"];

export function serializeBilling(
  subscription: Subscription | undefined,
): DodoPayments.BillingAddress {
  if (subscription === undefined) return { country: "US" };
  return { ...subscription.billing, country: subscription.billing.country as Country };
}

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
    quantity: subscription.quantity,
    currency: subscription.currency as DodoPayments.Currency,
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
    ...item
  } = serializeSubscriptionListItem(context, subscription);
  return {
    ...item,
    discounts: [],
    brand_id: subscription.brandId ?? context.settings.brandId,
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
