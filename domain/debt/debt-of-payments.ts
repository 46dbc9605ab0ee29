import type { Attempt, AttemptTrigger } from "../state/attempt.ts";
import type { Debt } from "../state/debt.ts";
import {
  hasFailed,
  type Payment,
  type PaymentWithAmount,
  type Subscription,
} from "../state/payment.ts";
import type { ChargeRequest } from "../state/requested-charge.ts";
import { type DebtId, debtIdOf, parseAttemptKey } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";
import { distinctDebtKey } from "./attribution.ts";
import { type PriceFacts, priceOf } from "./price.ts";

/** One debt as Dodo's payments show it. */
export type DebtPayments = {
  /** The payment that failed first. */
  readonly first: PaymentWithAmount;
  /** Later failures that count as retries of it by the merchant or Dodo. */
  readonly retries: readonly Payment[];
};

/** The debt that a failed payment leaves. */
export function debtFromPayment(first: PaymentWithAmount, facts: PriceFacts): Debt {
  const { subscription } = facts;
  const priceMinor = priceOf(first, facts);
  return {
    id: debtIdOf(first.paymentId),
    firstFailedAt: first.createdAt,
    priceMinor,
    currency: first.currency,
    totalMinor: first.totalMinor,
    failedPaymentId: first.paymentId,
    methodId: first.methodId,
    firstDeclineCode: first.declineCode,
    debtKey: distinctDebtKey(first, subscription.debtKey),
    isChargeable:
      first.currency !== "" && first.currency === subscription.currency && priceMinor !== 0,
  };
}

/** The debt of a requested charge. */
export function debtFromRequest(
  { chargeId, requestedAt, charge }: ChargeRequest,
  subscription: Subscription,
): Debt {
  return {
    id: chargeId,
    firstFailedAt: requestedAt,
    priceMinor: charge.amountMinor,
    currency: subscription.currency,
    totalMinor: charge.amountMinor,
    failedPaymentId: null,
    methodId: subscription.methodId,
    firstDeclineCode: null,
    debtKey: null,
    isChargeable: true,
    requested: charge,
  };
}

/** Payments that carry a key of this debt, with the attempt numbers of their keys. */
export function paymentsWithKeyOf(
  debtId: DebtId,
  payments: readonly Payment[],
): { readonly payment: Payment; readonly number: number }[] {
  return payments.flatMap((payment) => {
    const key = parseAttemptKey(payment.attemptKey);
    return key?.debtId === debtId ? [{ payment, number: key.number }] : [];
  });
}

/** The attempt of a payment that has ended. @param now when the outcome became known */
export function attemptFromPayment(
  payment: Payment,
  number: number,
  trigger: AttemptTrigger,
  now: Instant,
): Attempt {
  return {
    number,
    trigger,
    startedAt: payment.createdAt,
    endedAt: now,
    paymentId: payment.paymentId,
    result: payment.state === "succeeded" ? "succeeded" : "declined",
    declineCode: payment.declineCode,
    methodId: payment.methodId,
  };
}

/**
 * The attempts that a debt has had: its first failure, retries by the merchant or Dodo, and our own attempts, which
 * carry its key. A Temporal that was restored from a backup may know nothing of the latter.
 *
 * @param payments all payments of the subscription
 */
export function attemptsFromPayments(
  { first, retries }: DebtPayments,
  payments: readonly Payment[],
  subscription: Subscription,
  now: Instant,
): Attempt[] {
  const debtId = debtIdOf(first.paymentId);
  const madeElsewhere = [first, ...retries].map((payment, index) => ({
    payment,
    number: index + 1,
  }));
  const ownAttempts = paymentsWithKeyOf(debtId, payments).filter(
    ({ payment }) => payment.state === "succeeded" || hasFailed(payment),
  );
  const triggerElsewhere = subscription.onDemand ? "charge" : "renewal";
  const attempts = [...madeElsewhere, ...ownAttempts].map(({ payment, number }): Attempt => {
    const trigger = payment.attemptKey === null ? triggerElsewhere : "schedule";
    const methodId = payment.methodId ?? (payment === first ? subscription.methodId : null);
    return { ...attemptFromPayment(payment, number, trigger, now), methodId };
  });
  return attempts.toSorted((a, b) => a.number - b.number || a.startedAt - b.startedAt);
}
