/** What a test or the console makes happen. */
import type { z } from "zod";
import { chargeOffSession, applyResult, createPayment, scheduleResult } from "../model/payments.ts";
import type {
  disputeInput,
  eventInput,
  merchantChargeInput,
  paymentInput,
  refundInput,
  settleInput,
} from "./inputs.ts";
import { newId } from "../model/state/ids.ts";
import { advancePaymentClock, advanceClock } from "../model/lifecycle.ts";
import { resultOf } from "../model/state/outcome.ts";
import { createCustomer, getCustomer, getSubscription } from "../model/customers.ts";
import { invalidBody, notFound, ApiError } from "../model/errors.ts";
import {
  isOpen,
  type Delivery,
  type Payment,
  type EventSubject,
  type Subscription,
} from "../model/state/entities.ts";
import { wallNow, type SandboxContext } from "../model/context.ts";

/** @throws Refusal `NOT_FOUND` */
export function getPayment({ store }: SandboxContext, id: string): Payment {
  const payment = store.payments.get(id);
  if (payment === undefined) throw notFound(`Payment ${id}`);
  return payment;
}

/** The merchant's own charge, or a scheduled renewal: what every recovery begins with. No rule refuses it. */
export function chargeAsMerchant(
  context: SandboxContext,
  subscription: Subscription,
  input: z.infer<typeof merchantChargeInput>,
  requestTime: number | null,
): Payment {
  const { amountMinor, currency, description, metadata, outcome, retryAttempt, invoiceOf } = input;
  const invoice = invoiceOf === undefined ? null : getPayment(context, invoiceOf).invoiceId;
  return chargeOffSession(
    context,
    subscription,
    {
      origin: "merchant",
      priceMinor: amountMinor ?? subscription.priceMinor,
      currency: currency ?? subscription.currency,
      description: description ?? null,
      metadata: { ...(metadata ?? subscription.metadata) },
      retryAttempt: retryAttempt ?? 0,
      ...(invoice === null ? {} : { invoiceId: invoice }),
      outcome,
    },
    input.createdAt ?? advanceClock(context, subscription, requestTime),
  );
}

/** A payment of no subscription, or of several at once. */
export function insertPayment(
  context: SandboxContext,
  input: z.infer<typeof paymentInput>,
  requestTime: number | null,
): Payment {
  const now = input.createdAt ?? requestTime ?? wallNow(context.settings);
  const subscriptions = (input.subscriptionIds ?? []).map((id) => getSubscription(context, id));
  const customerId = input.customerId ?? subscriptions[0]?.customerId;
  const customer =
    customerId === undefined ? createCustomer(context, {}, now) : getCustomer(context, customerId);
  const payment = createPayment(
    context,
    {
      origin: "one_time",
      customerId: customer.customerId,
      subscriptionIds: subscriptions.map(({ subscriptionId }) => subscriptionId),
      totalMinor: input.totalMinor ?? 2_900,
      taxMinor: 0,
      currency: input.currency ?? "USD",
      metadata: input.metadata ?? {},
      status: input.outcome === undefined ? "requires_payment_method" : "processing",
      link: { expiresAt: null, returnUrl: null },
    },
    now,
  );
  if (input.outcome !== undefined) scheduleResult(context, payment, input.outcome);
  return payment;
}

export function settlePayment(
  context: SandboxContext,
  payment: Payment,
  { outcome, force }: z.infer<typeof settleInput>,
): void {
  if (!isOpen(payment) && !force) {
    throw new ApiError("PAYMENT_ENDED", `Payment is ${payment.status ?? "null"}`, 409);
  }
  applyResult(context, payment, resultOf(outcome));
}

export function refundPayment(
  context: SandboxContext,
  payment: Payment,
  { amountMinor }: z.infer<typeof refundInput>,
): string {
  const refunded = payment.refunds.reduce((sum, refund) => sum + refund.amountMinor, 0);
  const left = payment.totalMinor - refunded;
  const refunding = amountMinor ?? left;
  if (payment.status !== "succeeded" || refunding > left || left === 0) {
    throw new ApiError("REFUND_NOT_ALLOWED", "Only what was collected can be refunded", 409);
  }
  const refundId = newId("ref");
  payment.updatedAt = advancePaymentClock(context, payment);
  payment.refunds.push({
    refundId,
    amountMinor: refunding,
    createdAt: payment.updatedAt,
    partial: refunding < payment.totalMinor,
  });
  emitEvent(context, "refund.succeeded", {
    kind: "refund",
    paymentId: payment.paymentId,
    id: refundId,
  });
  return refundId;
}

/** Opens a dispute, or moves the one there is. */
export function disputePayment(
  context: SandboxContext,
  payment: Payment,
  { status }: z.infer<typeof disputeInput>,
): string {
  payment.updatedAt = advancePaymentClock(context, payment);
  const known = payment.disputes.at(-1);
  const dispute = known ?? {
    disputeId: newId("dp"),
    status,
    amountMinor: payment.totalMinor,
    createdAt: payment.updatedAt,
  };
  dispute.status = status;
  if (known === undefined) payment.disputes.push(dispute);
  emitEvent(context, status.replace("_", "."), {
    kind: "dispute",
    paymentId: payment.paymentId,
    id: dispute.disputeId,
  });
  return dispute.disputeId;
}

function emitEvent(
  context: SandboxContext,
  type: string,
  subject: EventSubject & { paymentId: string },
): void {
  const payment = getPayment(context, subject.paymentId);
  context.webhooks.emit({
    type,
    subject,
    occurredAt: payment.updatedAt,
    subscriptionId: payment.subscriptionIds[0] ?? null,
    paymentId: payment.paymentId,
  });
}

/** Any event about a subscription or a payment, whether it happened or not. */
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
