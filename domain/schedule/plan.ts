import { notifyOperator, raiseAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { markMethodTried } from "../decision/remember.ts";
import { classifyDecline, type Decline, repetitionLimit } from "../declines/decline.ts";
import { INR_RETRIES_MAX } from "../limits.ts";
import { type Attempt, type PlannedAttempt, SCHEDULE_TRIGGERS } from "../state/attempt.ts";
import { type CustomerAction } from "../state/current-debt.ts";
import {
  importQuietEndsAt,
  isChargeable,
  isMethodBlocked,
  isOldImport,
  isPriceUnknown,
  latestAttempt,
  noticeKey,
} from "../state/facts.ts";
import { mayHaveAmount, type Payment } from "../state/payment.ts";
import { type Recovery } from "../state/recovery.ts";
import { describeDuration, describeInstant, type Instant } from "../values/time.ts";
import { recordDecline } from "./method-results.ts";
import {
  attemptAfter,
  earliestUnderCap,
  movedAttemptAt,
  nextAttemptAt,
  OVERDUE_MS,
  type ScheduleInput,
} from "./retry-schedule.ts";

const CANCELLATION_SCHEDULED = "a cancellation is scheduled, so Dodo refuses charges";
const CARD_BLOCKED = "the card on file is never charged again";

/** A newly planned attempt. Later tries and moves change it. */
export function newPlan(
  given: Pick<PlannedAttempt, "at" | "number" | "trigger" | "announce">,
): PlannedAttempt {
  return { ...given, dueAt: given.at, tries: 0, moves: 0, absences: 0 };
}

/** Asks the customer to act; the `hard` notices count from now. A customer action that is open already continues. */
export function askCustomer(draft: DecisionDraft, reason: CustomerAction["reason"]): void {
  const afterAttempt = latestAttempt(draft.recovery)?.number ?? 1;
  update(draft, {
    plan: null,
    customerAction: draft.recovery.customerAction ?? { since: draft.now, afterAttempt, reason },
  });
}

/** Counts a charge made elsewhere towards Dodo's limit. Our own charges count from their start. */
export function recordCharge(draft: DecisionDraft, payment: Payment): void {
  const { createdAt, attemptKey } = payment;
  const { recentChargesAt } = draft.recovery;
  if (attemptKey !== null || !mayHaveAmount(payment)) return;
  if (recentChargesAt.includes(createdAt)) return;
  update(draft, { recentChargesAt: [...recentChargesAt, createdAt].slice(-12) });
}

/** Plans the next attempt: a requested charge is due at once; after a decline, its code decides. */
export function planNext(draft: DecisionDraft): void {
  const { debt, attempts } = draft.recovery;
  if (debt?.requested === undefined || attempts.length > 0) return planAfterDecline(draft);
  const plan = newPlan({ at: draft.now, number: 1, trigger: "charge", announce: false });
  update(draft, { plan });
}

/** Continues after the latest decline, by its handling. */
export function planAfterDecline(draft: DecisionDraft): void {
  const attempt = latestAttempt(draft.recovery);
  if (attempt === null) return;
  // Its payment has not ended: only an operator's command charges past it.
  if (attempt.result === "released") return askCustomer(draft, "refused");
  recordDecline(draft, attempt.declineCode, attempt.methodId);
  const decline = classifyDecline(attempt.declineCode, draft.policy.codes);
  const result = attempt.result === "shadowed" ? "is assumed to be declined" : "was declined";
  const declined = `attempt ${attempt.number} ${result}: ${decline.code}`;
  if (!decline.known) notifyOperator(draft, { cause: "unknown_code", declineCode: decline.code });
  switch (decline.handling) {
    case "never":
      askCustomer(draft, "decline");
      explain(draft, "decline.never", `${declined}, so this card is never charged again`);
      return;
    case "customer":
      askCustomer(draft, "decline");
      explain(draft, "decline.customer", `${declined}, which only the customer can resolve`);
      return;
    case "merchant":
      explain(draft, "decline.merchant", `${declined}, a cause on the merchant's side`);
      raiseAttention(draft, { cause: "merchant_code", declineCode: decline.code });
      return;
    case "retry":
      explain(draft, "decline.retry", `${declined}, which may be temporary`);
      planRetry(draft, attempt, decline);
      return;
  }
}

function planRetry(draft: DecisionDraft, attempt: Attempt, decline: Decline): void {
  const { recovery, policy, now } = draft;
  const limit = repetitionLimit(decline.code, policy.retry.repeatedCodeLimit);
  if (isOldImport(recovery, policy.maxDebtAgeMs)) {
    explain(draft, "import.customer_first", "the imported debt is older than max_debt_age");
    return stopCharging(draft, "imported", decline);
  }
  if (recovery.subscription?.cancelAtNextBillingDate === true) {
    explain(draft, "schedule.cancellation_scheduled", CANCELLATION_SCHEDULED);
    return stopCharging(draft, "cancellation_scheduled", decline);
  }
  if (recovery.debt?.isChargeable === false) {
    explain(
      draft,
      "schedule.not_chargeable",
      "the debt is in another currency than the subscription",
    );
    return stopCharging(draft, "not_chargeable", decline);
  }
  if (isPriceUnknown(recovery)) {
    notifyOfUnknownPrice(draft);
    return stopCharging(draft, "amount_unknown", decline);
  }
  if (isMethodBlocked(recovery)) {
    explain(draft, "decline.never", CARD_BLOCKED);
    return stopCharging(draft, "decline", decline);
  }
  if (limit !== null && timesInARow(recovery.attempts, decline.code) >= limit) {
    explain(draft, "decline.repeated", `${decline.code} came ${limit} times in a row`);
    return stopCharging(draft, "repeated_code", decline);
  }
  const gapMs = nextGapMs(recovery, policy.retry, decline);
  // The customer hears nothing about a cause that only the merchant can fix.
  const announce = decline.handling !== "merchant";
  const at = gapMs === null ? null : scheduledAt(draft, attempt, gapMs, announce);
  if (gapMs === null || at === null || at >= quietEndStartsAt(recovery, policy.quietEndMs)) {
    const why =
      gapMs === null
        ? "the schedule has no attempt left"
        : "the next attempt would fall into the window's quiet end";
    explain(draft, "schedule.no_attempts_left", why);
    return stopCharging(draft, "schedule_spent", decline);
  }
  const number = attempt.number + 1;
  const plan = newPlan({ at: Math.max(at, now + 1), number, trigger: "schedule", announce });
  update(draft, { plan, customerAction: null });
  const gap = describeDuration(gapMs);
  explain(
    draft,
    "schedule.next",
    `attempt ${number} is due on ${describeInstant(at)}, ${gap} after attempt ${attempt.number}`,
  );
}

/** No charge can ask for the right amount: the operator is notified once, with the setting to change. */
export function notifyOfUnknownPrice(draft: DecisionDraft): void {
  const { debt } = draft.recovery;
  if (debt === null) return;
  explain(draft, "price.unknown", `it is unknown how much of what ${debt.id} asked for is tax`);
  notifyOperator(draft, {
    cause: "unknown_tax",
    debtId: debt.id,
    setting: draft.policy.unknownTax,
  });
}

/** Ends the schedule: asks the customer, or the operator where the cause is on the merchant's side. */
function stopCharging(
  draft: DecisionDraft,
  reason: CustomerAction["reason"],
  decline: Decline,
): void {
  if (decline.handling === "merchant")
    raiseAttention(draft, { cause: "merchant_code", declineCode: decline.code });
  else askCustomer(draft, reason);
}

/**
 * When the next attempt is due. One that was due over a day ago (a pause, a question), or can no longer be announced, moves to a
 * later day.
 */
function scheduledAt(
  draft: DecisionDraft,
  attempt: Attempt,
  gapMs: number,
  announce: boolean,
): Instant {
  const input: ScheduleInput = {
    gapMs,
    previousStartedAt: attempt.startedAt,
    failureKnownAt: Math.max(attempt.endedAt, draft.recovery.activatedAt ?? 0),
    ...scheduleInputs(draft),
  };
  const at = afterImport(draft, input);
  const isTooLate = announce && at <= draft.now && !isAnnouncedAlready(draft, attempt.number + 1);
  return isTooLate || at + OVERDUE_MS < draft.now ? movedAttemptAt(draft.now, input) : at;
}

/** No attempt is due in the first day after an import. */
function afterImport({ recovery }: DecisionDraft, input: ScheduleInput): Instant {
  const at = nextAttemptAt(input);
  const quietEndsAt = importQuietEndsAt(recovery);
  return quietEndsAt === null || at >= quietEndsAt ? at : attemptAfter(quietEndsAt, input);
}

/** The attempt was announced before it was planned anew; or nobody wants announcements. */
function isAnnouncedAlready({ recovery, policy }: DecisionDraft, number: number): boolean {
  const isWanted = policy.notices.beforeAttemptMs > 0 && !recovery.remindersOff;
  return !isWanted || recovery.notices.includes(noticeKey("retry_ahead", number));
}

/** The gap before the next scheduled attempt, or null where the schedule has no attempt left. */
function nextGapMs(
  recovery: Recovery,
  retry: DecisionDraft["policy"]["retry"],
  decline: Decline,
): number | null {
  const scheduled = recovery.attempts.filter(({ trigger }) =>
    SCHEDULE_TRIGGERS.includes(trigger),
  ).length;
  const retriesMax = recovery.debt?.currency === "INR" ? INR_RETRIES_MAX : retry.gapsMs.length;
  const retries = Math.max(scheduled - 1, 0);
  if (retries >= Math.min(retry.gapsMs.length, retriesMax)) return null;
  return retries === 0 && decline.transient
    ? retry.transientGapMs
    : (retry.gapsMs[retries] ?? null);
}

/** How many of the latest attempts in a row have this decline code. */
function timesInARow(all: readonly Attempt[], code: string): number {
  // The decline of a shadowed attempt is only assumed, and a released payment has none.
  const attempts = all.filter(({ result }) => result !== "shadowed" && result !== "released");
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

/** No scheduled attempt starts at or after this instant. */
export function quietEndStartsAt(recovery: Recovery, quietEndMs: number): Instant {
  return (recovery.windowEndsAt ?? Number.MAX_SAFE_INTEGER) - quietEndMs;
}

/** Moves an attempt that is overdue by a day. */
export function moveOverdue(draft: DecisionDraft): void {
  moveAttempt(draft, movedAt(draft), "overdue");
}

/** The new time of the planned attempt, if it moves now. */
export function movedAt(draft: DecisionDraft): Instant {
  return movedAttemptAt(draft.now, scheduleInputs(draft));
}

/**
 * Moves the planned attempt and announces the new time. If that falls into the quiet end, asks the customer instead.
 * @param why completes "attempt 2 is …"
 */
export function moveAttempt(
  draft: DecisionDraft,
  at: Instant,
  why: string,
  rule: "schedule.overdue" | "schedule.unannounced" = "schedule.overdue",
): void {
  if (draft.recovery.plan === null) return;
  const { announcement: _, ...plan } = draft.recovery.plan;
  if (at >= quietEndStartsAt(draft.recovery, draft.policy.quietEndMs)) {
    askCustomer(draft, "schedule_spent");
    explain(
      draft,
      "schedule.no_attempts_left",
      `attempt ${plan.number} is ${why}, and its new time would fall into the window's quiet end`,
    );
    return;
  }
  update(draft, {
    plan: { ...plan, at, dueAt: at, tries: 0, moves: plan.moves + 1, announce: true },
  });
  explain(draft, rule, `attempt ${plan.number} is ${why} and moves to ${describeInstant(at)}`);
}

/**
 * Applies the payment method on file, by the last read. A blocked method is not charged. A new method of an active
 * subscription is charged once, an hour later, after another read. On a hold, Dodo itself charges a new method.
 * @source docs/RECOVERY.md, "Schedule"; docs/dodo/subscriptions.md, "Payment method update"
 */
export function onMethodOnFile(draft: DecisionDraft): void {
  const { recovery } = draft;
  const { subscription, debt, charge, plan, settlement } = recovery;
  const method = subscription?.methodId ?? null;
  if (debt === null || charge !== null || settlement !== null || method === null) return;
  if (isMethodBlocked(recovery)) {
    if (plan === null) return;
    askCustomer(draft, "decline");
    explain(draft, "decline.never", CARD_BLOCKED);
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
  if (subscription?.access !== "current") return;
  if (isPriceUnknown(recovery)) return notifyOfUnknownPrice(draft);
  planForNewMethod(draft, method);
}

/**
 * Applies a scheduled cancellation: Dodo refuses charges until the date, and the customer can still pay. Once it is
 * withdrawn, the schedule continues.
 * @source docs/dodo/subscriptions.md, "Cancellation"; docs/dodo/open-questions.md, "Charging with a scheduled cancellation"
 */
export function onScheduledCancellation(draft: DecisionDraft): void {
  const { subscription, plan, customerAction, settlement, charge } = draft.recovery;
  if (subscription === null || settlement !== null || charge !== null) return;
  if (subscription.cancelAtNextBillingDate === true && plan !== null) {
    askCustomer(draft, "cancellation_scheduled");
    explain(draft, "schedule.cancellation_scheduled", CANCELLATION_SCHEDULED);
  }
  if (
    subscription.cancelAtNextBillingDate === false &&
    customerAction?.reason === "cancellation_scheduled"
  ) {
    update(draft, { customerAction: null });
    explain(draft, "schedule.cancellation_withdrawn", "the scheduled cancellation was withdrawn");
    replan(draft);
  }
}

function planForNewMethod(draft: DecisionDraft, method: string): void {
  const { recovery, policy, now } = draft;
  const at = earliestUnderCap(now + policy.retry.afterMethodChangeMs, recovery.recentChargesAt);
  if (at >= quietEndStartsAt(recovery, policy.quietEndMs)) return;
  // A payment page without a payment serves only to change the method, which is done.
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
    `the payment method changed, so attempt ${number} is due on ${describeInstant(at)} unless the debt is paid by then`,
  );
}

/** Plans again by the latest facts, after a pause or an operator's command. */
export function replan(draft: DecisionDraft): void {
  const { recovery } = draft;
  if (recovery.debt === null || recovery.charge !== null || recovery.settlement !== null) return;
  // Its schedule has ended for good.
  if (recovery.latePayment !== null) return;
  if (recovery.plan !== null || recovery.customerAction !== null || recovery.observing !== null)
    return;
  const attempt = latestAttempt(recovery);
  if (attempt === null) return planNext(draft);
  const decline = classifyDecline(attempt.declineCode, draft.policy.codes);
  // The operator resumed because the merchant's side is fixed, so the schedule continues.
  if (decline.handling === "merchant") planRetry(draft, attempt, decline);
  else planAfterDecline(draft);
}
