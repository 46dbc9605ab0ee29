import { onChargeAbsent } from "../charge/charge-outcome.ts";
import { releasePayment } from "../charge/released-payment.ts";
import {
  ABANDONED_PAGE_MS,
  debtContextOf,
  isOpenAndUnreleased,
  isPageOpen,
  isReleased,
  releasedForDebt,
} from "../debt/attribution.ts";
import { notifyOperator, raiseAttention, resolveAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { followUpAt } from "../decision/reads.ts";
import { INR_IN_FLIGHT_MS } from "../limits.ts";
import { askCustomer } from "../schedule/plan.ts";
import type { Alert } from "../state/alert.ts";
import type { FollowUp } from "../state/current-debt.ts";
import { describeStatus, type Payment, waitsFor } from "../state/payment.ts";
import { attemptKeyOf } from "../values/ids.ts";
import { describeInstant } from "../values/time.ts";

/** Reads without a trace of a pending payment before it is taken for absent. @source docs/RECOVERY.md, "Charging" */
const PENDING_PAYMENT_READS = 4;

/** Attempts wait while a payment of this subscription is open, or its page can still be paid. */
export function waitForPayment(draft: DecisionDraft, payment: Payment): void {
  const { followUp, charge, settlement, paymentLink } = draft.recovery;
  const context = debtContextOf(draft.recovery);
  if (isReleased(payment, releasedForDebt(draft.recovery))) return;
  const isPage = payment.state === "abandoned";
  if (isPage && (context === null || !isPageOpen(payment, context, draft.now))) return;
  if (charge !== null || settlement !== null || followUp?.reason === "open_payment") return;
  if (isPage && (followUp?.reason === "abandoned_page" || paymentLink !== null)) return;
  const reason = isPage ? "abandoned_page" : "open_payment";
  const { paymentId } = payment;
  const nextAt = followUpAt(draft, 0);
  update(draft, { followUp: { reason, since: draft.now, reads: 0, nextAt, paymentId } });
  explain(draft, "payment.open", `${paymentId} is ${describeStatus(payment)}`);
}

/** Checks the charge in flight against a complete read: its payment is open, or absent. */
export function checkChargeInFlight(draft: DecisionDraft, payments: readonly Payment[]): void {
  const { charge, debt, followUp } = draft.recovery;
  if (charge === null || debt === null) return;
  const key = attemptKeyOf(debt.id, charge.number);
  const found = payments.find(
    ({ attemptKey, paymentId }) => attemptKey === key || paymentId === charge.paymentId,
  );
  if (found === undefined && charge.phase === "unknown") {
    onChargeAbsent(draft, draft.recovery.readAt ?? draft.now);
    return;
  }
  if (charge.phase !== "accepted" || followUp === null) return;
  const reads = followUp.reads + 1;
  update(draft, { followUp: { ...followUp, reads, nextAt: followUpAt(draft, reads) } });
  explain(draft, "charge.followed", `attempt ${charge.number} is still open after ${reads} reads`);
  if (isOverDeadline(draft, followUp)) {
    const since = describeInstant(followUp.since);
    explain(draft, "charge.open_too_long", `attempt ${charge.number} has been open since ${since}`);
    const alert: Alert = {
      cause: "outcome_deadline",
      paymentId: charge.paymentId,
      attemptKey: key,
    };
    const who = found === undefined ? null : waitsFor(found);
    if (found === undefined || who === null || draft.recovery.settlement === null) {
      return raiseAttention(draft, alert);
    }
    // The debt is paid, so nothing is charged any more, and a success of this payment is reported.
    notifyOperator(draft, alert);
    const { paymentId, hasPage = false } = found;
    releasePayment(draft, { paymentId, waitsFor: who, hasPage }, "reprise", "the debt is paid");
  }
}

function isOverDeadline(draft: DecisionDraft, followUp: FollowUp): boolean {
  const { outcomeDeadlineMs } = draft.policy.retry;
  const isIndian = draft.recovery.debt?.currency === "INR";
  return draft.now >= followUp.since + Math.max(outcomeDeadlineMs, isIndian ? INR_IN_FLIGHT_MS : 0);
}

/** Checks a payment that blocks attempts against a complete read: it is open, has ended, or cannot be found. */
export function checkOpenPayment(draft: DecisionDraft, payments: readonly Payment[]): void {
  const { followUp } = draft.recovery;
  const context = debtContextOf(draft.recovery);
  if (context === null || followUp === null || draft.recovery.settlement !== null) return;
  if (!["open_payment", "pending_payment", "abandoned_page"].includes(followUp.reason)) return;
  const released = releasedForDebt(draft.recovery);
  const open = payments.find((payment) => isOpenAndUnreleased(payment, released));
  const page = payments.find((payment) => isPageOpen(payment, context, draft.now));
  const reads = followUp.reads + 1;
  if (open !== undefined) {
    const nextAt = followUpAt(draft, reads);
    const { paymentId } = open;
    update(draft, { followUp: { ...followUp, reason: "open_payment", reads, nextAt, paymentId } });
    explain(draft, "payment.open", `${open.paymentId} is still ${describeStatus(open)}`);
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
    explain(draft, "payment.open", `${page.paymentId} can still be paid on its page`);
  } else if (followUp.reason === "pending_payment") {
    searchPendingPayment(draft, followUp, reads);
  } else {
    update(draft, { followUp: null });
    explain(draft, "payment.already_known", "no open payment is left");
    resolveAttention(draft, ["outcome_deadline"]);
  }
}

/** Dodo reports a pending payment and lists none: reads on, then asks the customer. */
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
  explain(draft, "charge.pending_payment", `read ${reads} shows no pending payment`);
}
