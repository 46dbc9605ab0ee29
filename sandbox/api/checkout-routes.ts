import { isoOf } from "../serializers/payments.ts";
import { parseBody } from "../model/charge-rules.ts";
import { checkoutSchema, createCheckout } from "../model/checkout.ts";
import type { Call, Route } from "./request-pipeline.ts";
import { timeOf } from "../model/lifecycle.ts";
import { notFound } from "../model/errors.ts";

function retrieveCheckout({ world, params, asked }: Call): unknown {
  const session = world.books.checkouts.get(params["session_id"] ?? "");
  if (session === undefined) throw notFound("Checkout session");
  const subscription = world.books.subscriptions.get(session.subscriptionId);
  if (subscription !== undefined) timeOf(world, subscription, asked);
  // While details are collected there is no payment. @source dodopayments 2.52.0, resources/checkout-sessions.ts
  const payment = world.books.payments.get(session.paymentId);
  const begun = payment?.status === "requires_payment_method" ? undefined : payment;
  const customer = world.books.customers.get(session.customerId);
  return {
    id: session.sessionId,
    created_at: isoOf(session.createdAt),
    customer_email: customer?.email ?? null,
    customer_name: customer?.name ?? null,
    payment_id: begun?.paymentId ?? null,
    payment_status: begun?.status ?? null,
  };
}

const none = (): null => null;

export const CHECKOUT_ROUTES: readonly Route[] = [
  {
    method: "POST",
    path: "/checkouts",
    mutating: true,
    subscriptionOf: none,
    handle: (call) => {
      const session = createCheckout(call.world, parseBody(checkoutSchema, call.body), call.asked);
      call.entry.paymentId = session.paymentId;
      return {
        session_id: session.sessionId,
        checkout_url: `${call.world.publicUrl}/checkout/${session.sessionId}`,
        client_secret: null,
        payment_id: null,
        publishable_key: null,
      };
    },
  },
  {
    method: "GET",
    path: "/checkouts/:session_id",
    mutating: false,
    subscriptionOf: none,
    handle: retrieveCheckout,
  },
];
