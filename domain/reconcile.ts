import { onChargeAbsent, onChargePayment } from "./charge-outcome.ts";
import { endDebt, settle } from "./ending.ts";
import { attemptKeyOf, parseAttemptKey } from "./ids.ts";
import { afterLinkRead, onLinkPayment } from "./link.ts";
import { standingOf, type Payment } from "./payment.ts";
import { ask, planForNewMethod } from "./plan.ts";
import { isHeld, type Debt } from "./recovery.ts";
import { DAY_MS, describeInstant } from "./time.ts";
import { account, because, hold, tell, update, type Turn } from "./turn.ts";

/** How many complete reads may show an active subscription without a payment before a person is asked. */
const ACTIVE_UNPAID_READS = 3;

/** Reads before a pending payment that nobody can find is believed absent. @source design, "Charging" */
const PENDING_PAYMENT_READS = 4;

/** How long a paid debt's subscription is looked at while it is still on hold. @source design, outcomes */
const REACTIVATION_MS = DAY_MS;

/**
 * Brings the open debt into line with what payments say.
 *
 * @param complete the payments are all there are (a read), not one that a webhook told: only then does
 *   something missing mean anything
 */
export function reconcile(turn: Turn, payments: readonly Payment[], complete: boolean): void {
  for (const payment of payments) {
    if (turn.recovery.debt !== null) placePayment(turn, turn.recovery.debt, payment);
  }
  if (!complete || turn.recovery.debt === null) return;
  if (turn.recovery.charge !== null) {
    afterChargeRead(turn, payments);
    return;
  }
  if (turn.recovery.paid !== null) {
    afterPaidRead(turn);
    return;
  }
  if (turn.recovery.link !== null) afterLinkRead(turn, payments);
  afterOpenPaymentRead(turn, payments);
  planForNewMethod(turn);
  activeWithoutPayment(turn);
}

/** What one payment is to this debt: ours, the link's, Dodo's collection of the dues, or foreign. */
function placePayment(turn: Turn, debt: Debt, payment: Payment): void {
  const { recovery } = turn;
  if (payment.paymentId === debt.failedPaymentId) return;
  if (recovery.accounted.includes(payment.paymentId)) return;
  if (payment.isMultiSubscription) return foreign(turn, payment);
  const key = parseAttemptKey(payment.attemptKey);
  if (key !== null && key.debtId === debt.id) return ownPayment(turn, debt, payment, key.number);
  if (key !== null) return;
  if (recovery.link !== null && recovery.link.paymentId === payment.paymentId) {
    onLinkPayment(turn, payment);
    return;
  }
  if (payment.createdAt < debt.firstFailedAt) return;
  if (isCollection(turn, debt, payment)) return collected(turn, debt, payment);
  foreign(turn, payment);
}

function ownPayment(turn: Turn, debt: Debt, payment: Payment, number: number): void {
  const { charge, attempts } = turn.recovery;
  if (charge?.number === number && attemptKeyOf(debt.id, number) === payment.attemptKey) {
    onChargePayment(turn, payment);
    return;
  }
  const known = attempts.find((attempt) => attempt.paymentId === payment.paymentId);
  if (standingOf(payment) === "succeeded" && known?.result !== "succeeded") {
    extraSuccess(turn, payment);
    return;
  }
  if (known === undefined && standingOf(payment) === "open") {
    waitForOpen(turn, payment);
  }
}

/** An attempt believed to have failed, or unknown to this run, has succeeded after all. */
function extraSuccess(turn: Turn, payment: Payment): void {
  settle(turn, { by: "attempt", paymentId: payment.paymentId, rule: "payment.settles" });
}

/** @source design, "Debts": a success that changed the method on a hold is Dodo's collection of the dues */
function isCollection(turn: Turn, debt: Debt, payment: Payment): boolean {
  if (standingOf(payment) !== "succeeded" || payment.totalMinor <= 0) return false;
  const changedMethod =
    payment.isMethodUpdate ||
    (payment.methodId !== null && debt.methodId !== null && payment.methodId !== debt.methodId);
  return changedMethod && turn.recovery.heldSeen;
}

function collected(turn: Turn, debt: Debt, payment: Payment): void {
  if (turn.recovery.paid?.paymentId === payment.paymentId) return;
  settle(turn, {
    by: "customer",
    paymentId: payment.paymentId,
    rule: "payment.collected_by_dodo",
  });
  if (payment.totalMinor > debt.totalMinor) {
    tell(turn, "overcharged", `${payment.paymentId}: ${payment.totalMinor} of ${debt.totalMinor}`);
  }
}

function foreign(turn: Turn, payment: Payment): void {
  const { recovery, policy } = turn;
  switch (standingOf(payment)) {
    case "succeeded":
      if (payment.totalMinor <= 0) return account(turn, payment.paymentId);
      if (recovery.paid?.paymentId === payment.paymentId) return;
      if (recovery.paid !== null || policy.foreignCharges === "same_debt") {
        settle(turn, { by: "merchant", paymentId: payment.paymentId, rule: "payment.settles" });
        return;
      }
      because(turn, "payment.foreign_success", `${payment.paymentId} succeeded and is not ours`);
      hold(turn, "foreign_success", payment.paymentId);
      return;
    case "declined":
      account(turn, payment.paymentId);
      // A card that the customer tried, or the same debt tried by the merchant: nothing new is owed.
      if (payment.isMethodUpdate || policy.foreignCharges === "same_debt") return;
      because(turn, "payment.foreign_failure", `${payment.paymentId} failed and is not ours`);
      hold(turn, "second_debt", payment.paymentId);
      return;
    case "abandoned":
    case "open":
      waitForOpen(turn, payment);
      return;
  }
}

/** Attempts wait while a payment of this subscription can still succeed. */
function waitForOpen(turn: Turn, payment: Payment): void {
  const { watch, charge, paid } = turn.recovery;
  if (charge !== null || paid !== null || watch?.why === "open_payment") return;
  update(turn, {
    watch: { why: "open_payment", since: turn.now, reads: 0, nextAt: followUpAt(turn, 0) },
  });
  because(turn, "payment.open", `${payment.paymentId} is ${payment.status ?? "without a status"}`);
}

function followUpAt(turn: Turn, reads: number): number {
  const { followUpMs } = turn.policy.retry;
  return turn.now + (followUpMs[Math.min(reads, followUpMs.length - 1)] ?? 0);
}

/** The charge in flight after a complete read: found and open, or absent. */
function afterChargeRead(turn: Turn, payments: readonly Payment[]): void {
  const { charge, debt, watch, policy } = { ...turn.recovery, policy: turn.policy };
  if (charge === null || debt === null) return;
  const key = attemptKeyOf(debt.id, charge.number);
  const found = payments.some(
    ({ attemptKey, paymentId }) => attemptKey === key || paymentId === charge.paymentId,
  );
  if (!found && charge.standing === "unknown") {
    onChargeAbsent(turn, turn.recovery.readAt ?? turn.now);
    return;
  }
  if (charge.standing !== "accepted" || watch === null) return;
  const reads = watch.reads + 1;
  update(turn, { watch: { ...watch, reads, nextAt: followUpAt(turn, reads) } });
  because(turn, "charge.followed", `attempt ${charge.number} is still open (read ${reads})`);
  if (turn.now >= watch.since + policy.retry.outcomeDeadlineMs) {
    because(
      turn,
      "charge.deadline",
      `attempt ${charge.number} is open since ${describeInstant(watch.since)}`,
    );
    hold(turn, "outcome_deadline", charge.paymentId ?? key);
  }
}

/** Paid: is the subscription back? */
function afterPaidRead(turn: Turn): void {
  const { recovery, now } = turn;
  const { paid, watch } = recovery;
  if (paid === null || recovery.charge !== null) return;
  const end = {
    outcome: "recovered",
    by: paid.by,
    paymentId: paid.paymentId,
  } as const;
  if (!isHeld(recovery)) {
    endDebt(turn, {
      ...end,
      rule: "subscription.reactivated",
      reason: `paid by ${paid.by}; the subscription is ${recovery.subscription?.status ?? "unknown"}`,
      reactivated: recovery.subscription?.status === "active",
    });
    return;
  }
  if (now >= paid.at + REACTIVATION_MS) {
    tell(turn, "not_reactivated", paid.paymentId ?? "");
    endDebt(turn, {
      ...end,
      rule: "subscription.not_reactivated",
      reason: `paid by ${paid.by}; still ${recovery.subscription?.status ?? "unknown"} after a day`,
      reactivated: false,
    });
    return;
  }
  const reads = (watch?.reads ?? 0) + 1;
  const nextAt = Math.min(
    followUpAt(turn, reads - 1),
    Math.max(paid.at + REACTIVATION_MS, now + 1),
  );
  update(turn, { watch: { why: "reactivation", since: paid.at, reads, nextAt } });
  because(turn, "subscription.still_held", `paid, and still ${recovery.subscription?.status}`);
}

/** A payment that stood in the way: is it still open, or nowhere to be found? */
function afterOpenPaymentRead(turn: Turn, payments: readonly Payment[]): void {
  const { watch, debt, accounted, link } = turn.recovery;
  if (watch?.why !== "open_payment" && watch?.why !== "pending_payment") return;
  if (debt === null || turn.recovery.paid !== null) return;
  const open = payments.find(
    (payment) =>
      payment.createdAt >= debt.firstFailedAt &&
      payment.paymentId !== link?.paymentId &&
      !accounted.includes(payment.paymentId) &&
      ["open", "abandoned"].includes(standingOf(payment)),
  );
  const reads = watch.reads + 1;
  if (open !== undefined) {
    update(turn, {
      watch: { ...watch, why: "open_payment", reads, nextAt: followUpAt(turn, reads) },
    });
    because(
      turn,
      "payment.open",
      `${open.paymentId} is still ${open.status ?? "without a status"}`,
    );
    if (turn.now >= watch.since + turn.policy.retry.outcomeDeadlineMs) {
      hold(turn, "outcome_deadline", open.paymentId);
    }
    return;
  }
  if (watch.why === "open_payment") {
    update(turn, { watch: null });
    because(turn, "payment.known", "no payment is open any more");
    return;
  }
  const isSettled = turn.now >= watch.since + turn.policy.retry.settleMs;
  if (reads >= PENDING_PAYMENT_READS && isSettled) {
    update(turn, { watch: null });
    ask(turn, "refused");
    because(turn, "charge.pending_payment", `no pending payment was found in ${reads} reads`);
    return;
  }
  const nextAt = Math.max(
    turn.now + 1,
    Math.min(followUpAt(turn, reads), watch.since + turn.policy.retry.settleMs),
  );
  update(turn, {
    watch: {
      ...watch,
      reads,
      nextAt: reads < PENDING_PAYMENT_READS ? followUpAt(turn, reads) : nextAt,
    },
  });
  because(turn, "charge.pending_payment", `no pending payment is to be seen (read ${reads})`);
}

/** Back to active without a payment to show for it: charging now could collect twice. */
function activeWithoutPayment(turn: Turn): void {
  const { recovery } = turn;
  if (recovery.debt === null || recovery.paid !== null || !recovery.heldSeen) return;
  if (recovery.subscription?.status !== "active" || recovery.attention !== null) return;
  if (recovery.link !== null) return;
  if (recovery.plan?.trigger === "payment_method_update" || recovery.watch?.why === "open_payment")
    return;
  const reads = recovery.watch?.why === "evidence" ? recovery.watch.reads + 1 : 1;
  if (reads >= ACTIVE_UNPAID_READS) {
    update(turn, { watch: null, heldSeen: false });
    because(
      turn,
      "subscription.active_unpaid",
      `active for ${reads} reads, and no payment is to be seen`,
    );
    hold(turn, "active_without_payment", "the subscription");
    return;
  }
  const since = recovery.watch?.why === "evidence" ? recovery.watch.since : turn.now;
  update(turn, { watch: { why: "evidence", since, reads, nextAt: followUpAt(turn, reads - 1) } });
  because(turn, "subscription.active_unpaid", "active again; the payment is looked for");
}
