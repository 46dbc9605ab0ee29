/** What the customer does: pays, changes the card, cancels. */
import { CARDS, decliningCard, type CardName, type CardSpec } from "./state/cards.ts";
import { applyResult } from "./payments.ts";
import { createUpdateLink } from "./dues.ts";
import { newId } from "./state/ids.ts";
import {
  cancelSubscription,
  isAbandoned,
  advancePaymentClock,
  scheduleCancellation,
  advanceClock,
} from "./lifecycle.ts";
import { resultOf } from "./state/outcome.ts";
import { ApiError } from "./errors.ts";
import {
  isOpen,
  paymentsOf,
  type Customer,
  type Payment,
  type PaymentMethod,
  type Subscription,
} from "./state/entities.ts";
import type { SandboxContext } from "./context.ts";

/** One of the page's cards, or one that is refused with a code. */
export type CardChoice = CardName | { readonly declines: string };

export function cardSpecOf(choice: CardChoice): CardSpec {
  return typeof choice === "string"
    ? CARDS[choice]
    : decliningCard(`Refused: ${choice.declines}`, "0119", choice.declines);
}

export function addPaymentMethod(customer: Customer, spec: CardSpec, now: number): PaymentMethod {
  const method: PaymentMethod = {
    paymentMethodId: newId("pm"),
    lastFour: spec.lastFour,
    network: spec.network,
    expiryMonth: "12",
    expiryYear: String(new Date(now).getUTCFullYear() + 3),
    lastUsedAt: null,
    outcome: spec.offSession,
  };
  customer.methods.push(method);
  return method;
}

/** Whether its page still takes a card. */
export function isPayable(payment: Payment, now: number): boolean {
  const waits =
    payment.status === "requires_payment_method" || payment.status === "requires_customer_action";
  return payment.link !== null && waits && !isAbandoned(payment, now);
}

/**
 * The customer enters a card on the page of this payment.
 * @throws Refusal where it can no longer be paid
 */
export function payWithCard(context: SandboxContext, payment: Payment, choice: CardChoice): void {
  const now = advancePaymentClock(context, payment);
  const customer = context.store.customers.get(payment.customerId);
  if (!isPayable(payment, now) || customer === undefined) {
    throw new ApiError("PAYMENT_NOT_PAYABLE", `Payment is ${payment.status ?? "null"}`, 409);
  }
  const spec = cardSpecOf(choice);
  const ending = resultOf(spec.onSession);
  payment.card = { lastFour: spec.lastFour, network: spec.network };
  const settle = (): void => {
    if (!isOpen(payment)) return;
    if (ending.kind === "succeeded")
      payment.methodId = addPaymentMethod(customer, spec, now).paymentMethodId;
    applyResult(context, payment, ending);
  };
  const { hostedSettleMs } = context.settings;
  if (hostedSettleMs === 0 || ending.kind === "stay") {
    settle();
    return;
  }
  payment.status = "processing";
  payment.updatedAt = now;
  context.timers.after(hostedSettleMs, settle);
}

/** Pays on the newest page that is still open, else on a new one, as the portal makes it. */
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

/** In the portal; on a hold it collects the dues. @source dodo.md 6.2 */
export function changePaymentMethod(
  context: SandboxContext,
  subscription: Subscription,
  choice: CardChoice,
): Payment {
  const payment = createUpdateLink(
    context,
    subscription,
    null,
    advanceClock(context, subscription),
  );
  payWithCard(context, payment, choice);
  return payment;
}

/** The portal cancels on-demand subscriptions at the next billing date only. @source dodo.md 5.9 */
export function cancelAsCustomer(
  context: SandboxContext,
  subscription: Subscription,
  when: "now" | "next_billing_date",
): void {
  const now = advanceClock(context, subscription);
  if (when === "now") cancelSubscription(context, subscription, now);
  else scheduleCancellation(context, subscription, true);
}
