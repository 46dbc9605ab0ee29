import type { z } from "zod";
import { advanceClock } from "../model/clock.ts";
import { wallNow, type SandboxContext } from "../model/context.ts";
import { invalidBody } from "../model/errors.ts";
import { getPayment } from "../model/payments.ts";
import type { Payment, Subscription } from "../model/state/entities.ts";
import type { Delivery, EventSubject } from "../model/state/logs.ts";
import { getSubscription } from "../model/subscriptions.ts";
import type { eventInput } from "./inputs.ts";

/** Sends an event of any type about a subscription or a payment, whether or not anything happened. */
export function sendEvent(
  context: SandboxContext,
  input: z.infer<typeof eventInput>,
  requestTime: number | null,
): Delivery {
  const { type, data, forged, signedOffsetMs } = input;
  const payment = input.paymentId === undefined ? null : getPayment(context, input.paymentId);
  const subscriptionId = input.subscriptionId ?? payment?.subscriptionIds[0] ?? null;
  const subscription = subscriptionId === null ? null : getSubscription(context, subscriptionId);
  const occurredAt =
    subscription === null
      ? (requestTime ?? wallNow(context.settings))
      : advanceClock(context, subscription, requestTime);
  return context.webhooks.emit({
    type,
    subject: subjectOf(type, payment, subscription),
    occurredAt,
    subscriptionId,
    paymentId: payment?.paymentId ?? null,
    overrides: data ?? {},
    forged: forged ?? false,
    signedOffsetMs: signedOffsetMs ?? 0,
  });
}

function subjectOf(
  type: string,
  payment: Payment | null,
  subscription: Subscription | null,
): EventSubject {
  const [family = ""] = type.split(".");
  if (family === "subscription" && subscription !== null) {
    return { kind: "subscription", id: subscription.subscriptionId };
  }
  if (family === "dunning" && subscription !== null) {
    return { kind: "dunning", subscriptionId: subscription.subscriptionId };
  }
  if (payment === null) {
    if (["payment", "refund", "dispute", "abandoned_checkout"].includes(family)) {
      throw invalidBody(`${type} needs a paymentId`);
    }
    return { kind: "raw" };
  }
  const { paymentId } = payment;
  switch (family) {
    case "refund":
      return { kind: "refund", paymentId, id: payment.refunds.at(-1)?.refundId ?? "" };
    case "dispute":
      return { kind: "dispute", paymentId, id: payment.disputes.at(-1)?.disputeId ?? "" };
    case "abandoned_checkout":
      return { kind: "abandoned_checkout", paymentId };
    case "payment":
      return { kind: "payment", id: paymentId };
    default:
      return { kind: "raw" };
  }
}
