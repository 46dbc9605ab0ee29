import type DodoPayments from "dodopayments";
import { z } from "zod";
import { createCheckout } from "../../model/checkout.ts";
import { advanceClock } from "../../model/clock.ts";
import { createCustomer, getCustomer } from "../../model/customers.ts";
import { notFound } from "../../model/errors.ts";
import { isoOf } from "../../serializers/timestamps.ts";
import { metadataSchema, parseBody } from "../request-body.ts";
import { type ApiCall, noSubscription, type Route } from "../route.ts";

/** The sandbox keeps no product catalogue; every product has this price. */
const PRODUCT_PRICE_MINOR = 2_900;

/** @source docs/dodo/checkout.md, "On-demand mandates" */
const checkoutSchema = z.object({
  product_cart: z.array(z.object({ product_id: z.string(), quantity: z.int().min(1) })).min(1),
  customer: z
    .union([
      z.object({ customer_id: z.string() }),
      z.object({ email: z.email(), name: z.string().nullish() }),
    ])
    .nullish(),
  billing_address: z.object({ country: z.string().length(2) }).nullish(),
  billing_currency: z.string().length(3).nullish(),
  return_url: z.url().nullish(),
  mandate_min_amount_inr_paise: z.int().min(0).nullish(),
  metadata: metadataSchema.nullish(),
  subscription_data: z
    .object({
      on_demand: z
        .object({
          mandate_only: z.boolean(),
          product_price: z.int().min(0).nullish(),
          product_currency: z.string().length(3).nullish(),
          product_description: z.string().nullish(),
          adaptive_currency_fees_inclusive: z.boolean().nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

type CheckoutBody = z.infer<typeof checkoutSchema>;

function create(call: ApiCall): DodoPayments.CheckoutSessionResponse {
  const { context, requestTime } = call;
  const body = parseBody(checkoutSchema, call.body);
  const onDemand = body.subscription_data?.on_demand ?? null;
  const quantity = body.product_cart[0]?.quantity ?? 1;
  const session = createCheckout(
    context,
    {
      customerId: customerIdOf(call, body),
      productId: body.product_cart[0]?.product_id,
      quantity,
      mandateMinInrPaise: body.mandate_min_amount_inr_paise ?? null,
      feesInclusive: onDemand?.adaptive_currency_fees_inclusive ?? null,
      onDemand: onDemand !== null,
      mandateOnly: onDemand?.mandate_only === true,
      currency: onDemand?.product_currency ?? body.billing_currency ?? "USD",
      // Whether a given price is per unit is open; the sandbox takes it as the whole charge.
      priceMinor: onDemand?.product_price ?? PRODUCT_PRICE_MINOR * quantity,
      country: body.billing_address?.country,
      metadata: body.metadata ?? {},
      returnUrl: body.return_url ?? null,
    },
    requestTime,
  );
  call.entry.paymentId = session.paymentId;
  return {
    session_id: session.sessionId,
    checkout_url: `${context.publicUrl}/checkout/${session.sessionId}`,
    client_secret: null,
    payment_id: null,
    publishable_key: null,
  };
}

/** The named customer, or a new one. */
function customerIdOf({ context, requestTime }: ApiCall, { customer }: CheckoutBody): string {
  if (customer != null && "customer_id" in customer) {
    return getCustomer(context, customer.customer_id).customerId;
  }
  const input = { email: customer?.email, name: customer?.name ?? undefined };
  return createCustomer(context, input, requestTime).customerId;
}

function retrieve({ context, params, requestTime }: ApiCall): DodoPayments.CheckoutSessionStatus {
  const { store } = context;
  const session = store.checkouts.get(params["session_id"] ?? "");
  if (session === undefined) throw notFound("Checkout session");
  const subscription = store.subscriptions.get(session.subscriptionId);
  if (subscription !== undefined) advanceClock(context, subscription, requestTime);
  // Dodo shows no payment until the customer submits details. @source dodopayments 2.52.0, resources/checkout-sessions.ts
  const payment = store.payments.get(session.paymentId);
  const submitted = payment?.status === "requires_payment_method" ? undefined : payment;
  const customer = store.customers.get(session.customerId);
  return {
    id: session.sessionId,
    created_at: isoOf(session.createdAt),
    customer_email: customer?.email ?? null,
    customer_name: customer?.name ?? null,
    payment_id: submitted?.paymentId ?? null,
    payment_status: submitted?.status ?? null,
  };
}

export const CHECKOUT_ROUTES: readonly Route[] = [
  {
    method: "POST",
    path: "/checkouts",
    mutating: true,
    subscriptionIdOf: noSubscription,
    handle: create,
  },
  {
    method: "GET",
    path: "/checkouts/:session_id",
    mutating: false,
    subscriptionIdOf: noSubscription,
    handle: retrieve,
  },
];
