import { onChargeAbsent, onChargePayment } from "../charge/charge-outcome.ts";
import { followOwner } from "../charge/dodo-retries.ts";
import { afterLinkRead, onLinkPayment } from "../charge/payment-link.ts";
import { ABANDONED_PAGE_MS, debtViewOf, isPageOpen, placeOf } from "../debt/attribution.ts";
import { endDebt, settle } from "../debt/ending.ts";
import { doubtOthers, isOfQueued, onOtherFailure, onOtherSuccess } from "../debt/queue.ts";
import {
  answer,
  because,
  dealWith,
  followUpAt,
  hold,
  release,
  tell,
  type Turn,
  update,
} from "../draft/draft.ts";
import { ask, followCancellation, followMethod } from "../schedule/plan.ts";
import type { Debt } from "../state/debt.ts";
import { isCollected, isHeld, isOurAttempt, presumptionOf } from "../state/facts.ts";
import {
  isChargeableStatus,
  isTerminalStatus,
  type Payment,
  standingOf,
} from "../state/payment.ts";
import type { Recovery, Watch } from "../state/recovery.ts";
import { attemptKeyOf } from "../values/ids.ts";
import { DAY_MS, describeInstant, HOUR_MS } from "../values/time.ts";

/** How many complete reads may show an active subscription without a payment before a person is asked. */
const ACTIVE_UNPAID_READS = 3;

/** Reads before a pending payment that nobody can find is believed absent. @source design, "Charging" */
const PENDING_PAYMENT_READS = 4;

/** An Indian mandate's debit takes up to 51 hours, whatever the policy's deadline. @source dodo.md 5.8 */
const INR_IN_FLIGHT_MS = 51 * HOUR_MS;

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
  followOwner(turn, payments, complete);
  if (!complete || turn.recovery.debt === null) return;
  if (turn.recovery.charge !== null) {
    afterChargeRead(turn, payments);
  } else if (turn.recovery.paid !== null) {
    afterPaidRead(turn, payments);
  } else {
    if (turn.recovery.link !== null) afterLinkRead(turn, payments);
    afterOpenPaymentRead(turn, payments);
    followCancellation(turn);
    followMethod(turn);
    activeWithoutPayment(turn);
    tellUnchargeable(turn);
  }
}

/** What one payment is to this debt, and what follows from it. */
function placePayment(turn: Turn, debt: Debt, payment: Payment): void {
  const view = debtViewOf(turn.recovery);
  if (view === null) return;
  if (isOfOurRetry(turn.recovery, payment)) return onChargePayment(turn, payment);
  const place = placeOf(payment, view);
  const standing = standingOf(payment);
  switch (place.kind) {
    case "first":
      // Paid on its own page after it had failed.
      if (standing === "succeeded") settleBy(turn, payment, "customer");
      return;
    case "own":
      return ownPayment(turn, debt, payment, place.number);
    case "link":
      return onLinkPayment(turn, payment);
    case "collection":
      return collected(turn, debt, payment);
    case "same_debt":
      return anotherTry(turn, payment);
    case "foreign":
      return foreign(turn, payment);
    case "other_debt":
      return otherDebt(turn, payment);
    case "before":
    case "answered":
    case "dealt_with":
      return;
  }
}

/**
 * Dodo's manual retry carries no key: its payment is known by name, or, where the answer was lost or a webhook came
 * before it, by having come since.
 * @source design, "The fence"
 */
function isOfOurRetry({ charge, debt }: Recovery, payment: Payment): boolean {
  if (charge?.via !== "manual_retry" || payment.paymentId === debt?.failedPaymentId) return false;
  if (charge.paymentId !== null) return payment.paymentId === charge.paymentId;
  const isSince = payment.createdAt >= charge.startedAt && !payment.isMethodUpdate;
  return charge.standing !== "accepted" && isSince;
}

function settleBy(
  turn: Turn,
  payment: Payment,
  by: "customer" | "attempt" | "merchant" | "dodo",
): void {
  settle(turn, { by, paymentId: payment.paymentId, rule: "payment.settles" });
}

function ownPayment(turn: Turn, debt: Debt, payment: Payment, number: number): void {
  const { charge, attempts } = turn.recovery;
  if (charge?.number === number && attemptKeyOf(debt.id, number) === payment.attemptKey) {
    return onChargePayment(turn, payment);
  }
  const known = attempts.find((attempt) => attempt.paymentId === payment.paymentId);
  const standing = standingOf(payment);
  // An attempt that was believed to have failed, or was unknown to this run, has succeeded after all.
  if (standing === "succeeded" && known?.result !== "succeeded") settleBy(turn, payment, "attempt");
  if (standing === "open" && known === undefined) waitFor(turn, payment);
}

function collected(turn: Turn, debt: Debt, payment: Payment): void {
  if (turn.recovery.paid?.paymentId === payment.paymentId) return;
  const { paymentId, totalMinor } = payment;
  doubtOthers(turn, payment);
  settle(turn, { by: "customer", paymentId, rule: "payment.collected_by_dodo" });
  if (totalMinor > debt.totalMinor) {
    tell(turn, "overcharged", `${paymentId}: ${totalMinor} instead of ${debt.totalMinor}`);
  }
}

/** Its key says that it is for this debt: the merchant's own retry, or the customer's payment. */
function anotherTry(turn: Turn, payment: Payment): void {
  const { paid } = turn.recovery;
  switch (standingOf(payment)) {
    case "succeeded":
      if (payment.totalMinor > 0 && paid?.paymentId !== payment.paymentId) {
        settleBy(turn, payment, whoPaid(turn.recovery, payment));
      }
      return;
    case "declined":
      return dealWith(turn, payment.paymentId);
    case "abandoned":
    case "open":
      return waitFor(turn, payment);
  }
}

function whoPaid({ attempts }: Recovery, payment: Payment): "attempt" | "dodo" | "merchant" {
  const attempt = attempts.find(({ paymentId }) => paymentId === payment.paymentId);
  if (attempt !== undefined && isOurAttempt(attempt)) return "attempt";
  return payment.retryAttempt >= 1 ? "dodo" : "merchant";
}

/** Its key, or what is known of it, says that it is for another debt. */
function otherDebt(turn: Turn, payment: Payment): void {
  switch (standingOf(payment)) {
    case "succeeded":
      onOtherSuccess(turn, payment);
      return paidElsewhere(turn, payment);
    case "declined":
      return onOtherFailure(turn, payment, { isAsked: false });
    case "abandoned":
      return;
    case "open":
      return waitFor(turn, payment);
  }
}

/** Nothing tells whose it is: the policy presumes, or a person is asked. */
function foreign(turn: Turn, payment: Payment): void {
  const { recovery } = turn;
  const { paymentId } = payment;
  const presumed = presumptionOf(recovery);
  if (presumed === "same_debt") return anotherTry(turn, payment);
  switch (standingOf(payment)) {
    case "succeeded":
      if (payment.totalMinor <= 0 || recovery.paid?.paymentId === paymentId) return;
      if (isOfQueued(turn, payment)) return otherDebt(turn, payment);
      if (presumed === "new_debt") return paidElsewhere(turn, payment);
      if (recovery.paid !== null) return settleBy(turn, payment, "merchant");
      because(turn, "payment.foreign_success", `${paymentId} succeeded and is not ours`);
      return hold(turn, "foreign_success", paymentId);
    case "declined":
      because(turn, "payment.foreign_failure", `${paymentId} failed and is not ours`);
      return onOtherFailure(turn, payment, { isAsked: presumed === "ask" });
    case "abandoned":
    case "open":
      return waitFor(turn, payment);
  }
}

/** It pays something else. Where the subscription is back, it is also what brought it back. */
function paidElsewhere(turn: Turn, { paymentId, totalMinor }: Payment): void {
  if (totalMinor <= 0 || turn.recovery.answered.includes(paymentId)) return;
  answer(turn, paymentId);
  update(turn, { heldSeen: isHeld(turn.recovery) });
  because(turn, "payment.foreign_success", `${paymentId} pays something else`);
}

/** Attempts wait while a payment of this subscription can still succeed, or be paid on its page. */
function waitFor(turn: Turn, payment: Payment): void {
  const { watch, charge, paid, link } = turn.recovery;
  const view = debtViewOf(turn.recovery);
  const isPage = standingOf(payment) === "abandoned";
  if (isPage && (view === null || !isPageOpen(payment, view, turn.now))) return;
  if (charge !== null || paid !== null || watch?.why === "open_payment") return;
  if (isPage && (watch?.why === "page" || link !== null)) return;
  const why = isPage ? "page" : "open_payment";
  update(turn, { watch: { why, since: turn.now, reads: 0, nextAt: followUpAt(turn, 0) } });
  because(turn, "payment.open", `${payment.paymentId} is ${payment.status ?? "without a status"}`);
}

/** The charge in flight after a complete read: found and open, or absent. */
function afterChargeRead(turn: Turn, payments: readonly Payment[]): void {
  const { charge, debt, watch } = turn.recovery;
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
  if (isOverDeadline(turn, watch)) {
    const since = describeInstant(watch.since);
    because(turn, "charge.deadline", `attempt ${charge.number} is open since ${since}`);
    hold(turn, "outcome_deadline", charge.paymentId ?? key);
  }
}

function isOverDeadline(turn: Turn, watch: Watch): boolean {
  const { outcomeDeadlineMs } = turn.policy.retry;
  const isIndian = turn.recovery.debt?.currency === "INR";
  return turn.now >= watch.since + Math.max(outcomeDeadlineMs, isIndian ? INR_IN_FLIGHT_MS : 0);
}

/** Paid: is the subscription back, and is nothing else about to be collected? */
function afterPaidRead(turn: Turn, payments: readonly Payment[]): void {
  const { recovery, now } = turn;
  const { paid, watch } = recovery;
  if (paid === null) return;
  const status = recovery.subscription?.status ?? "unknown";
  const outcome = isCollected(recovery) ? "collected" : "recovered";
  const end = { outcome, by: paid.by, paymentId: paid.paymentId } as const;
  const isOver = now >= paid.at + REACTIVATION_MS;
  const isAnotherOpen = payments.some((payment) => standingOf(payment) === "open") && !isOver;
  if (!isHeld(recovery) && !isAnotherOpen) {
    endDebt(turn, {
      ...end,
      rule: "subscription.reactivated",
      reason: `paid by ${paid.by}; the subscription is ${status}`,
      reactivated: status === "active",
    });
    return;
  }
  if (isOver) {
    tell(turn, "not_reactivated", paid.paymentId ?? "");
    endDebt(turn, {
      ...end,
      rule: "subscription.not_reactivated",
      reason: `paid by ${paid.by}; still ${status} after a day`,
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
  const why = isAnotherOpen ? "another payment is open" : `still ${status}`;
  because(turn, "subscription.still_held", `paid, and ${why}`);
}

/** A payment that stood in the way: is it still open, or nowhere to be found? */
function afterOpenPaymentRead(turn: Turn, payments: readonly Payment[]): void {
  const { watch } = turn.recovery;
  const view = debtViewOf(turn.recovery);
  if (view === null || watch === null || turn.recovery.paid !== null) return;
  if (!["open_payment", "pending_payment", "page"].includes(watch.why)) return;
  const open = payments.find((payment) => standingOf(payment) === "open");
  const page = payments.find((payment) => isPageOpen(payment, view, turn.now));
  const reads = watch.reads + 1;
  if (open !== undefined) {
    const nextAt = followUpAt(turn, reads);
    update(turn, { watch: { ...watch, why: "open_payment", reads, nextAt } });
    because(
      turn,
      "payment.open",
      `${open.paymentId} is still ${open.status ?? "without a status"}`,
    );
    if (isOverDeadline(turn, watch)) hold(turn, "outcome_deadline", open.paymentId);
  } else if (page !== undefined) {
    const leftAt = Math.max(page.createdAt + ABANDONED_PAGE_MS, turn.now + 1);
    const nextAt = Math.min(followUpAt(turn, reads), leftAt);
    update(turn, { watch: { ...watch, why: "page", reads, nextAt } });
    because(turn, "payment.open", `${page.paymentId} may still be paid on its page`);
  } else if (watch.why === "pending_payment") {
    lookForPending(turn, watch, reads);
  } else {
    update(turn, { watch: null });
    because(turn, "payment.known", "no payment is open any more");
    release(turn, ["outcome_deadline"]);
  }
}

/** Dodo says a payment is pending, and shows none. */
function lookForPending(turn: Turn, watch: Watch, reads: number): void {
  const settledAt = watch.since + turn.policy.retry.settleMs;
  if (reads >= PENDING_PAYMENT_READS && turn.now >= settledAt) {
    update(turn, { watch: null });
    ask(turn, "refused");
    because(turn, "charge.pending_payment", `no pending payment was found in ${reads} reads`);
    return;
  }
  const later = followUpAt(turn, reads);
  const nextAt =
    reads < PENDING_PAYMENT_READS ? later : Math.max(turn.now + 1, Math.min(later, settledAt));
  update(turn, { watch: { ...watch, reads, nextAt } });
  because(turn, "charge.pending_payment", `no pending payment is to be seen (read ${reads})`);
}

/** Back to active without a payment to show for it: charging now could collect twice. */
function activeWithoutPayment(turn: Turn): void {
  const { debt, paid, heldSeen, subscription, watch, link, plan, attention } = turn.recovery;
  if (debt === null || paid !== null) return;
  const isWatched = watch?.why === "evidence";
  const isMethodPlan = plan?.trigger === "payment_method_update";
  const isExplained = link !== null || isMethodPlan || attention.length > 0;
  if (!heldSeen || subscription?.status !== "active" || isExplained) {
    if (isWatched) update(turn, { watch: null });
    return;
  }
  if (watch !== null && !isWatched) return;
  const reads = isWatched ? watch.reads + 1 : 1;
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
  const since = isWatched ? watch.since : turn.now;
  update(turn, { watch: { why: "evidence", since, reads, nextAt: followUpAt(turn, reads - 1) } });
  because(turn, "subscription.active_unpaid", "active again; the payment is looked for");
}

/** Paused by the merchant, or in a status we do not know: nothing is charged until that changes. */
function tellUnchargeable(turn: Turn): void {
  const { subscription, debt } = turn.recovery;
  if (debt === null || subscription === null || isChargeableStatus(subscription.status)) return;
  // One that has ended ends its debt: nobody need look.
  if (isTerminalStatus(subscription.status)) return;
  tell(turn, "status_not_chargeable", subscription.status ?? "no status");
}
