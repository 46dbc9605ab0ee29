import type { SandboxContext } from "./context.ts";
import type { Payment, Subscription } from "./state/entities.ts";

export type PaymentEvent =
  "payment.succeeded" | "payment.failed" | "payment.processing" | "payment.cancelled";

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

export function emitPaymentEvent(
  context: SandboxContext,
  payment: Payment,
  type: PaymentEvent,
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
