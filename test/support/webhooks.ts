import { randomUUID } from "node:crypto";
import { signedHeaders } from "../../platform/standard-webhook.ts";

/** A signing secret in Dodo's format, for tests. */
export const WEBHOOK_KEY = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
export const OTHER_KEY = `whsec_${Buffer.alloc(24, 2).toString("base64")}`;

export type SignedDelivery = {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** Signs a body as Dodo does. @param at the timestamp of the delivery */
export function signWebhook(
  body: string,
  { key = WEBHOOK_KEY, id = `msg_${randomUUID()}`, at = new Date() } = {},
): SignedDelivery {
  return { body, headers: signedHeaders(id, body, [key], at) };
}

/** A `payment.failed` event as Dodo sends it. @param data overrides fields of the payment */
export function paymentFailed(
  subscriptionId: string,
  data: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    business_id: "bus_1",
    type: "payment.failed",
    timestamp: new Date().toISOString(),
    data: {
      payload_type: "Payment",
      payment_id: `pay_${subscriptionId}`,
      status: "failed",
      error_code: "INSUFFICIENT_FUNDS",
      created_at: new Date().toISOString(),
      total_amount: 2_900,
      tax: 0,
      currency: "USD",
      subscription_id: subscriptionId,
      subscription_ids: [subscriptionId],
      customer: { customer_id: "cus_1", email: "ada@example.com", name: "Ada Lovelace" },
      metadata: {},
      ...data,
    },
  };
}
