/** What the customer does: pays, changes the card, cancels. */
import { CARDS, declining, type CardName, type CardSpec } from "./state/cards.ts";
import { conclude } from "./payments.ts";
import { makeLink } from "./dues.ts";
import { newId } from "./state/ids.ts";
import { cancel, isAbandoned, paymentTime, scheduleCancellation, timeOf } from "./lifecycle.ts";
import { endingOf } from "./state/outcome.ts";
import { Refusal } from "./errors.ts";
import {
  isOpen,
  paymentsOf,
  type Customer,
  type Payment,
  type PaymentMethod,
  type Subscription,
} from "./state/entities.ts";
import type { World } from "./context.ts";

/** One of the page's cards, or one that is refused with a code. */
export type CardChoice = CardName | { readonly declines: string };

export function specOf(choice: CardChoice): CardSpec {
  return typeof choice === "string"
    ? CARDS[choice]
    : declining(`Refused: ${choice.declines}`, "0119", choice.declines);
}

export function addMethod(customer: Customer, spec: CardSpec, now: number): PaymentMethod {
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
export function payWith(world: World, payment: Payment, choice: CardChoice): void {
  const now = paymentTime(world, payment);
  const customer = world.books.customers.get(payment.customerId);
  if (!isPayable(payment, now) || customer === undefined) {
    throw new Refusal("PAYMENT_NOT_PAYABLE", `Payment is ${payment.status ?? "null"}`, 409);
  }
  const spec = specOf(choice);
  const ending = endingOf(spec.onSession);
  payment.card = { lastFour: spec.lastFour, network: spec.network };
  const settle = (): void => {
    if (!isOpen(payment)) return;
    if (ending.kind === "succeeded")
      payment.methodId = addMethod(customer, spec, now).paymentMethodId;
    conclude(world, payment, ending);
  };
  const { hostedSettleMs } = world.settings;
  if (hostedSettleMs === 0 || ending.kind === "stay") {
    settle();
    return;
  }
  payment.status = "processing";
  payment.updatedAt = now;
  world.timers.after(hostedSettleMs, settle);
}

/** Pays on the newest page that is still open, else on a new one, as the portal makes it. */
export function payAsCustomer(
  world: World,
  subscription: Subscription,
  choice: CardChoice,
): Payment {
  const now = timeOf(world, subscription);
  const open = paymentsOf(world.books, subscription.subscriptionId).findLast((payment) =>
    isPayable(payment, now),
  );
  const payment = open ?? makeLink(world, subscription, null, now);
  payWith(world, payment, choice);
  return payment;
}

/** In the portal; on a hold it collects the dues. @source dodo.md 6.2 */
export function changeMethod(
  world: World,
  subscription: Subscription,
  choice: CardChoice,
): Payment {
  const payment = makeLink(world, subscription, null, timeOf(world, subscription));
  payWith(world, payment, choice);
  return payment;
}

/** The portal cancels on-demand subscriptions at the next billing date only. @source dodo.md 5.9 */
export function cancelAsCustomer(
  world: World,
  subscription: Subscription,
  when: "now" | "next_billing_date",
): void {
  const now = timeOf(world, subscription);
  if (when === "now") cancel(world, subscription, now);
  else scheduleCancellation(world, subscription, true);
}
