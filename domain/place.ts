import { parseAttemptKey, type DebtId, type PaymentId } from "./ids.ts";
import { standingOf, type Payment } from "./payment.ts";
import type { Recovery } from "./recovery.ts";
import { DAY_MS, type Instant } from "./time.ts";

/** How long a page that the customer left may still be paid on, where Dodo names no end. */
export const ABANDONED_PAGE_MS = DAY_MS;

/** What must be known of a debt to tell what a payment is to it; plain JSON, for activities too. */
export type DebtView = {
  readonly debtId: DebtId;
  readonly failedPaymentId: PaymentId;
  readonly firstFailedAt: Instant;
  readonly methodId: string | null;
  readonly heldSeen: boolean;
  readonly linkPaymentId: PaymentId | null;
  readonly answered: readonly string[];
  readonly dealtWith: readonly string[];
};

export function debtViewOf(recovery: Recovery): DebtView | null {
  const { debt, heldSeen, link, answered, dealtWith } = recovery;
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
  };
}

/**
 * What a payment is to a debt. `dealt_with` holds only while it has not succeeded: a card that was declined on a
 * page may be followed there by one that is not.
 */
export type Place =
  | { readonly kind: "first" | "link" | "collection" | "foreign" }
  | { readonly kind: "own"; readonly number: number }
  | { readonly kind: "before" | "other_debt" | "answered" | "dealt_with" };

export function placeOf(payment: Payment, view: DebtView): Place {
  const { paymentId } = payment;
  if (paymentId === view.failedPaymentId) return { kind: "first" };
  const key = parseAttemptKey(payment.attemptKey);
  if (key !== null) {
    return key.debtId === view.debtId
      ? { kind: "own", number: key.number }
      : { kind: "other_debt" };
  }
  if (paymentId === view.linkPaymentId) return { kind: "link" };
  if (view.answered.includes(paymentId)) return { kind: "answered" };
  if (payment.createdAt < view.firstFailedAt) return { kind: "before" };
  if (isCollection(payment, view)) return { kind: "collection" };
  const isSuccess = standingOf(payment) === "succeeded";
  if (view.dealtWith.includes(paymentId) && !isSuccess) return { kind: "dealt_with" };
  return { kind: "foreign" };
}

/** @source design, "Debts": a success that changed the method on a hold is Dodo's collection of the dues */
function isCollection(payment: Payment, view: DebtView): boolean {
  if (standingOf(payment) !== "succeeded" || payment.totalMinor <= 0) return false;
  if (!view.heldSeen || payment.isMultiSubscription) return false;
  const { methodId } = payment;
  const isOther = methodId !== null && view.methodId !== null && methodId !== view.methodId;
  return payment.isMethodUpdate || isOther;
}

/** The debt is paid, or may be: nobody is charged, asked, or cancelled over it. */
export function maySettle(payment: Payment, view: DebtView): boolean {
  if (standingOf(payment) !== "succeeded" || payment.totalMinor <= 0) return false;
  return !["before", "other_debt", "answered"].includes(placeOf(payment, view).kind);
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
      return maySettle(payment, view);
    case "abandoned":
      return isPageOpen(payment, view, now);
  }
}

/** A page of Dodo's that somebody left, and may come back to. */
export function isPageOpen(payment: Payment, view: DebtView, now: Instant): boolean {
  if (standingOf(payment) !== "abandoned") return false;
  const { kind } = placeOf(payment, view);
  if (kind !== "foreign" && kind !== "link") return false;
  return now < payment.createdAt + ABANDONED_PAGE_MS;
}
