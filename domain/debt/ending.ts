import { notifyOperator } from "../decision/attention.ts";
import { type DecisionDraft, explain, reply, startEffect, update } from "../decision/draft.ts";
import { noticeFieldsOf } from "../decision/effect.ts";
import { startRead } from "../decision/reads.ts";
import { newOpening, NO_CURRENT_DEBT } from "../state/current-debt.ts";
import type { Closing, Debt, EndedDebt, EndScope, QueuedDebt, Settlement } from "../state/debt.ts";
import { importQuietEndsAt, isHeld, isPending, wasCollectedAtOnce } from "../state/facts.ts";
import type { NoticeKind } from "../state/notice.ts";
import { hasEnded, type Subscription } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import type { ChargeRequest } from "../state/requested-charge.ts";
import type { DebtId, PaymentId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";
import { describeOwed } from "./price.ts";

/** How many ended debts a run remembers: twice a full queue. */
const ENDED_MAX = 40;

type End = Pick<EndedDebt, "outcome" | "by" | "rule" | "reason"> &
  Partial<Pick<EndedDebt, "who" | "paymentId" | "reactivated" | "refusal" | "nothingOwed">>;

/**
 * Ends the current debt, or an opening that found none. A debt ends once.
 * @param scope `subscription` also ends all queued debts and requested charges
 */
export function endDebt(draft: DecisionDraft, end: End, scope: EndScope = "debt"): void {
  const { recovery } = draft;
  refuseWaitingCommands(draft, end.reason);
  if (recovery.debt !== null && shouldSendReceipt(draft, end)) {
    startClosingNotice(draft, recovery.debt, "recovered", end.paymentId);
  }
  const queue = scope === "subscription" ? [] : recovery.queue;
  const endedQueue = scope === "subscription" ? recovery.queue : [];
  const endedRequests = scope === "subscription" ? recovery.chargeRequests : [];
  // A late payment's end replaces the end that came before it in the same run.
  const earlier = recovery.ended.filter(
    ({ debtId }) => recovery.latePayment === null || debtId !== recovery.debt?.id,
  );
  const ended = [
    ...earlier,
    ...endedQueue.map((queued) => endedQueuedDebt(draft, queued, end)),
    ...endedRequests.map((request) => endedChargeRequest(draft, request, end)),
    ...endedDebts(draft, end),
  ];
  // A pause holds the whole recovery, so it outlasts the debt.
  const paused = queue.length === 0 ? null : recovery.paused;
  const chargeRequests = recovery.chargeRequests.filter(
    (request) => !endedRequests.includes(request),
  );
  update(draft, {
    ...NO_CURRENT_DEBT,
    opening: recovery.latePayment?.isFollowedByOpening === true ? newOpening(draft.now) : null,
    paused,
    queue,
    // An import covers all that the subscription owes.
    imported: queue.length === 0 ? null : recovery.imported,
    chargeRequests,
    ended: ended.slice(-ENDED_MAX),
  });
  explain(draft, end.rule, `${end.outcome}: ${end.reason}`);
}

/** Ends a debt while it is queued. */
export function endQueuedDebt(draft: DecisionDraft, id: DebtId, end: End): void {
  const { queue, ended } = draft.recovery;
  const queued = queue.find(({ debt }) => debt.id === id);
  if (queued === undefined) return;
  update(draft, {
    queue: queue.filter(({ debt }) => debt.id !== id),
    ended: [...ended, endedQueuedDebt(draft, queued, end)].slice(-ENDED_MAX),
  });
  explain(draft, end.rule, `${id} ended as ${end.outcome}: ${end.reason}`);
}

/** Refuses a requested charge, of which nothing was sent. */
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
  explain(draft, "requested_charge.refused", `the requested charge is refused: ${reason}`);
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

/** The current debt; where an opening was unclear, one entry for each failed payment that may be owed. */
function endedDebts({ recovery, now }: DecisionDraft, end: End): EndedDebt[] {
  const { debt, opening, latePayment } = recovery;
  const ids = debt === null ? (opening?.candidates ?? []) : [debt.id];
  const late = latePayment === null ? {} : { late: true as const };
  return (ids.length === 0 ? [null] : ids).map((id) => ({
    ...endedDebt(id as EndedDebt["debtId"], recovery, end, now),
    ...late,
  }));
}

function endedDebt(
  debtId: EndedDebt["debtId"],
  {
    debt,
    attempts,
    notices,
    imported = null,
  }: Pick<Recovery, "debt" | "attempts" | "notices"> & Partial<Pick<Recovery, "imported">>,
  end: End,
  now: Instant,
): EndedDebt {
  return {
    debtId,
    who: null,
    paymentId: null,
    reactivated: null,
    amountMinor: debt?.totalMinor ?? null,
    currency: debt?.currency ?? null,
    attempts,
    firstDeclineCode: debt?.firstDeclineCode ?? null,
    notices,
    firstFailedAt: debt?.firstFailedAt ?? null,
    endedAt: now,
    ...(debt?.requested === undefined
      ? {}
      : { requested: true as const, totalMinor: debt.totalMinor }),
    ...(imported === null ? {} : { imported }),
    ...end,
  };
}

/** Only a customer who received a notice of the failure gets one of the payment, and in an import's first day none. */
function shouldSendReceipt({ recovery, policy, now }: DecisionDraft, end: End): boolean {
  const isQuiet = now < (importQuietEndsAt(recovery) ?? 0);
  return (
    policy.notices.recovered &&
    !isQuiet &&
    recovery.noticesDelivered > 0 &&
    end.outcome === "recovered" &&
    end.by !== "operator"
  );
}

/** Tells the customer how the debt ended. */
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
    ...noticeFieldsOf(debt),
    declineCode: null,
    nextAttemptAt: null,
    windowEndsAt: draft.recovery.windowEndsAt ?? draft.now,
    withLink: false,
    ...(paidBy === null ? {} : { paidBy }),
  });
}

/** Answers the customers who wait for a payment link that will not come, and an operator who waits for a charge. */
function refuseWaitingCommands(draft: DecisionDraft, reason: string): void {
  const { paymentLink, confirmedDead, opening } = draft.recovery;
  const waiting = [
    ...(paymentLink?.waiting ?? []),
    ...(opening?.latePayment?.waiting ?? []),
    ...(confirmedDead === null ? [] : [confirmedDead.commandId]),
  ];
  for (const commandId of waiting) {
    reply(draft, commandId, { ok: false, code: "nothing_owed", reason });
  }
}

/** Records that the debt is paid. No charge or reminder follows; the subscription is read until it is back. */
export function settleDebt(draft: DecisionDraft, paid: Omit<Settlement, "at">): void {
  const { debt, charge } = draft.recovery;
  if (debt === null) return;
  if (draft.recovery.settlement !== null) {
    reportOvercharge(draft, paid.paymentId);
    return;
  }
  refuseWaitingCommands(draft, "the debt is paid");
  update(draft, {
    settlement: { ...paid, at: draft.now },
    plan: null,
    customerAction: null,
    paymentLink: null,
    waitingPayment: null,
    confirmedDead: null,
    attention: [],
    // A charge in flight is still followed to its end.
    ...(charge === null ? { followUp: null } : {}),
  });
  const evidence = paid.paymentId === null ? "" : ` (${paid.paymentId})`;
  explain(draft, paid.rule, `${describeOwed(debt)} was paid by ${paid.by}${evidence}`);
}

/** A second payment of a paid debt. Only a person can refund it, so the operator is notified. */
function reportOvercharge(draft: DecisionDraft, paymentId: PaymentId | null): void {
  if (paymentId === null || draft.recovery.settlement?.paymentId === paymentId) return;
  explain(
    draft,
    "payment.overcharged",
    `${paymentId} succeeded although the debt was already paid`,
  );
  notifyOperator(draft, { cause: "overcharged", paymentId, totals: null });
}

/**
 * Ends the debt for a reason other than a payment. Withdraws a queued charge. Waits for a started charge and for an
 * open payment, which may still succeed.
 */
export function closeDebt(draft: DecisionDraft, closing: Closing): void {
  const { charge, paymentLink, plan } = draft.recovery;
  update(draft, { closing, plan: null, customerAction: null });
  if (charge?.phase === "started") draft.effects.push({ kind: "withdraw_charge" });
  // The customer may be paying right now.
  if (paymentLink?.phase === "open" && !isPending(draft.recovery, "read"))
    startRead(draft, "the debt ends");
  const awaited = pendingBeforeEnd(draft.recovery);
  if (awaited === null) {
    finishClosing(draft, closing);
    return;
  }
  explain(
    draft,
    "closing.waits_for_charge",
    `${closing.reason}, but ${awaited} has to end first${plan === null ? "" : ", and nothing more is charged"}`,
  );
}

/** Ends all debts when the subscription has ended or the merchant has opted it out. */
export function endWithSubscription(
  draft: DecisionDraft,
  { access, dodoStatus, optedOut }: Subscription,
): void {
  const { debt, settlement, closing } = draft.recovery;
  if (debt === null || settlement !== null || closing !== null) return;
  if (hasEnded(access)) {
    closeDebt(draft, {
      outcome: "cancelled",
      scope: "subscription",
      by: "dodo",
      who: null,
      rule: "subscription.ended",
      reason: `the subscription is ${dodoStatus}`,
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

/** What may still succeed, as text; null where nothing can. */
function pendingBeforeEnd(recovery: Recovery): string | null {
  const { charge, followUp, paymentLink } = recovery;
  if (charge !== null) return `attempt ${charge.number}`;
  if (followUp?.reason === "open_payment") return "an open payment";
  if (paymentLink?.phase === "in_use") return "the customer's payment";
  if (paymentLink?.phase === "open" && isPending(recovery, "read"))
    return "the read of the customer's payment page";
  return null;
}

/**
 * Runs after every event. Once no charge is in flight, a paid debt waits only for its subscription to come back, and a
 * closing debt ends.
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
    return endDebt(draft, { ...end, reason: "the requested charge succeeded" });
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

/** Ends the debt now. An operator who has checked what an end waits for may also end it at once. */
export function finishClosing(draft: DecisionDraft, closing: Closing): void {
  const { scope, paymentId = null, ...end } = closing;
  endDebt(draft, { ...end, paymentId, reactivated: null }, scope);
}
