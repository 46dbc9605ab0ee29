import { serializePayment, serializePaymentListItem } from "../serializers/payments.ts";
import type { ApiCall, Route } from "./request-pipeline.ts";
import { advanceClock } from "../model/lifecycle.ts";
import { createdInRange, newestFirst, paginate, matchesFilter } from "./lists.ts";
import { retryPayment, manualRetryState } from "../model/manual-retry.ts";
import { notFound } from "../model/errors.ts";
import {
  paymentsOf,
  type Store,
  type Payment,
  type Subscription,
} from "../model/state/entities.ts";

function paymentAt(call: ApiCall): Payment {
  const id = call.params["payment_id"] ?? "";
  const payment = call.context.store.payments.get(id);
  if (payment === undefined) throw notFound(`Payment ${id}`);
  return payment;
}

function subscriptionAt(store: Store, id: string | undefined): Subscription | null {
  const payment = store.payments.get(id ?? "");
  return store.subscriptions.get(payment?.subscriptionIds[0] ?? "") ?? null;
}

/** Brings the payment's subscription up to the time of the request. */
function timeAt(call: ApiCall): { now: number; subscription: Subscription | null } {
  const subscription = subscriptionAt(call.context.store, call.params["payment_id"]);
  const now =
    subscription === null
      ? call.requestTime
      : advanceClock(call.context, subscription, call.requestTime);
  return { now, subscription };
}

function list(call: ApiCall): unknown {
  const { context, query } = call;
  const { store, settings } = context;
  const subscription = store.subscriptions.get(query["subscription_id"] ?? "");
  if (subscription !== undefined) advanceClock(context, subscription, call.requestTime);
  const among =
    query["subscription_id"] === undefined
      ? store.payments.values()
      : paymentsOf(store, query["subscription_id"]);
  const isWithin = createdInRange(call);
  const shown = newestFirst(among).filter(
    (payment) =>
      isListed(payment, settings.listLagMs, call.requestTime) &&
      isWithin(payment) &&
      matchesFilter(query["customer_id"], payment.customerId) &&
      matchesFilter(query["status"], payment.status) &&
      matchesFilter(query["currency"], payment.currency),
  );
  return {
    items: paginate(shown, query).map((payment) => serializePaymentListItem(context, payment)),
  };
}

/** Once the lag has passed, be it by the wall clock or by the time that requests claim. */
function isListed(payment: Payment, lagMs: number, now: number): boolean {
  return Date.now() - payment.recordedAt >= lagMs || now - payment.createdAt >= lagMs;
}

const ofPayment: Route["subscriptionIdOf"] = (store, params) =>
  subscriptionAt(store, params["payment_id"])?.subscriptionId ?? null;

export const PAYMENT_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/payments",
    mutating: false,
    subscriptionIdOf: (_books, _params, query) => query["subscription_id"] ?? null,
    handle: list,
  },
  {
    method: "GET",
    path: "/payments/:payment_id",
    mutating: false,
    subscriptionIdOf: ofPayment,
    handle: (call) => {
      timeAt(call);
      return serializePayment(call.context, paymentAt(call));
    },
  },
  {
    method: "GET",
    path: "/payments/:payment_id/retry",
    mutating: false,
    subscriptionIdOf: ofPayment,
    handle: (call) => {
      const { now, subscription } = timeAt(call);
      return manualRetryState(call.context, paymentAt(call), subscription, now);
    },
  },
  {
    method: "POST",
    path: "/payments/:payment_id/retry",
    mutating: true,
    subscriptionIdOf: ofPayment,
    handle: (call) => {
      const { now, subscription } = timeAt(call);
      const answer = retryPayment(call.context, paymentAt(call), subscription, now);
      call.entry.paymentId = answer.payment_id;
      return answer;
    },
  },
];
