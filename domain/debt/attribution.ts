import type { Policy } from "../policy.ts";
import { paymentIdsOf, unattributedPaymentPolicy } from "../state/facts.ts";
import { isCollected, isOpen, mayHaveAmount, type Payment, waitsFor } from "../state/payment.ts";
import type { Recovery, ReleasedPayment } from "../state/recovery.ts";
import { type DebtId, parseAttemptKey, type PaymentId } from "../values/ids.ts";
import { DAY_MS, type Instant } from "../values/time.ts";

/** How long an abandoned payment page can still be paid on, where Dodo names no expiry. */
export const ABANDONED_PAGE_MS = DAY_MS;

/** The facts about a debt that attributing a payment needs. Plain JSON, because activities receive it too. */
export type DebtContext = {
  readonly debtId: DebtId;
  readonly failedPaymentId: PaymentId | null;
  readonly firstFailedAt: Instant;
  readonly methodId: string | null;
  readonly wasHeld: boolean;
  readonly linkPaymentId: PaymentId | null;
  readonly excludedPayments: readonly string[];
  readonly handledPayments: readonly string[];
  /** Payments of other debts: their attempts, and the payments that settled those that ended. */
  readonly otherPayments: readonly string[];
  /** What to presume of an unattributed payment. */
  readonly foreignCharges: Policy["foreignCharges"];
  /** The policy's `debt_key`: the name of the metadata key. */
  readonly debtKeyName: string | null;
  readonly debtKey: string | null;
  /** The subscription's own value of that key, which tells no debts apart. */
  readonly subscriptionKey: string | null;
  /** Payments that an operator confirmed to be dead for this debt; absent where there are none. */
  readonly releasedPayments?: readonly ReleasedClaim[];
  /** Payments released for other debts, which may still be open; absent where there are none. */
  readonly releasedElsewhere?: readonly PaymentId[];
};

/** What an operator said of a payment: it waits, and is dead. */
export type ReleasedClaim = Pick<ReleasedPayment, "paymentId" | "waitsFor" | "isRefused">;

/** The payment still waits for the person for whom it waited when an operator confirmed that it is dead. */
export function isReleased(
  payment: Pick<Payment, "paymentId" | "state">,
  released: readonly ReleasedClaim[] = [],
): boolean {
  const claim = released.find(({ paymentId }) => paymentId === payment.paymentId);
  return claim !== undefined && claim.waitsFor === waitsFor(payment);
}

/** The payment is open, and no operator has confirmed that it is dead. */
export function isOpenAndUnreleased(
  payment: Payment,
  released?: readonly ReleasedClaim[],
): boolean {
  return isOpen(payment) && !isReleased(payment, released);
}

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
    ...releasedClaims(recovery),
  };
}

/** The released payments of the current debt. An operator's confirmation applies to one debt: other debts still wait. */
export function releasedForDebt({ releasedPayments, debt }: Recovery): readonly ReleasedPayment[] {
  return releasedPayments.filter(({ debtId }) => debtId === debt?.id);
}

function releasedClaims(
  recovery: Recovery,
): Pick<DebtContext, "releasedPayments" | "releasedElsewhere"> {
  const released = releasedForDebt(recovery);
  const elsewhere = recovery.releasedPayments
    .map(({ paymentId }) => paymentId)
    .filter((id) => !released.some(({ paymentId }) => paymentId === id));
  return {
    ...(released.length === 0
      ? {}
      : {
          releasedPayments: released.map(({ paymentId, waitsFor: who, isRefused }) => ({
            paymentId,
            waitsFor: who,
            isRefused,
          })),
        }),
    ...(elsewhere.length === 0 ? {} : { releasedElsewhere: elsewhere }),
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
 * What a payment belongs to, seen from one debt. A success is never `handled`: after a decline on a payment page, the
 * customer may pay there with another card.
 */
export type Attribution =
  | { readonly kind: "first_failure" | "same_debt" | "payment_link" | "dues" | "unattributed" }
  | { readonly kind: "attempt"; readonly number: number }
  | { readonly kind: "earlier_payment" | "other_debt" | "excluded" | "handled" };

export function attributePayment(payment: Payment, context: DebtContext): Attribution {
  const { paymentId } = payment;
  const key = parseAttemptKey(payment.attemptKey);
  if (key !== null) {
    return key.debtId === context.debtId
      ? { kind: "attempt", number: key.number }
      : { kind: "other_debt" };
  }
  if (paymentId === context.failedPaymentId) return { kind: "first_failure" };
  if (context.otherPayments.includes(paymentId)) return { kind: "other_debt" };
  if (paymentId === context.linkPaymentId) return { kind: "payment_link" };
  if (context.excludedPayments.includes(paymentId)) return { kind: "excluded" };
  if (payment.createdAt < context.firstFailedAt) return { kind: "earlier_payment" };
  if (isOtherByKey(payment, context)) return { kind: "other_debt" };
  if (isDuesCollection(payment, context)) return { kind: "dues" };
  const isSuccess = payment.state === "succeeded";
  if (context.handledPayments.includes(paymentId) && !isSuccess) return { kind: "handled" };
  return isSameByKey(payment, context) ? { kind: "same_debt" } : { kind: "unattributed" };
}

/** The payment's `debt_key`, or null where it tells no debts apart. @source docs/RECOVERY.md, "Debts" */
export function distinctDebtKey(payment: Payment, subscriptionKey: string | null): string | null {
  const { debtKey } = payment;
  return debtKey === subscriptionKey ? null : debtKey;
}

function isSameByKey(payment: Payment, context: DebtContext): boolean {
  const key = distinctDebtKey(payment, context.subscriptionKey);
  return key !== null && key === context.debtKey;
}

function isOtherByKey(payment: Payment, context: DebtContext): boolean {
  const key = distinctDebtKey(payment, context.subscriptionKey);
  return key !== null && context.debtKey !== null && key !== context.debtKey;
}

/** Dodo collects the dues when the payment method of a held subscription changes. @source docs/RECOVERY.md, "Debts" */
function isDuesCollection(payment: Payment, context: DebtContext): boolean {
  if (!isCollected(payment) || payment.isMultiSubscription) return false;
  // Only a hold has dues, so there was one, even if no read saw it.
  // @source docs/dodo/subscriptions.md, "Payment method update"
  if (payment.isMethodUpdate === true) return true;
  const { methodId } = payment;
  const isOtherMethod =
    methodId !== null && context.methodId !== null && methodId !== context.methodId;
  return context.wasHeld && isOtherMethod;
}

/** The payment pays the debt, or may pay it: no charge, notice or cancellation may follow. */
export function canSettle(payment: Payment, context: DebtContext): boolean {
  if (!isCollected(payment)) return false;
  const { kind } = attributePayment(payment, context);
  if (kind === "unattributed") return context.foreignCharges !== "new_debt";
  return !["earlier_payment", "other_debt", "excluded"].includes(kind);
}

/** This payment may have paid the debt, or may still pay it, so nothing may be charged. */
export function blocksCharge(payment: Payment, context: DebtContext, now: Instant): boolean {
  switch (payment.state) {
    case "declined":
    case "cancelled":
      return false;
    case "needs_customer":
    case "needs_merchant":
      return !isPassable(payment, context);
    case "processing":
      // Also for another debt: Dodo takes one payment of a subscription at a time.
      return true;
    case "succeeded":
      // An unattributed payment blocks until a read attributes it, whatever the policy presumes.
      return canSettle(payment, context) || isUnattributed(payment, context);
    case "abandoned":
      return isPageOpen(payment, context, now) && !isPassable(payment, context);
  }
}

/** Released, and Dodo has refused no charge because of it. */
function isPassable(payment: Payment, { releasedPayments = [] }: DebtContext): boolean {
  return isReleased(
    payment,
    releasedPayments.filter(({ isRefused }) => !isRefused),
  );
}

function isUnattributed(payment: Payment, context: DebtContext): boolean {
  return mayHaveAmount(payment) && attributePayment(payment, context).kind === "unattributed";
}

/** An abandoned payment page that the customer can still return to. */
export function isPageOpen(payment: Payment, context: DebtContext, now: Instant): boolean {
  if (payment.state !== "abandoned") return false;
  const { kind } = attributePayment(payment, context);
  if (kind !== "unattributed" && kind !== "payment_link" && kind !== "same_debt") return false;
  return now < payment.createdAt + ABANDONED_PAGE_MS;
}
