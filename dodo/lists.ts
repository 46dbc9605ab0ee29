import type DodoPayments from "dodopayments";
import type { PaymentId } from "../domain/values/ids.ts";
import { formatInstant, type Instant } from "../domain/values/time.ts";
import {
  createClient,
  type DodoListedPayment,
  type DodoPayment,
  type DodoSettings,
  PAGE_SIZE,
  reading,
} from "./client.ts";

/** The most of one customer's payments that is looked at: pages of 100. */
const CUSTOMER_PAGES_MAX = 5;

/** Dodo's lists beyond one subscription, page by page: they are 0-based. @source dodo.md 8.4 */
export type DodoLists = {
  readonly payments: (page: number, filter: PaymentFilter) => Promise<Page<DodoListedPayment>>;
  readonly subscriptions: (
    page: number,
    status: "on_hold" | "past_due",
  ) => Promise<Page<DodoPayments.SubscriptionListResponse>>;
  /** All payments of a customer from an instant on; null = more than can be looked at. */
  readonly customerPayments: (
    customerId: string,
    since: Instant,
  ) => Promise<readonly DodoListedPayment[] | null>;
  readonly payment: (id: PaymentId) => Promise<DodoPayment>;
};

export type PaymentFilter = {
  readonly status: "failed" | "succeeded" | "requires_payment_method" | "requires_customer_action";
  readonly since: Instant;
  /** What is made while the pages are turned would move their rows. */
  readonly until: Instant;
};

export type Page<Row> = {
  readonly rows: readonly Row[];
  /** A page that is not full ends its list. */
  readonly isLast: boolean;
};

export function createDodoLists(settings: DodoSettings): DodoLists {
  const client = createClient(settings);
  const options = reading("patient");
  const at = (page: number): { page_number: number; page_size: number } => ({
    page_number: page,
    page_size: PAGE_SIZE,
  });
  return {
    payments: async (page, { status, since, until }) => {
      const range = { created_at_gte: formatInstant(since), created_at_lte: formatInstant(until) };
      const { items } = await client.payments.list({ status, ...range, ...at(page) }, options);
      return pageOf(items);
    },
    subscriptions: async (page, status) => {
      const { items } = await client.subscriptions.list({ status, ...at(page) }, options);
      return pageOf(items);
    },
    customerPayments: async (customerId, since) => {
      const found: DodoListedPayment[] = [];
      for (let page = 0; page < CUSTOMER_PAGES_MAX; page += 1) {
        const query = { customer_id: customerId, created_at_gte: formatInstant(since) };
        const { items } = await client.payments.list({ ...query, ...at(page) }, options);
        found.push(...items);
        if (items.length < PAGE_SIZE) return found;
      }
      return null;
    },
    payment: (id) => client.payments.retrieve(id, options),
  };
}

function pageOf<Row>(rows: readonly Row[]): Page<Row> {
  return { rows, isLast: rows.length < PAGE_SIZE };
}
