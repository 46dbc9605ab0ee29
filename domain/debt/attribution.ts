import type { Policy } from "../policy.ts";
import { paymentIdsOf, unattributedPaymentPolicy } from "../state/facts.ts";
import type { Payment } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { type DebtId, parseAttemptKey, type PaymentId } from "../values/ids.ts";
import { DAY_MS, type Instant } from "../values/time.ts";

/** How long a page that the customer left may still be paid on, where Dodo names no end. */
export const ABANDONED_PAGE_MS = DAY_MS;

/** What must be known of a debt to tell what a payment is to it; plain JSON, for activities too. */
export type DebtContext = {
  readonly debtId: DebtId;
  readonly failedPaymentId: PaymentId | null;
  readonly firstFailedAt: Instant;
  readonly methodId: string | null;
  readonly wasHeld: boolean;
  readonly linkPaymentId: PaymentId | null;
  readonly excludedPayments: readonly string[];
  readonly handledPayments: readonly string[];
  /** Payments that are other debts', by name: what they began with, and what settled those that ended. */
  readonly otherPayments: readonly string[];
  /** What is presumed of a payment that nothing tells apart. */
  readonly foreignCharges: Policy["foreignCharges"];
  /** The policy's `debt_key`, under which payments are read. */
  readonly debtKeyName: string | null;
  readonly debtKey: string | null;
  /** The subscription's own value, which says nothing. */
  readonly subscriptionKey: string | null;
};

export function debtContextOf(recovery: Recovery): DebtContext | null {
  const { debt, wasHeld, paymentLink, excludedPayments, handledPayments, policy, subscription } =
    recovery;
  if (debt === null) return null;
  return {
    debtId: debt.id,
    failedPaymentId: debt.failedPaymentId,
    firstFailedAt: debt.firstFailedAt,
    methodId: debt.methodId,
    wasHeld,
    linkPaymentId: paymentLink?.paymentId ?? null,
    excludedPayments,
    handledPayments,
    otherPayments: paymentsOfOtherDebts(recovery),
    foreignCharges: unattributedPaymentPolicy(recovery),
    debtKeyName: policy?.debtKey ?? null,
    debtKey: debt.debtKey,
    subscriptionKey: subscription?.debtKey ?? null,
  };
}

function paymentsOfOtherDebts({ queue, ended }: Recovery): string[] {
  const settled = ended.map(({ paymentId }) => paymentId).filter((id) => id !== null);
  return [
    ...queue.flatMap(({ attempts }) => paymentIdsOf(attempts)),
    ...settled,
    ...ended.flatMap(({ attempts }) => paymentIdsOf(attempts)),
  ];
}

/**
 * What a payment is to a debt. `handled` holds only while it has not succeeded: a card that was declined on a
 * page may be followed there by one that is not.
 */
export type Attribution =
  | { readonly kind: "first_failure" | "same_debt" | "payment_link" | "dues" | "unattributed" }
  | { readonly kind: "attempt"; readonly number: number }
  | { readonly kind: "earlier_payment" | "other_debt" | "excluded" | "handled" };

export function attributePayment(payment: Payment, view: DebtContext): Attribution {
  const { paymentId } = payment;
  const key = parseAttemptKey(payment.attemptKey);
  if (key !== null) {
    return key.debtId === view.debtId
      ? { kind: "attempt", number: key.number }
      : { kind: "other_debt" };
  }
  if (paymentId === view.failedPaymentId) return { kind: "first_failure" };
  if (view.otherPayments.includes(paymentId)) return { kind: "other_debt" };
  if (paymentId === view.linkPaymentId) return { kind: "payment_link" };
  if (view.excludedPayments.includes(paymentId)) return { kind: "excluded" };
  if (payment.createdAt < view.firstFailedAt) return { kind: "earlier_payment" };
  if (isOtherByKey(payment, view)) return { kind: "other_debt" };
  if (isCollection(payment, view)) return { kind: "dues" };
  const isSuccess = payment.state === "succeeded";
  if (view.handledPayments.includes(paymentId) && !isSuccess) return { kind: "handled" };
  return isSameByKey(payment, view) ? { kind: "same_debt" } : { kind: "unattributed" };
}

/** What a payment's `debt_key` says; null where it says nothing. @source design, "Debts" */
export function distinctDebtKey(payment: Payment, subscriptionKey: string | null): string | null {
  const { debtKey } = payment;
  return debtKey === subscriptionKey ? null : debtKey;
}

function isSameByKey(payment: Payment, view: DebtContext): boolean {
  const key = distinctDebtKey(payment, view.subscriptionKey);
  return key !== null && key === view.debtKey;
}

function isOtherByKey(payment: Payment, view: DebtContext): boolean {
  const key = distinctDebtKey(payment, view.subscriptionKey);
  return key !== null && view.debtKey !== null && key !== view.debtKey;
}

/** @source design, "Debts": a success that changed the method on a hold is Dodo's collection of the dues */
function isCollection(payment: Payment, view: DebtContext): boolean {
  if (payment.state !== "succeeded" || payment.totalMinor <= 0) return false;
  if (payment.isMultiSubscription) return false;
  // Only a hold has dues: that one was never seen does not matter. @source dodo.md 6.1
  if (payment.isMethodUpdate) return true;
  const { methodId } = payment;
  const isOther = methodId !== null && view.methodId !== null && methodId !== view.methodId;
  return view.wasHeld && isOther;
}

/** The debt is paid, or may be: nobody is charged, asked, or cancelled over it. */
export function canSettle(payment: Payment, view: DebtContext): boolean {
  if (payment.state !== "succeeded" || payment.totalMinor <= 0) return false;
  const { kind } = attributePayment(payment, view);
  if (kind === "unattributed") return view.foreignCharges !== "new_debt";
  return !["earlier_payment", "other_debt", "excluded"].includes(kind);
}

/** Nothing may be charged while this payment is as it is: it may have paid the debt, or may still do so. */
export function blocksCharge(payment: Payment, view: DebtContext, now: Instant): boolean {
  switch (payment.state) {
    case "declined":
    case "cancelled":
      return false;
    case "unconfirmed":
    case "open":
      // Also another debt's: Dodo takes one payment of a subscription at a time.
      return true;
    case "succeeded":
      // One that no read has placed yet bars too, whatever the policy presumes of it.
      return canSettle(payment, view) || isUnattributed(payment, view);
    case "abandoned":
      return isPageOpen(payment, view, now);
  }
}

function isUnattributed(payment: Payment, view: DebtContext): boolean {
  return payment.totalMinor > 0 && attributePayment(payment, view).kind === "unattributed";
}

/** A page of Dodo's that somebody left, and may come back to. */
export function isPageOpen(payment: Payment, view: DebtContext, now: Instant): boolean {
  if (payment.state !== "abandoned") return false;
  const { kind } = attributePayment(payment, view);
  if (kind !== "unattributed" && kind !== "payment_link" && kind !== "same_debt") return false;
  return now < payment.createdAt + ABANDONED_PAGE_MS;
}
