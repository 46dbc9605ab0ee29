/** When Dodo refuses a charge. @source docs/dodo/charging.md, "Refusals" */
import type { Settings } from "../settings.ts";
import type { SandboxContext } from "./context.ts";
import { ApiError } from "./errors.ts";
import { isAbandoned, isHeld, isOpen, type Payment, type Subscription } from "./state/entities.ts";
import { paymentsOf } from "./state/store.ts";

export type RequestedCharge = {
  readonly priceMinor: number;
  readonly currency: string;
};

/** @throws ApiError if Dodo would create no payment */
export function assertChargeable(
  context: SandboxContext,
  subscription: Subscription,
  { priceMinor, currency }: RequestedCharge,
  now: number,
): void {
  const { settings } = context;
  assertStatusChargeable(settings, subscription, now);
  if (!subscription.onDemand) {
    throw new ApiError("SUBSCRIPTION_NOT_ON_DEMAND", "Subscription is not on demand");
  }
  if (subscription.cancelAtNextBillingDate && !settings.chargeWhileCancellationScheduled) {
    throw new ApiError(
      "CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION",
      "Subscription is scheduled for cancellation",
    );
  }
  if (!settings.currencies.includes(currency)) {
    throw new ApiError("UNSUPPORTED_CURRENCY", `Currency ${currency} is not supported`);
  }
  if (priceMinor < settings.minimumAmountMinor) {
    throw new ApiError("REQUEST_AMOUNT_BELOW_MINIMUM", "Amount is below the minimum");
  }
  if (subscription.methodId === null) {
    throw new ApiError("NO_ELIGIBLE_PAYMENT_METHODS", "No eligible payment method");
  }
  const payments = paymentsOf(context.store, subscription.subscriptionId);
  const guard = subscription.behaviour.pendingGuard ?? settings.pendingGuard;
  if (hasPendingPayment(payments, guard, now)) {
    throw new ApiError("PREVIOUS_PAYMENT_PENDING", "The previous payment is not successful yet");
  }
  if (countFailedCharges(payments, settings.retryLimitScope) >= settings.retryLimit) {
    throw new ApiError(
      "SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED",
      `Maximum retry limit of ${settings.retryLimit} attempts exceeded for this subscription`,
    );
  }
}

function assertStatusChargeable(settings: Settings, subscription: Subscription, now: number): void {
  const { status, expiresAt, behaviour } = subscription;
  if (status === "expired" || (expiresAt !== null && expiresAt <= now)) {
    throw new ApiError("SUBSCRIPTION_EXPIRED", "Subscription has expired");
  }
  const mayChargeOnHold = behaviour.chargeOnHold ?? settings.chargeOnHold;
  if (status === "active" || (isHeld(subscription) && mayChargeOnHold)) return;
  throw new ApiError("SUBSCRIPTION_INACTIVE", `Subscription is not active: ${status}`);
}

function hasPendingPayment(
  payments: readonly Payment[],
  guard: Settings["pendingGuard"],
  now: number,
): boolean {
  switch (guard) {
    case "off":
      return false;
    case "any_open":
      return payments.some(isOpen);
    case "open":
      return payments.some((payment) => isOpen(payment) && !isAbandoned(payment, now));
    case "not_succeeded":
      return payments.some(isOpen) || payments.at(-1)?.status === "failed";
  }
}

/**
 * Counts failed charges, either since the last success or over the subscription's lifetime.
 * @source docs/dodo/open-questions.md, "Limit of ten attempts"
 */
function countFailedCharges(
  payments: readonly Payment[],
  scope: Settings["retryLimitScope"],
): number {
  const charged = payments.filter(({ totalMinor }) => totalMinor > 0);
  const lastSuccess = charged.findLastIndex(({ status }) => status === "succeeded");
  const counted = scope === "lifetime" ? charged : charged.slice(lastSuccess + 1);
  return counted.filter(
    ({ origin, status }) => status === "failed" && (origin === "charge" || origin === "merchant"),
  ).length;
}
