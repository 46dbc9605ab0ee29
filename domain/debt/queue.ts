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

/** How many debts can be queued. More failures need a person, not a longer queue. */
export const QUEUE_MAX = 20;

/** Queues another debt of this subscription until the current one has ended. */
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
    explain(
      draft,
      "queue.full",
      `${first.paymentId} failed, and ${QUEUE_MAX} debts are queued already`,
    );
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
  const how = given.awaitsAnswer
    ? "until the operator says whether it is a separate debt"
    : "as a separate debt";
  explain(draft, "queue.added", `${first.paymentId} failed (${price}) and is queued ${how}`);
}

/** Adds a debt to the queue, which is sorted by first failure, oldest first. */
export function insertByAge(draft: DecisionDraft, queued: QueuedDebt): void {
  const all = [...draft.recovery.queue, queued].toSorted(
    (a, b) => a.debt.firstFailedAt - b.debt.firstFailedAt || (a.debt.id < b.debt.id ? -1 : 1),
  );
  update(draft, { queue: all });
}

/** Handles a failed charge that is neither an attempt of ours nor of the current debt. */
export function onOtherDebtFailure(
  draft: DecisionDraft,
  payment: Payment,
  given: Pick<QueuedDebt, "awaitsAnswer">,
): void {
  const { paymentId, isMultiSubscription } = payment;
  // Our own attempt opens no debt, even if its debt ended long ago.
  if (payment.attemptKey !== null || isKnown(draft.recovery, paymentId)) return;
  // A card that the customer tried, or an abandoned payment page: nothing new is owed.
  if (!canOpenDebt(payment)) return markHandled(draft, paymentId);
  if (isMultiSubscription) {
    markHandled(draft, paymentId);
    explain(draft, "payment.unattributed_failure", `${paymentId} covers several subscriptions`);
    return notifyOperator(draft, { cause: "multi_subscription", paymentId });
  }
  const sameKey = queuedByKey(draft, payment);
  if (sameKey !== undefined) {
    markHandled(draft, paymentId);
    explain(draft, "payment.already_known", `${paymentId} is a retry of ${sameKey.debt.id}`);
    return;
  }
  enqueue(draft, { first: payment, retries: [] }, [], given);
  const { settlement, closing } = draft.recovery;
  // Where the current debt is ending anyway, the question is raised when the other debt becomes current.
  if (given.awaitsAnswer && settlement === null && closing === null)
    raiseAttention(draft, { cause: "second_debt", debtId: debtIdOf(paymentId) });
}

/** Handles a success for another debt: a queued debt that it pays ends. */
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
    reason: `paid by ${paymentId} while it was queued`,
  });
}

function queuedByKey({ recovery }: DecisionDraft, payment: Payment): QueuedDebt | undefined {
  const key = distinctDebtKey(payment, recovery.subscription?.debtKey ?? null);
  if (key === null) return undefined;
  return recovery.queue.find(({ debt }) => debt.debtKey === key);
}

/** The payment's key is that of a queued debt. */
export function belongsToQueuedDebt(draft: DecisionDraft, payment: Payment): boolean {
  return queuedByKey(draft, payment) !== undefined;
}

/** The payment belongs to a debt that is current, queued or ended, or is handled: it opens no debt. */
function isKnown(recovery: Recovery, paymentId: PaymentId): boolean {
  const { attempts, queue, ended, handledPayments } = recovery;
  const all = [
    attempts,
    ...queue.map((queued) => queued.attempts),
    ...ended.map((debt) => debt.attempts),
  ];
  return handledPayments.includes(paymentId) || paymentIdsOf(all.flat()).includes(paymentId);
}

/**
 * Dodo collected a different amount than the current debt's, which may include the queued debts.
 * @source docs/RECOVERY.md, "Payment links"
 */
export function flagQueuedDebts(draft: DecisionDraft, payment: Payment): void {
  const { debt, queue } = draft.recovery;
  if (debt === null || queue.length === 0 || payment.totalMinor === debt.totalMinor) return;
  if (paymentStateOf(payment) !== "succeeded") return;
  const possiblyPaidBy = payment.paymentId;
  update(draft, { queue: queue.map((queued) => ({ ...queued, possiblyPaidBy })) });
  explain(
    draft,
    "queue.possibly_paid",
    `${payment.paymentId} collected a different amount than the current debt's`,
  );
}

/**
 * Applies the operator's answer about queued failures.
 * @param areSeparate false where they were retries of the current debt, which leaves nothing to collect
 */
export function answerQueuedFailures(
  draft: DecisionDraft,
  ids: readonly string[],
  areSeparate: boolean,
): void {
  const { queue } = draft.recovery;
  const isAnswered = ({ debt, awaitsAnswer }: QueuedDebt): boolean =>
    awaitsAnswer && ids.includes(debt.id);
  if (areSeparate) {
    update(draft, {
      queue: queue.map((queued) =>
        isAnswered(queued) ? { ...queued, awaitsAnswer: false } : queued,
      ),
    });
    return;
  }
  update(draft, { queue: queue.filter((queued) => !isAnswered(queued)) });
  for (const { failedPaymentId } of queue.filter(isAnswered).map(({ debt }) => debt)) {
    if (failedPaymentId !== null) markHandled(draft, failedPaymentId);
  }
}

/**
 * Makes the next queued debt the current one. Its window begins now, with a read of Dodo.
 * @param known `read` where Dodo was read just now
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
  const origin = requested === undefined ? `owed since ${id} failed` : "requested by the merchant";
  explain(draft, "queue.next", `the next debt is current: ${price}, ${origin}`);
  if (known === "unread") startRead(draft, "the next debt");
  if (next.awaitsAnswer) raiseAttention(draft, { cause: "second_debt", debtId: id });
  else if (next.possiblyPaidBy !== null)
    raiseAttention(draft, { cause: "other_amount_collected", paymentId: next.possiblyPaidBy });
  else planNext(draft);
}
