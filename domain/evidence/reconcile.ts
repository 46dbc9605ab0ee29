import { onChargeAbsent, onChargePayment } from "../charge/charge-outcome.ts";
import { deferToDodo } from "../charge/dodo-retries.ts";
import { checkPaymentLink, onPagePayment } from "../charge/payment-link.ts";
import {
  ABANDONED_PAGE_MS,
  attributePayment,
  debtContextOf,
  isPageOpen,
} from "../debt/attribution.ts";
import { endDebt, settleDebt } from "../debt/ending.ts";
import {
  belongsToQueuedDebt,
  flagQueuedDebts,
  onOtherDebtFailure,
  onOtherDebtSuccess,
} from "../debt/queue.ts";
import { notifyOperator, raiseAttention, resolveAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { followUpAt } from "../decision/reads.ts";
import { excludePayment, markHandled } from "../decision/remember.ts";
import { askCustomer, onMethodOnFile, onScheduledCancellation } from "../schedule/plan.ts";
import type { FollowUp } from "../state/current-debt.ts";
import type { Debt } from "../state/debt.ts";
import {
  isHeld,
  isOurAttempt,
  unattributedPaymentPolicy,
  wasCollectedAtOnce,
} from "../state/facts.ts";
import {
  isChargeableStatus,
  isTerminalStatus,
  type Payment,
  paymentStateOf,
} from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { attemptKeyOf } from "../values/ids.ts";
import { DAY_MS, describeInstant, HOUR_MS } from "../values/time.ts";

/** How many complete reads may show an active subscription without a payment before a person is asked. */
const ACTIVE_UNPAID_READS = 3;

/** Reads before a pending payment that nobody can find is believed absent. @source design, "Charging" */
const PENDING_PAYMENT_READS = 4;

/** An Indian mandate's debit takes up to 51 hours, whatever the policy's deadline. @source dodo.md 5.8 */
const INR_IN_FLIGHT_MS = 51 * HOUR_MS;

/** How long a paid debt's subscription is looked at while it is still on hold. @source design, outcomes */
const REACTIVATION_MS = DAY_MS;

/**
 * Brings the open debt into line with what payments say.
 *
 * @param complete the payments are all there are (a read), not one that a webhook told: only then does
 *   something missing mean anything
 */
export function reconcile(
  draft: DecisionDraft,
  payments: readonly Payment[],
  complete: boolean,
): void {
  for (const payment of payments) {
    if (draft.recovery.debt !== null) applyPayment(draft, draft.recovery.debt, payment);
  }
  deferToDodo(draft, payments, complete);
  if (!complete || draft.recovery.debt === null) return;
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

/** What one payment is to this debt, and what follows from it. */
function applyPayment(draft: DecisionDraft, debt: Debt, payment: Payment): void {
  const view = debtContextOf(draft.recovery);
  if (view === null) return;
  if (isOfOurRetry(draft.recovery, payment)) return onChargePayment(draft, payment);
  const place = attributePayment(payment, view);
  const standing = paymentStateOf(payment);
  switch (place.kind) {
    case "first_failure":
      // Paid on its own page after it had failed.
      if (standing === "succeeded") settleBy(draft, payment, "customer");
      return;
    case "attempt":
      return applyAttemptPayment(draft, debt, payment, place.number);
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
 * Dodo's manual retry carries no key: its payment is known by name, or, where the answer was lost or a webhook came
 * before it, by having come since.
 * @source design, "The fence"
 */
function isOfOurRetry({ charge, debt }: Recovery, payment: Payment): boolean {
  if (charge?.via !== "manual_retry" || payment.paymentId === debt?.failedPaymentId) return false;
  if (charge.paymentId !== null) return payment.paymentId === charge.paymentId;
  const isSince = payment.createdAt >= charge.startedAt && !payment.isMethodUpdate;
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
  if (charge?.number === number && attemptKeyOf(debt.id, number) === payment.attemptKey) {
    return onChargePayment(draft, payment);
  }
  const known = attempts.find((attempt) => attempt.paymentId === payment.paymentId);
  const standing = paymentStateOf(payment);
  // An attempt that was believed to have failed, or was unknown to this run, has succeeded after all.
  if (standing === "succeeded" && known?.result !== "succeeded")
    settleBy(draft, payment, "attempt");
  if (standing === "open" && known === undefined) waitForPayment(draft, payment);
}

function applyDuesCollection(draft: DecisionDraft, debt: Debt, payment: Payment): void {
  if (draft.recovery.settlement?.paymentId === payment.paymentId) return;
  const { paymentId, totalMinor } = payment;
  flagQueuedDebts(draft, payment);
  settleDebt(draft, { by: "customer", paymentId, rule: "payment.dues_collected" });
  if (totalMinor > debt.totalMinor) {
    notifyOperator(draft, {
      cause: "overcharged",
      paymentId,
      totals: { collectedMinor: totalMinor, owedMinor: debt.totalMinor, currency: debt.currency },
    });
  }
}

/** Its key says that it is for this debt: the merchant's own retry, or the customer's payment. */
function applyRetryOfDebt(draft: DecisionDraft, payment: Payment): void {
  const { settlement } = draft.recovery;
  switch (paymentStateOf(payment)) {
    case "succeeded":
      if (payment.totalMinor > 0 && settlement?.paymentId !== payment.paymentId) {
        settleBy(draft, payment, payerOf(draft.recovery, payment));
      }
      return;
    case "declined":
      return markHandled(draft, payment.paymentId);
    case "abandoned":
    case "open":
      return waitForPayment(draft, payment);
  }
}

function payerOf({ attempts }: Recovery, payment: Payment): "attempt" | "dodo" | "merchant" {
  const attempt = attempts.find(({ paymentId }) => paymentId === payment.paymentId);
  if (attempt !== undefined && isOurAttempt(attempt)) return "attempt";
  return payment.retryAttempt >= 1 ? "dodo" : "merchant";
}

/** Its key, or what is known of it, says that it is for another debt. */
function applyOtherDebtPayment(draft: DecisionDraft, payment: Payment): void {
  switch (paymentStateOf(payment)) {
    case "succeeded":
      onOtherDebtSuccess(draft, payment);
      return excludeOtherSuccess(draft, payment);
    case "declined":
      return onOtherDebtFailure(draft, payment, { awaitsAnswer: false });
    case "abandoned":
      return;
    case "open":
      return waitForPayment(draft, payment);
  }
}

/** Nothing tells whose it is: the policy presumes, or a person is asked. */
function applyUnattributedPayment(draft: DecisionDraft, payment: Payment): void {
  const { recovery } = draft;
  const { paymentId } = payment;
  const presumed = unattributedPaymentPolicy(recovery);
  if (presumed === "same_debt") return applyRetryOfDebt(draft, payment);
  switch (paymentStateOf(payment)) {
    case "succeeded":
      if (payment.totalMinor <= 0 || recovery.settlement?.paymentId === paymentId) return;
      if (belongsToQueuedDebt(draft, payment)) return applyOtherDebtPayment(draft, payment);
      if (presumed === "new_debt") return excludeOtherSuccess(draft, payment);
      if (recovery.settlement !== null) return settleBy(draft, payment, "merchant");
      explain(draft, "payment.unattributed_success", `${paymentId} succeeded and is not ours`);
      return raiseAttention(draft, { cause: "unattributed_success", paymentId });
    case "declined":
      explain(draft, "payment.unattributed_failure", `${paymentId} failed and is not ours`);
      return onOtherDebtFailure(draft, payment, { awaitsAnswer: presumed === "ask" });
    case "abandoned":
    case "open":
      return waitForPayment(draft, payment);
  }
}

/** It pays something else. Where the subscription is back, it is also what brought it back. */
function excludeOtherSuccess(draft: DecisionDraft, { paymentId, totalMinor }: Payment): void {
  if (totalMinor <= 0 || draft.recovery.excludedPayments.includes(paymentId)) return;
  excludePayment(draft, paymentId);
  update(draft, { wasHeld: isHeld(draft.recovery) });
  explain(draft, "payment.unattributed_success", `${paymentId} pays something else`);
}

/** Attempts wait while a payment of this subscription can still succeed, or be paid on its page. */
function waitForPayment(draft: DecisionDraft, payment: Payment): void {
  const { followUp, charge, settlement, paymentLink } = draft.recovery;
  const view = debtContextOf(draft.recovery);
  const isPage = paymentStateOf(payment) === "abandoned";
  if (isPage && (view === null || !isPageOpen(payment, view, draft.now))) return;
  if (charge !== null || settlement !== null || followUp?.reason === "open_payment") return;
  if (isPage && (followUp?.reason === "abandoned_page" || paymentLink !== null)) return;
  const reason = isPage ? "abandoned_page" : "open_payment";
  update(draft, { followUp: { reason, since: draft.now, reads: 0, nextAt: followUpAt(draft, 0) } });
  explain(draft, "payment.open", `${payment.paymentId} is ${payment.status ?? "without a status"}`);
}

/** The charge in flight after a complete read: found and open, or absent. */
function checkChargeInFlight(draft: DecisionDraft, payments: readonly Payment[]): void {
  const { charge, debt, followUp } = draft.recovery;
  if (charge === null || debt === null) return;
  const key = attemptKeyOf(debt.id, charge.number);
  const found = payments.some(
    ({ attemptKey, paymentId }) => attemptKey === key || paymentId === charge.paymentId,
  );
  if (!found && charge.phase === "unknown") {
    onChargeAbsent(draft, draft.recovery.readAt ?? draft.now);
    return;
  }
  if (charge.phase !== "accepted" || followUp === null) return;
  const reads = followUp.reads + 1;
  update(draft, { followUp: { ...followUp, reads, nextAt: followUpAt(draft, reads) } });
  explain(draft, "charge.followed", `attempt ${charge.number} is still open (read ${reads})`);
  if (isOverDeadline(draft, followUp)) {
    const since = describeInstant(followUp.since);
    explain(draft, "charge.open_too_long", `attempt ${charge.number} is open since ${since}`);
    raiseAttention(draft, {
      cause: "outcome_deadline",
      paymentId: charge.paymentId,
      attemptKey: key,
    });
  }
}

function isOverDeadline(draft: DecisionDraft, followUp: FollowUp): boolean {
  const { outcomeDeadlineMs } = draft.policy.retry;
  const isIndian = draft.recovery.debt?.currency === "INR";
  return draft.now >= followUp.since + Math.max(outcomeDeadlineMs, isIndian ? INR_IN_FLIGHT_MS : 0);
}

/** Paid: is the subscription back, and is nothing else about to be collected? */
function checkReactivation(draft: DecisionDraft, payments: readonly Payment[]): void {
  const { recovery, now } = draft;
  const { settlement, followUp } = recovery;
  if (settlement === null) return;
  const status = recovery.subscription?.status ?? "unknown";
  const outcome = wasCollectedAtOnce(recovery) ? "collected" : "recovered";
  const end = { outcome, by: settlement.by, paymentId: settlement.paymentId } as const;
  const isOver = now >= settlement.at + REACTIVATION_MS;
  const isAnotherOpen = payments.some((payment) => paymentStateOf(payment) === "open") && !isOver;
  if (!isHeld(recovery) && !isAnotherOpen) {
    endDebt(draft, {
      ...end,
      rule: "subscription.reactivated",
      reason: `paid by ${settlement.by}; the subscription is ${status}`,
      reactivated: status === "active",
    });
    return;
  }
  if (isOver) {
    notifyOperator(draft, { cause: "not_reactivated", paymentId: settlement.paymentId });
    endDebt(draft, {
      ...end,
      rule: "subscription.not_reactivated",
      reason: `paid by ${settlement.by}; still ${status} after a day`,
      reactivated: false,
    });
    return;
  }
  const reads = (followUp?.reads ?? 0) + 1;
  const nextAt = Math.min(
    followUpAt(draft, reads - 1),
    Math.max(settlement.at + REACTIVATION_MS, now + 1),
  );
  update(draft, { followUp: { reason: "reactivation", since: settlement.at, reads, nextAt } });
  const why = isAnotherOpen ? "another payment is open" : `still ${status}`;
  explain(draft, "subscription.still_held", `paid, and ${why}`);
}

/** A payment that stood in the way: is it still open, or nowhere to be found? */
function checkOpenPayment(draft: DecisionDraft, payments: readonly Payment[]): void {
  const { followUp } = draft.recovery;
  const view = debtContextOf(draft.recovery);
  if (view === null || followUp === null || draft.recovery.settlement !== null) return;
  if (!["open_payment", "pending_payment", "abandoned_page"].includes(followUp.reason)) return;
  const open = payments.find((payment) => paymentStateOf(payment) === "open");
  const page = payments.find((payment) => isPageOpen(payment, view, draft.now));
  const reads = followUp.reads + 1;
  if (open !== undefined) {
    const nextAt = followUpAt(draft, reads);
    update(draft, { followUp: { ...followUp, reason: "open_payment", reads, nextAt } });
    explain(
      draft,
      "payment.open",
      `${open.paymentId} is still ${open.status ?? "without a status"}`,
    );
    if (isOverDeadline(draft, followUp))
      raiseAttention(draft, {
        cause: "outcome_deadline",
        paymentId: open.paymentId,
        attemptKey: null,
      });
  } else if (page !== undefined) {
    const leftAt = Math.max(page.createdAt + ABANDONED_PAGE_MS, draft.now + 1);
    const nextAt = Math.min(followUpAt(draft, reads), leftAt);
    update(draft, { followUp: { ...followUp, reason: "abandoned_page", reads, nextAt } });
    explain(draft, "payment.open", `${page.paymentId} may still be paid on its page`);
  } else if (followUp.reason === "pending_payment") {
    searchPendingPayment(draft, followUp, reads);
  } else {
    update(draft, { followUp: null });
    explain(draft, "payment.already_known", "no payment is open any more");
    resolveAttention(draft, ["outcome_deadline"]);
  }
}

/** Dodo says a payment is pending, and shows none. */
function searchPendingPayment(draft: DecisionDraft, followUp: FollowUp, reads: number): void {
  const settledAt = followUp.since + draft.policy.retry.settleMs;
  if (reads >= PENDING_PAYMENT_READS && draft.now >= settledAt) {
    update(draft, { followUp: null });
    askCustomer(draft, "refused");
    explain(draft, "charge.pending_payment", `no pending payment was found in ${reads} reads`);
    return;
  }
  const later = followUpAt(draft, reads);
  const nextAt =
    reads < PENDING_PAYMENT_READS ? later : Math.max(draft.now + 1, Math.min(later, settledAt));
  update(draft, { followUp: { ...followUp, reads, nextAt } });
  explain(draft, "charge.pending_payment", `no pending payment is to be seen (read ${reads})`);
}

/** Back to active without a payment to show for it: charging now could collect twice. */
function checkActiveWithoutPayment(draft: DecisionDraft): void {
  const { debt, settlement, wasHeld, subscription, followUp, paymentLink, plan, attention } =
    draft.recovery;
  if (debt === null || settlement !== null) return;
  const isWatched = followUp?.reason === "evidence";
  const isMethodPlan = plan?.trigger === "payment_method_update";
  const isExplained = paymentLink !== null || isMethodPlan || attention.length > 0;
  if (!wasHeld || subscription?.status !== "active" || isExplained) {
    if (isWatched) update(draft, { followUp: null });
    return;
  }
  if (followUp !== null && !isWatched) return;
  const reads = isWatched ? followUp.reads + 1 : 1;
  if (reads >= ACTIVE_UNPAID_READS) {
    update(draft, { followUp: null, wasHeld: false });
    explain(
      draft,
      "subscription.active_unpaid",
      `active for ${reads} reads, and no payment is to be seen`,
    );
    raiseAttention(draft, { cause: "active_without_payment" });
    return;
  }
  const since = isWatched ? followUp.since : draft.now;
  update(draft, {
    followUp: { reason: "evidence", since, reads, nextAt: followUpAt(draft, reads - 1) },
  });
  explain(draft, "subscription.active_unpaid", "active again; the payment is looked for");
}

/** Paused by the merchant, or in a status we do not know: nothing is charged until that changes. */
function notifyUnchargeableStatus(draft: DecisionDraft): void {
  const { subscription, debt } = draft.recovery;
  if (debt === null || subscription === null || isChargeableStatus(subscription.status)) return;
  // One that has ended ends its debt: nobody need look.
  if (isTerminalStatus(subscription.status)) return;
  notifyOperator(draft, { cause: "status_not_chargeable", status: subscription.status });
}
