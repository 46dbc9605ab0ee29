import { type Body, listRow } from "../../../dev/model/bodies.ts";
import { failureOfAnswer } from "../../../dodo/failures.ts";
import { type CheckoutPort, DodoError, type Page, type SweepPort } from "../../../dodo/port.ts";
import {
  listedPaymentOf,
  paymentDetailsOf,
  paymentOf,
  subscriptionOf,
} from "../../../dodo/shapes.ts";
import type { ListedPayment } from "../../../domain/sweep/late-failures.ts";
import { type Instant, parseInstant } from "../../../domain/values/time.ts";

/** The bodies of one customer's payments and subscriptions, in their present state. */
export type CustomerRecords = {
  readonly payments: () => readonly Body[];
  readonly subscriptions: () => readonly Body[];
};

/** Dodo's lists for an account with one customer. Each list fits one page. */
export function listsOf({ payments, subscriptions }: CustomerRecords): SweepPort & CheckoutPort {
  const made = (since: Instant, until = Number.POSITIVE_INFINITY): readonly ListedPayment[] =>
    rowsOf(
      payments().filter((body) => {
        const at = parseInstant(body["created_at"]);
        return at !== null && at >= since && at <= until;
      }),
    );
  return {
    paymentsPage: async (_page, { state, since, until }) =>
      await Promise.resolve(pageOf(made(since, until).filter((one) => one.state === state))),
    subscriptionsPage: async (_page, access) => {
      const all = subscriptions().map((body) => subscriptionOf(body, 0));
      const known = all.filter((one) => one !== null);
      return await Promise.resolve(pageOf(known.filter((one) => one.access === access)));
    },
    customerPayments: async (_customerId, since) => await Promise.resolve(made(since)),
    productName: async () => await Promise.resolve(null),
    paymentDetails: async (id) => {
      const body = payments().find((one) => one["payment_id"] === id);
      const payment = paymentOf(body, 0);
      if (payment === null) throw new DodoError(failureOfAnswer(404, "NOT_FOUND"));
      return await Promise.resolve(paymentDetailsOf(body, payment));
    },
  };
}

const rowsOf = (bodies: readonly Body[]): ListedPayment[] =>
  bodies.map((body) => listedPaymentOf(listRow(body), 0)).filter((row) => row !== null);

const pageOf = <Row>(rows: readonly Row[]): Page<Row> => ({
  rows,
  count: rows.length,
  isLast: true,
});
