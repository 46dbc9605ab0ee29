import { attemptFromPayment } from "../debt/debt-of-payments.ts";
import { settleDebt } from "../debt/ending.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { markHandled } from "../decision/remember.ts";
import { planAfterDecline } from "../schedule/plan.ts";
import type { Debt } from "../state/debt.ts";
import { latestAttempt } from "../state/facts.ts";
import { hasFailed, isOpen, type Payment } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { waitForPayment } from "./open-payments.ts";

// In advise mode the merchant charges, and puts the attempt's key into the payment's metadata.
// @source docs/RECOVERY.md, "Advise mode"

/** `unknown`: the key was not advised, or the amount is not the debt's, so that nothing ties the payment to the attempt. */
export type AdvisedCharge = "applied" | "unknown";

/**
 * Applies a payment of the merchant that carries a key of the current debt. One that is early or late is the attempt all the same;
 * a second one with the same key counts once.
 * @param number of the attempt in the key
 */
export function applyAdvisedCharge(
  draft: DecisionDraft,
  debt: Debt,
  payment: Payment,
  number: number,
): AdvisedCharge {
  const { recovery } = draft;
  const { paymentId } = payment;
  const known = recovery.attempts.find((attempt) => attempt.paymentId === paymentId);
  if (known !== undefined) {
    if (payment.state === "succeeded" && known.result !== "succeeded") settle(draft, payment);
    return "applied";
  }
  if (number > (advisedAttempt(recovery) ?? 0)) {
    explainUnknown(draft, payment, "advice.key_unknown", "carries a key that was not advised");
    return "unknown";
  }
  if (isLessThanOwed(payment, debt)) {
    explainUnknown(draft, payment, "advice.other_amount", "collected less than the price");
    return "unknown";
  }
  if (isOpen(payment)) {
    waitForPayment(draft, payment);
    return "applied";
  }
  const isNext = number > (latestAttempt(recovery)?.number ?? 0);
  if (payment.state !== "succeeded" && !hasFailed(payment)) return "applied";
  if (isNext) recordAttempt(draft, payment, number);
  else if (payment.state === "succeeded") settle(draft, payment);
  else recordFurtherCharge(draft, payment, number);
  return "applied";
}

function advisedAttempt({ advised, debt }: Recovery): number | null {
  return advised !== undefined && advised.debtId === debt?.id ? advised.attempt : null;
}

/** A lower tax does not count as less: the price is without the tax that Dodo adds. */
function isLessThanOwed({ state, totalMinor, currency }: Payment, debt: Debt): boolean {
  if (state !== "succeeded" || totalMinor === null || currency !== debt.currency) return false;
  return totalMinor < (debt.priceMinor ?? debt.totalMinor);
}

/** Explains it once: not where a person has been asked about the payment, or it is handled. */
function explainUnknown(
  draft: DecisionDraft,
  { paymentId }: Payment,
  rule: "advice.key_unknown" | "advice.other_amount",
  what: string,
): void {
  const { handledPayments, excludedPayments, queue } = draft.recovery;
  const isQueued = queue.some(({ debt }) => debt.failedPaymentId === paymentId);
  if (isQueued || [...handledPayments, ...excludedPayments].includes(paymentId)) return;
  explain(draft, rule, `${paymentId} ${what}`);
}

function settle(draft: DecisionDraft, { paymentId }: Payment): void {
  settleDebt(draft, { by: "attempt", paymentId, rule: "advice.attempt" });
}

function recordAttempt(draft: DecisionDraft, payment: Payment, number: number): void {
  const { recovery, now } = draft;
  const { plan, attempts, followUp, recentChargesAt, subscription } = recovery;
  const trigger = plan?.number === number ? plan.trigger : "schedule";
  const attempt = {
    ...attemptFromPayment(payment, number, trigger, now),
    methodId: payment.methodId ?? subscription?.methodId ?? null,
  };
  const isFollowed = followUp?.paymentId === payment.paymentId;
  update(draft, {
    plan: null,
    attempts: [...attempts, attempt],
    ...(isFollowed ? { followUp: null } : {}),
    ...(recentChargesAt.includes(payment.createdAt)
      ? {}
      : { recentChargesAt: [...recentChargesAt, payment.createdAt].slice(-12) }),
  });
  explain(
    draft,
    "advice.attempt",
    `${payment.paymentId} of the merchant is attempt ${number}: ${attempt.result}`,
  );
  if (attempt.result === "succeeded") return settle(draft, payment);
  const { settlement, closing, observing } = draft.recovery;
  if (settlement === null && closing === null && observing === null) planAfterDecline(draft);
}

function recordFurtherCharge(draft: DecisionDraft, { paymentId }: Payment, number: number): void {
  const { handledPayments } = draft.recovery;
  if (handledPayments.includes(paymentId)) return;
  markHandled(draft, paymentId);
  explain(
    draft,
    "advice.key_used",
    `${paymentId} failed with the key of attempt ${number}, which is known already`,
  );
}
