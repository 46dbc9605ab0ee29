import {
  because,
  followUpAt,
  hold,
  release,
  startRead,
  type Turn,
  update,
} from "../draft/draft.ts";
import { isOurAttempt } from "../state/facts.ts";
import type { Payment } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { describeInstant, HOUR_MS, type Instant } from "../values/time.ts";

/**
 * Renewals have an owner already: Dodo's own retries and dunning, which a merchant may have switched on and no API
 * tells. Two owners of one debt would charge it twice, so that ours steps back.
 * @source dodo.md 2.1, 11 (question 17); design, "Rules"
 */

/** Dodo's first retry comes after 12 h: without a sign in this time, its retries are probably off. */
const SIGN_WITHIN_MS = 48 * HOUR_MS;

/**
 * Is Dodo at work on this debt?
 * @param complete as of `reconcile`
 */
export function followOwner(turn: Turn, payments: readonly Payment[], complete: boolean): void {
  const { debt, subscription } = turn.recovery;
  if (debt === null || subscription === null || subscription.onDemand) return;
  const retried = payments.findLast((payment) => isDodosRetry(payment, turn.recovery));
  if (retried !== undefined) noteSign(turn, retried.createdAt, `${retried.paymentId} is its retry`);
  const { observing, dodoSignAt, paid } = turn.recovery;
  if (observing !== null) {
    if (complete) lookAgain(turn);
  } else if (paid !== null) return;
  else if (turn.policy.scheduledSubscriptions === "observe") observe(turn, "the policy says so");
  else if (dodoSignAt !== null) observe(turn, "Dodo is at work on this debt itself");
}

/** Dodo counts its retries of a renewal; the ones we asked for are known by name. */
function isDodosRetry(payment: Payment, recovery: Recovery): boolean {
  const { debt, charge, attempts } = recovery;
  const isOurs =
    charge?.paymentId === payment.paymentId ||
    attempts.some((one) => one.paymentId === payment.paymentId && isOurAttempt(one));
  return payment.retryAttempt >= 1 && !isOurs && payment.createdAt > (debt?.firstFailedAt ?? 0);
}

/** `dunning.*`: also where the debt is not read yet. */
export function onDodoDunning(turn: Turn, type: string): void {
  const { debt, observing, subscription } = turn.recovery;
  if (subscription?.onDemand === true) {
    because(turn, "event.ignored", `${type}: Dodo's own dunning concerns renewals`);
    return;
  }
  noteSign(turn, turn.now, type);
  if (debt === null) return;
  if (observing === null && subscription !== null) observe(turn, type);
  startRead(turn, type);
}

function noteSign(turn: Turn, at: Instant, what: string): void {
  const { dodoSignAt } = turn.recovery;
  if (dodoSignAt !== null && dodoSignAt >= at) return;
  update(turn, { dodoSignAt: at });
  because(turn, "scheduled.sign", `Dodo's own recovery is at work: ${what}`);
  release(turn, ["no_sign_of_dodo"]);
}

/** Stands back: nothing is charged or sent, and the debt is followed to its end. A charge under way is too. */
function observe(turn: Turn, why: string): void {
  update(turn, {
    plan: null,
    asking: null,
    observing: { since: turn.now, reads: 0, nextLookAt: followUpAt(turn, 0), isAsked: false },
  });
  because(turn, "scheduled.observed", `a scheduled subscription is observed: ${why}`);
}

function lookAgain(turn: Turn): void {
  const { observing, debt, dodoSignAt, paid } = turn.recovery;
  if (observing === null || debt === null || paid !== null) return;
  const signDueAt = debt.firstFailedAt + SIGN_WITHIN_MS;
  const reads = observing.reads + 1;
  const later = followUpAt(turn, reads);
  const nextLookAt = signDueAt > turn.now ? Math.min(later, signDueAt) : later;
  update(turn, { observing: { ...observing, reads, nextLookAt } });
  if (dodoSignAt !== null || observing.isAsked || turn.now < signDueAt) return;
  update(turn, { observing: { ...observing, reads, nextLookAt, isAsked: true } });
  because(
    turn,
    "scheduled.no_sign",
    `no sign of Dodo's own recovery until ${describeInstant(turn.now)}`,
  );
  hold(turn, "no_sign_of_dodo", debt.id);
}
