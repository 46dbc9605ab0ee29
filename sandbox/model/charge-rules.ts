/** What Dodo refuses to charge. @source dodo.md 5.3 */
import { z } from "zod";
import { isAbandoned } from "./lifecycle.ts";
import { invalidBody, ApiError } from "./errors.ts";
import { isOpen, paymentsOf, type Payment, type Subscription } from "./state/entities.ts";
import type { SandboxContext } from "./context.ts";

const INT32_MAX = 2_147_483_647;

/** @source dodo.md 5.9 */
export const metadataSchema = z
  .record(
    z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
    z.union([z.string().max(500), z.number(), z.boolean()]),
  )
  .refine((metadata) => Object.keys(metadata).length <= 50, "at most 50 pairs");

/** Fields that are not named here are ignored, as Dodo ignores them. @source dodo.md 5.2 */
export const chargeSchema = z.object({
  product_price: z.int().min(0).max(INT32_MAX),
  product_currency: z.string().nullish(),
  product_description: z.string().nullish(),
  adaptive_currency_fees_inclusive: z.boolean().nullish(),
  customer_balance_config: z
    .object({
      allow_customer_credits_purchase: z.boolean().nullish(),
      allow_customer_credits_usage: z.boolean().nullish(),
    })
    .nullish(),
  metadata: metadataSchema.nullish(),
});

export type ChargeBody = z.infer<typeof chargeSchema>;

/** @throws Refusal `INVALID_REQUEST_BODY` */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalidBody(z.prettifyError(parsed.error));
}

/** @throws Refusal where Dodo would not make a payment */
export function assertChargeable(
  context: SandboxContext,
  subscription: Subscription,
  body: ChargeBody,
  now: number,
): void {
  const { settings } = context;
  assertStatusChargeable(context, subscription, now);
  if (!subscription.onDemand) {
    throw new ApiError("SUBSCRIPTION_NOT_ON_DEMAND", "Subscription is not on demand");
  }
  if (subscription.cancelAtNextBillingDate && !settings.chargeWhileCancellationScheduled) {
    throw new ApiError(
      "CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION",
      "Subscription is scheduled for cancellation",
    );
  }
  const currency = body.product_currency ?? subscription.currency;
  if (!settings.currencies.includes(currency)) {
    throw new ApiError("UNSUPPORTED_CURRENCY", `Currency ${currency} is not supported`);
  }
  if (body.product_price < settings.minimumAmountMinor) {
    throw new ApiError("REQUEST_AMOUNT_BELOW_MINIMUM", "Amount is below the minimum");
  }
  if (subscription.methodId === null) {
    throw new ApiError("NO_ELIGIBLE_PAYMENT_METHODS", "No eligible payment method");
  }
  const payments = paymentsOf(context.store, subscription.subscriptionId);
  if (hasPendingPayment(payments, settings.pendingGuard, now)) {
    throw new ApiError("PREVIOUS_PAYMENT_PENDING", "The previous payment is not successful yet");
  }
  if (countFailedCharges(payments, settings.retryLimitScope) >= settings.retryLimit) {
    throw new ApiError(
      "SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED",
      `Maximum retry limit of ${settings.retryLimit} attempts exceeded for this subscription`,
    );
  }
}

function assertStatusChargeable(
  { settings }: SandboxContext,
  subscription: Subscription,
  now: number,
): void {
  const { status, expiresAt, behaviour } = subscription;
  if (status === "expired" || (expiresAt !== null && expiresAt <= now)) {
    throw new ApiError("SUBSCRIPTION_EXPIRED", "Subscription has expired");
  }
  const isHeld = status === "on_hold" || status === "past_due";
  const mayCharge = behaviour.chargeOnHold ?? settings.chargeOnHold;
  if (status === "active" || (isHeld && mayCharge)) return;
  throw new ApiError("SUBSCRIPTION_INACTIVE", `Subscription is not active: ${status}`);
}

function hasPendingPayment(
  payments: readonly Payment[],
  guard: SandboxContext["settings"]["pendingGuard"],
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

/** Only charges that failed: a success starts the count anew, unless it is for life. @source dodo.md 11, question 6 */
function countFailedCharges(
  payments: readonly Payment[],
  scope: SandboxContext["settings"]["retryLimitScope"],
): number {
  const charged = payments.filter(({ totalMinor }) => totalMinor > 0);
  const lastSuccess = charged.findLastIndex(({ status }) => status === "succeeded");
  const counted = scope === "lifetime" ? charged : charged.slice(lastSuccess + 1);
  return counted.filter(
    ({ origin, status }) => status === "failed" && (origin === "charge" || origin === "merchant"),
  ).length;
}
