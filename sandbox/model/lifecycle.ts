/** What becomes of a subscription, beside its payments. */
import { Refusal, invalidParameters } from "./errors.ts";
import { isOpen, paymentsOf, type Payment, type Subscription } from "./state/entities.ts";
import type { Interval, SubscriptionStatus } from "./state/statuses.ts";
import { wallNow, type World } from "./context.ts";

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
 * Brings a subscription up to the asked time, or to the wall's, and carries out what fell due by then.
 * @returns its time, which never goes backwards
 */
export function timeOf(world: World, subscription: Subscription, asked?: number | null): number {
  subscription.seenAt = Math.max(subscription.seenAt, asked ?? wallNow(world.settings));
  catchUp(world, subscription);
  return subscription.seenAt;
}

/** The time of a payment: the latest of its subscriptions', or the wall's. */
export function paymentTime(world: World, payment: Payment): number {
  const times = payment.subscriptionIds
    .map((id) => world.books.subscriptions.get(id))
    .filter((one) => one !== undefined)
    .map((subscription) => timeOf(world, subscription));
  return Math.max(payment.updatedAt, ...(times.length > 0 ? times : [wallNow(world.settings)]));
}

function catchUp(world: World, subscription: Subscription): void {
  const now = subscription.seenAt;
  if (world.settings.expiredLinkPayment === "cancelled") {
    for (const payment of paymentsOf(world.books, subscription.subscriptionId)) {
      if (isAbandoned(payment, now)) cancelPayment(world, payment, now);
    }
  }
  if (isEnded(subscription.status)) return;
  const { pastDueEndsAt, expiresAt, nextBillingAt } = subscription;
  if (subscription.status === "past_due" && pastDueEndsAt !== null && pastDueEndsAt <= now) {
    subscription.pastDueEndsAt = null;
    changeStatus(world, subscription, "on_hold", "subscription.on_hold");
  }
  if (subscription.cancelAtNextBillingDate && nextBillingAt <= now) {
    cancel(world, subscription, nextBillingAt);
  } else if (expiresAt !== null && expiresAt <= now) {
    changeStatus(world, subscription, "expired", "subscription.expired");
  }
}

/** Nobody paid, and the link no longer works. */
export function isAbandoned(payment: Payment, now: number): boolean {
  const expiresAt = payment.link?.expiresAt ?? null;
  return payment.status === "requires_payment_method" && expiresAt !== null && expiresAt <= now;
}

function cancelPayment(world: World, payment: Payment, now: number): void {
  if (!isOpen(payment)) return;
  payment.status = "cancelled";
  payment.updatedAt = now;
  payment.ends.push({ at: now, status: "cancelled", errorCode: null });
  tellPayment(world, payment, "payment.cancelled");
}

export function tellPayment(
  world: World,
  payment: Payment,
  type: "payment.succeeded" | "payment.failed" | "payment.processing" | "payment.cancelled",
): void {
  world.webhooks.emit({
    type,
    subject: { kind: "payment", id: payment.paymentId },
    occurredAt: payment.updatedAt,
    subscriptionId: payment.subscriptionIds[0] ?? null,
    paymentId: payment.paymentId,
  });
}

export function tellSubscription(
  world: World,
  subscription: Subscription,
  type: SubscriptionEvent,
): void {
  const { subscriptionId, seenAt } = subscription;
  const types: SubscriptionEvent[] = [type];
  if (world.settings.updatedEvents && type !== "subscription.updated") {
    types.push("subscription.updated");
  }
  for (const one of types) {
    world.webhooks.emit({
      type: one,
      subject: { kind: "subscription", id: subscriptionId },
      occurredAt: seenAt,
      subscriptionId,
      paymentId: null,
    });
  }
}

export function changeStatus(
  world: World,
  subscription: Subscription,
  status: SubscriptionStatus,
  type: SubscriptionEvent,
): void {
  subscription.status = status;
  tellSubscription(world, subscription, type);
}

export function cancel(world: World, subscription: Subscription, at: number): void {
  if (isEnded(subscription.status)) return;
  subscription.cancelledAt = at;
  subscription.cancelAtNextBillingDate = false;
  changeStatus(world, subscription, "cancelled", "subscription.cancelled");
}

/** @source dodo.md 4.5: toggling it emits `subscription.plan_changed` */
export function scheduleCancellation(
  world: World,
  subscription: Subscription,
  isScheduled: boolean,
): void {
  if (subscription.cancelAtNextBillingDate === isScheduled) return;
  subscription.cancelAtNextBillingDate = isScheduled;
  tellSubscription(
    world,
    subscription,
    isScheduled ? world.settings.scheduledCancellationEvent : "subscription.plan_changed",
  );
}

export function pause(world: World, subscription: Subscription): void {
  if (subscription.status !== "active") {
    throw new Refusal("SUBSCRIPTION_INACTIVE", "Only an active subscription can be paused");
  }
  subscription.pausedAt = subscription.seenAt;
  changeStatus(world, subscription, "paused", "subscription.paused");
}

/** Also ends a hold that an unpaid pause settlement caused, and voids its debt. @source dodo.md 2.3 */
export function resume(world: World, subscription: Subscription): void {
  const { status, pausedAt } = subscription;
  if (status !== "paused" && !(status === "on_hold" && pausedAt !== null)) {
    throw invalidParameters("Only a paused subscription can be resumed");
  }
  subscription.pausedAt = null;
  changeStatus(world, subscription, "active", "subscription.unpaused");
}

/** The same day of the next period. */
export function periodAfter(instant: number, interval: Interval): number {
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
