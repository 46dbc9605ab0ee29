import { because, reply, start, startRead, tell, type Turn, update } from "../draft/draft.ts";
import type { Closing, Debt, EndedDebt, EndScope, Paid, QueuedDebt } from "../state/debt.ts";
import { isCollected, isHeld, isPending } from "../state/facts.ts";
import type { NoticeKind } from "../state/notice.ts";
import { isTerminalStatus, type Subscription } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import type { ChargeRequest } from "../state/requested-charge.ts";
import type { DebtId, PaymentId } from "../values/ids.ts";
import { describeMoney, money } from "../values/money.ts";
import type { Instant } from "../values/time.ts";

/** How many ended debts one run remembers in full: a whole queue, and as many again. */
const ENDED_MAX = 40;

const NO_DEBT = {
  debt: null,
  attempts: [],
  workedSince: null,
  charge: null,
  plan: null,
  asking: null,
  observing: null,
  dodoSignAt: null,
  watch: null,
  link: null,
  paid: null,
  closing: null,
  windowEndsAt: null,
  windowStoppedAt: null,
  attention: [],
  notices: [],
  remindersOff: false,
  told: [],
  answered: [],
  triedMethods: [],
  delivered: 0,
  heldSeen: false,
  opening: null,
} as const satisfies Partial<Recovery>;

type End = Pick<EndedDebt, "outcome" | "by" | "rule" | "reason"> &
  Partial<Pick<EndedDebt, "who" | "paymentId" | "reactivated" | "refusal">>;

/**
 * Ends the current debt, or an opening that found none. A debt ends once.
 * @param scope where the whole subscription's ends, the debts that wait end with it
 */
export function endDebt(turn: Turn, end: End, scope: EndScope = "debt"): void {
  const { recovery } = turn;
  refuseWaiting(turn, end.reason);
  if (recovery.debt !== null && wantsThanks(recovery, turn.policy.notices.recovered, end)) {
    startLastNotice(turn, recovery.debt, "recovered", end.paymentId);
  }
  const queue = scope === "subscription" ? [] : recovery.queue;
  const waiting = scope === "subscription" ? recovery.queue : [];
  const unread = scope === "subscription" ? recovery.requests : [];
  const ended = [
    ...recovery.ended,
    ...waiting.map((one) => endedUnworked(turn, one, end)),
    ...unread.map((one) => endedRequest(turn, one, end)),
    ...endedDebts(turn, end),
  ];
  // An operator's pause holds the recovery, not the one debt.
  const paused = queue.length === 0 ? null : recovery.paused;
  const requests = recovery.requests.filter((one) => !unread.includes(one));
  update(turn, { ...NO_DEBT, paused, queue, requests, ended: ended.slice(-ENDED_MAX) });
  because(turn, end.rule, `${end.outcome}: ${end.reason}`);
}

/** Ends a debt whose turn had not come. */
export function endQueued(turn: Turn, id: DebtId, end: End): void {
  const { queue, ended } = turn.recovery;
  const one = queue.find(({ debt }) => debt.id === id);
  if (one === undefined) return;
  update(turn, {
    queue: queue.filter(({ debt }) => debt.id !== id),
    ended: [...ended, endedUnworked(turn, one, end)].slice(-ENDED_MAX),
  });
  because(turn, end.rule, `${id} ${end.outcome}: ${end.reason}`);
}

/** A charge that was asked of us and is not taken: nothing was sent. */
export function refuseRequest(
  turn: Turn,
  request: ChargeRequest,
  { code, reason }: { readonly code: NonNullable<EndedDebt["refusal"]>; readonly reason: string },
): void {
  const { requests, ended } = turn.recovery;
  const end = {
    outcome: "nothing_owed",
    by: "reprise",
    rule: "asked.refused",
    reason,
    refusal: code,
  } as const;
  update(turn, {
    requests: requests.filter(({ chargeId }) => chargeId !== request.chargeId),
    ended: [...ended, endedRequest(turn, request, end)].slice(-ENDED_MAX),
  });
  because(turn, "asked.refused", `a charge is not taken: ${reason}`);
}

function endedRequest(
  { now }: Turn,
  { chargeId, charge, askedAt }: ChargeRequest,
  end: End,
): EndedDebt {
  const nothing = { debt: null, attempts: [], notices: [] };
  return {
    ...endedDebt(chargeId, nothing, end, now),
    amountMinor: charge.amountMinor,
    currency: charge.currency,
    firstFailedAt: askedAt,
    asked: true,
  };
}

function endedUnworked({ now }: Turn, { debt, attempts }: QueuedDebt, end: End): EndedDebt {
  return endedDebt(debt.id, { debt, attempts, notices: [] }, end, now);
}

/** One for the debt; where an opening was unclear, one for each payment that might have been one. */
function endedDebts({ recovery, now }: Turn, end: End): EndedDebt[] {
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
    ...(debt?.asked === undefined ? {} : { asked: true as const, totalMinor: debt.totalMinor }),
    ...end,
  };
}

/** Thanks make sense only to someone who was told of the failure. */
function wantsThanks(recovery: Recovery, wanted: boolean, end: End): boolean {
  return wanted && recovery.delivered > 0 && end.outcome === "recovered" && end.by !== "operator";
}

/** The customer is told how it ended: nothing is asked of them any more. */
export function startLastNotice(
  turn: Turn,
  debt: Debt,
  notice: Extract<NoticeKind, "recovered" | "cancelled">,
  paidBy: PaymentId | null = null,
): void {
  start(turn, {
    kind: "notice",
    notice,
    key: notice,
    debtId: debt.id,
    amountMinor: debt.priceMinor,
    currency: debt.currency,
    failedPaymentId: debt.failedPaymentId,
    declineCode: null,
    nextAttemptAt: null,
    windowEndsAt: turn.recovery.windowEndsAt ?? turn.now,
    withLink: false,
    ...(paidBy === null ? {} : { paidBy }),
  });
}

/** Customers waiting for a page get an answer before it is gone. */
function refuseWaiting(turn: Turn, reason: string): void {
  for (const commandId of turn.recovery.link?.waiting ?? []) {
    reply(turn, commandId, { ok: false, code: "nothing_owed", reason });
  }
}

/** The debt is paid: nothing more is charged or asked for; the subscription's return is watched. */
export function settle(turn: Turn, paid: Omit<Paid, "at">): void {
  const { debt, charge } = turn.recovery;
  if (debt === null) return;
  if (turn.recovery.paid !== null) {
    tooMuch(turn, paid.paymentId);
    return;
  }
  refuseWaiting(turn, "the debt is paid");
  update(turn, {
    paid: { ...paid, at: turn.now },
    plan: null,
    asking: null,
    link: null,
    attention: [],
    // A charge that is in flight all the same is followed to its end first.
    ...(charge === null ? { watch: null } : {}),
  });
  const amount = describeMoney(money(debt.priceMinor, debt.currency));
  const evidence = paid.paymentId === null ? "" : ` (${paid.paymentId})`;
  because(turn, paid.rule, `${amount} paid by ${paid.by}${evidence}`);
}

/** A second success of a debt that was paid: it cannot be undone here, so a person is told. */
function tooMuch(turn: Turn, paymentId: PaymentId | null): void {
  if (paymentId === null || turn.recovery.paid?.paymentId === paymentId) return;
  because(turn, "payment.too_much", `${paymentId} succeeded although the debt was paid`);
  tell(turn, "overcharged", `${paymentId} succeeded although the debt was paid`);
}

/**
 * Ends the debt for a reason other than payment. A queued charge is taken back; one that has started is
 * awaited, and so is a payment that is open, for it may succeed.
 */
export function close(turn: Turn, closing: Closing): void {
  const { charge, link, plan } = turn.recovery;
  update(turn, { closing, plan: null, asking: null });
  if (charge?.standing === "started") turn.effects.push({ kind: "withdraw_charge" });
  // The customer may be paying this moment.
  if (link?.standing === "live" && !isPending(turn.recovery, "read")) startRead(turn, "an end");
  const what = awaitedBeforeEnd(turn.recovery);
  if (what === null) {
    finishClosing(turn, closing);
    return;
  }
  because(
    turn,
    "closing.awaits_charge",
    `${closing.reason}; ${what} is awaited${plan === null ? "" : ", nothing more is charged"}`,
  );
}

/** The subscription has ended, or its merchant has opted out: so do the debts. */
export function endWithSubscription(turn: Turn, { status, optedOut }: Subscription): void {
  const { debt, paid, closing } = turn.recovery;
  if (debt === null || paid !== null || closing !== null) return;
  if (isTerminalStatus(status)) {
    close(turn, {
      outcome: "cancelled",
      scope: "subscription",
      by: "dodo",
      who: null,
      rule: "subscription.ended",
      reason: `the subscription is ${status}`,
    });
  } else if (optedOut) {
    close(turn, {
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
function awaitedBeforeEnd(recovery: Recovery): string | null {
  const { charge, watch, link } = recovery;
  if (charge !== null) return `attempt ${charge.number}`;
  if (watch?.why === "open_payment") return "an open payment";
  if (link?.standing === "used") return "the customer's payment";
  if (link?.standing === "live" && isPending(recovery, "read"))
    return "a look at the customer's page";
  return null;
}

/**
 * What holds after every event, whatever it was: once no charge is in flight, a paid debt waits for nothing but
 * its subscription's return, and one that is to end ends.
 */
export function goOnToTheEnd(turn: Turn): void {
  const { debt, closing, charge, paid, watch } = turn.recovery;
  if (debt === null || charge !== null) return;
  if (paid !== null && isCollected(turn.recovery) && !isHeld(turn.recovery)) {
    const { paymentId, by } = paid;
    const end = { outcome: "collected", by, paymentId, rule: "asked.collected" } as const;
    return endDebt(turn, { ...end, reason: "it was charged as asked" });
  }
  if (paid !== null) {
    const reactivation = {
      why: "reactivation",
      since: paid.at,
      reads: 0,
      nextAt: turn.now,
    } as const;
    update(turn, { plan: null, asking: null, link: null, watch: watch ?? reactivation });
    return;
  }
  if (closing !== null && awaitedBeforeEnd(turn.recovery) === null) finishClosing(turn, closing);
}

/** A person has looked at what was awaited: the end does not wait for it any longer. */
export function endNow(turn: Turn, closing: Closing): void {
  finishClosing(turn, closing);
}

function finishClosing(turn: Turn, closing: Closing): void {
  const { outcome, scope, by, who, rule, reason } = closing;
  endDebt(turn, { outcome, by, who, rule, reason, reactivated: null }, scope);
}
