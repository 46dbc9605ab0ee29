import { isoOf } from "../serializers/payments.ts";
import { parseBody } from "../model/charge-rules.ts";
import { checkoutSchema, createCheckout } from "../model/checkout.ts";
import type { ApiCall, Route } from "./request-pipeline.ts";
import { advanceClock } from "../model/lifecycle.ts";
import { notFound } from "../model/errors.ts";

function retrieveCheckout({ context, params, requestTime }: ApiCall): unknown {
  const session = context.store.checkouts.get(params["session_id"] ?? "");
  if (session === undefined) throw notFound("Checkout session");
  const subscription = context.store.subscriptions.get(session.subscriptionId);
  if (subscription !== undefined) advanceClock(context, subscription, requestTime);
  // While details are collected there is no payment. @source dodopayments 2.52.0, resources/checkout-sessions.ts
  const payment = context.store.payments.get(session.paymentId);
  const begun = payment?.status === "requires_payment_method" ? undefined : payment;
  const customer = context.store.customers.get(session.customerId);
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
    subscriptionIdOf: none,
    handle: (call) => {
      const session = createCheckout(
        call.context,
        parseBody(checkoutSchema, call.body),
        call.requestTime,
      );
      call.entry.paymentId = session.paymentId;
      return {
        session_id: session.sessionId,
        checkout_url: `${call.context.publicUrl}/checkout/${session.sessionId}`,
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
    subscriptionIdOf: none,
    handle: retrieveCheckout,
  },
];
