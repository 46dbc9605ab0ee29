/** What becomes of a subscription, beside its payments. */
import { ApiError, invalidParameters } from "./errors.ts";
import { isOpen, paymentsOf, type Payment, type Subscription } from "./state/entities.ts";
import type { Interval, SubscriptionStatus } from "./state/statuses.ts";
import { wallNow, type SandboxContext } from "./context.ts";

/** @source dodopayments 2.52.0, resources/webhook-events.ts */
export type SubscriptionEvent =
  | "subscription.active"
  | "subscription.renewed"
  | "subscription.on_hold"
  | "subscription.past_due"
  | "subscription.paused"
  | "subscription.unpaused"
  | "subscription.cancelled"
  | "subscription.failed"
  | "subscription.expired"
  | "subscription.plan_changed"
  | "subscription.updated"
  | "subscription.update_payment_method";

export function isEnded(status: SubscriptionStatus): boolean {
  return status === "cancelled" || status === "expired" || status === "failed";
}

/**
 * Brings a subscription up to the requestTime time, or to the wall's, and carries out what fell due by then.
 * @returns its time, which never goes backwards
 */
export function advanceClock(
  context: SandboxContext,
  subscription: Subscription,
  requestTime?: number | null,
): number {
  subscription.currentTime = Math.max(
    subscription.currentTime,
    requestTime ?? wallNow(context.settings),
  );
  applyDueChanges(context, subscription);
  return subscription.currentTime;
}

/** The time of a payment: the latest of its subscriptions', or the wall's. */
export function advancePaymentClock(context: SandboxContext, payment: Payment): number {
  const times = payment.subscriptionIds
    .map((id) => context.store.subscriptions.get(id))
    .filter((one) => one !== undefined)
    .map((subscription) => advanceClock(context, subscription));
  return Math.max(payment.updatedAt, ...(times.length > 0 ? times : [wallNow(context.settings)]));
}

function applyDueChanges(context: SandboxContext, subscription: Subscription): void {
  const now = subscription.currentTime;
  if (context.settings.expiredLinkPayment === "cancelled") {
    for (const payment of paymentsOf(context.store, subscription.subscriptionId)) {
      if (isAbandoned(payment, now)) cancelAbandonedPayment(context, payment, now);
    }
  }
  if (isEnded(subscription.status)) return;
  const { pastDueEndsAt, expiresAt, nextBillingAt } = subscription;
  if (subscription.status === "past_due" && pastDueEndsAt !== null && pastDueEndsAt <= now) {
    subscription.pastDueEndsAt = null;
    changeStatus(context, subscription, "on_hold", "subscription.on_hold");
  }
  if (subscription.cancelAtNextBillingDate && nextBillingAt <= now) {
    cancelSubscription(context, subscription, nextBillingAt);
  } else if (expiresAt !== null && expiresAt <= now) {
    changeStatus(context, subscription, "expired", "subscription.expired");
  }
}

/** Nobody paid, and the link no longer works. */
export function isAbandoned(payment: Payment, now: number): boolean {
  const expiresAt = payment.link?.expiresAt ?? null;
  return payment.status === "requires_payment_method" && expiresAt !== null && expiresAt <= now;
}

function cancelAbandonedPayment(context: SandboxContext, payment: Payment, now: number): void {
  if (!isOpen(payment)) return;
  payment.status = "cancelled";
  payment.updatedAt = now;
  payment.ends.push({ at: now, status: "cancelled", errorCode: null });
  emitPaymentEvent(context, payment, "payment.cancelled");
}

export function emitPaymentEvent(
  context: SandboxContext,
  payment: Payment,
  type: "payment.succeeded" | "payment.failed" | "payment.processing" | "payment.cancelled",
): void {
  context.webhooks.emit({
    type,
    subject: { kind: "payment", id: payment.paymentId },
    occurredAt: payment.updatedAt,
    subscriptionId: payment.subscriptionIds[0] ?? null,
    paymentId: payment.paymentId,
  });
}

export function emitSubscriptionEvent(
  context: SandboxContext,
  subscription: Subscription,
  type: SubscriptionEvent,
): void {
  const { subscriptionId, currentTime } = subscription;
  const types: SubscriptionEvent[] = [type];
  if (context.settings.updatedEvents && type !== "subscription.updated") {
    types.push("subscription.updated");
  }
  for (const one of types) {
    context.webhooks.emit({
      type: one,
      subject: { kind: "subscription", id: subscriptionId },
      occurredAt: currentTime,
      subscriptionId,
      paymentId: null,
    });
  }
}

export function changeStatus(
  context: SandboxContext,
  subscription: Subscription,
  status: SubscriptionStatus,
  type: SubscriptionEvent,
): void {
  subscription.status = status;
  emitSubscriptionEvent(context, subscription, type);
}

export function cancelSubscription(
  context: SandboxContext,
  subscription: Subscription,
  at: number,
): void {
  if (isEnded(subscription.status)) return;
  subscription.cancelledAt = at;
  subscription.cancelAtNextBillingDate = false;
  changeStatus(context, subscription, "cancelled", "subscription.cancelled");
}

/** @source dodo.md 4.5: toggling it emits `subscription.plan_changed` */
export function scheduleCancellation(
  context: SandboxContext,
  subscription: Subscription,
  isScheduled: boolean,
): void {
  if (subscription.cancelAtNextBillingDate === isScheduled) return;
  subscription.cancelAtNextBillingDate = isScheduled;
  emitSubscriptionEvent(
    context,
    subscription,
    isScheduled ? context.settings.scheduledCancellationEvent : "subscription.plan_changed",
  );
}

export function pauseSubscription(context: SandboxContext, subscription: Subscription): void {
  if (subscription.status !== "active") {
    throw new ApiError("SUBSCRIPTION_INACTIVE", "Only an active subscription can be paused");
  }
  subscription.pausedAt = subscription.currentTime;
  changeStatus(context, subscription, "paused", "subscription.paused");
}

/** Also ends a hold that an unpaid pause settlement caused, and voids its debt. @source dodo.md 2.3 */
export function resumeSubscription(context: SandboxContext, subscription: Subscription): void {
  const { status, pausedAt } = subscription;
  if (status !== "paused" && !(status === "on_hold" && pausedAt !== null)) {
    throw invalidParameters("Only a paused subscription can be resumed");
  }
  subscription.pausedAt = null;
  changeStatus(context, subscription, "active", "subscription.unpaused");
}

/** The same day of the next period. */
export function addInterval(instant: number, interval: Interval): number {
  const date = new Date(instant);
  switch (interval) {
    case "Day":
      date.setUTCDate(date.getUTCDate() + 1);
      break;
    case "Week":
      date.setUTCDate(date.getUTCDate() + 7);
      break;
    case "Month":
      date.setUTCMonth(date.getUTCMonth() + 1);
      break;
    case "Year":
      date.setUTCFullYear(date.getUTCFullYear() + 1);
      break;
  }
  return date.getTime();
}
