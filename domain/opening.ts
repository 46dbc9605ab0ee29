import { endDebt } from "./ending.ts";
import { debtIdOf, parseAttemptKey, type PaymentId } from "./ids.ts";
import { describeMoney, money } from "./money.ts";
import {
  isHeldStatus,
  isTerminalStatus,
  priceMinorOf,
  standingOf,
  type Evidence,
  type Payment,
  type Subscription,
} from "./payment.ts";
import { planAfterDecline, planned } from "./plan.ts";
import { reconcile } from "./reconcile.ts";
import type { Attempt, Opening, Recovery } from "./recovery.ts";
import type { RuleId } from "./rules.ts";
import { because, dealWith, hold, release, startRead, tell, update, type Turn } from "./turn.ts";

/** Reads of an opening that finds a hold and no failed payment, before a person is asked. */
const HOLD_READS = 4;

/** Reads before "nothing owed" is believed: lists lag. */
const NOTHING_OWED_READS = 2;

/** A hint came while nothing is known, or nothing is owed any more: look. */
export function openByHint(turn: Turn, payment: Payment | null, why: string): void {
  const opening: Opening = turn.recovery.opening ?? {
    since: turn.now,
    reads: 0,
    nextAt: turn.now,
    reported: [],
    candidates: [],
  };
  const reported =
    payment === null || opening.reported.includes(payment.paymentId)
      ? opening.reported
      : [...opening.reported, payment.paymentId].slice(-5);
  update(turn, { opening: { ...opening, reported } });
  because(turn, "opening.read_first", why);
  // The second look has its own time; a hint in between does not bring it forward.
  if (opening.reads === 0 || turn.recovery.attention.length > 0) startRead(turn, "opening");
}

type UnclearCause = "several_failures" | "foreign_success" | "multi_subscription";

type Found =
  /** `isKnown`: debts that ended before account for whatever is still on hold. */
  | { readonly kind: "none"; readonly why: string; readonly isKnown: boolean }
  | {
      readonly kind: "unclear";
      readonly cause: UnclearCause;
      readonly detail: string;
      readonly candidates: readonly PaymentId[];
    }
  | { readonly kind: "debt"; readonly first: Payment; readonly others: readonly Payment[] };

/** What a read says about an opening. */
export function concludeOpening(turn: Turn, evidence: Evidence): void {
  const { opening, attention } = turn.recovery;
  if (opening === null) return;
  const reads = opening.reads + 1;
  // What an earlier read asked is asked again if this one finds it too.
  release(
    turn,
    attention.map(({ cause }) => cause),
  );
  update(turn, { opening: { ...opening, reads, nextAt: null } });
  const { subscription } = evidence;
  if (subscription.optedOut)
    return nothingOwed(turn, "opening.opted_out", "metadata.reprise is off");
  if (subscription.status === "pending" || subscription.status === "failed") {
    return nothingOwed(turn, "opening.first_payment", `the subscription is ${subscription.status}`);
  }
  const found = findDebt(evidence, turn);
  if (found.kind === "none") return foundNone(turn, subscription, reads, found);
  const isEarly = turn.now < opening.since + turn.policy.openingRereadMs;
  if (reads < NOTHING_OWED_READS || isEarly) return lookAgain(turn, opening, found.kind);
  const candidates = found.kind === "debt" ? [found.first.paymentId] : found.candidates;
  update(turn, { opening: { ...opening, reads, nextAt: null, candidates } });
  if (isTerminalStatus(subscription.status)) return endedAlready(turn, found, subscription);
  if (found.kind === "unclear") {
    because(turn, "opening.unclear", found.detail);
    return hold(turn, found.cause, found.detail);
  }
  if (!subscription.onDemand) {
    because(turn, "subscription.scheduled", "the subscription is not on-demand");
    return hold(turn, "scheduled_subscription", found.first.paymentId);
  }
  openDebt(turn, found.first, found.others, subscription);
  adoptAttempts(turn, evidence.payments);
  reconcile(turn, evidence.payments, true);
  const { debt, charge, paid, plan, asking } = turn.recovery;
  const isPlanned = charge !== null || paid !== null || plan !== null || asking !== null;
  if (debt !== null && !isPlanned) planAfterDecline(turn);
}

/** Cancelled or expired before anything could be done: the debt is known, and over. */
function endedAlready(
  turn: Turn,
  found: Exclude<Found, { readonly kind: "none" }>,
  subscription: Subscription,
): void {
  if (found.kind === "debt") openDebt(turn, found.first, found.others, subscription);
  endDebt(turn, {
    outcome: "cancelled",
    by: "dodo",
    rule: "subscription.ended",
    reason: `the subscription is ${subscription.status}`,
  });
}

function lookAgain(turn: Turn, opening: Opening, found: string): void {
  const nextAt = Math.max(opening.since + turn.policy.openingRereadMs, turn.now + 1);
  update(turn, { opening: { ...opening, reads: opening.reads + 1, nextAt } });
  because(turn, "opening.read_again", `found: ${found}; Dodo is read once more`);
}

function foundNone(
  turn: Turn,
  subscription: Subscription,
  reads: number,
  { why, isKnown }: Found & { readonly kind: "none" },
): void {
  const { opening } = turn.recovery;
  if (opening === null) return;
  const held = isHeldStatus(subscription.status) && !isKnown;
  const isEarly = turn.now < opening.since + turn.policy.openingRereadMs;
  if (isEarly || reads < (held ? HOLD_READS : NOTHING_OWED_READS)) {
    const gaps = [turn.policy.openingRereadMs, ...turn.policy.retry.followUpMs];
    const nextAt = turn.now + (gaps[Math.min(reads - 1, gaps.length - 1)] ?? 1);
    update(turn, { opening: { ...opening, nextAt } });
    because(turn, "opening.read_again", `${why}; Dodo is read once more`);
    return;
  }
  if (!held) return nothingOwed(turn, "opening.nothing_owed", why);
  const pause =
    subscription.pausedAt === null ? "" : "; it was paused, so a pause may be unsettled";
  because(turn, "opening.hold_without_payment", `${subscription.status}${pause}: ${why}`);
  hold(turn, "hold_without_payment", subscription.status ?? "");
}

function nothingOwed(turn: Turn, rule: RuleId, reason: string): void {
  endDebt(turn, { outcome: "nothing_owed", by: null, rule, reason });
}

/** The failed payment that nothing settled, or why there is none, or why that is unclear. */
function findDebt(evidence: Evidence, turn: Turn): Found {
  const { payments, subscription } = evidence;
  const ended = new Set<string>([
    ...evidence.endedDebts,
    ...turn.recovery.ended.flatMap(({ debtId }) => debtId ?? []),
  ]);
  const failures = payments.filter(
    (payment) => mayBeOwed(payment, turn) && !ended.has(payment.paymentId),
  );
  const candidates = failures.map(({ paymentId }) => paymentId);
  const multi = failures.find((payment) => payment.isMultiSubscription);
  if (multi !== undefined) {
    return { kind: "unclear", cause: "multi_subscription", detail: multi.paymentId, candidates };
  }
  const owed = failures.filter((payment) => !isSettled(payment, payments, subscription));
  const [first, ...others] = owed;
  if (first === undefined) {
    const isKnown = ended.size > 0;
    const unpaid = isKnown ? "every debt ended before" : "no failed payment";
    return { kind: "none", why: failures.length === 0 ? unpaid : "paid since", isKnown };
  }
  const price = priceMinorOf(first, subscription);
  if (others.some((payment) => priceMinorOf(payment, subscription) !== price)) {
    const detail = owed.map(({ paymentId }) => paymentId).join(", ");
    return { kind: "unclear", cause: "several_failures", detail, candidates };
  }
  const foreign = payments.find((payment) => isForeignSuccess(payment, first, turn));
  if (foreign !== undefined) {
    return { kind: "unclear", cause: "foreign_success", detail: foreign.paymentId, candidates };
  }
  return { kind: "debt", first, others };
}

/** A failed payment of this window that is not an attempt of ours, nor a mere change of the method. */
function mayBeOwed(payment: Payment, { now, policy }: Turn): boolean {
  return (
    payment.status === "failed" &&
    payment.totalMinor > 0 &&
    payment.createdAt >= now - policy.windowMs &&
    !payment.isMethodUpdate &&
    payment.attemptKey === null
  );
}

/** A later success of another price settles nothing by itself, and cannot be passed over either. */
function isForeignSuccess(payment: Payment, first: Payment, { recovery }: Turn): boolean {
  return (
    payment.createdAt > first.createdAt &&
    standingOf(payment) === "succeeded" &&
    payment.totalMinor > 0 &&
    parseAttemptKey(payment.attemptKey) === null &&
    !recovery.answered.includes(payment.paymentId)
  );
}

/**
 * Paid since: by an attempt under its key, by a changed method (Dodo collects the dues), or by a later payment
 * of the same price. A later payment of another price settles nothing by itself.
 */
function isSettled(
  failed: Payment,
  payments: readonly Payment[],
  subscription: Subscription,
): boolean {
  const price = priceMinorOf(failed, subscription);
  return payments.some((payment) => {
    if (standingOf(payment) !== "succeeded" || payment.createdAt < failed.createdAt) return false;
    const key = parseAttemptKey(payment.attemptKey);
    if (key !== null) return key.debtId === debtIdOf(failed.paymentId);
    if (payment.isMethodUpdate) return payment.totalMinor > 0;
    return priceMinorOf(payment, subscription) === price;
  });
}

/** Opens the debt, with the attempts that it has seen already (a restored Temporal knows nothing of them). */
function openDebt(
  turn: Turn,
  first: Payment,
  others: readonly Payment[],
  subscription: Subscription,
): void {
  const price = priceMinorOf(first, subscription);
  const attempt: Attempt = {
    number: 1,
    trigger: "charge",
    startedAt: first.createdAt,
    endedAt: turn.now,
    paymentId: first.paymentId,
    result: "declined",
    declineCode: first.declineCode,
    methodId: first.methodId ?? subscription.methodId,
  };
  update(turn, {
    opening: null,
    debt: {
      id: debtIdOf(first.paymentId),
      firstFailedAt: first.createdAt,
      priceMinor: price,
      currency: first.currency,
      totalMinor: first.totalMinor,
      failedPaymentId: first.paymentId,
      methodId: first.methodId,
      firstDeclineCode: first.declineCode,
      chargeable: first.currency === subscription.currency && price > 0,
    },
    attempts: [attempt],
    windowEndsAt: first.createdAt + turn.policy.windowMs,
    // A pause that began before the debt was known holds its window too.
    windowStoppedAt: turn.recovery.paused === null ? null : turn.now,
    heldSeen: isHeldStatus(subscription.status),
  });
  because(
    turn,
    "opening.debt",
    `${describeMoney(money(price, first.currency))} is owed since ${first.paymentId} failed`,
  );
  for (const other of others) takeForRetry(turn, other);
}

/** A later failure of the same price is taken for the merchant's own retry: one debt, never two charges. */
function takeForRetry(turn: Turn, payment: Payment): void {
  dealWith(turn, payment.paymentId);
  tell(turn, "second_debt", payment.paymentId);
  const number = turn.recovery.attempts.length + 1;
  const attempt: Attempt = {
    number,
    trigger: "charge",
    startedAt: payment.createdAt,
    endedAt: turn.now,
    paymentId: payment.paymentId,
    result: "declined",
    declineCode: payment.declineCode,
    methodId: payment.methodId,
  };
  update(turn, { attempts: [...turn.recovery.attempts, attempt] });
}

/** Rebuilds the attempts of a debt from the payments that carry its keys. */
function adoptAttempts(turn: Turn, payments: readonly Payment[]): void {
  const { debt } = turn.recovery;
  if (debt === null) return;
  for (const payment of payments) {
    const key = parseAttemptKey(payment.attemptKey);
    if (key === null || key.debtId !== debt.id) continue;
    adopt(turn, payment, key.number);
  }
}

function adopt(turn: Turn, payment: Payment, number: number): void {
  const { attempts } = turn.recovery;
  if (attempts.some((attempt) => attempt.paymentId === payment.paymentId)) return;
  const standing = standingOf(payment);
  if (standing === "open" || standing === "abandoned") {
    update(turn, {
      charge: {
        number,
        trigger: "schedule",
        startedAt: payment.createdAt,
        standing: "accepted",
        paymentId: payment.paymentId,
        effectId: null,
        plan: planned({ at: payment.createdAt, number, trigger: "schedule", announce: false }),
        leftBy: null,
      },
      watch: { why: "charge", since: payment.createdAt, reads: 0, nextAt: turn.now + 1 },
    });
    return;
  }
  const attempt: Attempt = {
    number,
    trigger: "schedule",
    startedAt: payment.createdAt,
    endedAt: turn.now,
    paymentId: payment.paymentId,
    result: standing === "succeeded" ? "succeeded" : "declined",
    declineCode: payment.declineCode,
    methodId: payment.methodId,
  };
  update(turn, { attempts: [...attempts, attempt].toSorted((a, b) => a.number - b.number) });
}

/** The latest payments a debt could begin with, for a recovery that has none. */
export function mayOpen(recovery: Recovery, payment: Payment): boolean {
  const known = recovery.ended.some(
    ({ debtId, attempts }) =>
      debtId === debtIdOf(payment.paymentId) ||
      attempts.some(({ paymentId }) => paymentId === payment.paymentId),
  );
  return !known && standingOf(payment) !== "succeeded" && payment.attemptKey === null;
}
