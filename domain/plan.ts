import { classifyDecline, repetitionLimit, type Decline } from "./decline.ts";

import {
  latestAttempt,
  SCHEDULE_TRIGGERS,
  type Asking,
  type Attempt,
  type Recovery,
} from "./recovery.ts";
import { movedAttemptAt, nextAttemptAt, type ScheduleInput } from "./retry-schedule.ts";
import { describeDuration, describeInstant, type Instant } from "./time.ts";
import { because, hold, tell, update, type Turn } from "./turn.ts";

/** Indian mandates take at most three retries a cycle. @source landscape 4d, NPCI */
const INR_RETRIES_MAX = 3;

/** The customer is asked: the `hard` notices count from now. An asking that is under way goes on. */
export function ask(turn: Turn, why: Asking["why"]): void {
  const after = latestAttempt(turn.recovery)?.number ?? 1;
  update(turn, { plan: null, asking: turn.recovery.asking ?? { since: turn.now, after, why } });
}

/** What follows the latest decline: the schedule, the customer, the merchant. */
export function planAfterDecline(turn: Turn): void {
  const attempt = latestAttempt(turn.recovery);
  if (attempt === null) return;
  const decline = classifyDecline(attempt.declineCode, turn.policy.codes);
  const said = `attempt ${attempt.number} declined: ${decline.code} (${decline.declineClass})`;
  if (!decline.known) tell(turn, "unknown_code", decline.code);
  switch (decline.handling) {
    case "never":
      ask(turn, "decline");
      because(turn, "decline.never", `${said}; this card is not charged again`);
      return;
    case "customer":
      ask(turn, "decline");
      because(turn, "decline.customer", `${said}; only the customer can mend it`);
      return;
    case "merchant":
      because(turn, "decline.merchant", `${said}; the fault is on the merchant's side`);
      hold(turn, "merchant_code", decline.code);
      return;
    case "retry":
      because(turn, "decline.retry", `${said}; it may pass`);
      planRetry(turn, attempt, decline);
      return;
  }
}

function planRetry(turn: Turn, attempt: Attempt, decline: Decline): void {
  const { recovery, policy } = turn;
  if (recovery.debt?.chargeable === false) {
    ask(turn, "not_chargeable");
    because(turn, "schedule.not_chargeable", "another currency than the subscription's");
    return;
  }
  const limit = repetitionLimit(decline.code, policy.retry.repeatedCodeLimit);
  if (limit !== null && timesInARow(recovery.attempts, decline.code) >= limit) {
    ask(turn, "repeated_code");
    because(turn, "decline.repeated", `${decline.code} came ${limit} times in a row`);
    return;
  }
  const gapMs = nextGapMs(recovery, policy.retry, decline);
  const at = gapMs === null ? null : nextAttemptAt(scheduleInput(turn, attempt, gapMs));
  if (gapMs === null || at === null || at >= quietFrom(recovery, policy.quietEndMs)) {
    ask(turn, "schedule_spent");
    because(turn, "schedule.spent", "no attempt is left before the window's quiet end");
    return;
  }
  const number = attempt.number + 1;
  update(turn, {
    plan: { at: Math.max(at, turn.now + 1), number, trigger: "schedule", tries: 0, moves: 0 },
    asking: null,
  });
  because(
    turn,
    "schedule.next",
    `attempt ${number} on ${describeInstant(at)}, ${describeDuration(gapMs)} after the last`,
  );
}

/** The gap before the next scheduled attempt, or null when the schedule's budget is spent. */
function nextGapMs(
  recovery: Recovery,
  retry: Turn["policy"]["retry"],
  decline: Decline,
): number | null {
  const spent = recovery.attempts.filter(({ trigger }) =>
    SCHEDULE_TRIGGERS.includes(trigger),
  ).length;
  const retriesMax = recovery.debt?.currency === "INR" ? INR_RETRIES_MAX : retry.gapsMs.length;
  const retries = Math.max(spent - 1, 0);
  if (retries >= Math.min(retry.gapsMs.length, retriesMax)) return null;
  return retries === 0 && decline.transient
    ? retry.transientGapMs
    : (retry.gapsMs[retries] ?? null);
}

function timesInARow(attempts: readonly Attempt[], code: string): number {
  const last = attempts.findLastIndex(
    (attempt) => classifyDecline(attempt.declineCode, {}).code !== code,
  );
  return attempts.length - 1 - last;
}

function scheduleInput(turn: Turn, attempt: Attempt, gapMs: number): ScheduleInput {
  return {
    gapMs,
    previousStartedAt: attempt.startedAt,
    failureKnownAt: attempt.endedAt,
    ...calendar(turn),
  };
}

function calendar(turn: Turn): Pick<ScheduleInput, "anchor" | "align" | "recentChargesAt"> {
  const { recovery, policy, now } = turn;
  return {
    anchor: recovery.subscription?.createdAt ?? now,
    align: policy.retry.align,
    recentChargesAt: recovery.recentChargesAt,
  };
}

/** No attempt starts at or after this. */
export function quietFrom(recovery: Recovery, quietEndMs: number): Instant {
  return (recovery.windowEndsAt ?? Number.MAX_SAFE_INTEGER) - quietEndMs;
}

/** An attempt overdue by a day is announced again and moved; into the quiet end, it is not made at all. */
export function moveOverdue(turn: Turn): void {
  const { plan } = turn.recovery;
  if (plan === null) return;
  const at = movedAttemptAt(turn.now, calendar(turn));
  if (at >= quietFrom(turn.recovery, turn.policy.quietEndMs)) {
    ask(turn, "schedule_spent");
    because(turn, "schedule.spent", "the attempt is overdue and the window's quiet end is near");
    return;
  }
  update(turn, { plan: { ...plan, at, tries: 0, moves: plan.moves + 1 } });
  because(turn, "schedule.overdue", `attempt ${plan.number} is moved to ${describeInstant(at)}`);
}

/** A changed method lifts `customer` and `never`: it is charged once, an hour later, after a read. */
export function planForNewMethod(turn: Turn): void {
  const { recovery, policy, now } = turn;
  const method = recovery.subscription?.methodId ?? null;
  const failed = latestAttempt(recovery)?.methodId ?? recovery.debt?.methodId ?? null;
  if (method === null || failed === null || method === failed) return;
  if (method === recovery.methodTried || recovery.charge !== null) return;
  if (recovery.debt === null || !recovery.debt.chargeable) return;
  const at = now + policy.retry.afterMethodChangeMs;
  const number = (latestAttempt(recovery)?.number ?? 0) + 1;
  if (at >= quietFrom(recovery, policy.quietEndMs)) return;
  // A page without a payment of its own has done its work once the method changed.
  const pageIsDone = recovery.link !== null && recovery.link.paymentId === null;
  update(turn, {
    ...(pageIsDone ? { link: null, watch: null } : {}),
    methodTried: method,
    asking: null,
    plan: { at, number, trigger: "payment_method_update", tries: 0, moves: 0 },
  });
  because(
    turn,
    "schedule.method_changed",
    `the payment method changed; attempt ${number} on ${describeInstant(at)} unless it is paid by then`,
  );
}

/** After a pause, or an operator's word: what the latest facts ask for. */
export function replan(turn: Turn): void {
  const { recovery } = turn;
  if (recovery.debt === null || recovery.charge !== null || recovery.paid !== null) return;
  if (recovery.plan !== null || recovery.asking !== null) return;
  const attempt = latestAttempt(recovery);
  if (attempt === null) return;
  const decline = classifyDecline(attempt.declineCode, turn.policy.codes);
  // Resumed after a merchant's fault was mended: the schedule takes it from here.
  if (decline.handling === "merchant") planRetry(turn, attempt, decline);
  else planAfterDecline(turn);
}
