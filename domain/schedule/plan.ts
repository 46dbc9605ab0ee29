import { classifyDecline, type Decline, repetitionLimit } from "../declines/decline.ts";
import { bar, because, hold, markTried, tell, type Turn, unbar, update } from "../draft/draft.ts";
import { type Attempt, type PlannedAttempt, SCHEDULE_TRIGGERS } from "../state/attempt.ts";
import { currentMethod, isChargeable, isMethodBarred, latestAttempt } from "../state/facts.ts";
import { type Payment, standingOf } from "../state/payment.ts";
import { type Asking, type Recovery } from "../state/recovery.ts";
import { describeDuration, describeInstant, type Instant } from "../values/time.ts";
import {
  movedAttemptAt,
  nextAttemptAt,
  OVERDUE_MS,
  type ScheduleInput,
  underCap,
} from "./retry-schedule.ts";

/** Indian mandates take at most three retries a cycle. @source landscape 4d, NPCI */
const INR_RETRIES_MAX = 3;

/** An attempt as it is planned first; later tries and moves change it. */
export function planned(
  given: Pick<PlannedAttempt, "at" | "number" | "trigger" | "announce">,
): PlannedAttempt {
  return { ...given, dueAt: given.at, tries: 0, moves: 0, lost: 0 };
}

/** The customer is asked: the `hard` notices count from now. An asking that is under way goes on. */
export function ask(turn: Turn, why: Asking["why"]): void {
  const after = latestAttempt(turn.recovery)?.number ?? 1;
  update(turn, { plan: null, asking: turn.recovery.asking ?? { since: turn.now, after, why } });
}

/**
 * What payments say about cards, oldest first: a `never` decline bars one, whoever charged it and for whatever debt;
 * a later success shows that it works again.
 */
export function noteCards(turn: Turn, payments: readonly Payment[]): void {
  for (const payment of payments) {
    if (payment.methodId === null) continue;
    // A set-up of nothing says nothing of what the card would do for a price.
    if (standingOf(payment) === "succeeded" && payment.totalMinor > 0) {
      unbar(turn, payment.methodId);
    }
    if (standingOf(payment) === "declined")
      noteDecline(turn, payment.declineCode, payment.methodId);
  }
}

/** A charge made elsewhere counts for Dodo's limit from when it is reported; our own count since their start. */
export function noteCharge(turn: Turn, { createdAt, totalMinor, attemptKey }: Payment): void {
  const { recentChargesAt } = turn.recovery;
  if (attemptKey !== null || totalMinor <= 0 || recentChargesAt.includes(createdAt)) return;
  update(turn, { recentChargesAt: [...recentChargesAt, createdAt].slice(-12) });
}

/** A `never` decline bars its card. */
export function noteDecline(turn: Turn, code: string | null, methodId: string | null): void {
  if (classifyDecline(code, turn.policy.codes).handling !== "never") return;
  const method = methodId ?? currentMethod(turn.recovery);
  if (method !== null) bar(turn, method);
}

/** A charge that was asked of us is due at once; whatever was declined goes by its decline. */
export function planNext(turn: Turn): void {
  const { debt, attempts } = turn.recovery;
  if (debt?.asked === undefined || attempts.length > 0) return planAfterDecline(turn);
  const plan = planned({ at: turn.now, number: 1, trigger: "charge", announce: false });
  update(turn, { plan });
}

/** What follows the latest decline: the schedule, the customer, the merchant. */
export function planAfterDecline(turn: Turn): void {
  const attempt = latestAttempt(turn.recovery);
  if (attempt === null) return;
  noteDecline(turn, attempt.declineCode, attempt.methodId);
  const decline = classifyDecline(attempt.declineCode, turn.policy.codes);
  const what = attempt.result === "shadowed" ? "supposed to be declined" : "declined";
  const said = `attempt ${attempt.number} ${what}: ${decline.code} (${decline.declineClass})`;
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
  const { recovery, policy, now } = turn;
  const limit = repetitionLimit(decline.code, policy.retry.repeatedCodeLimit);
  if (recovery.subscription?.cancelAtNextBillingDate === true) {
    because(turn, "schedule.cancellation_scheduled", "Dodo takes no charge any more");
    return stopCharging(turn, "cancellation_scheduled", decline);
  }
  if (recovery.debt?.chargeable === false) {
    because(turn, "schedule.not_chargeable", "another currency than the subscription's");
    return stopCharging(turn, "not_chargeable", decline);
  }
  if (isMethodBarred(recovery)) {
    because(turn, "decline.never", "the card on file is one that is not charged again");
    return stopCharging(turn, "decline", decline);
  }
  if (limit !== null && timesInARow(recovery.attempts, decline.code) >= limit) {
    because(turn, "decline.repeated", `${decline.code} came ${limit} times in a row`);
    return stopCharging(turn, "repeated_code", decline);
  }
  const gapMs = nextGapMs(recovery, policy.retry, decline);
  const at = gapMs === null ? null : scheduledAt(turn, attempt, gapMs);
  if (gapMs === null || at === null || at >= quietFrom(recovery, policy.quietEndMs)) {
    because(turn, "schedule.spent", "no attempt is left before the window's quiet end");
    return stopCharging(turn, "schedule_spent", decline);
  }
  const number = attempt.number + 1;
  // The customer is not troubled with what is the merchant's to mend.
  const announce = decline.handling !== "merchant" && at > now;
  const plan = planned({ at: Math.max(at, now + 1), number, trigger: "schedule", announce });
  update(turn, { plan, asking: null });
  const gap = describeDuration(gapMs);
  because(
    turn,
    "schedule.next",
    `attempt ${number} on ${describeInstant(at)}, ${gap} after the last`,
  );
}

/** The schedule is at its end: the customer is asked, or the merchant where the fault is theirs. */
function stopCharging(turn: Turn, why: Asking["why"], decline: Decline): void {
  if (decline.handling === "merchant") hold(turn, "merchant_code", decline.code);
  else ask(turn, why);
}

/** One that should have been made over a day ago (a pause, a question) is announced and made later. */
function scheduledAt(turn: Turn, attempt: Attempt, gapMs: number): Instant {
  const input: ScheduleInput = {
    gapMs,
    previousStartedAt: attempt.startedAt,
    failureKnownAt: Math.max(attempt.endedAt, turn.recovery.workedSince ?? 0),
    ...calendar(turn),
  };
  const at = nextAttemptAt(input);
  return at + OVERDUE_MS < turn.now ? movedAttemptAt(turn.now, input) : at;
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

function timesInARow(all: readonly Attempt[], code: string): number {
  // A supposed decline is none.
  const attempts = all.filter(({ result }) => result !== "shadowed");
  const last = attempts.findLastIndex(
    (attempt) => classifyDecline(attempt.declineCode, {}).code !== code,
  );
  return attempts.length - 1 - last;
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
  move(turn, movedAttemptAt(turn.now, calendar(turn)), "overdue");
}

/** Moves the planned attempt; where no time is left for it, the customer is asked. */
export function move(turn: Turn, at: Instant, why: string): void {
  const { plan } = turn.recovery;
  if (plan === null) return;
  if (at >= quietFrom(turn.recovery, turn.policy.quietEndMs)) {
    ask(turn, "schedule_spent");
    because(
      turn,
      "schedule.spent",
      `attempt ${plan.number} is ${why}, and the window's quiet end is near`,
    );
    return;
  }
  update(turn, {
    plan: { ...plan, at, dueAt: at, tries: 0, moves: plan.moves + 1, announce: true },
  });
  because(
    turn,
    "schedule.overdue",
    `attempt ${plan.number} is ${why}; it is moved to ${describeInstant(at)}`,
  );
}

/**
 * The method on file, as the last read says: a barred one is not charged; a new one of an active subscription is
 * charged once, an hour later, after a read. On a hold it is Dodo that collects when the method changes.
 * @source design, "Rules"; dodo.md 6.1
 */
export function followMethod(turn: Turn): void {
  const { recovery } = turn;
  const { subscription, debt, charge, plan, paid } = recovery;
  const method = subscription?.methodId ?? null;
  if (debt === null || charge !== null || paid !== null || method === null) return;
  if (isMethodBarred(recovery)) {
    if (plan === null) return;
    ask(turn, "decline");
    because(turn, "decline.never", "the card on file is one that is not charged again");
    return;
  }
  const failed = latestAttempt(recovery)?.methodId ?? debt.methodId;
  if (method === failed) {
    if (plan?.trigger !== "payment_method_update") return;
    update(turn, { plan: null });
    replan(turn);
    return;
  }
  const isNew = failed !== null && !recovery.triedMethods.includes(method);
  if (!isNew || !debt.chargeable || !isChargeable(recovery)) return;
  if (subscription?.status === "active") planForNew(turn, method);
}

/**
 * A cancellation that is scheduled: no charge is taken until the date, and the customer can still pay; taken back, the
 * schedule goes on.
 * @source dodo.md 5.3, CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION; 11, question 9
 */
export function followCancellation(turn: Turn): void {
  const { subscription, plan, asking, paid, charge } = turn.recovery;
  if (subscription === null || paid !== null || charge !== null) return;
  if (subscription.cancelAtNextBillingDate && plan !== null) {
    ask(turn, "cancellation_scheduled");
    because(turn, "schedule.cancellation_scheduled", "Dodo takes no charge any more");
  }
  if (!subscription.cancelAtNextBillingDate && asking?.why === "cancellation_scheduled") {
    update(turn, { asking: null });
    because(turn, "schedule.cancellation_taken_back", "the cancellation was taken back");
    replan(turn);
  }
}

function planForNew(turn: Turn, method: string): void {
  const { recovery, policy, now } = turn;
  const at = underCap(now + policy.retry.afterMethodChangeMs, recovery.recentChargesAt);
  if (at >= quietFrom(recovery, policy.quietEndMs)) return;
  // A page without a payment of its own has done its work once the method changed.
  if (recovery.link?.standing === "live" && recovery.link.paymentId === null) {
    update(turn, { link: null, watch: null });
  }
  markTried(turn, method);
  const number = (latestAttempt(recovery)?.number ?? 0) + 1;
  const plan = planned({ at, number, trigger: "payment_method_update", announce: false });
  update(turn, { asking: null, plan });
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
  if (recovery.plan !== null || recovery.asking !== null || recovery.observing !== null) return;
  const attempt = latestAttempt(recovery);
  if (attempt === null) return planNext(turn);
  const decline = classifyDecline(attempt.declineCode, turn.policy.codes);
  // Resumed after a merchant's fault was mended: the schedule takes it from here.
  if (decline.handling === "merchant") planRetry(turn, attempt, decline);
  else planAfterDecline(turn);
}
