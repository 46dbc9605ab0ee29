import type { Attempt, AttemptTrigger } from "../state/attempt.ts";
import type { Debt } from "../state/debt.ts";
import { type Payment, paymentStateOf, priceMinorOf, type Subscription } from "../state/payment.ts";
import type { ChargeRequest } from "../state/requested-charge.ts";
import { type DebtId, debtIdOf, parseAttemptKey } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";
import { distinctDebtKey } from "./attribution.ts";

/** One debt, as Dodo's payments show it: the charge that failed, and what was tried since. */
export type DebtPayments = {
  readonly first: Payment;
  /** Later failures that are taken for the merchant's own retries of it. */
  readonly retries: readonly Payment[];
};

/** What is owed since `first` failed. */
export function debtFromPayment(first: Payment, subscription: Subscription): Debt {
  const priceMinor = priceMinorOf(first, subscription);
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
    isChargeable: first.currency === subscription.currency && priceMinor > 0,
  };
}

/** What is owed because the merchant asked us to charge it. */
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

/** Payments that carry this debt's key, by their numbers. */
export function paymentsWithKeyOf(
  debtId: DebtId,
  payments: readonly Payment[],
): { readonly payment: Payment; readonly number: number }[] {
  return payments.flatMap((payment) => {
    const key = parseAttemptKey(payment.attemptKey);
    return key?.debtId === debtId ? [{ payment, number: key.number }] : [];
  });
}

/** An attempt whose payment has ended. @param now when its end became known */
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
    result: paymentStateOf(payment) === "succeeded" ? "succeeded" : "declined",
    declineCode: payment.declineCode,
    methodId: payment.methodId,
  };
}

/**
 * The attempts that a debt has seen already: its first failure, the merchant's retries, and those of ours that carry
 * its key (a restored Temporal knows nothing of them).
 *
 * @param payments all of the subscription's
 */
export function attemptsFromPayments(
  { first, retries }: DebtPayments,
  payments: readonly Payment[],
  subscription: Subscription,
  now: Instant,
): Attempt[] {
  const debtId = debtIdOf(first.paymentId);
  const theirs = [first, ...retries].map((payment, index) => ({ payment, number: index + 1 }));
  const ours = paymentsWithKeyOf(debtId, payments).filter(({ payment }) =>
    ["succeeded", "declined"].includes(paymentStateOf(payment)),
  );
  const theirTrigger = subscription.onDemand ? "charge" : "renewal";
  const attempts = [...theirs, ...ours].map(({ payment, number }): Attempt => {
    const trigger = payment.attemptKey === null ? theirTrigger : "schedule";
    const methodId = payment.methodId ?? (payment === first ? subscription.methodId : null);
    return { ...attemptFromPayment(payment, number, trigger, now), methodId };
  });
  return attempts.toSorted((a, b) => a.number - b.number || a.startedAt - b.startedAt);
}
