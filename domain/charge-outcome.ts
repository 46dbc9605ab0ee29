import { ask, moveOverdue, planAfterDecline } from "./plan.ts";
import { close, settle } from "./ending.ts";
import type { ChargeOutcome, NotAttempted } from "./event.ts";
import type { Payment } from "./payment.ts";
import { standingOf } from "./payment.ts";
import type { Attempt, ChargeInFlight, PlannedAttempt } from "./recovery.ts";
import { describeInstant } from "./time.ts";
import { because, hold, startRead, update, type Turn } from "./turn.ts";

/** Refusals that mean: not by a charge, but the customer can still pay. @source dodo.md 5.3 */
const CUSTOMER_PATH_CODES = new Set([
  "SUBSCRIPTION_INACTIVE",
  "SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED",
  "CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION",
  "NO_ELIGIBLE_PAYMENT_METHODS",
]);

/** The charge activity ended. */
export function onChargeFinished(turn: Turn, outcome: ChargeOutcome): void {
  const { charge } = turn.recovery;
  if (charge === null) {
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
      notAttempted(turn, charge, outcome.why, outcome.detail);
      return;
    case "unknown":
      raiseFence(turn, charge, outcome.leftBy, outcome.detail);
      return;
  }
}

function accept(
  turn: Turn,
  charge: ChargeInFlight,
  outcome: ChargeOutcome & { kind: "accepted" },
): void {
  follow(turn, { ...charge, standing: "accepted", paymentId: outcome.paymentId, leftBy: null });
  because(
    turn,
    "charge.accepted",
    `attempt ${charge.number} ${outcome.adopted ? "was found as" : "is"} ${outcome.paymentId}`,
  );
}

/** The payment is at Dodo and open: a webhook will tell, and reads do where none comes. */
export function follow(turn: Turn, charge: ChargeInFlight): void {
  const { now, policy } = turn;
  update(turn, {
    charge,
    watch: { why: "charge", since: now, reads: 0, nextAt: now + (policy.retry.followUpMs[0] ?? 0) },
  });
}

/** @source design, "The fence": unknown forbids every charge of this subscription until there is evidence */
function raiseFence(turn: Turn, charge: ChargeInFlight, leftBy: number, detail: string): void {
  const { now, policy } = turn;
  update(turn, {
    charge: { ...charge, standing: "unknown", leftBy },
    watch: {
      why: "fence",
      since: leftBy,
      reads: 0,
      nextAt: now + (policy.retry.followUpMs[0] ?? 0),
    },
  });
  because(turn, "charge.unknown", `attempt ${charge.number} may have happened: ${detail}`);
}

function refuse(turn: Turn, charge: ChargeInFlight, code: string, httpStatus: number): void {
  update(turn, { charge: null, watch: null });
  because(turn, "charge.refused", `attempt ${charge.number} refused: ${code} (HTTP ${httpStatus})`);
  if (code === "SUBSCRIPTION_EXPIRED") {
    close(turn, {
      outcome: "cancelled",
      by: "dodo",
      who: null,
      rule: "subscription.ended",
      reason: "Dodo says the subscription has expired",
    });
    return;
  }
  if (CUSTOMER_PATH_CODES.has(code)) ask(turn, "refused");
  else hold(turn, "refused_request", code);
}

/** No request left, so the attempt stays due: when, depends on why. */
function notAttempted(turn: Turn, charge: ChargeInFlight, why: NotAttempted, detail: string): void {
  const again: PlannedAttempt = {
    at: turn.now + backoffMs(turn, charge),
    number: charge.number,
    trigger: charge.trigger,
    tries: charge.tries + 1,
    moves: charge.moves,
  };
  update(turn, { charge: null, watch: null, plan: again });
  because(turn, "charge.not_attempted", `attempt ${charge.number} was not sent: ${why}; ${detail}`);
  switch (why) {
    case "payment_exists":
    case "status_changed":
    case "opted_out":
      startRead(turn, `attempt ${charge.number} found something new`);
      break;
    case "payment_pending":
      update(turn, {
        watch: { why: "pending_payment", since: turn.now, reads: 0, nextAt: turn.now },
      });
      because(turn, "charge.pending_payment", "Dodo has a payment that is not ended");
      break;
    case "overdue":
      moveOverdue(turn);
      break;
    case "unauthorized":
      hold(turn, "account_refused", detail);
      break;
    case "not_found":
      hold(turn, "refused_request", detail);
      break;
    case "withdrawn":
      update(turn, { plan: { ...again, at: turn.now + 1, tries: 0 } });
      break;
    case "stale":
    case "rate_limited":
    case "unreachable":
    case "shadow":
      break;
  }
}

/** An outage is met by ever longer waits, as the reads of a payment are. */
function backoffMs(turn: Turn, charge: ChargeInFlight): number {
  const { followUpMs } = turn.policy.retry;
  return followUpMs[Math.min(charge.tries, followUpMs.length - 1)] ?? 0;
}

/** What the payment of the charge in flight says. */
export function onChargePayment(turn: Turn, payment: Payment): void {
  const { charge, debt } = turn.recovery;
  if (charge === null || debt === null) return;
  const attempt: Attempt = {
    number: charge.number,
    trigger: charge.trigger,
    startedAt: charge.startedAt,
    endedAt: turn.now,
    paymentId: payment.paymentId,
    result: standingOf(payment) === "succeeded" ? "succeeded" : "declined",
    declineCode: payment.declineCode,
    methodId: payment.methodId,
  };
  switch (standingOf(payment)) {
    case "succeeded":
      finishCharge(turn, attempt);
      settle(turn, { by: "attempt", paymentId: payment.paymentId, rule: "charge.succeeded" });
      return;
    case "declined":
      finishCharge(turn, attempt);
      if (turn.recovery.paid === null && turn.recovery.closing === null) planAfterDecline(turn);
      return;
    case "abandoned":
    case "open":
      checkTotal(turn, payment, debt.totalMinor, charge.number);
      if (charge.standing !== "accepted") {
        follow(turn, {
          ...charge,
          standing: "accepted",
          paymentId: payment.paymentId,
          leftBy: null,
        });
        because(turn, "charge.found", `attempt ${charge.number} is ${payment.paymentId}`);
      }
  }
}

function finishCharge(turn: Turn, attempt: Attempt): void {
  const wasUnknown = turn.recovery.attention?.cause;
  const cleared = wasUnknown === "unknown_outcome" || wasUnknown === "outcome_deadline";
  update(turn, {
    charge: null,
    watch: null,
    attempts: [...turn.recovery.attempts, attempt],
    ...(cleared ? { attention: null } : {}),
  });
}

/** @source design, "Amount": a total above the failed one's stops further charging and asks a person */
export function checkTotal(turn: Turn, payment: Payment, totalMinor: number, number: number): void {
  if (payment.totalMinor <= totalMinor) return;
  hold(
    turn,
    "overcharged",
    `attempt ${number} asks for ${payment.totalMinor} instead of ${totalMinor} (${payment.paymentId})`,
  );
}

/** A read found no trace of the charge in flight. */
export function onChargeAbsent(turn: Turn, readAt: number): void {
  const { charge, watch, debt } = turn.recovery;
  if (charge?.standing !== "unknown" || charge.leftBy === null || debt === null) return;
  const { settleMs, settleReads, followUpMs } = turn.policy.retry;
  const reads = readAt >= charge.leftBy ? (watch?.reads ?? 0) + 1 : (watch?.reads ?? 0);
  const settledAt = charge.leftBy + settleMs;
  if (reads >= settleReads && readAt >= settledAt) {
    update(turn, {
      charge: null,
      watch: null,
      plan: {
        at: turn.now + 1,
        number: charge.number,
        trigger: charge.trigger,
        tries: 0,
        moves: charge.moves,
      },
    });
    because(
      turn,
      "charge.absent",
      `attempt ${charge.number} stayed absent in ${reads} reads until ${describeInstant(readAt)}; it goes again under the same key`,
    );
    return;
  }
  const gapMs = followUpMs[Math.min(reads, followUpMs.length - 1)] ?? 0;
  const stillNeeded = Math.max(settleReads - reads, 1);
  // The reads are spread so that the last one needed falls after the settling time.
  const spreadMs = Math.max((settledAt - turn.now) / stillNeeded, 1_000);
  const nextAt = turn.now + Math.ceil(Math.min(gapMs, Math.max(spreadMs, 1)));
  update(turn, { watch: { why: "fence", since: charge.leftBy, reads, nextAt } });
  because(turn, "charge.unknown", `attempt ${charge.number} is not to be seen (read ${reads})`);
}
