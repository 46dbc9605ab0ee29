/** Dodo's manual retry of a scheduled subscription's renewal. @source dodo.md 2.2 */
import type DodoPayments from "dodopayments";
import { isoOf } from "../serializers/payments.ts";
import { chargeOffSession } from "./payments.ts";
import { ApiError } from "./errors.ts";
import { isOpen, paymentsOf, type Payment, type Subscription } from "./state/entities.ts";
import type { SandboxContext } from "./context.ts";

/** @source dodo.md 1: the column "decline" */
const HARD_DECLINES = new Set([
  "CARD_DECLINED",
  "DO_NOT_HONOR",
  "EXPIRED_CARD",
  "FRAUDULENT",
  "INVALID_ACCOUNT",
  "LOST_CARD",
  "MANDATE_REQUIRED_SYSTEM",
  "PAYMENT_METHOD_PROVIDER_DECLINED",
  "PAYMENT_METHOD_UNSUPPORTED",
  "PICKUP_CARD",
  "PROVIDER_UNSUPPORTED",
  "REVOCATION_OF_AUTHORIZATION",
  "STOLEN_CARD",
  "TRANSACTION_NOT_ALLOWED",
  "TRANSACTION_NOT_APPROVED",
]);

export function manualRetryState(
  context: SandboxContext,
  payment: Payment,
  subscription: Subscription | null,
  now: number,
): DodoPayments.ManualRetryState {
  const { settings } = context;
  const invoice = paymentsOfInvoice(context, payment);
  const sends = invoice.filter(({ origin }) => origin === "manual_retry");
  const isSpent = sends.length >= settings.manualRetrySends;
  const last = sends.at(-1);
  const availableAt = last === undefined ? null : last.createdAt + settings.manualRetryCooldownMs;
  const isCooling = !isSpent && availableAt !== null && availableAt > now;
  const reason = ineligibilityReason(invoice, subscription, isSpent || isCooling);
  return {
    can_retry: reason === null,
    reason,
    sends_allowed: settings.manualRetrySends,
    sends_used: sends.length,
    retry_available_at: isCooling ? isoOf(availableAt) : null,
  };
}

/** Reason codes beside LIMIT_REACHED and HARD_DECLINE are ours: Dodo's could not be read. */
function ineligibilityReason(
  invoice: readonly Payment[],
  subscription: Subscription | null,
  isLimited: boolean,
): string | null {
  const isRenewal = invoice.every(
    ({ origin }) => origin === "merchant" || origin === "manual_retry",
  );
  if (subscription === null || subscription.onDemand || !isRenewal) {
    return "MANUAL_RETRY_NOT_ELIGIBLE";
  }
  if (subscription.status !== "on_hold") return "MANUAL_RETRY_SUBSCRIPTION_NOT_ON_HOLD";
  const last = invoice.at(-1);
  if (last === undefined || isOpen(last)) return "PREVIOUS_PAYMENT_PENDING";
  if (last.status !== "failed") return "MANUAL_RETRY_NOT_ELIGIBLE";
  if (HARD_DECLINES.has(last.errorCode ?? "")) return "MANUAL_RETRY_HARD_DECLINE";
  return isLimited ? "MANUAL_RETRY_LIMIT_REACHED" : null;
}

/** Charges the method on file against the open invoice behind this payment. */
export function retryPayment(
  context: SandboxContext,
  payment: Payment,
  subscription: Subscription | null,
  now: number,
): DodoPayments.ManualRetry {
  const { reason } = manualRetryState(context, payment, subscription, now);
  if (reason != null || subscription === null) {
    throw new ApiError(reason ?? "MANUAL_RETRY_NOT_ELIGIBLE", "This payment cannot be retried now");
  }
  const invoice = paymentsOfInvoice(context, payment);
  const made = chargeOffSession(
    context,
    subscription,
    {
      origin: "manual_retry",
      priceMinor: subscription.taxInclusive
        ? payment.totalMinor
        : payment.totalMinor - payment.taxMinor,
      currency: payment.currency,
      metadata: payment.metadata,
      invoiceId: payment.invoiceId,
      retryAttempt: Math.max(...invoice.map(({ retryAttempt }) => retryAttempt)) + 1,
    },
    now,
  );
  const { manualRetrySends, manualRetryCooldownMs } = context.settings;
  const used = invoice.filter(({ origin }) => origin === "manual_retry").length + 1;
  return {
    invoice_id: made.invoiceId,
    is_manual_retry: true,
    payment_id: made.paymentId,
    retry_attempt: made.retryAttempt,
    sends_allowed: manualRetrySends,
    sends_used: used,
    retry_available_at: used < manualRetrySends ? isoOf(now + manualRetryCooldownMs) : null,
    status: made.status,
  };
}

function paymentsOfInvoice(
  { store }: SandboxContext,
  { invoiceId, subscriptionIds }: Payment,
): readonly Payment[] {
  return paymentsOf(store, subscriptionIds[0] ?? "").filter(
    (payment) => payment.invoiceId === invoiceId,
  );
}
