/** @source dodopayments 2.52.0, resources/payments.ts, `IntentStatus` */
export const PAYMENT_STATUSES = [
  "succeeded",
  "failed",
  "cancelled",
  "processing",
  "requires_customer_action",
  "requires_merchant_action",
  "requires_payment_method",
  "requires_confirmation",
  "requires_capture",
  "partially_captured",
  "partially_captured_and_capturable",
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** @source dodopayments 2.52.0, resources/subscriptions.ts, `SubscriptionStatus` */
export const SUBSCRIPTION_STATUSES = [
  "pending",
  "active",
  "on_hold",
  "paused",
  "cancelled",
  "failed",
  "expired",
  "past_due",
] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];
