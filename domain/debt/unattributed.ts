import { notifyOperator, raiseAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { excludePayment } from "../decision/remember.ts";
import type { Alert, Attention } from "../state/alert.ts";
import type { QueuedDebt, UnattributedSuccess } from "../state/debt.ts";
import type { Payment } from "../state/payment.ts";
import type { DebtId, PaymentId } from "../values/ids.ts";

// Successes that nothing ties to a debt, and the failures beside them. A payment settles at most one debt, and a person
// decides which, once. @source docs/RECOVERY.md, "Payments made elsewhere"

type SuccessQuestion = Attention & { readonly cause: "unattributed_success" };
type FailureQuestion = Attention & { readonly cause: "second_debt" };

const isAboutSuccess = (question: Attention): question is SuccessQuestion =>
  question.cause === "unattributed_success";
const isAboutFailure = (question: Attention): question is FailureQuestion =>
  question.cause === "second_debt";

export function unattributedSuccessOf({
  paymentId,
  totalMinor,
  currency,
}: Payment): UnattributedSuccess {
  return { paymentId, totalMinor, currency };
}

/**
 * Asks what this success pays; the same question covers the failures that a person is asked about.
 * @param beside further failures that the question is about
 */
export function askAboutSuccess(
  draft: DecisionDraft,
  success: UnattributedSuccess,
  beside: readonly DebtId[] = [],
): void {
  const { attention } = draft.recovery;
  const { paymentId, totalMinor, currency } = success;
  const successes = attention.filter(isAboutSuccess);
  if (successes.some((question) => question.paymentId === paymentId)) return;
  const failures = [...attention.filter(isAboutFailure).map(({ debtId }) => debtId), ...beside];
  update(draft, { attention: attention.filter((question) => !isAboutFailure(question)) });
  raiseAttention(draft, {
    cause: "unattributed_success",
    paymentId,
    ...(totalMinor === null ? {} : { total: { minor: totalMinor, currency } }),
    ...(failures.length === 0 ? {} : { failures }),
  });
}

/** Asks whether this failure is a debt of its own; where a success is in question too, both are one question. */
export function askAboutFailure(draft: DecisionDraft, debtId: DebtId): void {
  const { attention } = draft.recovery;
  const success = attention.findLast(isAboutSuccess);
  if (success === undefined) return raiseAttention(draft, { cause: "second_debt", debtId });
  const { failures = [] } = success;
  if (failures.includes(debtId)) return;
  const wider: SuccessQuestion = { ...success, failures: [...failures, debtId] };
  update(draft, {
    attention: attention.map((question) => (question === success ? wider : question)),
  });
  const { since: _, ...alert } = wider;
  notifyOperator(draft, alert satisfies Alert);
}

/** The failures in question. */
export function failuresInQuestion({ attention }: DecisionDraft["recovery"]): DebtId[] {
  return attention.flatMap((question) => {
    if (isAboutFailure(question)) return [question.debtId];
    return isAboutSuccess(question) ? (question.failures ?? []) : [];
  });
}

/**
 * A success beside a paid debt may pay the next queued one, so it is not too much: a person is asked when that debt becomes
 * current.
 * @returns false where every queued debt has such a payment already, or there is none
 */
export function leaveToQueuedDebt(draft: DecisionDraft, payment: Payment): boolean {
  const { queue } = draft.recovery;
  const { paymentId } = payment;
  if (queue.some(({ unattributed }) => unattributed?.paymentId === paymentId)) return true;
  const next = queue.find(mayBePaidBy);
  if (next === undefined) return false;
  const unattributed = unattributedSuccessOf(payment);
  update(draft, {
    queue: queue.map((queued) => (queued === next ? { ...queued, unattributed } : queued)),
  });
  excludePayment(draft, paymentId);
  explain(
    draft,
    "queue.possibly_paid",
    `${paymentId} succeeded beside a paid debt, and may pay ${next.debt.id}`,
  );
  return true;
}

/** A requested charge has not been sent yet, so nobody has paid it. */
function mayBePaidBy({ debt, unattributed, possiblyPaidBy }: QueuedDebt): boolean {
  const isSent = debt.requested === undefined || debt.failedPaymentId !== null;
  return isSent && unattributed === undefined && possiblyPaidBy === null;
}

/** The operator's answer covers these failures too: none of them is asked about this success again. */
export function excludeFromQueued(
  draft: DecisionDraft,
  paymentId: PaymentId,
  failures: readonly DebtId[],
): void {
  update(draft, {
    queue: draft.recovery.queue.map((queued) =>
      failures.includes(queued.debt.id)
        ? { ...queued, excludedPayments: [...(queued.excludedPayments ?? []), paymentId] }
        : queued,
    ),
  });
}
