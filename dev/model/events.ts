import { paymentStatus, subscriptionStatus } from "../../dodo/statuses.ts";
import type { Command } from "../../domain/state/command.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type {
  Evidence,
  Payment,
  PaymentWithAmount,
  Subscription,
} from "../../domain/state/payment.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { RequestedCharge } from "../../domain/state/requested-charge.ts";
import {
  attemptKeyOf,
  type EffectId,
  parseChargeId,
  parsePaymentId,
  parseSubscriptionId,
  type PaymentId,
} from "../../domain/values/ids.ts";
import { DAY_MS, type Instant } from "../../domain/values/time.ts";

function valid<T>(id: T | null): T {
  if (id === null) throw new Error("the id of a sample is malformed");
  return id;
}

export function paymentIdOf(text: string): PaymentId {
  return valid(parsePaymentId(text));
}

/** An ordinary failed payment of the same subscription that carries no key of ours. */
export function unattributedPayment(at: Instant, given: Partial<Payment> = {}): PaymentWithAmount {
  const payment: Payment = {
    paymentId: paymentIdOf("pay_foreign"),
    subscriptionIds: ["sub_1"],
    ...paymentStatus("failed"),
    createdAt: at,
    totalMinor: 2_900,
    taxMinor: 0,
    currency: "USD",
    declineCode: null,
    retryAttempt: 0,
    isMethodUpdate: false,
    isMultiSubscription: false,
    methodId: "pm_1",
    attemptKey: null,
    debtKey: null,
    ...given,
  };
  // A sample may lack the amount, as a payment of Dodo's may.
  return payment as PaymentWithAmount;
}

/** The payment of the attempt in flight, or of the next one. */
export function ownPayment(recovery: Recovery, at: Instant, given: Partial<Payment>): Payment {
  const { debt, charge, attempts } = recovery;
  const number = charge?.number ?? attempts.length + 1;
  const attemptKey = debt === null ? null : attemptKeyOf(debt.id, number);
  const paymentId = charge?.paymentId ?? paymentIdOf(`pay_own_${number}`);
  return unattributedPayment(at, { paymentId, attemptKey, ...given });
}

/** The subscription as the recovery last read it, with these changes. */
export function subscriptionAs(
  recovery: Recovery,
  given: Partial<Subscription> = {},
): Subscription {
  return {
    subscriptionId: valid(parseSubscriptionId("sub_1")),
    ...subscriptionStatus("on_hold"),
    onDemand: true,
    createdAt: recovery.openedAt,
    currency: "USD",
    taxInclusive: false,
    customerId: "cus_1",
    productId: "pdt_1",
    methodId: "pm_1",
    pausedAt: null,
    cancelAtNextBillingDate: false,
    debtKey: null,
    optedOut: false,
    ...recovery.subscription,
    ...given,
  };
}

export function paymentReported(
  payment: Payment,
  type = `payment.${payment.dodoStatus}`,
): DomainEvent {
  return { kind: "payment_reported", webhookId: "m", type, payment };
}

export function subscriptionReported(type: string, status: string | null): DomainEvent {
  return { kind: "subscription_reported", webhookId: "m", type, ...subscriptionStatus(status) };
}

export function dunningReported(type: string): DomainEvent {
  return { kind: "dodo_dunning_reported", webhookId: "m", type, dodoStatus: "recovering" };
}

export function commandGiven(command: Command): DomainEvent {
  return { kind: "command", commandId: "c", command };
}

export function readFinished(
  effectId: EffectId,
  at: Instant,
  subscription: Subscription,
  payments: readonly Payment[],
): DomainEvent {
  const evidence: Evidence = {
    readAt: at,
    subscription,
    payments,
    since: at - 30 * DAY_MS,
    endedDebts: [],
  };
  return { kind: "read_finished", effectId, outcome: { kind: "read", evidence } };
}

/**
 * A charge that the merchant requests through the API.
 * @param digit repeated 64 times to make the charge's id
 */
export function chargeRequested(
  at: Instant,
  { digit = "a", ...given }: Partial<RequestedCharge> & { readonly digit?: string } = {},
): DomainEvent & { readonly kind: "charge_requested" } {
  const charge: RequestedCharge = {
    amountMinor: 2_900,
    currency: null,
    description: null,
    feesInclusive: null,
    credits: null,
    metadata: {},
    ...given,
  };
  const chargeId = valid(parseChargeId(`charge-${digit.repeat(64)}`));
  return { kind: "charge_requested", request: { chargeId, requestedAt: at, charge } };
}
