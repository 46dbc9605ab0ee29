import { attemptFromPayment } from "../debt/debt-of-payments.ts";
import { closeDebt, settleDebt } from "../debt/ending.ts";
import { notifyOperator, raiseAttention, resolveAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { followUpAt, startRead } from "../decision/reads.ts";
import { askCustomer, moveOverdue, planAfterDecline, quietEndStartsAt } from "../schedule/plan.ts";
import { type Alert, describeAlert } from "../state/alert.ts";
import type { Attempt, ChargeInFlight, PlannedAttempt } from "../state/attempt.ts";
import type { Debt } from "../state/debt.ts";
import type { ChargeOutcome } from "../state/event.ts";
import { type Payment, paymentStateOf } from "../state/payment.ts";
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
const ABSENCES_MAX = 3;

/** The charge activity ended. One that concerns an earlier charge tells nothing about this one. */
export function onChargeFinished(
  draft: DecisionDraft,
  effectId: EffectId,
  outcome: ChargeOutcome,
): void {
  const { charge } = draft.recovery;
  if (charge === null || charge.effectId !== effectId) {
    explain(draft, "payment.already_known", "the attempt's end is known already");
    return;
  }
  switch (outcome.kind) {
    case "accepted":
      if (charge.phase === "started") onAccepted(draft, charge, outcome);
      return;
    case "refused":
      onRefused(draft, charge, outcome.code, outcome.httpStatus);
      return;
    case "not_attempted":
      onNotAttempted(draft, charge, outcome);
      return;
    case "unknown":
      raiseFence(draft, charge, outcome.sentNoLaterThan, outcome.detail);
      return;
  }
}

function onAccepted(
  draft: DecisionDraft,
  charge: ChargeInFlight,
  { paymentId, adopted }: ChargeOutcome & { readonly kind: "accepted" },
): void {
  followPayment(draft, { ...charge, phase: "accepted", paymentId, sentNoLaterThan: null });
  const how = adopted ? "was found as" : "is";
  explain(draft, "charge.accepted", `attempt ${charge.number} ${how} ${paymentId}`);
}

/** The payment is at Dodo and open: a webhook will tell, and reads do where none comes. */
function followPayment(draft: DecisionDraft, charge: ChargeInFlight): void {
  const followUp = {
    reason: "charge",
    since: draft.now,
    reads: 0,
    nextAt: followUpAt(draft, 0),
  } as const;
  update(draft, { charge, followUp });
}

/** @source design, "The fence": unknown forbids every charge of this subscription until there is evidence */
function raiseFence(
  draft: DecisionDraft,
  charge: ChargeInFlight,
  sentNoLaterThan: number,
  detail: string,
): void {
  update(draft, {
    charge: { ...charge, phase: "unknown", sentNoLaterThan },
    followUp: { reason: "fence", since: sentNoLaterThan, reads: 0, nextAt: followUpAt(draft, 0) },
  });
  explain(draft, "charge.unknown", `attempt ${charge.number} may have happened: ${detail}`);
}

function onRefused(
  draft: DecisionDraft,
  charge: ChargeInFlight,
  code: string,
  httpStatus: number,
): void {
  update(draft, { charge: null, followUp: null });
  explain(
    draft,
    "charge.refused",
    `attempt ${charge.number} refused: ${code} (HTTP ${httpStatus})`,
  );
  if (code === "SUBSCRIPTION_EXPIRED") {
    closeDebt(draft, {
      outcome: "cancelled",
      scope: "subscription",
      by: "dodo",
      who: null,
      rule: "subscription.ended",
      reason: "Dodo says the subscription has expired",
    });
  } else if (CUSTOMER_PATH_CODES.has(code)) askCustomer(draft, "refused");
  else raiseAttention(draft, { cause: "refused_request", request: "charge", code });
}

/**
 * In shadow mode: the attempt would have been sent. What it would have come to is not known, so that the schedule
 * goes on as if it had been declined like the one before; what others collect ends it.
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

/** No request left, so the attempt stays due: when, depends on why. */
function onNotAttempted(
  draft: DecisionDraft,
  charge: ChargeInFlight,
  { why, detail, until }: ChargeOutcome & { readonly kind: "not_attempted" },
): void {
  if (why === "shadow") return recordShadowedAttempt(draft, charge);
  const tries = charge.plan.tries + 1;
  update(draft, {
    charge: null,
    followUp: null,
    plan: { ...charge.plan, at: followUpAt(draft, tries - 1), tries, announce: false },
    // It was not made, so it does not count.
    recentChargesAt: draft.recovery.recentChargesAt.filter((at) => at !== charge.startedAt),
  });
  explain(
    draft,
    "charge.not_attempted",
    `attempt ${charge.number} was not sent: ${why}; ${detail}`,
  );
  switch (why) {
    case "payment_exists":
    case "status_changed":
    case "method_blocked":
    case "opted_out":
      startRead(draft, `attempt ${charge.number} found something new`);
      if (tries >= BLOCKED_TRIES_MAX)
        raiseAttention(draft, { cause: "charge_blocked", why, detail });
      return;
    case "payment_pending":
      update(draft, {
        followUp: { reason: "pending_payment", since: draft.now, reads: 0, nextAt: draft.now },
      });
      explain(draft, "charge.pending_payment", "Dodo has a payment that is not ended");
      return;
    case "overdue":
      moveOverdue(draft);
      return;
    case "not_found":
      raiseAttention(draft, { cause: "refused_request", request: "charge", code: detail });
      return;
    case "not_retryable":
      askCustomer(draft, "refused");
      explain(draft, "manual_retry.refused", detail);
      return;
    case "cooling_down":
      waitForCooldown(draft, charge.plan, until ?? followUpAt(draft, tries), detail);
      return;
    case "withdrawn":
      update(draft, { plan: { ...charge.plan, at: draft.now + 1 } });
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
function waitForCooldown(
  draft: DecisionDraft,
  plan: PlannedAttempt,
  until: Instant,
  detail: string,
): void {
  // Dodo's clock and ours differ: where its time has come by ours, and not by its own, it is not asked at once.
  const at = Math.max(until, draft.now + MINUTE_MS);
  if (at >= quietEndStartsAt(draft.recovery, draft.policy.quietEndMs)) {
    askCustomer(draft, "schedule_spent");
    explain(draft, "schedule.no_attempts_left", `${detail}; the window's quiet end is near`);
    return;
  }
  update(draft, { plan: { ...plan, at, dueAt: at, tries: 0, announce: false } });
  explain(
    draft,
    "manual_retry.cooling_down",
    `${detail}; the attempt is made ${describeInstant(at)}`,
  );
}

/** What the payment of the charge in flight says. */
export function onChargePayment(draft: DecisionDraft, payment: Payment): void {
  const { charge, debt } = draft.recovery;
  if (charge === null || debt === null) return;
  learnTotal(draft, debt, payment);
  const standing = paymentStateOf(payment);
  switch (standing) {
    case "succeeded":
      finishCharge(draft, attemptOf(draft, charge, payment));
      settleDebt(draft, { by: "attempt", paymentId: payment.paymentId, rule: "charge.succeeded" });
      break;
    case "declined":
      finishCharge(draft, attemptOf(draft, charge, payment));
      if (canPlanNext(draft)) planAfterDecline(draft);
      break;
    case "abandoned":
    case "open":
      if (charge.phase !== "accepted") {
        followPayment(draft, {
          ...charge,
          phase: "accepted",
          paymentId: payment.paymentId,
          sentNoLaterThan: null,
        });
        explain(draft, "charge.found", `attempt ${charge.number} is ${payment.paymentId}`);
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

/** A charge asked of us names no total: its first payment does. Declined, that payment founds the recovery. */
function learnTotal(draft: DecisionDraft, debt: Debt, payment: Payment): void {
  if (debt.requested === undefined || debt.failedPaymentId !== null) return;
  const { totalMinor, paymentId, declineCode, methodId } = payment;
  const known = { ...debt, totalMinor, methodId: methodId ?? debt.methodId };
  if (paymentStateOf(payment) !== "declined") return update(draft, { debt: known });
  update(draft, {
    debt: { ...known, failedPaymentId: paymentId, firstDeclineCode: declineCode },
    windowEndsAt: draft.now + draft.policy.windowMs,
  });
}

/** Nothing is planned for a debt that is paid, that ends, or that Dodo has taken over meanwhile. */
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
  return { ...attemptFromPayment(payment, number, trigger, now), startedAt, methodId };
}

function finishCharge(draft: DecisionDraft, attempt: Attempt): void {
  update(draft, { charge: null, followUp: null, attempts: [...draft.recovery.attempts, attempt] });
  resolveAttention(draft, ["unknown_outcome", "outcome_deadline"]);
}

/** @source design, "Amount": a total above the failed one's stops further charging and asks a person */
function checkOvercharge(
  draft: DecisionDraft,
  payment: Payment,
  owedMinor: number,
  number: number,
): void {
  if (payment.totalMinor <= owedMinor) return;
  const { paymentId, totalMinor: collectedMinor, currency } = payment;
  const totals = { collectedMinor, owedMinor, currency };
  const alert: Alert = { cause: "overcharged", paymentId, totals };
  explain(draft, "payment.overcharged", `attempt ${number}: ${describeAlert(alert)}`);
  if (draft.recovery.settlement === null) raiseAttention(draft, alert);
  else notifyOperator(draft, alert);
}

/** A read found no trace of the charge in flight. */
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
  // The reads are spread so that the last one needed falls after the settling time, by the clock that is behind.
  const leftMs = settledAt - Math.min(draft.now, readAt);
  const spreadMs = Math.max(leftMs / stillNeeded, 1_000);
  const nextAt = Math.min(followUpAt(draft, reads), draft.now + Math.ceil(spreadMs));
  update(draft, { followUp: { reason: "fence", since: charge.sentNoLaterThan, reads, nextAt } });
  explain(draft, "charge.unknown", `attempt ${charge.number} is not to be seen (read ${reads})`);
}

/** Absence is believed: the same attempt goes again under the same key. Not for ever. */
function sendAgain(draft: DecisionDraft, charge: ChargeInFlight, evidence: string): void {
  const absences = charge.plan.absences + 1;
  const at = draft.now + 1;
  update(draft, {
    charge: null,
    followUp: null,
    plan: { ...charge.plan, at, dueAt: at, tries: 0, absences, announce: false },
  });
  resolveAttention(draft, ["unknown_outcome"]);
  explain(
    draft,
    "charge.absent",
    `attempt ${charge.number} stayed absent in ${evidence}; it goes again under the same key`,
  );
  if (absences >= ABSENCES_MAX)
    raiseAttention(draft, {
      cause: "unknown_outcome",
      attempt: charge.number,
      timesSent: absences,
    });
}
