/** What follows from the result of a payment: its status, its events, and the status of its subscriptions. */
import { advanceClock, advancePaymentClock } from "./clock.ts";
import type { SandboxContext } from "./context.ts";
import { emitPaymentEvent, emitSubscriptionEvent } from "./events.ts";
import { changeStatus } from "./lifecycle.ts";
import { isEnded, type Payment, type Subscription } from "./state/entities.ts";
import { addInterval } from "./state/intervals.ts";
import type { PaymentResult } from "./state/outcome.ts";
import type { PaymentStatus } from "./state/statuses.ts";

const DAY_MS = 86_400_000;

export function applyResult(
  context: SandboxContext,
  payment: Payment,
  result: PaymentResult,
): void {
  payment.updatedAt = advancePaymentClock(context, payment);
  switch (result.kind) {
    case "succeeded":
      recordEnd(payment, "succeeded", null);
      applySuccess(context, payment);
      return;
    case "failed":
      recordEnd(payment, "failed", result.code);
      emitPaymentEvent(context, payment, "payment.failed");
      for (const one of subscriptionsOf(context, payment)) {
        updateAfterFailure(context, one, payment);
      }
      return;
    case "cancelled":
      recordEnd(payment, "cancelled", null);
      emitPaymentEvent(context, payment, "payment.cancelled");
      return;
    case "stay":
      payment.status = result.status;
      if (result.status === "requires_customer_action") addConfirmationPage(context, payment);
      if (result.status === "processing") emitPaymentEvent(context, payment, "payment.processing");
      return;
  }
}

function addConfirmationPage(context: SandboxContext, payment: Payment): void {
  const [subscription] = subscriptionsOf(context, payment);
  const hasPage = subscription?.behaviour.confirmationPage ?? context.settings.confirmationPage;
  if (hasPage) payment.link ??= { expiresAt: null, returnUrl: null };
}

function recordEnd(payment: Payment, status: PaymentStatus, errorCode: string | null): void {
  Object.assign(payment, { status, errorCode });
  payment.ends.push({ at: payment.updatedAt, status, errorCode });
}

function subscriptionsOf({ store }: SandboxContext, { subscriptionIds }: Payment): Subscription[] {
  return subscriptionIds
    .map((id) => store.subscriptions.get(id))
    .filter((one) => one !== undefined);
}

function applySuccess(context: SandboxContext, payment: Payment): void {
  const { store } = context;
  const methods = store.customers.get(payment.customerId)?.methods ?? [];
  for (const method of methods) {
    if (method.paymentMethodId === payment.methodId) method.lastUsedAt = payment.updatedAt;
  }
  for (const id of payment.collects) {
    const collected = store.payments.get(id);
    if (collected !== undefined) collected.collectedBy = payment.paymentId;
  }
  emitPaymentEvent(context, payment, "payment.succeeded");
  for (const one of subscriptionsOf(context, payment)) updateAfterSuccess(context, one, payment);
}

/**
 * @source docs/dodo/webhooks.md, "Sequences"; docs/dodo/subscriptions.md, "Payment method update"
 */
function updateAfterSuccess(
  context: SandboxContext,
  subscription: Subscription,
  payment: Payment,
): void {
  const isNewMethod = payment.origin === "dues" || payment.origin === "checkout";
  if (isNewMethod && payment.methodId !== null) setPaymentMethod(subscription, payment.methodId);
  if (isEnded(subscription.status)) return;
  if (payment.totalMinor > 0) {
    subscription.previousBillingAt = payment.updatedAt;
    subscription.nextBillingAt = addInterval(payment.updatedAt, subscription.interval);
  }
  const isReactivating = isNewMethod || subscription.behaviour.onSuccess === "active";
  if (isReactivating) reactivate(context, subscription, payment);
  if (payment.totalMinor > 0 && context.settings.renewedEvents && payment.origin !== "checkout") {
    emitSubscriptionEvent(context, subscription, "subscription.renewed");
  }
  if (payment.origin === "dues") {
    emitSubscriptionEvent(context, subscription, "subscription.update_payment_method");
  }
}

/** Clears the default outcome, which simulated the previous payment method. */
export function setPaymentMethod(subscription: Subscription, methodId: string): void {
  subscription.methodId = methodId;
  subscription.behaviour.defaultOutcome = null;
}

function reactivate(context: SandboxContext, subscription: Subscription, payment: Payment): void {
  const { status, pausedAt } = subscription;
  if (status === "paused") return;
  // A hold that an unpaid pause settlement caused returns to paused. @source docs/dodo/subscriptions.md, "Pause"
  if (status === "on_hold" && pausedAt !== null && payment.origin === "dues") {
    changeStatus(context, subscription, "paused", "subscription.paused");
    return;
  }
  subscription.pastDueEndsAt = null;
  if (status !== "active" || context.settings.activeEvents === "always") {
    changeStatus(context, subscription, "active", "subscription.active");
  }
}

/**
 * @source docs/dodo/webhooks.md, "Sequences"; docs/dodo/subscriptions.md, "On hold after a failed charge"
 */
function updateAfterFailure(
  context: SandboxContext,
  subscription: Subscription,
  payment: Payment,
): void {
  const now = advanceClock(context, subscription);
  if (payment.origin === "checkout") {
    if (subscription.status !== "pending") return;
    changeStatus(context, subscription, "failed", "subscription.failed");
    return;
  }
  const { onFailure, graceDays } = subscription.behaviour;
  if (payment.origin === "dues" || subscription.status !== "active") return;
  if (onFailure === "on_hold") {
    changeStatus(context, subscription, "on_hold", "subscription.on_hold");
  } else if (onFailure === "past_due") {
    subscription.pastDueEndsAt = now + graceDays * DAY_MS;
    changeStatus(context, subscription, "past_due", "subscription.past_due");
  }
}
