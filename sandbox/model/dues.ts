/**
 * Updating a subscription's payment method. On a hold this collects the remaining dues.
 * @source docs/dodo/subscriptions.md, "Payment method update"
 */
import type { SandboxContext } from "./context.ts";
import { ApiError, notFound } from "./errors.ts";
import { emitSubscriptionEvent } from "./events.ts";
import { setPaymentMethod } from "./payment-results.ts";
import { createPayment, methodFields, nextOutcome, scheduleResult } from "./payments.ts";
import {
  isEnded,
  isHeld,
  type Payment,
  type PaymentLink,
  type Subscription,
} from "./state/entities.ts";
import { paymentsOf } from "./state/store.ts";

/** @throws ApiError `SUBSCRIPTION_INACTIVE` if the subscription has ended or has not started */
export function assertMethodUpdatable({ status }: Subscription): void {
  if (isEnded(status) || status === "pending") {
    throw new ApiError("SUBSCRIPTION_INACTIVE", `Subscription is ${status}`);
  }
}

/** A payment that waits for the customer: the dues of a hold, otherwise zero. */
export function createUpdateLink(
  context: SandboxContext,
  subscription: Subscription,
  returnUrl: string | null,
  now: number,
): Payment {
  const { linkTtlMs } = context.settings;
  const expiresAt = linkTtlMs === null ? null : now + linkTtlMs;
  return createDuesPayment(context, subscription, now, {
    status: "requires_payment_method",
    link: { expiresAt, returnUrl },
  });
}

/**
 * Switches to another saved payment method of the customer.
 * @returns the payment that collects the dues of a hold; null without a hold
 * @throws ApiError `SUBSCRIPTION_INACTIVE`; `NOT_FOUND` if the customer has no such method
 */
export function useSavedMethod(
  context: SandboxContext,
  subscription: Subscription,
  methodId: string,
  now: number,
): Payment | null {
  assertMethodUpdatable(subscription);
  const customer = context.store.customers.get(subscription.customerId);
  const method = customer?.methods.find(({ paymentMethodId }) => paymentMethodId === methodId);
  if (method === undefined) throw notFound(`Payment method ${methodId}`);
  if (!isHeld(subscription)) {
    setPaymentMethod(subscription, methodId);
    emitSubscriptionEvent(context, subscription, "subscription.update_payment_method");
    return null;
  }
  const payment = createDuesPayment(context, subscription, now, {
    status: "processing",
    ...methodFields(method),
  });
  const isScripted = subscription.behaviour.outcomes.length > 0;
  scheduleResult(context, payment, isScripted ? nextOutcome(subscription, method) : method.outcome);
  return payment;
}

function createDuesPayment(
  context: SandboxContext,
  subscription: Subscription,
  now: number,
  fields: Partial<Pick<Payment, "methodId" | "card">> & {
    status: "processing" | "requires_payment_method";
    link?: PaymentLink;
  },
): Payment {
  const dues = isHeld(subscription) ? duesOf(context, subscription) : NO_DUES;
  return createPayment(
    context,
    {
      customerId: subscription.customerId,
      subscriptionIds: [subscription.subscriptionId],
      origin: "dues",
      currency: subscription.currency,
      metadata: { ...subscription.metadata },
      ...dues,
      ...fields,
    },
    now,
  );
}

type Dues = Pick<Payment, "totalMinor" | "taxMinor" | "collects">;
const NO_DUES: Dues = { totalMinor: 0, taxMinor: 0, collects: [] };

/**
 * What the subscription still owes. Dodo does not document which charges count; by default, the last one that failed
 * since the last success does.
 * @source docs/dodo/open-questions.md, "Dues of an on-demand hold"
 */
export function duesOf({ store }: SandboxContext, subscription: Subscription): Dues {
  const { dues } = subscription.behaviour;
  if (dues === "none") return NO_DUES;
  const charged = paymentsOf(store, subscription.subscriptionId).filter(
    ({ origin, totalMinor }) => origin !== "dues" && totalMinor > 0,
  );
  const failed = charged.filter(
    ({ status, collectedBy }) => status === "failed" && collectedBy === null,
  );
  if (typeof dues === "number") {
    return { totalMinor: dues, taxMinor: 0, collects: failed.map(({ paymentId }) => paymentId) };
  }
  const lastSuccess = charged.findLastIndex(({ status }) => status === "succeeded");
  const since = charged.slice(lastSuccess + 1);
  const owed =
    dues === "all_failed" ? failed : failed.filter((one) => since.includes(one)).slice(-1);
  return {
    totalMinor: owed.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
    taxMinor: owed.reduce((sum, { taxMinor }) => sum + taxMinor, 0),
    collects: owed.map(({ paymentId }) => paymentId),
  };
}
