/** How a payment is made, and how it plays out. */
import { newId } from "./state/ids.ts";
import {
  changeStatus,
  isEnded,
  advancePaymentClock,
  addInterval,
  emitPaymentEvent,
  emitSubscriptionEvent,
  advanceClock,
} from "./lifecycle.ts";
import { delayMsOf, resultOf, type PaymentResult, type Outcome } from "./state/outcome.ts";
import {
  addPayment,
  isOpen,
  type Metadata,
  type Payment,
  type PaymentMethod,
  type Subscription,
} from "./state/entities.ts";
import type { PaymentStatus } from "./state/statuses.ts";
import type { SandboxContext } from "./context.ts";

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

export type NewPayment = Pick<
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

export function createPayment(context: SandboxContext, draft: NewPayment, now: number): Payment {
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
    recordedAt: Date.now(),
    refunds: [],
    disputes: [],
    collects: [],
    collectedBy: null,
    ends: [],
    settling: false,
    ...draft,
  };
  addPayment(context.store, payment);
  if (context.settings.announceProcessing && payment.status === "processing") {
    emitPaymentEvent(context, payment, "payment.processing");
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
  context: SandboxContext,
  subscription: Subscription,
  charge: OffSessionCharge,
  now: number,
): Payment {
  const method = currentMethod(context, subscription);
  const { outcome, priceMinor, ...fields } = charge;
  const payment = createPayment(
    context,
    {
      ...fields,
      ...amountsOf(subscription, priceMinor),
      customerId: subscription.customerId,
      subscriptionIds: [subscription.subscriptionId],
      ...methodFields(method),
    },
    now,
  );
  scheduleResult(context, payment, outcome ?? nextOutcome(subscription, method));
  return payment;
}

export function currentMethod(
  { store }: SandboxContext,
  { customerId, methodId }: Subscription,
): PaymentMethod | null {
  const methods = store.customers.get(customerId)?.methods ?? [];
  return methods.find(({ paymentMethodId }) => paymentMethodId === methodId) ?? null;
}

export function methodFields(method: PaymentMethod | null): Pick<Payment, "methodId" | "card"> {
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
export function scheduleResult(context: SandboxContext, payment: Payment, outcome: Outcome): void {
  const ending = resultOf(outcome);
  payment.settling = true;
  context.timers.after(delayMsOf(outcome, context.settings.settleMs), () => {
    payment.settling = false;
    if (isOpen(payment)) applyResult(context, payment, ending);
  });
}

export function applyResult(
  context: SandboxContext,
  payment: Payment,
  ending: PaymentResult,
): void {
  payment.updatedAt = advancePaymentClock(context, payment);
  switch (ending.kind) {
    case "succeeded":
      recordEnd(payment, "succeeded", null);
      applySuccess(context, payment);
      return;
    case "failed":
      recordEnd(payment, "failed", ending.code);
      emitPaymentEvent(context, payment, "payment.failed");
      for (const one of subscriptionsOfPayment(context, payment))
        updateAfterFailure(context, one, payment);
      return;
    case "cancelled":
      recordEnd(payment, "cancelled", null);
      emitPaymentEvent(context, payment, "payment.cancelled");
      return;
    case "stay":
      payment.status = ending.status;
      if (ending.status === "processing") emitPaymentEvent(context, payment, "payment.processing");
      return;
  }
}

function recordEnd(payment: Payment, status: PaymentStatus, errorCode: string | null): void {
  Object.assign(payment, { status, errorCode });
  payment.ends.push({ at: payment.updatedAt, status, errorCode });
}

function subscriptionsOfPayment(
  { store }: SandboxContext,
  { subscriptionIds }: Payment,
): Subscription[] {
  return subscriptionIds
    .map((id) => store.subscriptions.get(id))
    .filter((one) => one !== undefined);
}

function applySuccess(context: SandboxContext, payment: Payment): void {
  const { store } = context;
  const methods = store.customers.get(payment.customerId)?.methods ?? [];
  for (const method of methods) {
    if (method.paymentMethodId === payment.methodId) method.lastUsedAt = payment.updatedAt;
  }
  for (const id of payment.collects) {
    const collected = store.payments.get(id);
    if (collected !== undefined) collected.collectedBy = payment.paymentId;
  }
  emitPaymentEvent(context, payment, "payment.succeeded");
  for (const one of subscriptionsOfPayment(context, payment))
    updateAfterSuccess(context, one, payment);
}

/** @source dodo.md 4.5 and 6.1 */
function updateAfterSuccess(
  context: SandboxContext,
  subscription: Subscription,
  payment: Payment,
): void {
  const isNewMethod = payment.origin === "dues" || payment.origin === "checkout";
  if (isNewMethod && payment.methodId !== null) setPaymentMethod(subscription, payment.methodId);
  if (isEnded(subscription.status)) return;
  if (payment.totalMinor > 0) {
    subscription.previousBillingAt = payment.updatedAt;
    subscription.nextBillingAt = addInterval(payment.updatedAt, subscription.interval);
  }
  const isReactivating = isNewMethod || subscription.behaviour.onSuccess === "active";
  if (isReactivating) reactivate(context, subscription, payment);
  if (payment.totalMinor > 0 && context.settings.renewedEvents && payment.origin !== "checkout") {
    emitSubscriptionEvent(context, subscription, "subscription.renewed");
  }
  if (payment.origin === "dues") {
    emitSubscriptionEvent(context, subscription, "subscription.update_payment_method");
  }
}

/** The default outcome was that of the card before. */
export function setPaymentMethod(subscription: Subscription, methodId: string): void {
  subscription.methodId = methodId;
  subscription.behaviour.defaultOutcome = null;
}

function reactivate(context: SandboxContext, subscription: Subscription, payment: Payment): void {
  const { status, pausedAt } = subscription;
  if (status === "paused") return;
  // A hold from an unpaid pause settlement goes back to paused. @source dodo.md 2.3
  if (status === "on_hold" && pausedAt !== null && payment.origin === "dues") {
    changeStatus(context, subscription, "paused", "subscription.paused");
    return;
  }
  subscription.pastDueEndsAt = null;
  if (status !== "active" || context.settings.activeEvents === "always") {
    changeStatus(context, subscription, "active", "subscription.active");
  }
}

/** @source dodo.md 4.5 and 5.6 */
function updateAfterFailure(
  context: SandboxContext,
  subscription: Subscription,
  payment: Payment,
): void {
  const now = advanceClock(context, subscription);
  if (payment.origin === "checkout") {
    if (subscription.status !== "pending") return;
    changeStatus(context, subscription, "failed", "subscription.failed");
    return;
  }
  const { onFailure, graceDays } = subscription.behaviour;
  if (payment.origin === "dues" || subscription.status !== "active") return;
  if (onFailure === "on_hold") {
    changeStatus(context, subscription, "on_hold", "subscription.on_hold");
  } else if (onFailure === "past_due") {
    subscription.pastDueEndsAt = now + graceDays * DAY_MS;
    changeStatus(context, subscription, "past_due", "subscription.past_due");
  }
}
