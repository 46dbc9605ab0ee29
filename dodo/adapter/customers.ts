import type { Payment } from "../../domain/state/payment.ts";
import { formatInstant } from "../../domain/values/time.ts";
import { DODO_LIMITS } from "../limits.ts";
import { DodoError, type RecoveryPort } from "../port.ts";
import { paymentOf, subscriptionOf } from "../shapes.ts";
import { type Client, itemsOf, pageAt } from "./client.ts";
import { translated } from "./errors.ts";

/** Pages of one customer's payments, at most. */
const CUSTOMER_PAGES_MAX = 5;

type CustomerMethods = Pick<RecoveryPort, "customerPayments" | "purchase">;

/** Reads that look beyond one subscription. */
export function customerMethods({ sdk, reading, now }: Client): CustomerMethods {
  return {
    customerPayments: async (customerId, since, tries) => {
      // Without a customer, the filter would be dropped and the whole account listed.
      if (customerId === "") throw new DodoError({ kind: "unknown", detail: "no customer id" });
      const found: Payment[] = [];
      const filter = { customer_id: customerId, created_at_gte: formatInstant(since) };
      for (let number = 0; number < CUSTOMER_PAGES_MAX; number += 1) {
        const query = { ...filter, ...pageAt(number) };
        const items = itemsOf(await translated(sdk.payments.list(query, reading(tries))));
        found.push(...items.map((row) => paymentOf(row, now())).filter((row) => row !== null));
        if (items.length < DODO_LIMITS.pageSize) return found;
      }
      return null;
    },
    purchase: async (id, tries) => {
      const raw = await translated(sdk.subscriptions.retrieve(id, reading(tries)));
      const read = subscriptionOf(raw, now());
      if (read?.subscriptionId === id) return read;
      throw new DodoError({ kind: "unknown", detail: `Dodo answered not about ${id}` });
    },
  };
}
