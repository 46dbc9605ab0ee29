import { attemptFrom } from "../debt/debt-of-payments.ts";
import { close, settle } from "../debt/ending.ts";
import {
  because,
  followUpAt,
  hold,
  release,
  startRead,
  tell,
  type Turn,
  update,
} from "../draft/draft.ts";
import { ask, moveOverdue, planAfterDecline, quietFrom } from "../schedule/plan.ts";
import type { Attempt, ChargeInFlight, PlannedAttempt } from "../state/attempt.ts";
import type { Debt } from "../state/debt.ts";
import type { ChargeOutcome } from "../state/event.ts";
import { type Payment, standingOf } from "../state/payment.ts";
import type { EffectId } from "../values/ids.ts";
import { describeInstant, type Instant, MINUTE_MS } from "../values/time.ts";

/** Refusals that mean: not by a charge, but the customer can still pay. @source dodo.md 5.3 */
const CUSTOMER_PATH_CODES = new Set([
  "SUBSCRIPTION_INACTIVE",
  "SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED",
  "CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION",
  "NO_ELIGIBLE_PAYMENT_METHODS",
]);

/** Tries in which something stood in the way that no read could place, before a person looks. */
const BLOCKED_TRIES_MAX = 5;

/** How often one attempt may vanish without a trace before a person looks. */
const LOST_MAX = 3;

/** The charge activity ended. One that concerns an earlier charge tells nothing about this one. */
export function onChargeFinished(turn: Turn, effectId: EffectId, outcome: ChargeOutcome): void {
  const { charge } = turn.recovery;
  if (charge === null || charge.effectId !== effectId) {
    because(turn, "payment.known", "the attempt's end is known already");
    return;
  }
  switch (outcome.kind) {
    case "accepted":
      if (charge.standing === "started") accept(turn, charge, outcome);
      return;
    case "refused":
      refuse(turn, charge, outcome.code, outcome.httpStatus);
      return;
    case "not_attempted":
      notAttempted(turn, charge, outcome);
      return;
    case "unknown":
      raiseFence(turn, charge, outcome.leftBy, outcome.detail);
      return;
  }
}

function accept(
  turn: Turn,
  charge: ChargeInFlight,
  { paymentId, adopted }: ChargeOutcome & { readonly kind: "accepted" },
): void {
  follow(turn, { ...charge, standing: "accepted", paymentId, leftBy: null });
  const how = adopted ? "was found as" : "is";
  because(turn, "charge.accepted", `attempt ${charge.number} ${how} ${paymentId}`);
}

/** The payment is at Dodo and open: a webhook will tell, and reads do where none comes. */
function follow(turn: Turn, charge: ChargeInFlight): void {
  const watch = { why: "charge", since: turn.now, reads: 0, nextAt: followUpAt(turn, 0) } as const;
  update(turn, { charge, watch });
}

/** @source design, "The fence": unknown forbids every charge of this subscription until there is evidence */
function raiseFence(turn: Turn, charge: ChargeInFlight, leftBy: number, detail: string): void {
  update(turn, {
    charge: { ...charge, standing: "unknown", leftBy },
    watch: { why: "fence", since: leftBy, reads: 0, nextAt: followUpAt(turn, 0) },
  });
  because(turn, "charge.unknown", `attempt ${charge.number} may have happened: ${detail}`);
}

function refuse(turn: Turn, charge: ChargeInFlight, code: string, httpStatus: number): void {
  update(turn, { charge: null, watch: null });
  because(turn, "charge.refused", `attempt ${charge.number} refused: ${code} (HTTP ${httpStatus})`);
  if (code === "SUBSCRIPTION_EXPIRED") {
    close(turn, {
      outcome: "cancelled",
      scope: "subscription",
      by: "dodo",
      who: null,
      rule: "subscription.ended",
      reason: "Dodo says the subscription has expired",
    });
  } else if (CUSTOMER_PATH_CODES.has(code)) ask(turn, "refused");
  else hold(turn, "refused_request", code);
}

/**
 * In shadow mode: the attempt would have been sent. What it would have come to is not known, so that the schedule
 * goes on as if it had been declined like the one before; what others collect ends it.
 */
function recordShadow(turn: Turn, charge: ChargeInFlight): void {
  const { attempts } = turn.recovery;
  const shadowed: Attempt = {
    number: charge.number,
    trigger: charge.trigger,
    startedAt: charge.startedAt,
    endedAt: turn.now,
    paymentId: null,
    result: "shadowed",
    declineCode: attempts.at(-1)?.declineCode ?? null,
    methodId: turn.recovery.subscription?.methodId ?? null,
  };
  update(turn, { charge: null, watch: null, attempts: [...attempts, shadowed] });
  planAfterDecline(turn);
  because(turn, "charge.shadowed", `attempt ${charge.number} would have been sent now`);
}

/** No request left, so the attempt stays due: when, depends on why. */
function notAttempted(
  turn: Turn,
  charge: ChargeInFlight,
  { why, detail, until }: ChargeOutcome & { readonly kind: "not_attempted" },
): void {
  if (why === "shadow") return recordShadow(turn, charge);
  const tries = charge.plan.tries + 1;
  update(turn, {
    charge: null,
    watch: null,
    plan: { ...charge.plan, at: followUpAt(turn, tries - 1), tries, announce: false },
    // It was not made, so it does not count.
    recentChargesAt: turn.recovery.recentChargesAt.filter((at) => at !== charge.startedAt),
  });
  because(turn, "charge.not_attempted", `attempt ${charge.number} was not sent: ${why}; ${detail}`);
  switch (why) {
    case "payment_exists":
    case "status_changed":
    case "method_barred":
    case "opted_out":
      startRead(turn, `attempt ${charge.number} found something new`);
      if (tries >= BLOCKED_TRIES_MAX) hold(turn, "blocked", detail);
      return;
    case "payment_pending":
      update(turn, {
        watch: { why: "pending_payment", since: turn.now, reads: 0, nextAt: turn.now },
      });
      because(turn, "charge.pending_payment", "Dodo has a payment that is not ended");
      return;
    case "overdue":
      moveOverdue(turn);
      return;
    case "not_found":
      hold(turn, "refused_request", detail);
      return;
    case "not_retryable":
      ask(turn, "refused");
      because(turn, "scheduled.not_retryable", detail);
      return;
    case "cooling_down":
      coolDown(turn, charge.plan, until ?? followUpAt(turn, tries), detail);
      return;
    case "withdrawn":
      update(turn, { plan: { ...charge.plan, at: turn.now + 1 } });
      return;
    // All charging is stopped meanwhile, for the whole account: the attempt stays due.
    case "unauthorized":
    case "stale":
    case "rate_limited":
    case "unreachable":
      return;
  }
}

/** Dodo names the time of its next manual retry: before the quiet end the attempt waits for it. */
function coolDown(turn: Turn, plan: PlannedAttempt, until: Instant, detail: string): void {
  // Dodo's clock and ours differ: where its time has come by ours, and not by its own, it is not asked at once.
  const at = Math.max(until, turn.now + MINUTE_MS);
  if (at >= quietFrom(turn.recovery, turn.policy.quietEndMs)) {
    ask(turn, "schedule_spent");
    because(turn, "schedule.spent", `${detail}; the window's quiet end is near`);
    return;
  }
  update(turn, { plan: { ...plan, at, dueAt: at, tries: 0, announce: false } });
  because(turn, "scheduled.cooling_down", `${detail}; the attempt is made ${describeInstant(at)}`);
}

/** What the payment of the charge in flight says. */
export function onChargePayment(turn: Turn, payment: Payment): void {
  const { charge, debt } = turn.recovery;
  if (charge === null || debt === null) return;
  learn(turn, debt, payment);
  const standing = standingOf(payment);
  switch (standing) {
    case "succeeded":
      finishCharge(turn, attemptOf(turn, charge, payment));
      settle(turn, { by: "attempt", paymentId: payment.paymentId, rule: "charge.succeeded" });
      break;
    case "declined":
      finishCharge(turn, attemptOf(turn, charge, payment));
      if (mayGoOn(turn)) planAfterDecline(turn);
      break;
    case "abandoned":
    case "open":
      if (charge.standing !== "accepted") {
        follow(turn, {
          ...charge,
          standing: "accepted",
          paymentId: payment.paymentId,
          leftBy: null,
        });
        because(turn, "charge.found", `attempt ${charge.number} is ${payment.paymentId}`);
      }
      break;
  }
  checkTotal(turn, payment, turn.recovery.debt?.totalMinor ?? debt.totalMinor, charge.number);
}

/** A charge asked of us names no total: its first payment does. Declined, that payment founds the recovery. */
function learn(turn: Turn, debt: Debt, payment: Payment): void {
  if (debt.asked === undefined || debt.failedPaymentId !== null) return;
  const { totalMinor, paymentId, declineCode, methodId } = payment;
  const known = { ...debt, totalMinor, methodId: methodId ?? debt.methodId };
  if (standingOf(payment) !== "declined") return update(turn, { debt: known });
  update(turn, {
    debt: { ...known, failedPaymentId: paymentId, firstDeclineCode: declineCode },
    windowEndsAt: turn.now + turn.policy.windowMs,
  });
}

/** Nothing is planned for a debt that is paid, that ends, or that Dodo has taken over meanwhile. */
function mayGoOn({ recovery: { paid, closing, observing } }: Turn): boolean {
  return paid === null && closing === null && observing === null;
}

function attemptOf({ recovery, now }: Turn, charge: ChargeInFlight, payment: Payment): Attempt {
  const { number, trigger, startedAt } = charge;
  const methodId = payment.methodId ?? recovery.subscription?.methodId ?? null;
  return { ...attemptFrom(payment, number, trigger, now), startedAt, methodId };
}

function finishCharge(turn: Turn, attempt: Attempt): void {
  update(turn, { charge: null, watch: null, attempts: [...turn.recovery.attempts, attempt] });
  release(turn, ["unknown_outcome", "outcome_deadline"]);
}

/** @source design, "Amount": a total above the failed one's stops further charging and asks a person */
function checkTotal(turn: Turn, payment: Payment, totalMinor: number, number: number): void {
  if (payment.totalMinor <= totalMinor) return;
  const detail = `attempt ${number} asks for ${payment.totalMinor} instead of ${totalMinor} (${payment.paymentId})`;
  because(turn, "payment.too_much", detail);
  if (turn.recovery.paid === null) hold(turn, "overcharged", detail);
  else tell(turn, "overcharged", detail);
}

/** A read found no trace of the charge in flight. */
export function onChargeAbsent(turn: Turn, readAt: number): void {
  const { charge, watch } = turn.recovery;
  if (charge?.standing !== "unknown" || charge.leftBy === null) return;
  const { settleMs, settleReads } = turn.policy.retry;
  const reads = (watch?.reads ?? 0) + (readAt >= charge.leftBy ? 1 : 0);
  const settledAt = charge.leftBy + settleMs;
  if (reads >= settleReads && readAt >= settledAt) {
    goAgain(turn, charge, `${reads} reads until ${describeInstant(readAt)}`);
    return;
  }
  const stillNeeded = Math.max(settleReads - reads, 1);
  // The reads are spread so that the last one needed falls after the settling time, by the clock that is behind.
  const leftMs = settledAt - Math.min(turn.now, readAt);
  const spreadMs = Math.max(leftMs / stillNeeded, 1_000);
  const nextAt = Math.min(followUpAt(turn, reads), turn.now + Math.ceil(spreadMs));
  update(turn, { watch: { why: "fence", since: charge.leftBy, reads, nextAt } });
  because(turn, "charge.unknown", `attempt ${charge.number} is not to be seen (read ${reads})`);
}

/** Absence is believed: the same attempt goes again under the same key. Not for ever. */
function goAgain(turn: Turn, charge: ChargeInFlight, evidence: string): void {
  const lost = charge.plan.lost + 1;
  const at = turn.now + 1;
  update(turn, {
    charge: null,
    watch: null,
    plan: { ...charge.plan, at, dueAt: at, tries: 0, lost, announce: false },
  });
  release(turn, ["unknown_outcome"]);
  because(
    turn,
    "charge.absent",
    `attempt ${charge.number} stayed absent in ${evidence}; it goes again under the same key`,
  );
  if (lost >= LOST_MAX)
    hold(turn, "unknown_outcome", `attempt ${charge.number}, sent ${lost} times`);
}
