/** Everything that one sandbox holds, in memory. */
import type { RequestFault } from "../../faults/request-faults.ts";
import type { WebhookFault } from "../../faults/webhook-faults.ts";
import type {
  CheckoutSession,
  Customer,
  Payment,
  PortalSession,
  Subscription,
} from "./entities.ts";
import type { KeyedRequest } from "./keyed-request.ts";
import type { Delivery, RequestEntry } from "./logs.ts";

export type Store = {
  readonly customers: Map<string, Customer>;
  readonly subscriptions: Map<string, Subscription>;
  readonly payments: Map<string, Payment>;
  readonly paymentsBySubscription: Map<string, Payment[]>;
  readonly checkouts: Map<string, CheckoutSession>;
  readonly portals: Map<string, PortalSession>;
  /** By the header `Idempotency-Key`. */
  readonly keyedRequests: Map<string, KeyedRequest>;
  readonly requests: RequestEntry[];
  readonly deliveries: Delivery[];
  readonly faults: RequestFault[];
  readonly webhookFaults: WebhookFault[];
};

export function createStore(): Store {
  return {
    customers: new Map(),
    subscriptions: new Map(),
    payments: new Map(),
    paymentsBySubscription: new Map(),
    checkouts: new Map(),
    portals: new Map(),
    keyedRequests: new Map(),
    requests: [],
    deliveries: [],
    faults: [],
    webhookFaults: [],
  };
}

export function clearStore(store: Store): void {
  for (const map of [
    store.customers,
    store.subscriptions,
    store.payments,
    store.paymentsBySubscription,
    store.checkouts,
    store.portals,
    store.keyedRequests,
  ]) {
    map.clear();
  }
  for (const list of [store.requests, store.deliveries, store.faults, store.webhookFaults]) {
    list.length = 0;
  }
}

export function addPayment(store: Store, payment: Payment): void {
  store.payments.set(payment.paymentId, payment);
  for (const id of payment.subscriptionIds) {
    const known = store.paymentsBySubscription.get(id) ?? [];
    store.paymentsBySubscription.set(id, [...known, payment]);
  }
}

/** Oldest first. */
export function paymentsOf(store: Store, subscriptionId: string): readonly Payment[] {
  return store.paymentsBySubscription.get(subscriptionId) ?? [];
}
