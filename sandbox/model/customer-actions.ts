/** What the customer can do: pay, change the payment method, cancel. */
import { createCheckout } from "./checkout.ts";
import { advanceClock, advancePaymentClock } from "./clock.ts";
import type { SandboxContext } from "./context.ts";
import { addPaymentMethod } from "./customers.ts";
import { createUpdateLink } from "./dues.ts";
import { ApiError } from "./errors.ts";
import { cancelSubscription, scheduleCancellation } from "./lifecycle.ts";
import { applyResult } from "./payment-results.ts";
import { getPayment } from "./payments.ts";
import { type CardChoice, cardSpecOf } from "./state/cards.ts";
import { isAbandoned, isOpen, type Payment, type Subscription } from "./state/entities.ts";
import { resultOf } from "./state/outcome.ts";
import { paymentsOf } from "./state/store.ts";

/** The payment's page accepts a card. */
export function isPayable(payment: Payment, now: number): boolean {
  const isWaiting =
    payment.status === "requires_payment_method" || payment.status === "requires_customer_action";
  return payment.link !== null && isWaiting && !isAbandoned(payment, now);
}

/**
 * The customer enters a card on the page of this payment.
 * @throws ApiError `PAYMENT_NOT_PAYABLE` if the page accepts no card
 */
export function payWithCard(context: SandboxContext, payment: Payment, choice: CardChoice): void {
  const now = advancePaymentClock(context, payment);
  const customer = context.store.customers.get(payment.customerId);
  if (!isPayable(payment, now) || customer === undefined) {
    throw new ApiError("PAYMENT_NOT_PAYABLE", `Payment is ${payment.status ?? "null"}`, 409);
  }
  const spec = cardSpecOf(choice);
  const result = resultOf(spec.onSession);
  payment.card = { lastFour: spec.lastFour, network: spec.network };
  const settle = (): void => {
    if (!isOpen(payment)) return;
    if (result.kind === "succeeded") {
      payment.methodId = addPaymentMethod(customer, spec, now).paymentMethodId;
    }
    applyResult(context, payment, result);
  };
  const { hostedSettleMs } = context.settings;
  if (hostedSettleMs === 0 || result.kind === "stay") {
    settle();
    return;
  }
  payment.status = "processing";
  payment.updatedAt = now;
  context.timers.after(hostedSettleMs, settle);
}

/** Pays on the newest page that accepts a card, or on a new one. */
export function payAsCustomer(
  context: SandboxContext,
  subscription: Subscription,
  choice: CardChoice,
): Payment {
  const now = advanceClock(context, subscription);
  const open = paymentsOf(context.store, subscription.subscriptionId).findLast((payment) =>
    isPayable(payment, now),
  );
  const payment = open ?? createUpdateLink(context, subscription, null, now);
  payWithCard(context, payment, choice);
  return payment;
}

/** Changes the card in the portal; on a hold this collects the dues. @source docs/dodo/checkout.md, "Customer portal" */
export function changePaymentMethod(
  context: SandboxContext,
  subscription: Subscription,
  choice: CardChoice,
): Payment {
  const now = advanceClock(context, subscription);
  const payment = createUpdateLink(context, subscription, null, now);
  payWithCard(context, payment, choice);
  return payment;
}

/**
 * Buys the same product again in a new checkout: a second subscription beside this one.
 * @returns its first payment
 */
export function buyAgain(
  context: SandboxContext,
  { customerId, productId, onDemand, currency, priceMinor, billing }: Subscription,
  choice: CardChoice,
  now: number,
): Payment {
  const checkout = {
    customerId,
    productId,
    onDemand,
    quantity: 1,
    mandateMinInrPaise: null,
    feesInclusive: null,
    mandateOnly: false,
    currency,
    priceMinor,
    country: billing.country,
    metadata: {},
    returnUrl: null,
  };
  const session = createCheckout(context, checkout, now);
  const payment = getPayment(context, session.paymentId);
  payWithCard(context, payment, choice);
  return payment;
}

/**
 * The portal cancels on-demand subscriptions at the next billing date only.
 * @source docs/dodo/subscriptions.md, "Cancellation"
 */
export function cancelAsCustomer(
  context: SandboxContext,
  subscription: Subscription,
  when: "now" | "next_billing_date",
): void {
  const now = advanceClock(context, subscription);
  if (when === "now") cancelSubscription(context, subscription, now);
  else scheduleCancellation(context, subscription, true);
}
