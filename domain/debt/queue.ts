import { because, dealWith, hold, startRead, tell, type Turn, update } from "../draft/draft.ts";
import { planNext } from "../schedule/plan.ts";
import type { QueuedDebt } from "../state/debt.ts";
import { isHeld, paymentIdsOf } from "../state/facts.ts";
import { mayFoundDebt, type Payment, standingOf } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import type { PaymentId } from "../values/ids.ts";
import { describeMoney, money } from "../values/money.ts";
import { saidKey } from "./attribution.ts";
import { attemptsOf, debtOf, type DebtPayments } from "./debt-of-payments.ts";
import { endQueued } from "./ending.ts";

/** How many debts may wait: a merchant whose twenty-first charge fails needs a person, not a queue. */
export const QUEUE_MAX = 20;

/** Another debt of this subscription: it waits until the one that is worked has ended. */
export function enqueue(
  turn: Turn,
  debtPayments: DebtPayments,
  payments: readonly Payment[],
  given: Pick<QueuedDebt, "isAsked">,
): void {
  const { subscription, queue } = turn.recovery;
  const { first } = debtPayments;
  if (subscription === null) return;
  if (queue.length >= QUEUE_MAX) {
    dealWith(turn, first.paymentId);
    because(turn, "queue.full", `${first.paymentId} failed, and ${QUEUE_MAX} debts wait already`);
    return hold(turn, "too_many_debts", first.paymentId);
  }
  const debt = debtOf(first, subscription);
  const attempts = attemptsOf(debtPayments, payments, subscription, turn.now);
  const queued: QueuedDebt = { debt, attempts, isAsked: given.isAsked, doubtedFor: null };
  queueUp(turn, queued);
  for (const { paymentId } of debtPayments.retries) dealWith(turn, paymentId);
  const price = describeMoney(money(debt.priceMinor, debt.currency));
  const how = given.isAsked ? "kept until a person says whose it is" : "a debt of its own";
  because(turn, "queue.added", `${first.paymentId} failed: ${price}, ${how}`);
}

/** Oldest first. */
export function queueUp(turn: Turn, queued: QueuedDebt): void {
  const all = [...turn.recovery.queue, queued].toSorted(
    (a, b) => a.debt.firstFailedAt - b.debt.firstFailedAt || (a.debt.id < b.debt.id ? -1 : 1),
  );
  update(turn, { queue: all });
}

/** A failed charge that is not one of ours, nor of the debt that is worked. */
export function onOtherFailure(
  turn: Turn,
  payment: Payment,
  given: Pick<QueuedDebt, "isAsked">,
): void {
  const { paymentId, isMultiSubscription } = payment;
  // An attempt of ours founds no debt, be it for one that ended long ago.
  if (payment.attemptKey !== null || isKnown(turn.recovery, paymentId)) return;
  // A card that the customer tried, or a page that was left: nothing new is owed.
  if (!mayFoundDebt(payment)) return dealWith(turn, paymentId);
  if (isMultiSubscription) {
    dealWith(turn, paymentId);
    because(turn, "payment.foreign_failure", `${paymentId} is for several subscriptions`);
    return tell(turn, "multi_subscription", paymentId);
  }
  const sameKey = queuedByKey(turn, payment);
  if (sameKey !== undefined) {
    dealWith(turn, paymentId);
    because(turn, "payment.known", `${paymentId} is another try of ${sameKey.debt.id}`);
    return;
  }
  enqueue(turn, { first: payment, retries: [] }, [], given);
  const { paid, closing } = turn.recovery;
  // Where this debt is over anyway, the question is put when the other one's turn comes.
  if (given.isAsked && paid === null && closing === null) hold(turn, "second_debt", paymentId);
}

/** A success of another debt: one that waits has ended before it was worked. */
export function onOtherSuccess(turn: Turn, payment: Payment): void {
  const { queue } = turn.recovery;
  const { paymentId } = payment;
  const first = queue.find(({ debt }) => debt.failedPaymentId === paymentId);
  const paid = first ?? queuedByKey(turn, payment);
  if (paid === undefined || payment.totalMinor <= 0) return;
  endQueued(turn, paid.debt.id, {
    outcome: "recovered",
    by: first === undefined ? "merchant" : "customer",
    paymentId,
    rule: "payment.settles",
    reason: `paid by ${paymentId} before its turn came`,
  });
}

function queuedByKey({ recovery }: Turn, payment: Payment): QueuedDebt | undefined {
  const key = saidKey(payment, recovery.subscription?.debtKey ?? null);
  if (key === null) return undefined;
  return recovery.queue.find(({ debt }) => debt.debtKey === key);
}

/** Its key names a debt that waits, whatever is known of the one that is worked. */
export function isOfQueued(turn: Turn, payment: Payment): boolean {
  return queuedByKey(turn, payment) !== undefined;
}

/** Each debt ends once: what ended, or was taken for another try, opens nothing. */
function isKnown(recovery: Recovery, paymentId: PaymentId): boolean {
  const { attempts, queue, ended, dealtWith } = recovery;
  const all = [attempts, ...queue.map((one) => one.attempts), ...ended.map((one) => one.attempts)];
  return dealtWith.includes(paymentId) || paymentIdsOf(all.flat()).includes(paymentId);
}

/**
 * Dodo collected another amount than this debt's: the debts that wait may be among what it collected.
 * @source design, "Links are charges too"
 */
export function doubtOthers(turn: Turn, payment: Payment): void {
  const { debt, queue } = turn.recovery;
  if (debt === null || queue.length === 0 || payment.totalMinor === debt.totalMinor) return;
  if (standingOf(payment) !== "succeeded") return;
  const doubtedFor = payment.paymentId;
  update(turn, { queue: queue.map((one) => ({ ...one, doubtedFor })) });
  because(turn, "queue.doubted", `${payment.paymentId} collected another amount than this debt's`);
}

/** A person said whose debts the ones asked about are: of their own, or the worked one tried again. */
export function answerAsked(turn: Turn, ids: readonly string[], areTheirOwn: boolean): void {
  const { queue } = turn.recovery;
  const isMeant = (one: QueuedDebt): boolean => one.isAsked && ids.includes(one.debt.id);
  if (areTheirOwn) {
    update(turn, { queue: queue.map((one) => (isMeant(one) ? { ...one, isAsked: false } : one)) });
    return;
  }
  update(turn, { queue: queue.filter((one) => !isMeant(one)) });
  for (const { failedPaymentId } of queue.filter(isMeant).map(({ debt }) => debt)) {
    if (failedPaymentId !== null) dealWith(turn, failedPaymentId);
  }
}

/**
 * The debt before it has ended: the next one is worked, from a new look at Dodo on. Its window begins now.
 * @param known `read`: Dodo was read just now
 */
export function workNext(turn: Turn, known: "read" | "unread" = "unread"): void {
  const { debt, opening, queue, paused } = turn.recovery;
  const [next, ...rest] = queue;
  if (debt !== null || opening !== null || next === undefined) return;
  update(turn, {
    queue: rest,
    debt: next.debt,
    attempts: next.attempts,
    workedSince: turn.now,
    windowEndsAt: turn.now + turn.policy.windowMs,
    windowStoppedAt: paused === null ? null : turn.now,
    heldSeen: isHeld(turn.recovery),
  });
  const { priceMinor, currency, id, asked } = next.debt;
  const price = describeMoney(money(priceMinor, currency));
  const since = asked === undefined ? `owed since ${id} failed` : "asked of us";
  because(turn, "queue.next", `${price}, ${since}, is worked now`);
  if (known === "unread") startRead(turn, "the next debt");
  if (next.isAsked) hold(turn, "second_debt", id);
  else if (next.doubtedFor !== null) hold(turn, "collected_more", next.doubtedFor);
  else planNext(turn);
}
