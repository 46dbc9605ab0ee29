import { paymentBody, paymentRow } from "../serializers/payments.ts";
import type { Call, Route } from "./request-pipeline.ts";
import { timeOf } from "../model/lifecycle.ts";
import { createdWithin, newestFirst, pageOf, passes } from "./lists.ts";
import { retryPayment, retryState } from "../model/manual-retry.ts";
import { notFound } from "../model/errors.ts";
import {
  paymentsOf,
  type Books,
  type Payment,
  type Subscription,
} from "../model/state/entities.ts";

function paymentAt(call: Call): Payment {
  const id = call.params["payment_id"] ?? "";
  const payment = call.world.books.payments.get(id);
  if (payment === undefined) throw notFound(`Payment ${id}`);
  return payment;
}

function subscriptionAt(books: Books, id: string | undefined): Subscription | null {
  const payment = books.payments.get(id ?? "");
  return books.subscriptions.get(payment?.subscriptionIds[0] ?? "") ?? null;
}

/** Brings the payment's subscription up to the time of the request. */
function timeAt(call: Call): { now: number; subscription: Subscription | null } {
  const subscription = subscriptionAt(call.world.books, call.params["payment_id"]);
  const now = subscription === null ? call.asked : timeOf(call.world, subscription, call.asked);
  return { now, subscription };
}

function list(call: Call): unknown {
  const { world, query } = call;
  const { books, settings } = world;
  const subscription = books.subscriptions.get(query["subscription_id"] ?? "");
  if (subscription !== undefined) timeOf(world, subscription, call.asked);
  const among =
    query["subscription_id"] === undefined
      ? books.payments.values()
      : paymentsOf(books, query["subscription_id"]);
  const isWithin = createdWithin(call);
  const shown = newestFirst(among).filter(
    (payment) =>
      isListed(payment, settings.listLagMs, call.asked) &&
      isWithin(payment) &&
      passes(query["customer_id"], payment.customerId) &&
      passes(query["status"], payment.status) &&
      passes(query["currency"], payment.currency),
  );
  return { items: pageOf(shown, query).map((payment) => paymentRow(world, payment)) };
}

/** Once the lag has passed, be it by the wall clock or by the time that requests claim. */
function isListed(payment: Payment, lagMs: number, now: number): boolean {
  return Date.now() - payment.madeAt >= lagMs || now - payment.createdAt >= lagMs;
}

const ofPayment: Route["subscriptionOf"] = (books, params) =>
  subscriptionAt(books, params["payment_id"])?.subscriptionId ?? null;

export const PAYMENT_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/payments",
    mutating: false,
    subscriptionOf: (_books, _params, query) => query["subscription_id"] ?? null,
    handle: list,
  },
  {
    method: "GET",
    path: "/payments/:payment_id",
    mutating: false,
    subscriptionOf: ofPayment,
    handle: (call) => {
      timeAt(call);
      return paymentBody(call.world, paymentAt(call));
    },
  },
  {
    method: "GET",
    path: "/payments/:payment_id/retry",
    mutating: false,
    subscriptionOf: ofPayment,
    handle: (call) => {
      const { now, subscription } = timeAt(call);
      return retryState(call.world, paymentAt(call), subscription, now);
    },
  },
  {
    method: "POST",
    path: "/payments/:payment_id/retry",
    mutating: true,
    subscriptionOf: ofPayment,
    handle: (call) => {
      const { now, subscription } = timeAt(call);
      const answer = retryPayment(call.world, paymentAt(call), subscription, now);
      call.entry.paymentId = answer.payment_id;
      return answer;
    },
  },
];
