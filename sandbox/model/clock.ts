/**
 * Each subscription has its own clock, so that a test can move one subscription weeks ahead and leave the others
 * alone. Moving the clock carries out whatever has become due.
 */
import { wallNow, type SandboxContext } from "./context.ts";
import { emitPaymentEvent } from "./events.ts";
import { cancelSubscription, changeStatus } from "./lifecycle.ts";
import { isAbandoned, isEnded, type Payment, type Subscription } from "./state/entities.ts";
import { paymentsOf } from "./state/store.ts";

/**
 * Moves a subscription's clock to the given time, or to the wall clock, and applies what has become due.
 * @returns the subscription's time in milliseconds since 1970; it never goes back
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

/** @returns the latest time of the payment's subscriptions; without a subscription, the wall clock's */
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

function cancelAbandonedPayment(context: SandboxContext, payment: Payment, now: number): void {
  payment.status = "cancelled";
  payment.updatedAt = now;
  payment.ends.push({ at: now, status: "cancelled", errorCode: null });
  emitPaymentEvent(context, payment, "payment.cancelled");
}
