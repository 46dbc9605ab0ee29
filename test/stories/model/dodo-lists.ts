import { listRow } from "../../../dev/model/bodies.ts";
import { apiError } from "../../../dev/model/errors.ts";
import type { DodoListedPayment, DodoPayment } from "../../../dodo/client.ts";
import type { DodoLists, Page } from "../../../dodo/lists.ts";
import { type Instant, parseInstant } from "../../../domain/values/time.ts";

type Body = Readonly<Record<string, unknown>>;

/** The bodies of one customer's payments and subscriptions, in their present state. */
export type CustomerRecords = {
  readonly payments: () => readonly Body[];
  readonly subscriptions: () => readonly Body[];
};

/** Dodo's lists for an account with one customer. Each list fits one page. */
export function listsOf({ payments, subscriptions }: CustomerRecords): DodoLists {
  const made = (since: Instant, until = Number.POSITIVE_INFINITY): readonly Body[] =>
    payments().filter((body) => {
      const at = parseInstant(body["created_at"]);
      return at !== null && at >= since && at <= until;
    });
  return {
    payments: async (_page, { status, since, until }) =>
      await Promise.resolve(pageOf(rowsOf(made(since, until).filter(isOf(status))))),
    subscriptions: async (_page, status) =>
      await Promise.resolve(pageOf(subscriptions().filter(isOf(status)) as never[])),
    customerPayments: async (_customerId, since) => await Promise.resolve(rowsOf(made(since))),
    payment: async (id) => {
      const body = payments().find((one) => one["payment_id"] === id);
      if (body === undefined) throw apiError(404, "NOT_FOUND");
      return await Promise.resolve(body as unknown as DodoPayment);
    },
  };
}

const isOf =
  (status: string) =>
  (body: Body): boolean =>
    body["status"] === status;

const rowsOf = (bodies: readonly Body[]): DodoListedPayment[] =>
  bodies.map((body) => listRow(body) as unknown as DodoListedPayment);

const pageOf = <Row>(rows: readonly Row[]): Page<Row> => ({ rows, isLast: true });
