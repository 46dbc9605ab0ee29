/** Changes of a subscription's status that no payment causes. */
import type { SandboxContext } from "./context.ts";
import { ApiError, invalidParameters } from "./errors.ts";
import { emitSubscriptionEvent, type SubscriptionEvent } from "./events.ts";
import { isEnded, type Subscription } from "./state/entities.ts";
import type { SubscriptionStatus } from "./state/statuses.ts";

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

/**
 * Schedules or unschedules a cancellation. Both emit `subscription.plan_changed`.
 * @source docs/dodo/subscriptions.md, "Cancellation"
 */
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

/** @throws ApiError `SUBSCRIPTION_INACTIVE` */
export function pauseSubscription(context: SandboxContext, subscription: Subscription): void {
  if (subscription.status !== "active") {
    throw new ApiError("SUBSCRIPTION_INACTIVE", "Only an active subscription can be paused");
  }
  subscription.pausedAt = subscription.currentTime;
  changeStatus(context, subscription, "paused", "subscription.paused");
}

/**
 * Resumes a paused subscription. It also ends a hold that an unpaid pause settlement caused, and voids that debt.
 * @source docs/dodo/subscriptions.md, "Pause"
 * @throws ApiError `INVALID_REQUEST_PARAMETERS`
 */
export function resumeSubscription(context: SandboxContext, subscription: Subscription): void {
  const { status, pausedAt } = subscription;
  if (status !== "paused" && !(status === "on_hold" && pausedAt !== null)) {
    throw invalidParameters("Only a paused subscription can be resumed");
  }
  subscription.pausedAt = null;
  changeStatus(context, subscription, "active", "subscription.unpaused");
}
