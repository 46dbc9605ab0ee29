import { notifyOperator, raiseAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { blockMethod, markMethodTried, unblockMethod } from "../decision/remember.ts";
import { classifyDecline, type Decline, repetitionLimit } from "../declines/decline.ts";
import { type Attempt, type PlannedAttempt, SCHEDULE_TRIGGERS } from "../state/attempt.ts";
import { type CustomerAction } from "../state/current-debt.ts";
import { currentMethodId, isChargeable, isMethodBlocked, latestAttempt } from "../state/facts.ts";
import { type Payment, paymentStateOf } from "../state/payment.ts";
import { type Recovery } from "../state/recovery.ts";
import { describeDuration, describeInstant, type Instant } from "../values/time.ts";
import {
  earliestUnderCap,
  movedAttemptAt,
  nextAttemptAt,
  OVERDUE_MS,
  type ScheduleInput,
} from "./retry-schedule.ts";

/** Indian mandates take at most three retries a cycle. @source landscape 4d, NPCI */
const INR_RETRIES_MAX = 3;

/** An attempt as it is planned first; later tries and moves change it. */
export function newPlan(
  given: Pick<PlannedAttempt, "at" | "number" | "trigger" | "announce">,
): PlannedAttempt {
  return { ...given, dueAt: given.at, tries: 0, moves: 0, absences: 0 };
}

/** The customer is asked: the `hard` notices count from now. An asking that is under way goes on. */
export function askCustomer(draft: DecisionDraft, reason: CustomerAction["reason"]): void {
  const afterAttempt = latestAttempt(draft.recovery)?.number ?? 1;
  update(draft, {
    plan: null,
    customerAction: draft.recovery.customerAction ?? { since: draft.now, afterAttempt, reason },
  });
}

/**
 * What payments say about cards, oldest first: a `never` decline bars one, whoever charged it and for whatever debt;
 * a later success shows that it works again.
 */
export function recordMethodResults(draft: DecisionDraft, payments: readonly Payment[]): void {
  for (const payment of payments) {
    if (payment.methodId === null) continue;
    // A set-up of nothing says nothing of what the card would do for a price.
    if (paymentStateOf(payment) === "succeeded" && payment.totalMinor > 0) {
      unblockMethod(draft, payment.methodId);
    }
    if (paymentStateOf(payment) === "declined")
      recordDecline(draft, payment.declineCode, payment.methodId);
  }
}

/** A charge made elsewhere counts for Dodo's limit from when it is reported; our own count since their start. */
export function recordCharge(
  draft: DecisionDraft,
  { createdAt, totalMinor, attemptKey }: Payment,
): void {
  const { recentChargesAt } = draft.recovery;
  if (attemptKey !== null || totalMinor <= 0 || recentChargesAt.includes(createdAt)) return;
  update(draft, { recentChargesAt: [...recentChargesAt, createdAt].slice(-12) });
}

/** A `never` decline bars its card. */
export function recordDecline(
  draft: DecisionDraft,
  code: string | null,
  methodId: string | null,
): void {
  if (classifyDecline(code, draft.policy.codes).handling !== "never") return;
  const method = methodId ?? currentMethodId(draft.recovery);
  if (method !== null) blockMethod(draft, method);
}

/** A charge that was asked of us is due at once; whatever was declined goes by its decline. */
export function planNext(draft: DecisionDraft): void {
  const { debt, attempts } = draft.recovery;
  if (debt?.requested === undefined || attempts.length > 0) return planAfterDecline(draft);
  const plan = newPlan({ at: draft.now, number: 1, trigger: "charge", announce: false });
  update(draft, { plan });
}

/** What follows the latest decline: the schedule, the customer, the merchant. */
export function planAfterDecline(draft: DecisionDraft): void {
  const attempt = latestAttempt(draft.recovery);
  if (attempt === null) return;
  recordDecline(draft, attempt.declineCode, attempt.methodId);
  const decline = classifyDecline(attempt.declineCode, draft.policy.codes);
  const what = attempt.result === "shadowed" ? "supposed to be declined" : "declined";
  const said = `attempt ${attempt.number} ${what}: ${decline.code} (${decline.declineClass})`;
  if (!decline.known) notifyOperator(draft, { cause: "unknown_code", declineCode: decline.code });
  switch (decline.handling) {
    case "never":
      askCustomer(draft, "decline");
      explain(draft, "decline.never", `${said}; this card is not charged again`);
      return;
    case "customer":
      askCustomer(draft, "decline");
      explain(draft, "decline.customer", `${said}; only the customer can mend it`);
      return;
    case "merchant":
      explain(draft, "decline.merchant", `${said}; the fault is on the merchant's side`);
      raiseAttention(draft, { cause: "merchant_code", declineCode: decline.code });
      return;
    case "retry":
      explain(draft, "decline.retry", `${said}; it may pass`);
      planRetry(draft, attempt, decline);
      return;
  }
}

function planRetry(draft: DecisionDraft, attempt: Attempt, decline: Decline): void {
  const { recovery, policy, now } = draft;
  const limit = repetitionLimit(decline.code, policy.retry.repeatedCodeLimit);
  if (recovery.subscription?.cancelAtNextBillingDate === true) {
    explain(draft, "schedule.cancellation_scheduled", "Dodo takes no charge any more");
    return stopCharging(draft, "cancellation_scheduled", decline);
  }
  if (recovery.debt?.isChargeable === false) {
    explain(draft, "schedule.not_chargeable", "another currency than the subscription's");
    return stopCharging(draft, "not_chargeable", decline);
  }
  if (isMethodBlocked(recovery)) {
    explain(draft, "decline.never", "the card on file is one that is not charged again");
    return stopCharging(draft, "decline", decline);
  }
  if (limit !== null && timesInARow(recovery.attempts, decline.code) >= limit) {
    explain(draft, "decline.repeated", `${decline.code} came ${limit} times in a row`);
    return stopCharging(draft, "repeated_code", decline);
  }
  const gapMs = nextGapMs(recovery, policy.retry, decline);
  const at = gapMs === null ? null : scheduledAt(draft, attempt, gapMs);
  if (gapMs === null || at === null || at >= quietEndStartsAt(recovery, policy.quietEndMs)) {
    explain(draft, "schedule.no_attempts_left", "no attempt is left before the window's quiet end");
    return stopCharging(draft, "schedule_spent", decline);
  }
  const number = attempt.number + 1;
  // The customer is not troubled with what is the merchant's to mend.
  const announce = decline.handling !== "merchant" && at > now;
  const plan = newPlan({ at: Math.max(at, now + 1), number, trigger: "schedule", announce });
  update(draft, { plan, customerAction: null });
  const gap = describeDuration(gapMs);
  explain(
    draft,
    "schedule.next",
    `attempt ${number} on ${describeInstant(at)}, ${gap} after the last`,
  );
}

/** The schedule is at its end: the customer is asked, or the merchant where the fault is theirs. */
function stopCharging(draft: DecisionDraft, why: CustomerAction["reason"], decline: Decline): void {
  if (decline.handling === "merchant")
    raiseAttention(draft, { cause: "merchant_code", declineCode: decline.code });
  else askCustomer(draft, why);
}

/** One that should have been made over a day ago (a pause, a question) is announced and made later. */
function scheduledAt(draft: DecisionDraft, attempt: Attempt, gapMs: number): Instant {
  const input: ScheduleInput = {
    gapMs,
    previousStartedAt: attempt.startedAt,
    failureKnownAt: Math.max(attempt.endedAt, draft.recovery.activatedAt ?? 0),
    ...scheduleInputs(draft),
  };
  const at = nextAttemptAt(input);
  return at + OVERDUE_MS < draft.now ? movedAttemptAt(draft.now, input) : at;
}

/** The gap before the next scheduled attempt, or null when the schedule's budget is spent. */
function nextGapMs(
  recovery: Recovery,
  retry: DecisionDraft["policy"]["retry"],
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

function scheduleInputs(
  draft: DecisionDraft,
): Pick<ScheduleInput, "anchor" | "align" | "recentChargesAt"> {
  const { recovery, policy, now } = draft;
  return {
    anchor: recovery.subscription?.createdAt ?? now,
    align: policy.retry.align,
    recentChargesAt: recovery.recentChargesAt,
  };
}

/** No attempt starts at or after this. */
export function quietEndStartsAt(recovery: Recovery, quietEndMs: number): Instant {
  return (recovery.windowEndsAt ?? Number.MAX_SAFE_INTEGER) - quietEndMs;
}

/** An attempt overdue by a day is announced again and moved; into the quiet end, it is not made at all. */
export function moveOverdue(draft: DecisionDraft): void {
  moveAttempt(draft, movedAttemptAt(draft.now, scheduleInputs(draft)), "overdue");
}

/** Moves the planned attempt; where no time is left for it, the customer is asked. */
export function moveAttempt(draft: DecisionDraft, at: Instant, why: string): void {
  const { plan } = draft.recovery;
  if (plan === null) return;
  if (at >= quietEndStartsAt(draft.recovery, draft.policy.quietEndMs)) {
    askCustomer(draft, "schedule_spent");
    explain(
      draft,
      "schedule.no_attempts_left",
      `attempt ${plan.number} is ${why}, and the window's quiet end is near`,
    );
    return;
  }
  update(draft, {
    plan: { ...plan, at, dueAt: at, tries: 0, moves: plan.moves + 1, announce: true },
  });
  explain(
    draft,
    "schedule.overdue",
    `attempt ${plan.number} is ${why}; it is moved to ${describeInstant(at)}`,
  );
}

/**
 * The method on file, as the last read says: a barred one is not charged; a new one of an active subscription is
 * charged once, an hour later, after a read. On a hold it is Dodo that collects when the method changes.
 * @source design, "Rules"; dodo.md 6.1
 */
export function onMethodOnFile(draft: DecisionDraft): void {
  const { recovery } = draft;
  const { subscription, debt, charge, plan, settlement } = recovery;
  const method = subscription?.methodId ?? null;
  if (debt === null || charge !== null || settlement !== null || method === null) return;
  if (isMethodBlocked(recovery)) {
    if (plan === null) return;
    askCustomer(draft, "decline");
    explain(draft, "decline.never", "the card on file is one that is not charged again");
    return;
  }
  const failed = latestAttempt(recovery)?.methodId ?? debt.methodId;
  if (method === failed) {
    if (plan?.trigger !== "payment_method_update") return;
    update(draft, { plan: null });
    replan(draft);
    return;
  }
  const isNew = failed !== null && !recovery.triedMethods.includes(method);
  if (!isNew || !debt.isChargeable || !isChargeable(recovery)) return;
  if (subscription?.status === "active") planForNewMethod(draft, method);
}

/**
 * A cancellation that is scheduled: no charge is taken until the date, and the customer can still pay; taken back, the
 * schedule goes on.
 * @source dodo.md 5.3, CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION; 11, question 9
 */
export function onScheduledCancellation(draft: DecisionDraft): void {
  const { subscription, plan, customerAction, settlement, charge } = draft.recovery;
  if (subscription === null || settlement !== null || charge !== null) return;
  if (subscription.cancelAtNextBillingDate && plan !== null) {
    askCustomer(draft, "cancellation_scheduled");
    explain(draft, "schedule.cancellation_scheduled", "Dodo takes no charge any more");
  }
  if (
    !subscription.cancelAtNextBillingDate &&
    customerAction?.reason === "cancellation_scheduled"
  ) {
    update(draft, { customerAction: null });
    explain(draft, "schedule.cancellation_withdrawn", "the cancellation was taken back");
    replan(draft);
  }
}

function planForNewMethod(draft: DecisionDraft, method: string): void {
  const { recovery, policy, now } = draft;
  const at = earliestUnderCap(now + policy.retry.afterMethodChangeMs, recovery.recentChargesAt);
  if (at >= quietEndStartsAt(recovery, policy.quietEndMs)) return;
  // A page without a payment of its own has done its work once the method changed.
  if (recovery.paymentLink?.phase === "open" && recovery.paymentLink.paymentId === null) {
    update(draft, { paymentLink: null, followUp: null });
  }
  markMethodTried(draft, method);
  const number = (latestAttempt(recovery)?.number ?? 0) + 1;
  const plan = newPlan({ at, number, trigger: "payment_method_update", announce: false });
  update(draft, { customerAction: null, plan });
  explain(
    draft,
    "schedule.method_changed",
    `the payment method changed; attempt ${number} on ${describeInstant(at)} unless it is paid by then`,
  );
}

/** After a pause, or an operator's word: what the latest facts ask for. */
export function replan(draft: DecisionDraft): void {
  const { recovery } = draft;
  if (recovery.debt === null || recovery.charge !== null || recovery.settlement !== null) return;
  if (recovery.plan !== null || recovery.customerAction !== null || recovery.observing !== null)
    return;
  const attempt = latestAttempt(recovery);
  if (attempt === null) return planNext(draft);
  const decline = classifyDecline(attempt.declineCode, draft.policy.codes);
  // Resumed after a merchant's fault was mended: the schedule takes it from here.
  if (decline.handling === "merchant") planRetry(draft, attempt, decline);
  else planAfterDecline(draft);
}
