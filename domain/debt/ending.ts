import { notifyOperator } from "../decision/attention.ts";
import { type DecisionDraft, explain, reply, startEffect, update } from "../decision/draft.ts";
import { startRead } from "../decision/reads.ts";
import { NO_CURRENT_DEBT } from "../state/current-debt.ts";
import type { Closing, Debt, EndedDebt, EndScope, QueuedDebt, Settlement } from "../state/debt.ts";
import { isHeld, isPending, wasCollectedAtOnce } from "../state/facts.ts";
import type { NoticeKind } from "../state/notice.ts";
import { isTerminalStatus, type Subscription } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import type { ChargeRequest } from "../state/requested-charge.ts";
import type { DebtId, PaymentId } from "../values/ids.ts";
import { describeMoney, money } from "../values/money.ts";
import type { Instant } from "../values/time.ts";

/** How many ended debts one run remembers in full: a whole queue, and as many again. */
const ENDED_MAX = 40;

type End = Pick<EndedDebt, "outcome" | "by" | "rule" | "reason"> &
  Partial<Pick<EndedDebt, "who" | "paymentId" | "reactivated" | "refusal">>;

/**
 * Ends the current debt, or an opening that found none. A debt ends once.
 * @param scope where the whole subscription's ends, the debts that wait end with it
 */
export function endDebt(draft: DecisionDraft, end: End, scope: EndScope = "debt"): void {
  const { recovery } = draft;
  refuseWaitingCustomers(draft, end.reason);
  if (recovery.debt !== null && shouldSendReceipt(recovery, draft.policy.notices.recovered, end)) {
    startClosingNotice(draft, recovery.debt, "recovered", end.paymentId);
  }
  const queue = scope === "subscription" ? [] : recovery.queue;
  const waiting = scope === "subscription" ? recovery.queue : [];
  const unread = scope === "subscription" ? recovery.chargeRequests : [];
  const ended = [
    ...recovery.ended,
    ...waiting.map((one) => endedQueuedDebt(draft, one, end)),
    ...unread.map((one) => endedChargeRequest(draft, one, end)),
    ...endedDebts(draft, end),
  ];
  // An operator's pause holds the recovery, not the one debt.
  const paused = queue.length === 0 ? null : recovery.paused;
  const chargeRequests = recovery.chargeRequests.filter((one) => !unread.includes(one));
  update(draft, {
    ...NO_CURRENT_DEBT,
    paused,
    queue,
    chargeRequests,
    ended: ended.slice(-ENDED_MAX),
  });
  explain(draft, end.rule, `${end.outcome}: ${end.reason}`);
}

/** Ends a debt whose turn had not come. */
export function endQueuedDebt(draft: DecisionDraft, id: DebtId, end: End): void {
  const { queue, ended } = draft.recovery;
  const one = queue.find(({ debt }) => debt.id === id);
  if (one === undefined) return;
  update(draft, {
    queue: queue.filter(({ debt }) => debt.id !== id),
    ended: [...ended, endedQueuedDebt(draft, one, end)].slice(-ENDED_MAX),
  });
  explain(draft, end.rule, `${id} ${end.outcome}: ${end.reason}`);
}

/** A charge that was asked of us and is not taken: nothing was sent. */
export function refuseChargeRequest(
  draft: DecisionDraft,
  request: ChargeRequest,
  { code, reason }: { readonly code: NonNullable<EndedDebt["refusal"]>; readonly reason: string },
): void {
  const { chargeRequests, ended } = draft.recovery;
  const end = {
    outcome: "nothing_owed",
    by: "reprise",
    rule: "requested_charge.refused",
    reason,
    refusal: code,
  } as const;
  update(draft, {
    chargeRequests: chargeRequests.filter(({ chargeId }) => chargeId !== request.chargeId),
    ended: [...ended, endedChargeRequest(draft, request, end)].slice(-ENDED_MAX),
  });
  explain(draft, "requested_charge.refused", `a charge is not taken: ${reason}`);
}

function endedChargeRequest(
  { now }: DecisionDraft,
  { chargeId, charge, requestedAt }: ChargeRequest,
  end: End,
): EndedDebt {
  const nothing = { debt: null, attempts: [], notices: [] };
  return {
    ...endedDebt(chargeId, nothing, end, now),
    amountMinor: charge.amountMinor,
    currency: charge.currency,
    firstFailedAt: requestedAt,
    requested: true,
  };
}

function endedQueuedDebt(
  { now }: DecisionDraft,
  { debt, attempts }: QueuedDebt,
  end: End,
): EndedDebt {
  return endedDebt(debt.id, { debt, attempts, notices: [] }, end, now);
}

/** One for the debt; where an opening was unclear, one for each payment that might have been one. */
function endedDebts({ recovery, now }: DecisionDraft, end: End): EndedDebt[] {
  const { debt, opening } = recovery;
  const ids = debt === null ? (opening?.candidates ?? []) : [debt.id];
  return (ids.length === 0 ? [null] : ids).map((id) =>
    endedDebt(id as EndedDebt["debtId"], recovery, end, now),
  );
}

function endedDebt(
  debtId: EndedDebt["debtId"],
  { debt, attempts, notices }: Pick<Recovery, "debt" | "attempts" | "notices">,
  end: End,
  now: Instant,
): EndedDebt {
  return {
    debtId,
    who: null,
    paymentId: null,
    reactivated: null,
    amountMinor: debt?.priceMinor ?? null,
    currency: debt?.currency ?? null,
    attempts,
    firstDeclineCode: debt?.firstDeclineCode ?? null,
    notices,
    firstFailedAt: debt?.firstFailedAt ?? null,
    endedAt: now,
    ...(debt?.requested === undefined
      ? {}
      : { requested: true as const, totalMinor: debt.totalMinor }),
    ...end,
  };
}

/** Thanks make sense only to someone who was told of the failure. */
function shouldSendReceipt(recovery: Recovery, wanted: boolean, end: End): boolean {
  return (
    wanted && recovery.noticesDelivered > 0 && end.outcome === "recovered" && end.by !== "operator"
  );
}

/** The customer is told how it ended: nothing is asked of them any more. */
export function startClosingNotice(
  draft: DecisionDraft,
  debt: Debt,
  notice: Extract<NoticeKind, "recovered" | "cancelled">,
  paidBy: PaymentId | null = null,
): void {
  startEffect(draft, {
    kind: "notice",
    notice,
    key: notice,
    debtId: debt.id,
    amountMinor: debt.priceMinor,
    currency: debt.currency,
    failedPaymentId: debt.failedPaymentId,
    declineCode: null,
    nextAttemptAt: null,
    windowEndsAt: draft.recovery.windowEndsAt ?? draft.now,
    withLink: false,
    ...(paidBy === null ? {} : { paidBy }),
  });
}

/** Customers waiting for a page get an answer before it is gone. */
function refuseWaitingCustomers(draft: DecisionDraft, reason: string): void {
  for (const commandId of draft.recovery.paymentLink?.waiting ?? []) {
    reply(draft, commandId, { ok: false, code: "nothing_owed", reason });
  }
}

/** The debt is paid: nothing more is charged or asked for; the subscription's return is watched. */
export function settleDebt(draft: DecisionDraft, paid: Omit<Settlement, "at">): void {
  const { debt, charge } = draft.recovery;
  if (debt === null) return;
  if (draft.recovery.settlement !== null) {
    reportOvercharge(draft, paid.paymentId);
    return;
  }
  refuseWaitingCustomers(draft, "the debt is paid");
  update(draft, {
    settlement: { ...paid, at: draft.now },
    plan: null,
    customerAction: null,
    paymentLink: null,
    attention: [],
    // A charge that is in flight all the same is followed to its end first.
    ...(charge === null ? { followUp: null } : {}),
  });
  const amount = describeMoney(money(debt.priceMinor, debt.currency));
  const evidence = paid.paymentId === null ? "" : ` (${paid.paymentId})`;
  explain(draft, paid.rule, `${amount} paid by ${paid.by}${evidence}`);
}

/** A second success of a debt that was paid: it cannot be undone here, so a person is told. */
function reportOvercharge(draft: DecisionDraft, paymentId: PaymentId | null): void {
  if (paymentId === null || draft.recovery.settlement?.paymentId === paymentId) return;
  explain(draft, "payment.overcharged", `${paymentId} succeeded although the debt was paid`);
  notifyOperator(draft, { cause: "overcharged", paymentId, totals: null });
}

/**
 * Ends the debt for a reason other than payment. A queued charge is taken back; one that has started is
 * awaited, and so is a payment that is open, for it may succeed.
 */
export function closeDebt(draft: DecisionDraft, closing: Closing): void {
  const { charge, paymentLink, plan } = draft.recovery;
  update(draft, { closing, plan: null, customerAction: null });
  if (charge?.phase === "started") draft.effects.push({ kind: "withdraw_charge" });
  // The customer may be paying this moment.
  if (paymentLink?.phase === "open" && !isPending(draft.recovery, "read"))
    startRead(draft, "an end");
  const what = pendingBeforeEnd(draft.recovery);
  if (what === null) {
    finishClosing(draft, closing);
    return;
  }
  explain(
    draft,
    "closing.waits_for_charge",
    `${closing.reason}; ${what} is awaited${plan === null ? "" : ", nothing more is charged"}`,
  );
}

/** The subscription has ended, or its merchant has opted out: so do the debts. */
export function endWithSubscription(
  draft: DecisionDraft,
  { status, optedOut }: Subscription,
): void {
  const { debt, settlement, closing } = draft.recovery;
  if (debt === null || settlement !== null || closing !== null) return;
  if (isTerminalStatus(status)) {
    closeDebt(draft, {
      outcome: "cancelled",
      scope: "subscription",
      by: "dodo",
      who: null,
      rule: "subscription.ended",
      reason: `the subscription is ${status}`,
    });
  } else if (optedOut) {
    closeDebt(draft, {
      outcome: "nothing_owed",
      scope: "subscription",
      by: "merchant",
      who: null,
      rule: "opening.opted_out",
      reason: "metadata.reprise is off",
    });
  }
}

/** What may still succeed, in words; null where nothing can. */
function pendingBeforeEnd(recovery: Recovery): string | null {
  const { charge, followUp, paymentLink } = recovery;
  if (charge !== null) return `attempt ${charge.number}`;
  if (followUp?.reason === "open_payment") return "an open payment";
  if (paymentLink?.phase === "in_use") return "the customer's payment";
  if (paymentLink?.phase === "open" && isPending(recovery, "read"))
    return "a look at the customer's page";
  return null;
}

/**
 * What holds after every event, whatever it was: once no charge is in flight, a paid debt waits for nothing but
 * its subscription's return, and one that is to end ends.
 */
export function finishIfDone(draft: DecisionDraft): void {
  const { debt, closing, charge, settlement, followUp } = draft.recovery;
  if (debt === null || charge !== null) return;
  if (settlement !== null && wasCollectedAtOnce(draft.recovery) && !isHeld(draft.recovery)) {
    const { paymentId, by } = settlement;
    const end = {
      outcome: "collected",
      by,
      paymentId,
      rule: "requested_charge.collected",
    } as const;
    return endDebt(draft, { ...end, reason: "it was charged as asked" });
  }
  if (settlement !== null) {
    const reactivation = {
      reason: "reactivation",
      since: settlement.at,
      reads: 0,
      nextAt: draft.now,
    } as const;
    update(draft, {
      plan: null,
      customerAction: null,
      paymentLink: null,
      followUp: followUp ?? reactivation,
    });
    return;
  }
  if (closing !== null && pendingBeforeEnd(draft.recovery) === null) finishClosing(draft, closing);
}

/** A person has looked at what was awaited: the end does not wait for it any longer. */
export function endImmediately(draft: DecisionDraft, closing: Closing): void {
  finishClosing(draft, closing);
}

function finishClosing(draft: DecisionDraft, closing: Closing): void {
  const { outcome, scope, by, who, rule, reason } = closing;
  endDebt(draft, { outcome, by, who, rule, reason, reactivated: null }, scope);
}
