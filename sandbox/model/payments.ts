/** How a payment is created and charged. `payment-results.ts` says what follows from its result. */
import type { SandboxContext } from "./context.ts";
import { notFound } from "./errors.ts";
import { emitPaymentEvent } from "./events.ts";
import { applyResult } from "./payment-results.ts";
import {
  isOpen,
  type Metadata,
  type Payment,
  type PaymentMethod,
  type Subscription,
} from "./state/entities.ts";
import { newId } from "./state/ids.ts";
import { delayMsOf, resultOf, type Outcome } from "./state/outcome.ts";
import { addPayment } from "./state/store.ts";

/** Adds tax to the price, unless the price includes it. @source docs/dodo/charging.md, "Amounts" */
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

export function createPayment(context: SandboxContext, fields: NewPayment, now: number): Payment {
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
    ...fields,
  };
  addPayment(context.store, payment);
  if (context.settings.announceProcessing && payment.status === "processing") {
    emitPaymentEvent(context, payment, "payment.processing");
  }
  return payment;
}

/** @throws ApiError `NOT_FOUND` */
export function getPayment({ store }: SandboxContext, id: string): Payment {
  const payment = store.payments.get(id);
  if (payment === undefined) throw notFound(`Payment ${id}`);
  return payment;
}

export type OffSessionCharge = {
  readonly origin: "charge" | "merchant" | "manual_retry";
  /** Before tax, unless the price includes it. */
  readonly priceMinor: number;
  readonly currency: string;
  readonly metadata: Metadata;
  readonly description?: string | null;
  readonly retryAttempt?: number;
  readonly invoiceId?: string;
  /** Takes precedence over the scripted outcomes. */
  readonly outcome?: Outcome | undefined;
};

/** Charges the payment method on file. The result follows after `settleMs`. */
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

function currentMethod(
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

/** The next scripted outcome, else the subscription's default, else the payment method's. */
export function nextOutcome(subscription: Subscription, method: PaymentMethod | null): Outcome {
  const { outcomes, defaultOutcome } = subscription.behaviour;
  return (
    outcomes.shift() ??
    defaultOutcome ??
    method?.outcome ?? { decline: "PAYMENT_METHOD_UNSUPPORTED" }
  );
}

/** Applies the outcome after its own delay, or after `settleMs`. */
export function scheduleResult(context: SandboxContext, payment: Payment, outcome: Outcome): void {
  const result = resultOf(outcome);
  payment.settling = true;
  context.timers.after(delayMsOf(outcome, context.settings.settleMs), () => {
    payment.settling = false;
    if (isOpen(payment)) applyResult(context, payment, result);
  });
}
