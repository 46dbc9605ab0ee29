import { notifyOperator, raiseAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { startRead } from "../decision/reads.ts";
import { markHandled } from "../decision/remember.ts";
import { planNext } from "../schedule/plan.ts";
import type { QueuedDebt } from "../state/debt.ts";
import { isHeld, paymentIdsOf } from "../state/facts.ts";
import { canOpenDebt, type Payment, paymentStateOf } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { debtIdOf, type PaymentId } from "../values/ids.ts";
import { describeMoney, money } from "../values/money.ts";
import { distinctDebtKey } from "./attribution.ts";
import { attemptsFromPayments, debtFromPayment, type DebtPayments } from "./debt-of-payments.ts";
import { endQueuedDebt } from "./ending.ts";

/** How many debts may wait: a merchant whose twenty-first charge fails needs a person, not a queue. */
export const QUEUE_MAX = 20;

/** Another debt of this subscription: it waits until the one that is worked has ended. */
export function enqueue(
  draft: DecisionDraft,
  debtPayments: DebtPayments,
  payments: readonly Payment[],
  given: Pick<QueuedDebt, "awaitsAnswer">,
): void {
  const { subscription, queue } = draft.recovery;
  const { first } = debtPayments;
  if (subscription === null) return;
  if (queue.length >= QUEUE_MAX) {
    markHandled(draft, first.paymentId);
    explain(draft, "queue.full", `${first.paymentId} failed, and ${QUEUE_MAX} debts wait already`);
    return raiseAttention(draft, { cause: "too_many_debts", paymentId: first.paymentId });
  }
  const debt = debtFromPayment(first, subscription);
  const attempts = attemptsFromPayments(debtPayments, payments, subscription, draft.now);
  const queued: QueuedDebt = {
    debt,
    attempts,
    awaitsAnswer: given.awaitsAnswer,
    possiblyPaidBy: null,
  };
  insertByAge(draft, queued);
  for (const { paymentId } of debtPayments.retries) markHandled(draft, paymentId);
  const price = describeMoney(money(debt.priceMinor, debt.currency));
  const how = given.awaitsAnswer ? "kept until a person says whose it is" : "a debt of its own";
  explain(draft, "queue.added", `${first.paymentId} failed: ${price}, ${how}`);
}

/** Oldest first. */
export function insertByAge(draft: DecisionDraft, queued: QueuedDebt): void {
  const all = [...draft.recovery.queue, queued].toSorted(
    (a, b) => a.debt.firstFailedAt - b.debt.firstFailedAt || (a.debt.id < b.debt.id ? -1 : 1),
  );
  update(draft, { queue: all });
}

/** A failed charge that is not one of ours, nor of the debt that is worked. */
export function onOtherDebtFailure(
  draft: DecisionDraft,
  payment: Payment,
  given: Pick<QueuedDebt, "awaitsAnswer">,
): void {
  const { paymentId, isMultiSubscription } = payment;
  // An attempt of ours founds no debt, be it for one that ended long ago.
  if (payment.attemptKey !== null || isKnown(draft.recovery, paymentId)) return;
  // A card that the customer tried, or a page that was left: nothing new is owed.
  if (!canOpenDebt(payment)) return markHandled(draft, paymentId);
  if (isMultiSubscription) {
    markHandled(draft, paymentId);
    explain(draft, "payment.unattributed_failure", `${paymentId} is for several subscriptions`);
    return notifyOperator(draft, { cause: "multi_subscription", paymentId });
  }
  const sameKey = queuedByKey(draft, payment);
  if (sameKey !== undefined) {
    markHandled(draft, paymentId);
    explain(draft, "payment.already_known", `${paymentId} is another try of ${sameKey.debt.id}`);
    return;
  }
  enqueue(draft, { first: payment, retries: [] }, [], given);
  const { settlement, closing } = draft.recovery;
  // Where this debt is over anyway, the question is put when the other one's turn comes.
  if (given.awaitsAnswer && settlement === null && closing === null)
    raiseAttention(draft, { cause: "second_debt", debtId: debtIdOf(paymentId) });
}

/** A success of another debt: one that waits has ended before it was worked. */
export function onOtherDebtSuccess(draft: DecisionDraft, payment: Payment): void {
  const { queue } = draft.recovery;
  const { paymentId } = payment;
  const first = queue.find(({ debt }) => debt.failedPaymentId === paymentId);
  const paid = first ?? queuedByKey(draft, payment);
  if (paid === undefined || payment.totalMinor <= 0) return;
  endQueuedDebt(draft, paid.debt.id, {
    outcome: "recovered",
    by: first === undefined ? "merchant" : "customer",
    paymentId,
    rule: "payment.settles",
    reason: `paid by ${paymentId} before its turn came`,
  });
}

function queuedByKey({ recovery }: DecisionDraft, payment: Payment): QueuedDebt | undefined {
  const key = distinctDebtKey(payment, recovery.subscription?.debtKey ?? null);
  if (key === null) return undefined;
  return recovery.queue.find(({ debt }) => debt.debtKey === key);
}

/** Its key names a debt that waits, whatever is known of the one that is worked. */
export function belongsToQueuedDebt(draft: DecisionDraft, payment: Payment): boolean {
  return queuedByKey(draft, payment) !== undefined;
}

/** Each debt ends once: what ended, or was taken for another try, opens nothing. */
function isKnown(recovery: Recovery, paymentId: PaymentId): boolean {
  const { attempts, queue, ended, handledPayments } = recovery;
  const all = [attempts, ...queue.map((one) => one.attempts), ...ended.map((one) => one.attempts)];
  return handledPayments.includes(paymentId) || paymentIdsOf(all.flat()).includes(paymentId);
}

/**
 * Dodo collected another amount than this debt's: the debts that wait may be among what it collected.
 * @source design, "Links are charges too"
 */
export function flagQueuedDebts(draft: DecisionDraft, payment: Payment): void {
  const { debt, queue } = draft.recovery;
  if (debt === null || queue.length === 0 || payment.totalMinor === debt.totalMinor) return;
  if (paymentStateOf(payment) !== "succeeded") return;
  const possiblyPaidBy = payment.paymentId;
  update(draft, { queue: queue.map((one) => ({ ...one, possiblyPaidBy })) });
  explain(
    draft,
    "queue.possibly_paid",
    `${payment.paymentId} collected another amount than this debt's`,
  );
}

/** A person said whose debts the ones asked about are: of their own, or the worked one tried again. */
export function answerQueuedFailures(
  draft: DecisionDraft,
  ids: readonly string[],
  areTheirOwn: boolean,
): void {
  const { queue } = draft.recovery;
  const isMeant = (one: QueuedDebt): boolean => one.awaitsAnswer && ids.includes(one.debt.id);
  if (areTheirOwn) {
    update(draft, {
      queue: queue.map((one) => (isMeant(one) ? { ...one, awaitsAnswer: false } : one)),
    });
    return;
  }
  update(draft, { queue: queue.filter((one) => !isMeant(one)) });
  for (const { failedPaymentId } of queue.filter(isMeant).map(({ debt }) => debt)) {
    if (failedPaymentId !== null) markHandled(draft, failedPaymentId);
  }
}

/**
 * The debt before it has ended: the next one is worked, from a new look at Dodo on. Its window begins now.
 * @param known `read`: Dodo was read just now
 */
export function activateNextDebt(draft: DecisionDraft, known: "read" | "unread" = "unread"): void {
  const { debt, opening, queue, paused } = draft.recovery;
  const [next, ...rest] = queue;
  if (debt !== null || opening !== null || next === undefined) return;
  update(draft, {
    queue: rest,
    debt: next.debt,
    attempts: next.attempts,
    activatedAt: draft.now,
    windowEndsAt: draft.now + draft.policy.windowMs,
    windowStoppedAt: paused === null ? null : draft.now,
    wasHeld: isHeld(draft.recovery),
  });
  const { priceMinor, currency, id, requested } = next.debt;
  const price = describeMoney(money(priceMinor, currency));
  const since = requested === undefined ? `owed since ${id} failed` : "asked of us";
  explain(draft, "queue.next", `${price}, ${since}, is worked now`);
  if (known === "unread") startRead(draft, "the next debt");
  if (next.awaitsAnswer) raiseAttention(draft, { cause: "second_debt", debtId: id });
  else if (next.possiblyPaidBy !== null)
    raiseAttention(draft, { cause: "other_amount_collected", paymentId: next.possiblyPaidBy });
  else planNext(draft);
}
