import { randomUUID } from "node:crypto";
import { signedHeaders } from "../../platform/standard-webhook.ts";
import type { HttpRequest } from "./http-load.ts";

/** Signs a body as Dodo does. @param key `whsec_…` */
export function signed(key: string, body: string): HttpRequest {
  const id = `msg_${randomUUID().replaceAll("-", "")}`;
  return { body, headers: signedHeaders(id, body, [key], new Date()) };
}

/**
 * A payment as Dodo's webhooks show it, about 2.4 KB.
 * @param subscriptionId null: a one-time payment
 */
export function paymentWebhook(
  type: "payment.failed" | "payment.succeeded",
  paymentId: string,
  subscriptionId: string | null,
  businessId = "bus_bench",
): string {
  const hasFailed = type === "payment.failed";
  const at = new Date().toISOString();
  return JSON.stringify({
    business_id: businessId,
    type,
    timestamp: at,
    data: {
      payload_type: "Payment",
      payment_id: paymentId,
      business_id: businessId,
      brand_id: "brnd_bench",
      created_at: at,
      updated_at: at,
      status: hasFailed ? "failed" : "succeeded",
      error_code: hasFailed ? "INSUFFICIENT_FUNDS" : null,
      error_message: hasFailed ? "Not enough funds. Ask the customer to retry later." : null,
      retry_attempt: 0,
      is_update_payment_method: false,
      is_multi_subscription: false,
      subscription_id: subscriptionId,
      subscription_ids: subscriptionId === null ? [] : [subscriptionId],
      total_amount: 2_900,
      tax: 0,
      currency: "USD",
      settlement_amount: 2_900,
      settlement_currency: "USD",
      settlement_tax: 0,
      ...PARTIES,
      ...CARD,
      ...DETAILS,
    },
  });
}

const PARTIES = {
  customer: {
    customer_id: "cus_bench",
    email: "ada@example.com",
    name: "Ada Lovelace",
    phone_number: "+15555550100",
    metadata: { plan: "team", seats: "12", source: "website" },
  },
  billing: {
    country: "US",
    city: "Springfield",
    state: "IL",
    street: "1 Elm Street, third floor, at the end of the hall",
    zipcode: "62701",
  },
  metadata: {
    invoice_id: "in_2026_11_000123",
    order_id: "ord_7f3c2a9e",
    account_id: "acc_51d0b7",
    campaign: "autumn renewal",
  },
};

const CARD = {
  payment_method: "card",
  payment_method_type: "credit",
  payment_method_id: "pm_bench",
  card_last_four: "9995",
  card_network: "MASTERCARD",
  card_type: "CREDIT",
  card_issuing_country: "US",
  card_holder_name: "ADA LOVELACE",
};

const DETAILS = {
  payment_link: "https://checkout.dodopayments.com/a-link-as-long-as-those-of-real-payments-are",
  checkout_session_id: "cks_bench_0123456789",
  invoice_id: "inv_bench_0123456789",
  invoice_url: "https://live.dodopayments.com/invoices/payments/inv_bench_0123456789",
  payment_provider: "dodo",
  product_cart: [
    { product_id: "pdt_bench_team", quantity: 1 },
    { product_id: "pdt_bench_seat", quantity: 11 },
  ],
  refunds: [],
  refund_status: null,
  disputes: [],
  discounts: [
    {
      discount_id: "dsc_bench_0123456789",
      code: "AUTUMN-2026",
      name: "Autumn offer for annual plans",
      type: "percentage",
      amount: 0,
      position: 0,
      cycles_remaining: null,
      metadata: { source: "newsletter" },
    },
  ],
  discount_id: "dsc_bench_0123456789",
  digital_products_delivered: false,
  custom_field_responses: [
    { key: "company", value: "Analytical Engines Limited" },
    { key: "purchase_order", value: "PO-2026-11-000123" },
    { key: "vat_number", value: "GB123456789" },
    { key: "notes", value: "Send the invoice to the finance team, please." },
  ],
};
