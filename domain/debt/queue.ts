import { notifyOperator, raiseAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { startRead } from "../decision/reads.ts";
import { markHandled } from "../decision/remember.ts";
import { planNext } from "../schedule/plan.ts";
import type { QueuedDebt } from "../state/debt.ts";
import { isHeld, isPriceUnknown, paymentIdsOf } from "../state/facts.ts";
import { canOpenDebt, hasAmount, type Payment } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { debtIdOf, type PaymentId } from "../values/ids.ts";
import { distinctDebtKey } from "./attribution.ts";
import { attemptsFromPayments, debtFromPayment, type DebtPayments } from "./debt-of-payments.ts";
import { endQueuedDebt } from "./ending.ts";
import { describeOwed, priceFactsOf } from "./price.ts";
import { askAboutFailure, askAboutSuccess } from "./unattributed.ts";

/** How many debts can be queued. With more, the operator has to look. */
export const QUEUE_MAX = 20;

/** Queues a further debt of this subscription until the current one has ended. */
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
  const debt = debtFromPayment(first, priceFactsOf(draft, subscription, payments));
  const attempts = attemptsFromPayments(debtPayments, payments, subscription, draft.now);
  const queued: QueuedDebt = {
    debt,
    attempts,
    awaitsAnswer: given.awaitsAnswer,
    possiblyPaidBy: null,
  };
  insertByAge(draft, queued);
  for (const { paymentId } of debtPayments.retries) markHandled(draft, paymentId);
  const how = given.awaitsAnswer
    ? "until the operator says whether it is a separate debt"
    : "as a separate debt";
  explain(
    draft,
    "queue.added",
    `${first.paymentId} failed (${describeOwed(debt)}) and is queued ${how}`,
  );
}

/** Adds a debt to the queue, which is sorted by first failure, oldest first. */
export function insertByAge(draft: DecisionDraft, queued: QueuedDebt): void {
  const all = [...draft.recovery.queue, queued].toSorted(
    (a, b) => a.debt.firstFailedAt - b.debt.firstFailedAt || (a.debt.id < b.debt.id ? -1 : 1),
  );
  update(draft, { queue: all });
}

/** Handles a failed charge that we did not send and that does not belong to the current debt. */
export function onOtherDebtFailure(
  draft: DecisionDraft,
  payment: Payment,
  given: Pick<QueuedDebt, "awaitsAnswer">,
): void {
  const { paymentId, isMultiSubscription } = payment;
  // Our own attempt never opens a debt, even if its debt ended long ago.
  if (payment.attemptKey !== null || isKnown(draft.recovery, paymentId)) return;
  // The customer tried a card or left the payment page. That creates no debt.
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
  // If the current debt is ending anyway, the operator is asked when the other debt becomes current.
  if (given.awaitsAnswer && settlement === null && closing === null)
    askAboutFailure(draft, debtIdOf(paymentId));
}

/** Handles a successful payment that is not for the current debt. If it pays a queued debt, that debt ends. */
export function onOtherDebtSuccess(draft: DecisionDraft, payment: Payment): void {
  const { queue } = draft.recovery;
  const { paymentId } = payment;
  const first = queue.find(({ debt }) => debt.failedPaymentId === paymentId);
  const paid = first ?? queuedByKey(draft, payment);
  if (paid === undefined || !hasAmount(payment)) return;
  // A payment found by the merchant's own debt key is a charge that the merchant made.
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

/** True if the payment carries the merchant's key (policy `debt_key`) of a queued debt. */
export function belongsToQueuedDebt(draft: DecisionDraft, payment: Payment): boolean {
  return queuedByKey(draft, payment) !== undefined;
}

/** True if the payment is handled, or belongs to a current, queued or ended debt: then it opens no debt. */
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
 * Notes that a payment of a different amount than the current debt's may have paid the queued debts too.
 * @source docs/RECOVERY.md, "Payment links"
 */
export function flagQueuedDebts(draft: DecisionDraft, payment: Payment): void {
  const { debt, queue } = draft.recovery;
  if (debt === null || queue.length === 0 || payment.totalMinor === debt.totalMinor) return;
  if (payment.state !== "succeeded") return;
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
 * @param areSeparate false if they were retries of the current debt. They leave the queue then.
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
 * @param known `read` if the state at Dodo was read just now
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
    excludedPayments: next.excludedPayments ?? [],
    wasHeld: isHeld(draft.recovery),
  });
  const { id, requested } = next.debt;
  const origin = requested === undefined ? `owed since ${id} failed` : "requested by the merchant";
  explain(draft, "queue.next", `the next debt is current: ${describeOwed(next.debt)}, ${origin}`);
  // A read may show the price that is still unknown; the attempt is planned after it.
  const needsPrice = isPriceUnknown(draft.recovery);
  if (known === "unread" || needsPrice) startRead(draft, "the next debt");
  const { unattributed } = next;
  if (unattributed !== undefined)
    askAboutSuccess(draft, unattributed, next.awaitsAnswer ? [id] : []);
  else if (next.awaitsAnswer) askAboutFailure(draft, id);
  else if (next.possiblyPaidBy !== null)
    raiseAttention(draft, { cause: "other_amount_collected", paymentId: next.possiblyPaidBy });
  else if (!needsPrice) planNext(draft);
}
