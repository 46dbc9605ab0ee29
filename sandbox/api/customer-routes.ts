import { serializeCustomer, serializePaymentMethod } from "../serializers/payments.ts";
import type { ApiCall, Route } from "./request-pipeline.ts";
import { newId } from "../model/state/ids.ts";
import { notFound } from "../model/errors.ts";
import type { Customer } from "../model/state/entities.ts";

/** @source dodo.md 6.2 */
const PORTAL_TTL_MS = 86_400_000;

function customerAt({ context, params }: ApiCall): Customer {
  const id = params["customer_id"] ?? "";
  const customer = context.store.customers.get(id);
  if (customer === undefined) throw notFound(`Customer ${id}`);
  return customer;
}

function createPortalSession(call: ApiCall): unknown {
  const { store, publicUrl } = call.context;
  const { customerId } = customerAt(call);
  const token = newId("prt");
  store.portals.set(token, { token, customerId, expiresAt: call.requestTime + PORTAL_TTL_MS });
  return { link: `${publicUrl}/portal/${token}` };
}

const none = (): null => null;

export const CUSTOMER_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/customers/:customer_id",
    mutating: false,
    subscriptionIdOf: none,
    handle: (call) => serializeCustomer(call.context, customerAt(call)),
  },
  {
    method: "GET",
    path: "/customers/:customer_id/payment-methods",
    mutating: false,
    subscriptionIdOf: none,
    handle: (call) => {
      const customer = customerAt(call);
      return { items: customer.methods.map((method) => serializePaymentMethod(customer, method)) };
    },
  },
  {
    method: "POST",
    path: "/customers/:customer_id/customer-portal/session",
    mutating: true,
    subscriptionIdOf: none,
    handle: createPortalSession,
  },
];
