/** How a payment is made, and how it plays out. */
import { newId } from "./state/ids.ts";
import {
  changeStatus,
  isEnded,
  paymentTime,
  periodAfter,
  tellPayment,
  tellSubscription,
  timeOf,
} from "./lifecycle.ts";
import { delayOf, endingOf, type Ending, type Outcome } from "./state/outcome.ts";
import {
  addPayment,
  isOpen,
  type Metadata,
  type Payment,
  type PaymentMethod,
  type Subscription,
} from "./state/entities.ts";
import type { PaymentStatus } from "./state/statuses.ts";
import type { World } from "./context.ts";

const DAY_MS = 86_400_000;

/** Tax comes on top unless the price includes it. @source dodo.md 5.2 */
export function amountsOf(
  { taxInclusive, taxRate }: Subscription,
  priceMinor: number,
): { readonly totalMinor: number; readonly taxMinor: number } {
  if (taxInclusive) {
    return {
      totalMinor: priceMinor,
      taxMinor: priceMinor - Math.round(priceMinor / (1 + taxRate)),
    };
  }
  const taxMinor = Math.round(priceMinor * taxRate);
  return { totalMinor: priceMinor + taxMinor, taxMinor };
}

export type Draft = Pick<
  Payment,
  "customerId" | "subscriptionIds" | "origin" | "totalMinor" | "taxMinor" | "currency" | "metadata"
> &
  Partial<
    Pick<
      Payment,
      | "status"
      | "retryAttempt"
      | "description"
      | "methodId"
      | "card"
      | "link"
      | "invoiceId"
      | "checkoutSessionId"
      | "collects"
    >
  >;

export function makePayment(world: World, draft: Draft, now: number): Payment {
  const payment: Payment = {
    paymentId: newId("pay"),
    status: "processing",
    errorCode: null,
    retryAttempt: 0,
    description: null,
    methodId: null,
    card: null,
    link: null,
    invoiceId: newId("inv"),
    checkoutSessionId: null,
    createdAt: now,
    updatedAt: now,
    madeAt: Date.now(),
    refunds: [],
    disputes: [],
    collects: [],
    collectedBy: null,
    ends: [],
    settling: false,
    ...draft,
  };
  addPayment(world.books, payment);
  if (world.settings.announceProcessing && payment.status === "processing") {
    tellPayment(world, payment, "payment.processing");
  }
  return payment;
}

export type OffSessionCharge = {
  readonly origin: "charge" | "merchant" | "manual_retry";
  readonly priceMinor: number;
  readonly currency: string;
  readonly metadata: Metadata;
  readonly description?: string | null;
  readonly retryAttempt?: number;
  readonly invoiceId?: string;
  /** Instead of what the script says. */
  readonly outcome?: Outcome | undefined;
};

/** Charges the method on file; its end comes later. */
export function chargeOffSession(
  world: World,
  subscription: Subscription,
  charge: OffSessionCharge,
  now: number,
): Payment {
  const method = methodOf(world, subscription);
  const { outcome, priceMinor, ...fields } = charge;
  const payment = makePayment(
    world,
    {
      ...fields,
      ...amountsOf(subscription, priceMinor),
      customerId: subscription.customerId,
      subscriptionIds: [subscription.subscriptionId],
      ...faceOf(method),
    },
    now,
  );
  play(world, payment, outcome ?? nextOutcome(subscription, method));
  return payment;
}

export function methodOf(
  { books }: World,
  { customerId, methodId }: Subscription,
): PaymentMethod | null {
  const methods = books.customers.get(customerId)?.methods ?? [];
  return methods.find(({ paymentMethodId }) => paymentMethodId === methodId) ?? null;
}

export function faceOf(method: PaymentMethod | null): Pick<Payment, "methodId" | "card"> {
  if (method === null) return { methodId: null, card: null };
  const { paymentMethodId, lastFour, network } = method;
  return { methodId: paymentMethodId, card: { lastFour, network } };
}

/** The script's next line, else its default, else what the card does. */
export function nextOutcome(subscription: Subscription, method: PaymentMethod | null): Outcome {
  const { outcomes, defaultOutcome } = subscription.behaviour;
  return (
    outcomes.shift() ??
    defaultOutcome ??
    method?.outcome ?? { decline: "PAYMENT_METHOD_UNSUPPORTED" }
  );
}

/** Brings a payment to its end after the time that settling takes. */
export function play(world: World, payment: Payment, outcome: Outcome): void {
  const ending = endingOf(outcome);
  payment.settling = true;
  world.timers.after(delayOf(outcome, world.settings.settleMs), () => {
    payment.settling = false;
    if (isOpen(payment)) conclude(world, payment, ending);
  });
}

export function conclude(world: World, payment: Payment, ending: Ending): void {
  payment.updatedAt = paymentTime(world, payment);
  switch (ending.kind) {
    case "succeeded":
      end(payment, "succeeded", null);
      succeed(world, payment);
      return;
    case "failed":
      end(payment, "failed", ending.code);
      tellPayment(world, payment, "payment.failed");
      for (const one of subscriptionsOf(world, payment)) afterFailure(world, one, payment);
      return;
    case "cancelled":
      end(payment, "cancelled", null);
      tellPayment(world, payment, "payment.cancelled");
      return;
    case "stay":
      payment.status = ending.status;
      if (ending.status === "processing") tellPayment(world, payment, "payment.processing");
      return;
  }
}

function end(payment: Payment, status: PaymentStatus, errorCode: string | null): void {
  Object.assign(payment, { status, errorCode });
  payment.ends.push({ at: payment.updatedAt, status, errorCode });
}

function subscriptionsOf({ books }: World, { subscriptionIds }: Payment): Subscription[] {
  return subscriptionIds
    .map((id) => books.subscriptions.get(id))
    .filter((one) => one !== undefined);
}

function succeed(world: World, payment: Payment): void {
  const { books } = world;
  const methods = books.customers.get(payment.customerId)?.methods ?? [];
  for (const method of methods) {
    if (method.paymentMethodId === payment.methodId) method.lastUsedAt = payment.updatedAt;
  }
  for (const id of payment.collects) {
    const collected = books.payments.get(id);
    if (collected !== undefined) collected.collectedBy = payment.paymentId;
  }
  tellPayment(world, payment, "payment.succeeded");
  for (const one of subscriptionsOf(world, payment)) afterSuccess(world, one, payment);
}

/** @source dodo.md 4.5 and 6.1 */
function afterSuccess(world: World, subscription: Subscription, payment: Payment): void {
  const isNewMethod = payment.origin === "dues" || payment.origin === "checkout";
  if (isNewMethod && payment.methodId !== null) takeMethod(subscription, payment.methodId);
  if (isEnded(subscription.status)) return;
  if (payment.totalMinor > 0) {
    subscription.previousBillingAt = payment.updatedAt;
    subscription.nextBillingAt = periodAfter(payment.updatedAt, subscription.interval);
  }
  const isReactivating = isNewMethod || subscription.behaviour.onSuccess === "active";
  if (isReactivating) reactivate(world, subscription, payment);
  if (payment.totalMinor > 0 && world.settings.renewedEvents && payment.origin !== "checkout") {
    tellSubscription(world, subscription, "subscription.renewed");
  }
  if (payment.origin === "dues") {
    tellSubscription(world, subscription, "subscription.update_payment_method");
  }
}

/** The default outcome was that of the card before. */
export function takeMethod(subscription: Subscription, methodId: string): void {
  subscription.methodId = methodId;
  subscription.behaviour.defaultOutcome = null;
}

function reactivate(world: World, subscription: Subscription, payment: Payment): void {
  const { status, pausedAt } = subscription;
  if (status === "paused") return;
  // A hold from an unpaid pause settlement goes back to paused. @source dodo.md 2.3
  if (status === "on_hold" && pausedAt !== null && payment.origin === "dues") {
    changeStatus(world, subscription, "paused", "subscription.paused");
    return;
  }
  subscription.pastDueEndsAt = null;
  if (status !== "active" || world.settings.activeEvents === "always") {
    changeStatus(world, subscription, "active", "subscription.active");
  }
}

/** @source dodo.md 4.5 and 5.6 */
function afterFailure(world: World, subscription: Subscription, payment: Payment): void {
  const now = timeOf(world, subscription);
  if (payment.origin === "checkout") {
    if (subscription.status !== "pending") return;
    changeStatus(world, subscription, "failed", "subscription.failed");
    return;
  }
  const { onFailure, graceDays } = subscription.behaviour;
  if (payment.origin === "dues" || subscription.status !== "active") return;
  if (onFailure === "on_hold") {
    changeStatus(world, subscription, "on_hold", "subscription.on_hold");
  } else if (onFailure === "past_due") {
    subscription.pastDueEndsAt = now + graceDays * DAY_MS;
    changeStatus(world, subscription, "past_due", "subscription.past_due");
  }
}
