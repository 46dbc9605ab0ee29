import { endDebt } from "../debt/ending.ts";
import { notifyOperator, raiseAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { followUpAt } from "../decision/reads.ts";
import { isHeld, wasCollectedAtOnce } from "../state/facts.ts";
import {
  isChargeableStatus,
  isTerminalStatus,
  type Payment,
  paymentStateOf,
} from "../state/payment.ts";
import { DAY_MS } from "../values/time.ts";
/** How many complete reads may show an active subscription without a payment before a person is asked. */
const ACTIVE_UNPAID_READS = 3;

/** How long a paid debt's subscription is looked at while it is still on hold. @source design, outcomes */
const REACTIVATION_MS = DAY_MS;

/** Paid: is the subscription back, and is nothing else about to be collected? */
export function checkReactivation(draft: DecisionDraft, payments: readonly Payment[]): void {
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

/** Back to active without a payment to show for it: charging now could collect twice. */
export function checkActiveWithoutPayment(draft: DecisionDraft): void {
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
export function notifyUnchargeableStatus(draft: DecisionDraft): void {
  const { subscription, debt } = draft.recovery;
  if (debt === null || subscription === null || isChargeableStatus(subscription.status)) return;
  // One that has ended ends its debt: nobody need look.
  if (isTerminalStatus(subscription.status)) return;
  notifyOperator(draft, { cause: "status_not_chargeable", status: subscription.status });
}
