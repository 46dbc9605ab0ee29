import { isoOf } from "./bodies.ts";
import { parseBody } from "./charge-rules.ts";
import { checkoutSchema, createCheckout } from "./checkout.ts";
import type { Call, Route } from "./door.ts";
import { notFound } from "./refusal.ts";

function retrieveCheckout({ world, params }: Call): unknown {
  const session = world.books.checkouts.get(params["session_id"] ?? "");
  if (session === undefined) throw notFound("Checkout session");
  const customer = world.books.customers.get(session.customerId);
  return {
    id: session.sessionId,
    created_at: isoOf(session.createdAt),
    customer_email: customer?.email ?? null,
    customer_name: customer?.name ?? null,
    payment_id: session.paymentId,
    payment_status: world.books.payments.get(session.paymentId)?.status ?? null,
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
