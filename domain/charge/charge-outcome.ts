import { attemptFromPayment } from "../debt/debt-of-payments.ts";
import { closeDebt, endDebt, settleDebt } from "../debt/ending.ts";
import { onReplaced } from "../debt/replaced.ts";
import { notifyOperator, raiseAttention, resolveAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { followUpAt, startRead } from "../decision/reads.ts";
import {
  askCustomer,
  moveOverdue,
  planAfterDecline,
  quietEndStartsAt,
  notifyOfUnknownPrice,
} from "../schedule/plan.ts";
import { type Alert, describeAlert } from "../state/alert.ts";
import type { Attempt, ChargeInFlight, PlannedAttempt } from "../state/attempt.ts";
import type { Debt } from "../state/debt.ts";
import type { ChargeOutcome, DodoRefusal } from "../state/event.ts";
import { hasFailed, type Payment } from "../state/payment.ts";
import { answerOf, describeAnswer } from "../values/dodo-answer.ts";
import type { EffectId } from "../values/ids.ts";
import { describeInstant, type Instant, MINUTE_MS } from "../values/time.ts";
import { askAboutRefusal, askAboutUnknown, notifyOfRateLimit } from "./alerts.ts";
import { countConflict, repeatedConflict } from "./conflict.ts";
import { onPendingPayment } from "./released-payment.ts";

/** How many times one attempt may be blocked before it is sent. Then the operator is asked, or notified. */
const BLOCKED_TRIES_MAX = 5;

/** How many times one attempt may turn out to have no payment at Dodo. Then the operator is asked. */
const ABSENCES_MAX = 3;

/** Applies the outcome of the charge activity. The outcome of an earlier charge is ignored. */
export function onChargeFinished(
  draft: DecisionDraft,
  effectId: EffectId,
  outcome: ChargeOutcome,
): void {
  const { charge } = draft.recovery;
  if (charge === null || charge.effectId !== effectId) {
    explain(draft, "payment.already_known", "the attempt's outcome is already known");
    return;
  }
  switch (outcome.kind) {
    case "accepted":
      if (charge.phase === "started") onAccepted(draft, charge, outcome);
      return;
    case "refused":
      onRefused(draft, charge, outcome);
      return;
    case "not_attempted":
      onNotAttempted(draft, charge, outcome);
      return;
    case "unknown":
      raiseFence(draft, charge, outcome);
      return;
  }
}

function onAccepted(
  draft: DecisionDraft,
  charge: ChargeInFlight,
  { paymentId, adopted }: ChargeOutcome & { readonly kind: "accepted" },
): void {
  const accepted = { ...charge, phase: "accepted", paymentId, sentNoLaterThan: null } as const;
  // The news may have waited for the webhook; the first read does not.
  followPayment(draft, accepted, charge.startedAt);
  const how = adopted ? "was found as" : "was accepted as";
  explain(draft, "charge.accepted", `attempt ${charge.number} ${how} ${paymentId}`);
}

/**
 * The payment is open at Dodo: a webhook reports its end, and reads make up for a lost webhook. Only a read shows that it
 * waits for the customer, who is asked after `notices.first_soft` at the latest.
 */
function followPayment(draft: DecisionDraft, charge: ChargeInFlight, from = draft.now): void {
  const { now, policy } = draft;
  const gapMs = Math.min(followUpAt(draft, 0) - now, Math.max(policy.notices.firstSoftMs, 1));
  const nextAt = from + gapMs;
  const followUp = { reason: "charge", since: now, reads: 0, nextAt } as const;
  update(draft, { charge, followUp });
}

/** Blocks every charge of this subscription until there is evidence. @source docs/RECOVERY.md, "The fence" */
function raiseFence(
  draft: DecisionDraft,
  charge: ChargeInFlight,
  { sentNoLaterThan, detail, answer }: ChargeOutcome & { readonly kind: "unknown" },
): void {
  const plan = countConflict(charge.plan, answer);
  update(draft, {
    charge: { ...charge, phase: "unknown", sentNoLaterThan, plan },
    followUp: { reason: "fence", since: sentNoLaterThan, reads: 0, nextAt: followUpAt(draft, 0) },
  });
  explain(draft, "charge.unknown", `the outcome of attempt ${charge.number} is unknown: ${detail}`);
  if (repeatedConflict(plan) !== null) askAboutUnknown(draft, plan, plan.absences + 1);
}

function onRefused(draft: DecisionDraft, charge: ChargeInFlight, refusal: DodoRefusal): void {
  const { meaning } = refusal;
  update(draft, { charge: null, followUp: null });
  explain(
    draft,
    "charge.refused",
    `Dodo refused attempt ${charge.number}: ${describeAnswer(refusal)}`,
  );
  if (meaning === "subscription_expired") {
    closeDebt(draft, {
      outcome: "cancelled",
      scope: "subscription",
      by: "dodo",
      who: null,
      rule: "subscription.ended",
      reason: "Dodo reports that the subscription has expired",
    });
  } else if (meaning === "customer_must_pay") askCustomer(draft, "refused");
  else askAboutRefusal(draft, answerOf(refusal));
}

/**
 * Records an attempt that shadow mode did not send. Its outcome cannot be known, so the schedule continues as if it had
 * been declined like the previous attempt, until somebody else collects the debt.
 */
function recordShadowedAttempt(draft: DecisionDraft, charge: ChargeInFlight): void {
  const { attempts } = draft.recovery;
  const shadowed: Attempt = {
    number: charge.number,
    trigger: charge.trigger,
    startedAt: charge.startedAt,
    endedAt: draft.now,
    paymentId: null,
    result: "shadowed",
    declineCode: attempts.at(-1)?.declineCode ?? null,
    methodId: draft.recovery.subscription?.methodId ?? null,
  };
  update(draft, { charge: null, followUp: null, attempts: [...attempts, shadowed] });
  planAfterDecline(draft);
  explain(draft, "charge.shadowed", `attempt ${charge.number} would have been sent now`);
}

/** A run that was reset does not know that the run before it, or another one, has ended the debt. */
function endAsEndedEarlier(draft: DecisionDraft): void {
  endDebt(draft, {
    outcome: "nothing_owed",
    by: null,
    rule: "charge.ended_earlier",
    reason: "another run of this recovery has ended this debt",
  });
}

/** No request was sent, so the attempt stays due. The reason decides when it is tried again. */
function onNotAttempted(
  draft: DecisionDraft,
  charge: ChargeInFlight,
  { why, detail, answer, until, replacement }: ChargeOutcome & { readonly kind: "not_attempted" },
): void {
  if (why === "shadow") return recordShadowedAttempt(draft, charge);
  const tries = charge.plan.tries + 1;
  update(draft, {
    charge: null,
    followUp: null,
    plan: { ...charge.plan, at: followUpAt(draft, tries - 1), tries, announce: false },
    // An attempt that was not sent does not count towards the 30-day limit.
    recentChargesAt: draft.recovery.recentChargesAt.filter((at) => at !== charge.startedAt),
  });
  explain(
    draft,
    "charge.not_attempted",
    `attempt ${charge.number} was not sent (${why.replaceAll("_", " ")}): ${detail}`,
  );
  switch (why) {
    case "replaced":
      if (replacement !== undefined) onReplaced(draft, replacement);
      return;
    case "payment_exists":
    case "status_changed":
    case "method_blocked":
    case "opted_out":
    case "earlier_charge":
    case "released_payment_changed":
      startRead(draft, `what blocks attempt ${charge.number}`);
      if (tries >= BLOCKED_TRIES_MAX)
        raiseAttention(draft, { cause: "charge_blocked", why, detail });
      return;
    case "payment_pending":
      onPendingPayment(draft);
      return;
    // The worker was down or charging was stopped at the planned time.
    case "overdue":
      moveOverdue(draft);
      return;
    case "ended_earlier":
      endAsEndedEarlier(draft);
      return;
    case "not_found":
      askAboutRefusal(draft, answer ?? { code: detail });
      return;
    case "amount_unknown":
      notifyOfUnknownPrice(draft);
      askCustomer(draft, "amount_unknown");
      return;
    case "not_retryable":
      askCustomer(draft, "refused");
      explain(draft, "manual_retry.refused", detail);
      return;
    case "cooling_down":
      waitForCooldown(draft, charge.plan, until ?? followUpAt(draft, tries), detail);
      return;
    // The activity was cancelled before it sent the request: try again at once, as a new effect.
    case "withdrawn":
      update(draft, { plan: { ...charge.plan, at: draft.now + 1 } });
      return;
    case "rate_limited":
      if (tries >= BLOCKED_TRIES_MAX) notifyOfRateLimit(draft, charge.number, answer);
      return;
    // The attempt stays due. After `unauthorized`, no charge of the account is sent until the operator
    // resumes. `stale`: the recovery has moved on since this charge was scheduled.
    case "unauthorized":
    case "stale":
    case "unreachable":
      return;
  }
}

/**
 * Dodo's manual retry endpoint allows the next retry only from `until` on. The attempt waits for that time. In the
 * last part of the window, the quiet end, no attempt starts, so the customer is asked instead.
 */
function waitForCooldown(
  draft: DecisionDraft,
  plan: PlannedAttempt,
  until: Instant,
  detail: string,
): void {
  // Dodo's clock may lag behind ours, so wait at least a minute.
  const at = Math.max(until, draft.now + MINUTE_MS);
  if (at >= quietEndStartsAt(draft.recovery, draft.policy.quietEndMs)) {
    askCustomer(draft, "schedule_spent");
    explain(draft, "schedule.no_attempts_left", `${detail}; that is in the window's quiet end`);
    return;
  }
  update(draft, { plan: { ...plan, at, dueAt: at, tries: 0, announce: false } });
  explain(
    draft,
    "manual_retry.cooling_down",
    `${detail}; the attempt moves to ${describeInstant(at)}`,
  );
}

/** Applies the state of the payment of the charge in flight. */
export function onChargePayment(draft: DecisionDraft, payment: Payment): void {
  const { charge, debt } = draft.recovery;
  if (charge === null || debt === null) return;
  recordTotal(draft, debt, payment);
  switch (payment.state) {
    case "succeeded":
      finishCharge(draft, attemptOf(draft, charge, payment));
      settleDebt(draft, { by: "attempt", paymentId: payment.paymentId, rule: "charge.succeeded" });
      break;
    case "declined":
    case "cancelled":
      finishCharge(draft, attemptOf(draft, charge, payment));
      if (canPlanNext(draft)) planAfterDecline(draft);
      break;
    case "abandoned":
    case "needs_customer":
    case "needs_merchant":
    case "processing":
      if (charge.phase !== "accepted") {
        followPayment(draft, {
          ...charge,
          phase: "accepted",
          paymentId: payment.paymentId,
          sentNoLaterThan: null,
        });
        explain(
          draft,
          "charge.found",
          `attempt ${charge.number} was found as ${payment.paymentId}`,
        );
        resolveAttention(draft, ["unknown_outcome"]);
      }
      break;
  }
  checkOvercharge(
    draft,
    payment,
    draft.recovery.debt?.totalMinor ?? debt.totalMinor,
    charge.number,
  );
}

/** Only the first payment of a requested charge tells its total. If declined, that payment is the debt's first failure. */
function recordTotal(draft: DecisionDraft, debt: Debt, payment: Payment): void {
  if (debt.requested === undefined || debt.failedPaymentId !== null) return;
  const { totalMinor, paymentId, declineCode, methodId } = payment;
  const known = {
    ...debt,
    totalMinor: totalMinor ?? debt.totalMinor,
    methodId: methodId ?? debt.methodId,
  };
  if (!hasFailed(payment)) return update(draft, { debt: known });
  update(draft, {
    debt: { ...known, failedPaymentId: paymentId, firstDeclineCode: declineCode },
    windowEndsAt: draft.now + draft.policy.windowMs,
  });
}

/** No attempt is planned for a debt that is paid, is closing, or is left to Dodo's own retries. */
function canPlanNext({ recovery: { settlement, closing, observing } }: DecisionDraft): boolean {
  return settlement === null && closing === null && observing === null;
}

function attemptOf(
  { recovery, now }: DecisionDraft,
  charge: ChargeInFlight,
  payment: Payment,
): Attempt {
  const { number, trigger, startedAt } = charge;
  const methodId = payment.methodId ?? recovery.subscription?.methodId ?? null;
  const { announcement } = charge.plan;
  return {
    ...attemptFromPayment(payment, number, trigger, now),
    startedAt,
    methodId,
    ...(announcement === undefined ? {} : { announcement }),
  };
}

function finishCharge(draft: DecisionDraft, attempt: Attempt): void {
  update(draft, { charge: null, followUp: null, attempts: [...draft.recovery.attempts, attempt] });
  resolveAttention(draft, ["unknown_outcome", "outcome_deadline"]);
}

/** If more than the owed total was collected, charging stops and the operator is asked. @source docs/RECOVERY.md, "Amounts" */
function checkOvercharge(
  draft: DecisionDraft,
  payment: Payment,
  owedMinor: number,
  number: number,
): void {
  const { paymentId, totalMinor: collectedMinor, currency } = payment;
  if (collectedMinor === null || collectedMinor <= owedMinor) return;
  const totals = { collectedMinor, owedMinor, currency };
  const alert: Alert = { cause: "overcharged", paymentId, totals };
  explain(draft, "payment.overcharged", `attempt ${number}: ${describeAlert(alert)}`);
  if (draft.recovery.settlement === null) raiseAttention(draft, alert);
  else notifyOperator(draft, alert);
}

/** Handles a read of Dodo that found no payment for the charge in flight. */
export function onChargeAbsent(draft: DecisionDraft, readAt: number): void {
  const { charge, followUp } = draft.recovery;
  if (charge?.phase !== "unknown" || charge.sentNoLaterThan === null) return;
  const { settleMs, settleReads } = draft.policy.retry;
  const reads = (followUp?.reads ?? 0) + (readAt >= charge.sentNoLaterThan ? 1 : 0);
  const settledAt = charge.sentNoLaterThan + settleMs;
  if (reads >= settleReads && readAt >= settledAt) {
    sendAgain(draft, charge, `${reads} reads until ${describeInstant(readAt)}`);
    return;
  }
  const stillNeeded = Math.max(settleReads - reads, 1);
  // Spread the reads so that the last one needed falls after the settling time, by whichever clock lags.
  const leftMs = settledAt - Math.min(draft.now, readAt);
  const spreadMs = Math.max(leftMs / stillNeeded, 1_000);
  const nextAt = Math.min(followUpAt(draft, reads), draft.now + Math.ceil(spreadMs));
  update(draft, { followUp: { reason: "fence", since: charge.sentNoLaterThan, reads, nextAt } });
  const read = reads === 0 ? "a read that came too early to count" : `read ${reads}`;
  explain(draft, "charge.unknown", `${read} shows no payment of attempt ${charge.number}`);
}

/**
 * It is proven that the attempt made no payment: sends it again under the same key, at most `ABSENCES_MAX` times, and not if
 * Dodo has answered with the same conflict again.
 */
function sendAgain(draft: DecisionDraft, charge: ChargeInFlight, evidence: string): void {
  const absences = charge.plan.absences + 1;
  const at = draft.now + 1;
  const plan = { ...charge.plan, at, dueAt: at, tries: 0, absences, announce: false };
  update(draft, { charge: null, followUp: null, plan });
  explain(
    draft,
    "charge.absent",
    `attempt ${charge.number} has no payment in ${evidence}; it is sent again under the same key`,
  );
  if (absences >= ABSENCES_MAX || repeatedConflict(plan) !== null)
    askAboutUnknown(draft, plan, absences);
  else resolveAttention(draft, ["unknown_outcome"]);
}
