import { adoptOpenAttempts, takeUpAsked } from "../charge/resume-attempts.ts";
import { saidKey } from "../debt/attribution.ts";
import { attemptsOf, debtOf, type DebtPayments, ownPaymentsOf } from "../debt/debt-of-payments.ts";
import { endDebt, endWithSubscription } from "../debt/ending.ts";
import { enqueue, workNext } from "../debt/queue.ts";
import { endedBy } from "../debt/result.ts";
import {
  because,
  dealWith,
  hold,
  release,
  startRead,
  tell,
  type Turn,
  update,
} from "../draft/draft.ts";
import type { RuleId } from "../rules.ts";
import { planAfterDecline } from "../schedule/plan.ts";
import { presumptionOf } from "../state/facts.ts";
import {
  type Evidence,
  isHeldStatus,
  isTerminalStatus,
  mayFoundDebt,
  type Payment,
  priceMinorOf,
  standingOf,
  type Subscription,
} from "../state/payment.ts";
import { type Opening, openingAt, type Recovery } from "../state/recovery.ts";
import { debtIdOf, parseAttemptKey, type PaymentId } from "../values/ids.ts";
import { describeMoney, money } from "../values/money.ts";
import type { Instant } from "../values/time.ts";
import { reconcile } from "./reconcile.ts";

/** Reads of an opening that finds a hold and no failed payment, before a person is asked. */
const HOLD_READS = 4;

/** Reads before "nothing owed" is believed: lists lag. */
const NOTHING_OWED_READS = 2;

/** A hint came while nothing is known, or nothing is owed any more: look. */
export function openByHint(turn: Turn, payment: Payment | null, why: string): void {
  const opening = turn.recovery.opening ?? openingAt(turn.now);
  const reported =
    payment === null || opening.reported.includes(payment.paymentId)
      ? opening.reported
      : [...opening.reported, payment.paymentId].slice(-5);
  update(turn, { opening: { ...opening, reported } });
  because(turn, "opening.read_first", why);
  // The second look has its own time; a hint in between does not bring it forward.
  if (opening.reads === 0 || turn.recovery.attention.length > 0) startRead(turn, "opening");
}

type UnclearCause = "several_failures" | "multi_subscription";

type Found =
  /** `isKnown`: debts that ended before account for whatever is still on hold. */
  | { readonly kind: "none"; readonly why: string; readonly isKnown: boolean }
  | {
      readonly kind: "unclear";
      readonly cause: UnclearCause;
      readonly detail: string;
      readonly candidates: readonly PaymentId[];
    }
  /** Oldest first: one is worked at a time. */
  | {
      readonly kind: "debts";
      readonly worked: DebtPayments;
      readonly queued: readonly DebtPayments[];
    };

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
  const found = findDebts(evidence, turn);
  if (found.kind === "none") return foundNone(turn, evidence, reads, found);
  if (reads < NOTHING_OWED_READS) return lookAgain(turn, opening, found.kind);
  const candidates = found.kind === "debts" ? [found.worked.first.paymentId] : found.candidates;
  update(turn, { opening: { ...opening, reads, nextAt: null, candidates } });
  if (isTerminalStatus(subscription.status)) return endedAlready(turn, found, evidence);
  if (found.kind === "unclear") {
    because(turn, "opening.unclear", found.detail);
    return hold(turn, found.cause, found.detail);
  }
  openDebts(turn, found, evidence);
  adoptOpenAttempts(turn, evidence.payments);
  reconcile(turn, evidence.payments, true);
  const { debt, charge, paid, plan, asking, observing } = turn.recovery;
  if (debt === null || paid !== null || observing !== null) return;
  if (charge === null && plan === null && asking === null) planAfterDecline(turn);
  if (evidence.disputeId != null) disputed(turn, evidence.disputeId);
}

/** @source design, "Debts": somebody who disputes payments is not charged without a person's look */
function disputed(turn: Turn, disputeId: string): void {
  because(turn, "opening.disputed", `this customer disputed a payment (${disputeId})`);
  hold(turn, "recent_dispute", disputeId);
}

/** Cancelled or expired before anything could be done: the debt is known, and over. */
function endedAlready(
  turn: Turn,
  found: Exclude<Found, { readonly kind: "none" }>,
  evidence: Evidence,
): void {
  if (found.kind === "debts") openDebts(turn, found, evidence);
  const reason = `the subscription is ${evidence.subscription.status}`;
  const end = { outcome: "cancelled", by: "dodo", rule: "subscription.ended", reason } as const;
  endDebt(turn, end, "subscription");
}

function lookAgain(turn: Turn, opening: Opening, found: string): void {
  const nextAt = Math.max(opening.since + turn.policy.openingRereadMs, turn.now + 1);
  update(turn, { opening: { ...opening, reads: opening.reads + 1, nextAt } });
  because(turn, "opening.read_again", `found: ${found}; Dodo is read once more`);
}

function foundNone(
  turn: Turn,
  evidence: Evidence,
  reads: number,
  { why, isKnown }: Found & { readonly kind: "none" },
): void {
  const { subscription } = evidence;
  const { opening } = turn.recovery;
  if (opening === null) return;
  const held = isHeldStatus(subscription.status) && !isKnown && !isOfAsked(turn, evidence);
  if (reads < (held ? HOLD_READS : NOTHING_OWED_READS)) {
    const gaps = [turn.policy.openingRereadMs, ...turn.policy.retry.followUpMs];
    const nextAt = turn.now + (gaps[Math.min(reads - 1, gaps.length - 1)] ?? 1);
    update(turn, { opening: { ...opening, nextAt } });
    because(turn, "opening.read_again", `${why}; Dodo is read once more`);
    return;
  }
  if (!held) return nothingElseOwed(turn, evidence, why);
  const pause =
    subscription.pausedAt === null ? "" : "; it was paused, so a pause may be unsettled";
  because(turn, "opening.hold_without_payment", `${subscription.status}${pause}: ${why}`);
  hold(turn, "hold_without_payment", subscription.status ?? "");
}

/** The hold came with an attempt of a charge that is asked of us again: that is worked. */
function isOfAsked({ recovery }: Turn, { payments }: Evidence): boolean {
  return recovery.queue.some(({ debt }) => ownPaymentsOf(debt.id, payments).length > 0);
}

/** Nothing has failed: what is asked of us is worked, with what was just read. */
function nothingElseOwed(turn: Turn, evidence: Evidence, why: string): void {
  if (turn.recovery.queue.length === 0) return nothingOwed(turn, "opening.nothing_owed", why);
  update(turn, { opening: null });
  workNext(turn, "read");
  takeUpAsked(turn, evidence);
  reconcile(turn, evidence.payments, true);
  endWithSubscription(turn, evidence.subscription);
  const { debt, paid } = turn.recovery;
  if (debt !== null && paid === null && evidence.disputeId != null)
    disputed(turn, evidence.disputeId);
}

export function nothingOwed(turn: Turn, rule: RuleId, reason: string): void {
  endDebt(turn, { outcome: "nothing_owed", by: null, rule, reason });
}

/** The failed payments that nothing settled, debt by debt; or why there are none, or why that is unclear. */
function findDebts(evidence: Evidence, turn: Turn): Found {
  const { payments, subscription } = evidence;
  const ended = new Set<string>([
    ...evidence.endedDebts,
    ...endedBy({ debts: turn.recovery.ended, dealtWith: turn.recovery.dealtWith }),
  ]);
  const failures = payments.filter(
    (payment) =>
      mayBeOwed(payment, turn) &&
      !ended.has(payment.paymentId) &&
      !isRetryOfEnded(payment, payments, ended),
  );
  const candidates = failures.map(({ paymentId }) => paymentId);
  const multi = failures.find((payment) => payment.isMultiSubscription);
  if (multi !== undefined) {
    return { kind: "unclear", cause: "multi_subscription", detail: multi.paymentId, candidates };
  }
  const owed = failures.filter((payment) => !isSettled(payment, payments, subscription, turn));
  const [worked, ...queued] = groupsOf(owed, subscription, turn);
  if (worked === undefined) {
    if (failures.length > 0) return { kind: "none", why: "paid since", isKnown: ended.size > 0 };
    if (ended.size > 0) return { kind: "none", why: "every debt ended before", isKnown: true };
    const isOld = payments.some(
      (payment) => mayFoundDebt(payment) && payment.createdAt < windowOf(turn),
    );
    const why = isOld ? "failed longer ago than the window" : "no failed payment";
    return { kind: "none", why, isKnown: isOld };
  }
  if (queued.length > 0 && !areTellable([worked, ...queued], subscription, turn)) {
    const detail = owed.map(({ paymentId }) => paymentId).join(", ");
    return { kind: "unclear", cause: "several_failures", detail, candidates };
  }
  return { kind: "debts", worked, queued };
}

/** Dodo's own retry of a renewal whose debt has ended: it ends once. */
function isRetryOfEnded(
  { retryAttempt, createdAt }: Payment,
  payments: readonly Payment[],
  ended: ReadonlySet<string>,
): boolean {
  if (retryAttempt < 1) return false;
  const renewal = payments.findLast(
    (one) => one.createdAt < createdAt && one.retryAttempt === 0 && mayFoundDebt(one),
  );
  return renewal !== undefined && ended.has(renewal.paymentId);
}

/** Failures by the debt they belong to: told by `debt_key`, else by their price, unless each is its own. */
function groupsOf(
  owed: readonly Payment[],
  subscription: Subscription,
  turn: Turn,
): DebtPayments[] {
  const groups = new Map<string, { readonly first: Payment; readonly retries: Payment[] }>();
  for (const payment of owed) {
    const name =
      saidKey(payment, subscription.debtKey) ??
      (areSeparate(turn) ? payment.paymentId : priceMinorOf(payment, subscription));
    const group = groups.get(`${typeof name} ${name}`);
    if (group === undefined) groups.set(`${typeof name} ${name}`, { first: payment, retries: [] });
    else group.retries.push(payment);
  }
  return [...groups.values()];
}

/** Several are worked one by one where something tells them apart: their keys, the policy, or a person. */
function areTellable(
  groups: readonly DebtPayments[],
  subscription: Subscription,
  turn: Turn,
): boolean {
  const unnamed = groups.filter(({ first }) => saidKey(first, subscription.debtKey) === null);
  return areSeparate(turn) || unnamed.length === 0;
}

function areSeparate({ recovery }: Turn): boolean {
  return recovery.opening?.areSeparate === true || presumptionOf(recovery) === "new_debt";
}

/** A failed payment of this window that is not an attempt of ours, nor a mere change of the method. */
function mayBeOwed(payment: Payment, turn: Turn): boolean {
  return mayFoundDebt(payment) && payment.createdAt >= windowOf(turn);
}

/** What failed before this is too old to be begun with. */
function windowOf({ now, policy }: Turn): Instant {
  return now - policy.windowMs;
}

/**
 * Paid since: by an attempt under its key, by a changed method (Dodo collects the dues), by a later payment with the
 * same `debt_key`, or, where no key tells, by one that is presumed to be for it.
 */
function isSettled(
  failed: Payment,
  payments: readonly Payment[],
  subscription: Subscription,
  { recovery }: Turn,
): boolean {
  const failedKey = saidKey(failed, subscription.debtKey);
  return payments.some((payment) => {
    if (standingOf(payment) !== "succeeded" || payment.createdAt < failed.createdAt) return false;
    const attempt = parseAttemptKey(payment.attemptKey);
    if (attempt?.debtId === debtIdOf(failed.paymentId)) return true;
    if (payment.isMethodUpdate) return payment.totalMinor > 0;
    // Attempts carry the failed payment's metadata: another try of a debt that one of ours has paid is no debt.
    const key = saidKey(payment, subscription.debtKey);
    if (key !== null && failedKey !== null) return key === failedKey;
    if (attempt !== null) return false;
    switch (presumptionOf(recovery)) {
      case "same_debt":
        return payment.totalMinor > 0;
      case "new_debt":
        return false;
      case "ask":
        return priceMinorOf(payment, subscription) === priceMinorOf(failed, subscription);
    }
  });
}

/** Opens the oldest debt, and queues what else is owed. */
function openDebts(
  turn: Turn,
  { worked, queued }: Found & { readonly kind: "debts" },
  { payments, subscription }: Evidence,
): void {
  const { first, retries } = worked;
  const debt = debtOf(first, subscription);
  update(turn, {
    opening: null,
    debt,
    attempts: attemptsOf(worked, payments, subscription, turn.now),
    windowEndsAt: first.createdAt + turn.policy.windowMs,
    // A pause that began before the debt was known holds its window too.
    windowStoppedAt: turn.recovery.paused === null ? null : turn.now,
    heldSeen: isHeldStatus(subscription.status),
  });
  const price = describeMoney(money(debt.priceMinor, debt.currency));
  because(turn, "opening.debt", `${price} is owed since ${first.paymentId} failed`);
  for (const { paymentId } of retries) {
    // Taken for the merchant's or Dodo's own retry: one debt, never two charges.
    dealWith(turn, paymentId);
    if (subscription.onDemand) tell(turn, "second_debt", paymentId);
  }
  for (const one of queued) enqueue(turn, one, payments, { isAsked: false });
}

/** The latest payments a debt could begin with, for a recovery that has none. */
export function mayOpen(recovery: Recovery, payment: Payment): boolean {
  const known = endedBy({ debts: recovery.ended }).includes(payment.paymentId);
  return !known && standingOf(payment) !== "succeeded" && payment.attemptKey === null;
}
