/**
 * Dodo's manual retry of a scheduled subscription's renewal.
 * @source docs/dodo/retries-and-dunning.md, "Manual retry"
 */
import type { SandboxContext } from "./context.ts";
import { ApiError } from "./errors.ts";
import { chargeOffSession } from "./payments.ts";
import { isOpen, type Payment, type Subscription } from "./state/entities.ts";
import { paymentsOf } from "./state/store.ts";

/** @source docs/dodo/declines.md, "Codes" */
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

export type ManualRetryState = {
  /** Why the payment cannot be retried now; null: it can. */
  readonly reason: string | null;
  readonly sendsUsed: number;
  /** The end of the cooldown in milliseconds since 1970; null: none is running. */
  readonly retryAvailableAt: number | null;
};

export function manualRetryState(
  context: SandboxContext,
  payment: Payment,
  subscription: Subscription | null,
  now: number,
): ManualRetryState {
  const { settings } = context;
  const invoice = paymentsOfInvoice(context, payment);
  const sends = invoice.filter(({ origin }) => origin === "manual_retry");
  const isUsedUp = sends.length >= settings.manualRetrySends;
  const last = sends.at(-1);
  const availableAt = last === undefined ? null : last.createdAt + settings.manualRetryCooldownMs;
  const isCoolingDown = !isUsedUp && availableAt !== null && availableAt > now;
  return {
    reason: ineligibilityReason(invoice, subscription, isUsedUp || isCoolingDown),
    sendsUsed: sends.length,
    retryAvailableAt: isCoolingDown ? availableAt : null,
  };
}

/** Dodo documents only the codes for the limit and for hard declines. The other codes are the sandbox's own. */
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

export type ManualRetry = {
  readonly payment: Payment;
  /** Including this one. */
  readonly sendsUsed: number;
};

/**
 * Charges the payment method on file for the open invoice of this payment.
 * @throws ApiError with the reason, if the payment cannot be retried now
 */
export function retryPayment(
  context: SandboxContext,
  payment: Payment,
  subscription: Subscription | null,
  now: number,
): ManualRetry {
  const { reason, sendsUsed } = manualRetryState(context, payment, subscription, now);
  if (reason !== null || subscription === null) {
    throw new ApiError(reason ?? "MANUAL_RETRY_NOT_ELIGIBLE", "This payment cannot be retried now");
  }
  const attempts = paymentsOfInvoice(context, payment).map(({ retryAttempt }) => retryAttempt);
  const retry = chargeOffSession(
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
      retryAttempt: Math.max(...attempts) + 1,
    },
    now,
  );
  return { payment: retry, sendsUsed: sendsUsed + 1 };
}

function paymentsOfInvoice(
  { store }: SandboxContext,
  { invoiceId, subscriptionIds }: Payment,
): readonly Payment[] {
  return paymentsOf(store, subscriptionIds[0] ?? "").filter(
    (payment) => payment.invoiceId === invoiceId,
  );
}
