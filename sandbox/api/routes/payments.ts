import type DodoPayments from "dodopayments";
import { advanceClock } from "../../model/clock.ts";
import { manualRetryState, retryPayment } from "../../model/manual-retry.ts";
import { getPayment } from "../../model/payments.ts";
import type { Payment, Subscription } from "../../model/state/entities.ts";
import { paymentsOf, type Store } from "../../model/state/store.ts";
import {
  serializeLineItems,
  serializePayment,
  serializePaymentListItem,
} from "../../serializers/payments.ts";
import { isoOf, isoOrNull } from "../../serializers/timestamps.ts";
import { createdInRange, matchesFilter, newestFirst, paginate } from "../lists.ts";
import type { ApiCall, Route } from "../route.ts";

function paymentFromPath({ context, params }: ApiCall): Payment {
  return getPayment(context, params["payment_id"] ?? "");
}

function subscriptionOfPayment(store: Store, paymentId: string | undefined): Subscription | null {
  const payment = store.payments.get(paymentId ?? "");
  return store.subscriptions.get(payment?.subscriptionIds[0] ?? "") ?? null;
}

/** Moves the clock of the payment's subscription to the time of the request. */
function advanceToRequest({ context, params, requestTime }: ApiCall): {
  readonly now: number;
  readonly subscription: Subscription | null;
} {
  const subscription = subscriptionOfPayment(context.store, params["payment_id"]);
  const now =
    subscription === null ? requestTime : advanceClock(context, subscription, requestTime);
  return { now, subscription };
}

function list(call: ApiCall): { items: DodoPayments.PaymentListResponse[] } {
  const { context, query } = call;
  const { store, settings } = context;
  const subscription = store.subscriptions.get(query["subscription_id"] ?? "");
  if (subscription !== undefined) advanceClock(context, subscription, call.requestTime);
  const payments =
    query["subscription_id"] === undefined
      ? store.payments.values()
      : paymentsOf(store, query["subscription_id"]);
  const isInRange = createdInRange(call);
  const found = newestFirst(payments).filter(
    (payment) =>
      isListed(payment, settings.listLagMs, call.requestTime) &&
      isInRange(payment) &&
      matchesFilter(query["customer_id"], payment.customerId) &&
      matchesFilter(query["status"], payment.status) &&
      matchesFilter(query["currency"], payment.currency),
  );
  return {
    items: paginate(found, query).map((payment) => serializePaymentListItem(context, payment)),
  };
}

/** The lag has passed, either by the wall clock or by the time that the request claims. */
function isListed(payment: Payment, lagMs: number, requestTime: number): boolean {
  return Date.now() - payment.recordedAt >= lagMs || requestTime - payment.createdAt >= lagMs;
}

/** @source docs/dodo/retries-and-dunning.md, "Manual retry" */
function retrieveRetryState(call: ApiCall): DodoPayments.ManualRetryState {
  const { now, subscription } = advanceToRequest(call);
  const { context } = call;
  const state = manualRetryState(context, paymentFromPath(call), subscription, now);
  return {
    can_retry: state.reason === null,
    reason: state.reason,
    sends_allowed: context.settings.manualRetrySends,
    sends_used: state.sendsUsed,
    retry_available_at: isoOrNull(state.retryAvailableAt),
  };
}

function retry(call: ApiCall): DodoPayments.ManualRetry {
  const { now, subscription } = advanceToRequest(call);
  const { context } = call;
  const { payment, sendsUsed } = retryPayment(context, paymentFromPath(call), subscription, now);
  call.entry.paymentId = payment.paymentId;
  const { manualRetrySends, manualRetryCooldownMs } = context.settings;
  return {
    invoice_id: payment.invoiceId,
    is_manual_retry: true,
    payment_id: payment.paymentId,
    retry_attempt: payment.retryAttempt,
    sends_allowed: manualRetrySends,
    sends_used: sendsUsed,
    retry_available_at: sendsUsed < manualRetrySends ? isoOf(now + manualRetryCooldownMs) : null,
    status: payment.status,
  };
}

const subscriptionIdOf: Route["subscriptionIdOf"] = (store, params) =>
  subscriptionOfPayment(store, params["payment_id"])?.subscriptionId ?? null;

export const PAYMENT_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/payments",
    mutating: false,
    subscriptionIdOf: (_store, _params, query) => query["subscription_id"] ?? null,
    handle: list,
  },
  {
    method: "GET",
    path: "/payments/:payment_id",
    mutating: false,
    subscriptionIdOf,
    handle: (call) => {
      advanceToRequest(call);
      return serializePayment(call.context, paymentFromPath(call));
    },
  },
  {
    method: "GET",
    path: "/payments/:payment_id/line-items",
    mutating: false,
    subscriptionIdOf,
    handle: (call) => {
      advanceToRequest(call);
      return serializeLineItems(call.context, paymentFromPath(call));
    },
  },
  {
    method: "GET",
    path: "/payments/:payment_id/retry",
    mutating: false,
    subscriptionIdOf,
    handle: retrieveRetryState,
  },
  {
    method: "POST",
    path: "/payments/:payment_id/retry",
    mutating: true,
    subscriptionIdOf,
    handle: retry,
  },
];
