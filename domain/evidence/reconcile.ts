import { onChargePayment } from "../charge/charge-outcome.ts";
import { deferToDodo } from "../charge/dodo-retries.ts";
import { checkPaymentLink, onPagePayment } from "../charge/payment-link.ts";
import { attributePayment, debtContextOf } from "../debt/attribution.ts";
import { settleDebt } from "../debt/ending.ts";
import {
  belongsToQueuedDebt,
  flagQueuedDebts,
  onOtherDebtFailure,
  onOtherDebtSuccess,
} from "../debt/queue.ts";
import { askAboutSuccess, leaveToQueuedDebt, unattributedSuccessOf } from "../debt/unattributed.ts";
import { notifyOperator } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { excludePayment, markHandled } from "../decision/remember.ts";
import { onMethodOnFile, onScheduledCancellation } from "../schedule/plan.ts";
import type { Debt } from "../state/debt.ts";
import { isAdvising, isHeld, isOurAttempt, unattributedPaymentPolicy } from "../state/facts.ts";
import {
  hasAmount,
  isNumberedRetry,
  isOpen,
  mayHaveAmount,
  type Payment,
} from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { attemptKeyOf } from "../values/ids.ts";
import { applyAdvisedCharge } from "./advised-charge.ts";
import { checkChargeInFlight, checkOpenPayment, waitForPayment } from "./open-payments.ts";
import {
  checkActiveWithoutPayment,
  checkReactivation,
  notifyUnchargeableStatus,
} from "./reactivation.ts";
import { recordWaitingPayment } from "./waiting-payment.ts";

/**
 * Brings the current debt into line with its subscription's payments.
 *
 * @param complete true for a read, which lists all payments; false for the one payment of a webhook. Only a complete list
 *   shows that a payment is absent.
 */
export function reconcile(
  draft: DecisionDraft,
  payments: readonly Payment[],
  complete: boolean,
): void {
  for (const payment of inOrderOfProof(draft, payments)) {
    if (draft.recovery.debt !== null) applyPayment(draft, draft.recovery.debt, payment);
  }
  deferToDodo(draft, payments, complete);
  if (complete) concludeReconciliation(draft, payments);
  recordWaitingPayment(draft, payments, complete);
}

/** What a complete read shows of the debt as a whole. */
function concludeReconciliation(draft: DecisionDraft, payments: readonly Payment[]): void {
  if (draft.recovery.debt === null) return;
  if (draft.recovery.charge !== null) {
    checkChargeInFlight(draft, payments);
  } else if (draft.recovery.settlement !== null) {
    checkReactivation(draft, payments);
  } else {
    if (draft.recovery.paymentLink !== null) checkPaymentLink(draft, payments);
    checkOpenPayment(draft, payments);
    onScheduledCancellation(draft);
    onMethodOnFile(draft);
    checkActiveWithoutPayment(draft);
    notifyUnchargeableStatus(draft);
  }
}

/**
 * Payments in their order, but with `ask`, successes that nothing ties to a debt come last: what they can pay depends on the
 * debts that the others leave or settle.
 */
function inOrderOfProof({ recovery }: DecisionDraft, payments: readonly Payment[]): Payment[] {
  const context = debtContextOf(recovery);
  if (context?.foreignCharges !== "ask") return [...payments];
  const isUntied = (payment: Payment): boolean =>
    payment.state === "succeeded" && attributePayment(payment, context).kind === "unattributed";
  return [...payments.filter((one) => !isUntied(one)), ...payments.filter(isUntied)];
}

/** Attributes one payment, and applies it to the debt. */
function applyPayment(draft: DecisionDraft, debt: Debt, payment: Payment): void {
  const context = debtContextOf(draft.recovery);
  if (context === null) return;
  if (isOfOurRetry(draft.recovery, payment)) return onChargePayment(draft, payment);
  const attribution = attributePayment(payment, context);
  switch (attribution.kind) {
    case "first_failure":
      // The customer paid the failed payment on its own page.
      if (payment.state === "succeeded") settleBy(draft, payment, "customer");
      return;
    case "attempt":
      return applyAttemptPayment(draft, debt, payment, attribution.number);
    case "payment_link":
      return onPagePayment(draft, payment);
    case "dues":
      return applyDuesCollection(draft, debt, payment);
    case "same_debt":
      return applyRetryOfDebt(draft, payment);
    case "unattributed":
      return applyUnattributedPayment(draft, payment);
    case "other_debt":
      return applyOtherDebtPayment(draft, payment);
    case "earlier_payment":
    case "excluded":
    case "handled":
      return;
  }
}

/**
 * Dodo's manual retry carries no key. Its payment is known by id; where the answer was lost, or a webhook came before it,
 * any payment created since the request counts.
 * @source docs/RECOVERY.md, "The fence"
 */
function isOfOurRetry({ charge, debt }: Recovery, payment: Payment): boolean {
  if (charge?.via !== "manual_retry" || payment.paymentId === debt?.failedPaymentId) return false;
  if (charge.paymentId !== null) return payment.paymentId === charge.paymentId;
  const isSince = payment.createdAt >= charge.startedAt && payment.isMethodUpdate !== true;
  return charge.phase !== "accepted" && isSince;
}

function settleBy(
  draft: DecisionDraft,
  payment: Payment,
  by: "customer" | "attempt" | "merchant" | "dodo",
): void {
  settleDebt(draft, { by, paymentId: payment.paymentId, rule: "payment.settles" });
}

function applyAttemptPayment(
  draft: DecisionDraft,
  debt: Debt,
  payment: Payment,
  number: number,
): void {
  const { charge, attempts } = draft.recovery;
  if (isAdvising(draft.recovery) && charge === null) {
    if (applyAdvisedCharge(draft, debt, payment, number) === "applied") return;
    return applyPayment(draft, debt, { ...payment, attemptKey: null });
  }
  if (charge?.number === number && attemptKeyOf(debt.id, number) === payment.attemptKey) {
    return onChargePayment(draft, payment);
  }
  const known = attempts.find((attempt) => attempt.paymentId === payment.paymentId);
  // An attempt that counted as failed, or that this run did not know, has succeeded.
  if (payment.state === "succeeded" && known?.result !== "succeeded")
    settleBy(draft, payment, "attempt");
  // A released payment that no longer waits is open like any other.
  const isEnded = known !== undefined && known.result !== "released";
  if (isOpen(payment) && !isEnded) waitForPayment(draft, payment);
}

function applyDuesCollection(draft: DecisionDraft, debt: Debt, payment: Payment): void {
  const { settlement } = draft.recovery;
  if (settlement?.paymentId === payment.paymentId) return;
  if (settlement !== null && leaveToQueuedDebt(draft, payment)) return;
  const { paymentId, totalMinor } = payment;
  flagQueuedDebts(draft, payment);
  settleDebt(draft, { by: "customer", paymentId, rule: "payment.dues_collected" });
  if (totalMinor !== null && totalMinor > debt.totalMinor) {
    notifyOperator(draft, {
      cause: "overcharged",
      paymentId,
      totals: { collectedMinor: totalMinor, owedMinor: debt.totalMinor, currency: debt.currency },
    });
  }
}

/** Applies a payment that its key attributes to this debt: the merchant's own retry, or the customer's payment. */
function applyRetryOfDebt(draft: DecisionDraft, payment: Payment): void {
  const { settlement } = draft.recovery;
  switch (payment.state) {
    case "succeeded":
      if (hasAmount(payment) && settlement?.paymentId !== payment.paymentId) {
        settleBy(draft, payment, payerOf(draft.recovery, payment));
      }
      return;
    case "declined":
    case "cancelled":
      return markHandled(draft, payment.paymentId);
    case "abandoned":
    case "needs_customer":
    case "needs_merchant":
    case "processing":
      return waitForPayment(draft, payment);
  }
}

function payerOf({ attempts }: Recovery, payment: Payment): "attempt" | "dodo" | "merchant" {
  const attempt = attempts.find(({ paymentId }) => paymentId === payment.paymentId);
  if (attempt !== undefined && isOurAttempt(attempt)) return "attempt";
  return isNumberedRetry(payment) ? "dodo" : "merchant";
}

/** Applies a payment that its key, or earlier evidence, attributes to another debt. */
function applyOtherDebtPayment(draft: DecisionDraft, payment: Payment): void {
  switch (payment.state) {
    case "succeeded":
      onOtherDebtSuccess(draft, payment);
      return excludeOtherSuccess(draft, payment);
    case "declined":
    case "cancelled":
      return onOtherDebtFailure(draft, payment, { awaitsAnswer: false });
    case "abandoned":
      return;
    case "needs_customer":
    case "needs_merchant":
    case "processing":
      return waitForPayment(draft, payment);
  }
}

/** Applies a payment that nothing ties to a debt: the policy presumes, or a person is asked. */
function applyUnattributedPayment(draft: DecisionDraft, payment: Payment): void {
  const { recovery } = draft;
  const { paymentId } = payment;
  const presumed = unattributedPaymentPolicy(recovery);
  if (presumed === "same_debt") return applyRetryOfDebt(draft, payment);
  switch (payment.state) {
    case "succeeded":
      if (!mayHaveAmount(payment) || recovery.settlement?.paymentId === paymentId) return;
      if (belongsToQueuedDebt(draft, payment)) return applyOtherDebtPayment(draft, payment);
      if (presumed === "new_debt") return excludeOtherSuccess(draft, payment);
      if (recovery.settlement !== null) {
        if (!leaveToQueuedDebt(draft, payment)) settleBy(draft, payment, "merchant");
        return;
      }
      explain(
        draft,
        "payment.unattributed_success",
        `${paymentId} succeeded; it is none of our attempts`,
      );
      return askAboutSuccess(draft, unattributedSuccessOf(payment));
    case "declined":
    case "cancelled":
      explain(
        draft,
        "payment.unattributed_failure",
        `${paymentId} failed; it is none of our attempts`,
      );
      return onOtherDebtFailure(draft, payment, { awaitsAnswer: presumed === "ask" });
    case "abandoned":
    case "needs_customer":
    case "needs_merchant":
    case "processing":
      return waitForPayment(draft, payment);
  }
}

/** Excludes a success that pays for something else. If the subscription is active, that payment explains it. */
function excludeOtherSuccess(draft: DecisionDraft, payment: Payment): void {
  const { paymentId } = payment;
  if (!mayHaveAmount(payment) || draft.recovery.excludedPayments.includes(paymentId)) return;
  excludePayment(draft, paymentId);
  update(draft, { wasHeld: isHeld(draft.recovery) });
  explain(draft, "payment.unattributed_success", `${paymentId} pays for something else`);
}
