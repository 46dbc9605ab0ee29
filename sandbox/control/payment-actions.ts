/** Payments, refunds and disputes that a test or the console causes. */
import type { z } from "zod";
import { advanceClock, advancePaymentClock } from "../model/clock.ts";
import { wallNow, type SandboxContext } from "../model/context.ts";
import { createCustomer, getCustomer } from "../model/customers.ts";
import { ApiError } from "../model/errors.ts";
import { applyResult } from "../model/payment-results.ts";
import { chargeOffSession, createPayment, getPayment, scheduleResult } from "../model/payments.ts";
import { isOpen, type Payment, type Subscription } from "../model/state/entities.ts";
import { newId } from "../model/state/ids.ts";
import type { EventSubject } from "../model/state/logs.ts";
import { resultOf } from "../model/state/outcome.ts";
import { getSubscription } from "../model/subscriptions.ts";
import type {
  disputeInput,
  merchantChargeInput,
  paymentInput,
  refundInput,
  settleInput,
} from "./inputs.ts";

/**
 * The merchant's own charge, or a scheduled renewal: the payment that a recovery starts from. It bypasses the rules
 * that refuse a charge.
 */
export function chargeAsMerchant(
  context: SandboxContext,
  subscription: Subscription,
  input: z.infer<typeof merchantChargeInput>,
  requestTime: number | null,
): Payment {
  const { amountMinor, currency, description, metadata, outcome, retryAttempt, invoiceOf } = input;
  const invoiceId = invoiceOf === undefined ? null : getPayment(context, invoiceOf).invoiceId;
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
      ...(invoiceId === null ? {} : { invoiceId }),
      outcome,
    },
    input.createdAt ?? advanceClock(context, subscription, requestTime),
  );
}

/** Creates a payment that belongs to no subscription, or to several. */
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

/** @throws ApiError `PAYMENT_ENDED`, unless `force` is set */
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

/** @throws ApiError `REFUND_NOT_ALLOWED` */
export function refundPayment(
  context: SandboxContext,
  payment: Payment,
  input: z.infer<typeof refundInput>,
): string {
  const refunded = payment.refunds.reduce((sum, refund) => sum + refund.amountMinor, 0);
  const refundable = payment.totalMinor - refunded;
  const amountMinor = input.amountMinor ?? refundable;
  if (payment.status !== "succeeded" || amountMinor > refundable || refundable === 0) {
    throw new ApiError("REFUND_NOT_ALLOWED", "Only a collected amount can be refunded", 409);
  }
  const refundId = newId("ref");
  payment.updatedAt = advancePaymentClock(context, payment);
  payment.refunds.push({
    refundId,
    amountMinor,
    createdAt: payment.updatedAt,
    partial: amountMinor < payment.totalMinor,
  });
  emit(context, payment, "refund.succeeded", {
    kind: "refund",
    paymentId: payment.paymentId,
    id: refundId,
  });
  return refundId;
}

/** Opens a dispute, or changes the status of the existing one. */
export function disputePayment(
  context: SandboxContext,
  payment: Payment,
  { status }: z.infer<typeof disputeInput>,
): string {
  payment.updatedAt = advancePaymentClock(context, payment);
  const existing = payment.disputes.at(-1);
  const dispute = existing ?? {
    disputeId: newId("dp"),
    status,
    amountMinor: payment.totalMinor,
    createdAt: payment.updatedAt,
  };
  dispute.status = status;
  if (existing === undefined) payment.disputes.push(dispute);
  emit(context, payment, status.replace("_", "."), {
    kind: "dispute",
    paymentId: payment.paymentId,
    id: dispute.disputeId,
  });
  return dispute.disputeId;
}

function emit(
  context: SandboxContext,
  payment: Payment,
  type: string,
  subject: EventSubject,
): void {
  context.webhooks.emit({
    type,
    subject,
    occurredAt: payment.updatedAt,
    subscriptionId: payment.subscriptionIds[0] ?? null,
    paymentId: payment.paymentId,
  });
}
