import type { Policy } from "../policy.ts";
import { paymentIdsOf, presumptionOf } from "../state/facts.ts";
import { type Payment, standingOf } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { type DebtId, parseAttemptKey, type PaymentId } from "../values/ids.ts";
import { DAY_MS, type Instant } from "../values/time.ts";

/** How long a page that the customer left may still be paid on, where Dodo names no end. */
export const ABANDONED_PAGE_MS = DAY_MS;

/** What must be known of a debt to tell what a payment is to it; plain JSON, for activities too. */
export type DebtView = {
  readonly debtId: DebtId;
  readonly failedPaymentId: PaymentId | null;
  readonly firstFailedAt: Instant;
  readonly methodId: string | null;
  readonly heldSeen: boolean;
  readonly linkPaymentId: PaymentId | null;
  readonly answered: readonly string[];
  readonly dealtWith: readonly string[];
  /** Payments that are other debts', by name: what they began with, and what settled those that ended. */
  readonly others: readonly string[];
  /** What is presumed of a payment that nothing tells apart. */
  readonly foreignCharges: Policy["foreignCharges"];
  /** The policy's `debt_key`, under which payments are read. */
  readonly debtKeyName: string | null;
  readonly debtKey: string | null;
  /** The subscription's own value, which says nothing. */
  readonly subscriptionKey: string | null;
};

export function debtViewOf(recovery: Recovery): DebtView | null {
  const { debt, heldSeen, link, answered, dealtWith, policy, subscription } = recovery;
  if (debt === null) return null;
  return {
    debtId: debt.id,
    failedPaymentId: debt.failedPaymentId,
    firstFailedAt: debt.firstFailedAt,
    methodId: debt.methodId,
    heldSeen,
    linkPaymentId: link?.paymentId ?? null,
    answered,
    dealtWith,
    others: otherPaymentsOf(recovery),
    foreignCharges: presumptionOf(recovery),
    debtKeyName: policy?.debtKey ?? null,
    debtKey: debt.debtKey,
    subscriptionKey: subscription?.debtKey ?? null,
  };
}

function otherPaymentsOf({ queue, ended }: Recovery): string[] {
  const settled = ended.map(({ paymentId }) => paymentId).filter((id) => id !== null);
  return [
    ...queue.flatMap(({ attempts }) => paymentIdsOf(attempts)),
    ...settled,
    ...ended.flatMap(({ attempts }) => paymentIdsOf(attempts)),
  ];
}

/**
 * What a payment is to a debt. `dealt_with` holds only while it has not succeeded: a card that was declined on a
 * page may be followed there by one that is not.
 */
export type Place =
  | { readonly kind: "first" | "same_debt" | "link" | "collection" | "foreign" }
  | { readonly kind: "own"; readonly number: number }
  | { readonly kind: "before" | "other_debt" | "answered" | "dealt_with" };

export function placeOf(payment: Payment, view: DebtView): Place {
  const { paymentId } = payment;
  const key = parseAttemptKey(payment.attemptKey);
  if (key !== null) {
    return key.debtId === view.debtId
      ? { kind: "own", number: key.number }
      : { kind: "other_debt" };
  }
  if (paymentId === view.failedPaymentId) return { kind: "first" };
  if (view.others.includes(paymentId)) return { kind: "other_debt" };
  if (paymentId === view.linkPaymentId) return { kind: "link" };
  if (view.answered.includes(paymentId)) return { kind: "answered" };
  if (payment.createdAt < view.firstFailedAt) return { kind: "before" };
  if (isOtherByKey(payment, view)) return { kind: "other_debt" };
  if (isCollection(payment, view)) return { kind: "collection" };
  const isSuccess = standingOf(payment) === "succeeded";
  if (view.dealtWith.includes(paymentId) && !isSuccess) return { kind: "dealt_with" };
  return isSameByKey(payment, view) ? { kind: "same_debt" } : { kind: "foreign" };
}

/** What a payment's `debt_key` says; null where it says nothing. @source design, "Debts" */
export function saidKey(payment: Payment, subscriptionKey: string | null): string | null {
  const { debtKey } = payment;
  return debtKey === subscriptionKey ? null : debtKey;
}

function isSameByKey(payment: Payment, view: DebtView): boolean {
  const key = saidKey(payment, view.subscriptionKey);
  return key !== null && key === view.debtKey;
}

function isOtherByKey(payment: Payment, view: DebtView): boolean {
  const key = saidKey(payment, view.subscriptionKey);
  return key !== null && view.debtKey !== null && key !== view.debtKey;
}

/** @source design, "Debts": a success that changed the method on a hold is Dodo's collection of the dues */
function isCollection(payment: Payment, view: DebtView): boolean {
  if (standingOf(payment) !== "succeeded" || payment.totalMinor <= 0) return false;
  if (payment.isMultiSubscription) return false;
  // Only a hold has dues: that one was never seen does not matter. @source dodo.md 6.1
  if (payment.isMethodUpdate) return true;
  const { methodId } = payment;
  const isOther = methodId !== null && view.methodId !== null && methodId !== view.methodId;
  return view.heldSeen && isOther;
}

/** The debt is paid, or may be: nobody is charged, asked, or cancelled over it. */
export function maySettle(payment: Payment, view: DebtView): boolean {
  if (standingOf(payment) !== "succeeded" || payment.totalMinor <= 0) return false;
  const { kind } = placeOf(payment, view);
  if (kind === "foreign") return view.foreignCharges !== "new_debt";
  return !["before", "other_debt", "answered"].includes(kind);
}

/** Nothing may be charged while this payment is as it is: it may have paid the debt, or may still do so. */
export function barsCharge(payment: Payment, view: DebtView, now: Instant): boolean {
  switch (standingOf(payment)) {
    case "declined":
      return false;
    case "open":
      // Also another debt's: Dodo takes one payment of a subscription at a time.
      return true;
    case "succeeded":
      // One that no read has placed yet bars too, whatever the policy presumes of it.
      return maySettle(payment, view) || isUnplaced(payment, view);
    case "abandoned":
      return isPageOpen(payment, view, now);
  }
}

function isUnplaced(payment: Payment, view: DebtView): boolean {
  return payment.totalMinor > 0 && placeOf(payment, view).kind === "foreign";
}

/** A page of Dodo's that somebody left, and may come back to. */
export function isPageOpen(payment: Payment, view: DebtView, now: Instant): boolean {
  if (standingOf(payment) !== "abandoned") return false;
  const { kind } = placeOf(payment, view);
  if (kind !== "foreign" && kind !== "link" && kind !== "same_debt") return false;
  return now < payment.createdAt + ABANDONED_PAGE_MS;
}
