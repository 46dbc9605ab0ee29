import { isReleased } from "../debt/attribution.ts";
import { endDebt } from "../debt/ending.ts";
import { notifyOperator, raiseAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { followUpAt } from "../decision/reads.ts";
import { isHeld, wasCollectedAtOnce } from "../state/facts.ts";
import { allowsCharges, hasEnded, isOpen, type Payment } from "../state/payment.ts";
import { DAY_MS } from "../values/time.ts";

/** Complete reads that may show an active subscription without a payment before a person is asked. */
const ACTIVE_UNPAID_READS = 3;

/** How long a paid debt waits for its subscription to leave the hold. @source docs/RECOVERY.md, "States and outcomes" */
const REACTIVATION_MS = DAY_MS;

/** Ends a paid debt once its subscription has left the hold and no other payment is open, or after `REACTIVATION_MS`. */
export function checkReactivation(draft: DecisionDraft, payments: readonly Payment[]): void {
  const { recovery, now } = draft;
  const { settlement, followUp } = recovery;
  if (settlement === null) return;
  const isKnownOpen = (payment: Payment): boolean => isReleased(payment, recovery.releasedPayments);
  const status = recovery.subscription?.dodoStatus ?? "unknown";
  const outcome = wasCollectedAtOnce(recovery) ? "collected" : "recovered";
  const end = { outcome, by: settlement.by, paymentId: settlement.paymentId } as const;
  const isOver = now >= settlement.at + REACTIVATION_MS;
  const isAnotherOpen =
    payments.some((payment) => isOpen(payment) && !isKnownOpen(payment)) && !isOver;
  if (!isHeld(recovery) && !isAnotherOpen) {
    endDebt(draft, {
      ...end,
      rule: "subscription.reactivated",
      reason: `paid by ${settlement.by}; the subscription is ${status}`,
      reactivated: recovery.subscription?.access === "current",
    });
    return;
  }
  if (isOver) {
    notifyOperator(draft, { cause: "not_reactivated", paymentId: settlement.paymentId });
    endDebt(draft, {
      ...end,
      rule: "subscription.not_reactivated",
      reason: `paid by ${settlement.by}; the subscription is still ${status} after a day`,
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
  const why = isAnotherOpen ? "another payment is open" : `the subscription is still ${status}`;
  explain(draft, "subscription.still_held", `the debt is paid; ${why}`);
}

/** The subscription is active again and no payment explains it: a charge now could collect twice. */
export function checkActiveWithoutPayment(draft: DecisionDraft): void {
  const { debt, settlement, wasHeld, subscription, followUp, paymentLink, plan, attention } =
    draft.recovery;
  if (debt === null || settlement !== null) return;
  const isFollowed = followUp?.reason === "evidence";
  const isMethodPlan = plan?.trigger === "payment_method_update";
  const isExplained = paymentLink !== null || isMethodPlan || attention.length > 0;
  if (!wasHeld || subscription?.access !== "current" || isExplained) {
    if (isFollowed) update(draft, { followUp: null });
    return;
  }
  if (followUp !== null && !isFollowed) return;
  const reads = isFollowed ? followUp.reads + 1 : 1;
  if (reads >= ACTIVE_UNPAID_READS) {
    update(draft, { followUp: null, wasHeld: false });
    explain(
      draft,
      "subscription.active_unpaid",
      `the subscription is active in ${reads} reads and no payment of this debt is listed`,
    );
    raiseAttention(draft, { cause: "active_without_payment" });
    return;
  }
  const since = isFollowed ? followUp.since : draft.now;
  update(draft, {
    followUp: { reason: "evidence", since, reads, nextAt: followUpAt(draft, reads - 1) },
  });
  explain(
    draft,
    "subscription.active_unpaid",
    "the subscription is active again; its payment is not listed yet",
  );
}

/** Notifies the operator of a status in which nothing is charged: paused by the merchant, or unknown. */
export function notifyUnchargeableStatus(draft: DecisionDraft): void {
  const { subscription, debt } = draft.recovery;
  if (debt === null || subscription === null) return;
  const { onDemand, cancelAtNextBillingDate } = subscription;
  const isClear = onDemand !== null && cancelAtNextBillingDate !== null;
  if (isClear && allowsCharges(subscription.access)) return;
  // The end of the subscription ends its debt, so nobody has to act.
  if (hasEnded(subscription.access)) return;
  notifyOperator(draft, { cause: "status_not_chargeable", status: subscription.dodoStatus });
}
