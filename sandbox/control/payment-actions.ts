/** What a test or the console makes happen. */
import type { z } from "zod";
import { chargeOffSession, conclude, makePayment, play } from "../model/payments.ts";
import type {
  disputeInput,
  eventInput,
  merchantChargeInput,
  paymentInput,
  refundInput,
  settleInput,
} from "./inputs.ts";
import { newId } from "../model/state/ids.ts";
import { paymentTime, timeOf } from "../model/lifecycle.ts";
import { endingOf } from "../model/state/outcome.ts";
import { createCustomer, customerAt, subscriptionAt } from "../model/customers.ts";
import { invalidBody, notFound, Refusal } from "../model/errors.ts";
import {
  isOpen,
  type Delivery,
  type Payment,
  type Subject,
  type Subscription,
} from "../model/state/entities.ts";
import { wallNow, type World } from "../model/context.ts";

/** @throws Refusal `NOT_FOUND` */
export function paymentAt({ books }: World, id: string): Payment {
  const payment = books.payments.get(id);
  if (payment === undefined) throw notFound(`Payment ${id}`);
  return payment;
}

/** The merchant's own charge, or a scheduled renewal: what every recovery begins with. No rule refuses it. */
export function merchantCharges(
  world: World,
  subscription: Subscription,
  input: z.infer<typeof merchantChargeInput>,
  asked: number | null,
): Payment {
  const { amountMinor, currency, description, metadata, outcome, retryAttempt, invoiceOf } = input;
  const invoice = invoiceOf === undefined ? null : paymentAt(world, invoiceOf).invoiceId;
  return chargeOffSession(
    world,
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
    input.createdAt ?? timeOf(world, subscription, asked),
  );
}

/** A payment of no subscription, or of several at once. */
export function createPayment(
  world: World,
  input: z.infer<typeof paymentInput>,
  asked: number | null,
): Payment {
  const now = input.createdAt ?? asked ?? wallNow(world.settings);
  const subscriptions = (input.subscriptionIds ?? []).map((id) => subscriptionAt(world, id));
  const customerId = input.customerId ?? subscriptions[0]?.customerId;
  const customer =
    customerId === undefined ? createCustomer(world, {}, now) : customerAt(world, customerId);
  const payment = makePayment(
    world,
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
  if (input.outcome !== undefined) play(world, payment, input.outcome);
  return payment;
}

export function settlePayment(
  world: World,
  payment: Payment,
  { outcome, force }: z.infer<typeof settleInput>,
): void {
  if (!isOpen(payment) && !force) {
    throw new Refusal("PAYMENT_ENDED", `Payment is ${payment.status ?? "null"}`, 409);
  }
  conclude(world, payment, endingOf(outcome));
}

export function refundPayment(
  world: World,
  payment: Payment,
  { amountMinor }: z.infer<typeof refundInput>,
): string {
  const refunded = payment.refunds.reduce((sum, refund) => sum + refund.amountMinor, 0);
  const left = payment.totalMinor - refunded;
  const asked = amountMinor ?? left;
  if (payment.status !== "succeeded" || asked > left || left === 0) {
    throw new Refusal("REFUND_NOT_ALLOWED", "Only what was collected can be refunded", 409);
  }
  const refundId = newId("ref");
  payment.updatedAt = paymentTime(world, payment);
  payment.refunds.push({
    refundId,
    amountMinor: asked,
    createdAt: payment.updatedAt,
    partial: asked < payment.totalMinor,
  });
  tell(world, "refund.succeeded", { kind: "refund", paymentId: payment.paymentId, id: refundId });
  return refundId;
}

/** Opens a dispute, or moves the one there is. */
export function disputePayment(
  world: World,
  payment: Payment,
  { status }: z.infer<typeof disputeInput>,
): string {
  payment.updatedAt = paymentTime(world, payment);
  const known = payment.disputes.at(-1);
  const dispute = known ?? {
    disputeId: newId("dp"),
    status,
    amountMinor: payment.totalMinor,
    createdAt: payment.updatedAt,
  };
  dispute.status = status;
  if (known === undefined) payment.disputes.push(dispute);
  tell(world, status.replace("_", "."), {
    kind: "dispute",
    paymentId: payment.paymentId,
    id: dispute.disputeId,
  });
  return dispute.disputeId;
}

function tell(world: World, type: string, subject: Subject & { paymentId: string }): void {
  const payment = paymentAt(world, subject.paymentId);
  world.webhooks.emit({
    type,
    subject,
    occurredAt: payment.updatedAt,
    subscriptionId: payment.subscriptionIds[0] ?? null,
    paymentId: payment.paymentId,
  });
}

/** Any event about a subscription or a payment, whether it happened or not. */
export function sendEvent(
  world: World,
  input: z.infer<typeof eventInput>,
  asked: number | null,
): Delivery {
  const { type, data, forged, signedOffsetMs } = input;
  const payment = input.paymentId === undefined ? null : paymentAt(world, input.paymentId);
  const subscriptionId = input.subscriptionId ?? payment?.subscriptionIds[0] ?? null;
  const subscription = subscriptionId === null ? null : subscriptionAt(world, subscriptionId);
  const occurredAt =
    subscription === null ? (asked ?? wallNow(world.settings)) : timeOf(world, subscription, asked);
  return world.webhooks.emit({
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
): Subject {
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
