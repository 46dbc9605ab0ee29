import { formatInstant } from "../../domain/values/time.ts";
import { DODO_LIMITS } from "../limits.ts";
import type { Page, SweepPort } from "../port.ts";
import { listedPaymentOf, subscriptionOf } from "../shapes.ts";
import { PAYMENT_FILTERS, SUBSCRIPTION_FILTERS } from "../statuses.ts";
import { type Client, itemsOf, pageAt } from "./client.ts";
import { translated } from "./errors.ts";

type ListMethods = Pick<SweepPort, "paymentsPage" | "subscriptionsPage">;

export function listMethods({ sdk, reading, now }: Client): ListMethods {
  const options = reading("patient");
  return {
    paymentsPage: async (number, { state, since, until }) => {
      const range = { created_at_gte: formatInstant(since), created_at_lte: formatInstant(until) };
      const query = { status: PAYMENT_FILTERS[state], ...range, ...pageAt(number) };
      const page = await translated(sdk.payments.list(query, options));
      return pageOf(itemsOf(page), (row) => listedPaymentOf(row, now()));
    },
    subscriptionsPage: async (number, access) => {
      const query = { status: SUBSCRIPTION_FILTERS[access], ...pageAt(number) };
      const page = await translated(sdk.subscriptions.list(query, options));
      return pageOf(itemsOf(page), (row) => subscriptionOf(row, now()));
    },
  };
}

function pageOf<Row>(items: readonly unknown[], read: (item: unknown) => Row | null): Page<Row> {
  return {
    rows: items.map(read).filter((row) => row !== null),
    count: items.length,
    isLast: items.length < DODO_LIMITS.pageSize,
  };
}
