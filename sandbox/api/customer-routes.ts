import { customerBody, paymentMethodBody } from "../serializers/payments.ts";
import type { Call, Route } from "./request-pipeline.ts";
import { newId } from "../model/state/ids.ts";
import { notFound } from "../model/errors.ts";
import type { Customer } from "../model/state/entities.ts";

/** @source dodo.md 6.2 */
const PORTAL_TTL_MS = 86_400_000;

function customerAt({ world, params }: Call): Customer {
  const id = params["customer_id"] ?? "";
  const customer = world.books.customers.get(id);
  if (customer === undefined) throw notFound(`Customer ${id}`);
  return customer;
}

function createPortalSession(call: Call): unknown {
  const { books, publicUrl } = call.world;
  const { customerId } = customerAt(call);
  const token = newId("prt");
  books.portals.set(token, { token, customerId, expiresAt: call.asked + PORTAL_TTL_MS });
  return { link: `${publicUrl}/portal/${token}` };
}

const none = (): null => null;

export const CUSTOMER_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/customers/:customer_id",
    mutating: false,
    subscriptionOf: none,
    handle: (call) => customerBody(call.world, customerAt(call)),
  },
  {
    method: "GET",
    path: "/customers/:customer_id/payment-methods",
    mutating: false,
    subscriptionOf: none,
    handle: (call) => {
      const customer = customerAt(call);
      return { items: customer.methods.map((method) => paymentMethodBody(customer, method)) };
    },
  },
  {
    method: "POST",
    path: "/customers/:customer_id/customer-portal/session",
    mutating: true,
    subscriptionOf: none,
    handle: createPortalSession,
  },
];
