import type { Debt, Closing, EndedDebt, Paid, Recovery } from "./recovery.ts";
import { describeMoney, money } from "./money.ts";
import type { PaymentId } from "./ids.ts";
import { because, reply, start, tell, update, type Turn } from "./turn.ts";

/** How many ended debts one run remembers in full. */
const ENDED_MAX = 20;

const NO_DEBT = {
  debt: null,
  attempts: [],
  charge: null,
  plan: null,
  asking: null,
  watch: null,
  link: null,
  paid: null,
  closing: null,
  windowEndsAt: null,
  windowStoppedAt: null,
  paused: null,
  attention: null,
  notices: [],
  told: [],
  heldSeen: false,
  methodTried: null,
  opening: null,
} as const satisfies Partial<Recovery>;

type End = Pick<EndedDebt, "outcome" | "by" | "rule" | "reason"> &
  Partial<Pick<EndedDebt, "who" | "paymentId" | "reactivated">>;

/** Ends the current debt, or an opening that found none. A debt ends once. */
export function endDebt(turn: Turn, end: End): void {
  const { recovery, now } = turn;
  const { debt } = recovery;
  refuseWaiting(turn, end.reason);
  if (debt !== null && wantsThanks(recovery, turn.policy.notices.recovered, end)) {
    startThanks(turn, debt);
  }
  const ended: EndedDebt = {
    debtId: debt?.id ?? null,
    who: null,
    paymentId: null,
    reactivated: null,
    amountMinor: debt?.priceMinor ?? null,
    currency: debt?.currency ?? null,
    attempts: recovery.attempts,
    firstDeclineCode: debt?.firstDeclineCode ?? null,
    notices: recovery.notices,
    firstFailedAt: debt?.firstFailedAt ?? null,
    endedAt: now,
    ...end,
  };
  update(turn, { ...NO_DEBT, ended: [...recovery.ended, ended].slice(-ENDED_MAX) });
  because(turn, end.rule, `${end.outcome}: ${end.reason}`);
}

/** Thanks make sense only to someone who was told of the failure. */
function wantsThanks(recovery: Recovery, wanted: boolean, end: End): boolean {
  return (
    wanted && recovery.notices.length > 0 && end.outcome === "recovered" && end.by !== "operator"
  );
}

function startThanks(turn: Turn, debt: Debt): void {
  start(turn, {
    kind: "notice",
    notice: "recovered",
    key: "recovered",
    debtId: debt.id,
    amountMinor: debt.priceMinor,
    currency: debt.currency,
    failedPaymentId: debt.failedPaymentId,
    declineCode: null,
    nextAttemptAt: null,
    windowEndsAt: turn.recovery.windowEndsAt ?? turn.now,
    withLink: false,
  });
}

/** Customers waiting for a page get an answer before the debt is gone. */
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
    attention: null,
    // A charge that is in flight all the same is followed to its end first.
    ...(charge === null ? { watch: null } : {}),
  });
  const amount = describeMoney(money(debt.priceMinor, debt.currency));
  because(
    turn,
    paid.rule,
    `${amount} paid by ${paid.by}${paid.paymentId ? ` (${paid.paymentId})` : ""}`,
  );
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
  const { charge, watch } = turn.recovery;
  if (charge === null && watch?.why === "open_payment") {
    update(turn, { closing, plan: null, asking: null });
    because(turn, "closing.awaits_charge", `${closing.reason}; an open payment is awaited`);
    return;
  }
  if (charge === null) {
    finishClosing(turn, closing);
    return;
  }
  update(turn, { closing, plan: null, asking: null });
  if (charge.standing === "started") turn.effects.push({ kind: "withdraw_charge" });
  because(turn, "closing.awaits_charge", `${closing.reason}; attempt ${charge.number} is awaited`);
}

/**
 * What holds after every event, whatever it was: once no charge is in flight, a paid debt waits for nothing but
 * its subscription's return, and one that is to end ends.
 */
export function goOnToTheEnd(turn: Turn): void {
  const { debt, closing, charge, paid, watch } = turn.recovery;
  if (debt === null || charge !== null) return;
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
  if (closing !== null && watch?.why !== "open_payment") finishClosing(turn, closing);
}

function finishClosing(turn: Turn, closing: Closing): void {
  endDebt(turn, {
    outcome: closing.outcome,
    by: closing.by,
    who: closing.who,
    rule: closing.rule,
    reason: closing.reason,
    reactivated: null,
  });
}
