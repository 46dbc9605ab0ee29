import { getCustomer } from "../../model/customers.ts";
import type { Customer } from "../../model/state/entities.ts";
import { newId } from "../../model/state/ids.ts";
import { serializeCustomer, serializePaymentMethod } from "../../serializers/customers.ts";
import { noSubscription, type ApiCall, type Route } from "../route.ts";

/** @source docs/dodo/checkout.md, "Customer portal" */
const PORTAL_TTL_MS = 86_400_000;

function customerFromPath({ context, params }: ApiCall): Customer {
  return getCustomer(context, params["customer_id"] ?? "");
}

function createPortalSession(call: ApiCall): { link: string } {
  const { store, publicUrl } = call.context;
  const { customerId } = customerFromPath(call);
  const token = newId("prt");
  store.portals.set(token, { token, customerId, expiresAt: call.requestTime + PORTAL_TTL_MS });
  return { link: `${publicUrl}/portal/${token}` };
}

export const CUSTOMER_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/customers/:customer_id",
    mutating: false,
    subscriptionIdOf: noSubscription,
    handle: (call) => serializeCustomer(call.context, customerFromPath(call)),
  },
  {
    method: "GET",
    path: "/customers/:customer_id/payment-methods",
    mutating: false,
    subscriptionIdOf: noSubscription,
    handle: (call) => {
      const customer = customerFromPath(call);
      return { items: customer.methods.map((method) => serializePaymentMethod(customer, method)) };
    },
  },
  {
    method: "POST",
    path: "/customers/:customer_id/customer-portal/session",
    mutating: true,
    subscriptionIdOf: noSubscription,
    handle: createPortalSession,
  },
];
