import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { followUpAt } from "../decision/reads.ts";
import { newPlan } from "../schedule/plan.ts";
import type { AttemptTrigger } from "../state/attempt.ts";
import type { ChargeOutcome } from "../state/event.ts";
import { isShadow, paymentIdsOf } from "../state/facts.ts";
import type { EarlierCharge, Evidence, Payment } from "../state/payment.ts";
import { parseAttemptKey } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";

// A run that is terminated, times out or is reset leaves its charge behind. The run after it treats that charge as
// unknown. @source docs/RECOVERY.md, "Terminate and Reset"

/**
 * The charge that a stopped run leaves to the next one; null where it is certain that nothing was sent.
 *
 * @param outcome null where the run stopped before it had one
 * @param endedAt when the outcome was known; without one, the run's close plus a charge's longest time
 */
export function earlierChargeOf(
  sent: Pick<EarlierCharge, "key" | "number" | "startedAt" | "via">,
  outcome: ChargeOutcome | null,
  endedAt: Instant,
): EarlierCharge | null {
  switch (outcome?.kind) {
    case "refused":
    case "not_attempted":
      return null;
    case "accepted":
      return { ...sent, paymentId: outcome.paymentId, sentNoLaterThan: endedAt };
    case "unknown":
      return { ...sent, paymentId: null, sentNoLaterThan: outcome.sentNoLaterThan };
    case undefined:
      return { ...sent, paymentId: null, sentNoLaterThan: endedAt };
  }
}

export type ListedPayments = {
  readonly payments: readonly Payment[];
  /** When they were read. */
  readonly readAt: Instant;
  /** How long Dodo's lists may omit a payment: the policy's `settle`. */
  readonly settleMs: number;
  /** A person looked in Dodo: no charge that was sent until then is missing from the list. */
  readonly confirmedAbsentUpTo: Instant | null;
};

/** The charges of earlier runs whose payments may exist although the list does not show them. */
export function unlistedCharges(
  charges: readonly EarlierCharge[],
  { payments, readAt, settleMs, confirmedAbsentUpTo }: ListedPayments,
): EarlierCharge[] {
  return charges.filter(
    (charge) =>
      readAt < charge.sentNoLaterThan + settleMs &&
      charge.sentNoLaterThan > (confirmedAbsentUpTo ?? 0) &&
      !payments.some((payment) => isPaymentOf(charge, payment)),
  );
}

function isPaymentOf({ key, paymentId, via, startedAt }: EarlierCharge, payment: Payment): boolean {
  if (payment.attemptKey === key || payment.paymentId === paymentId) return true;
  return via === "manual_retry" && payment.createdAt >= startedAt && !payment.isMethodUpdate;
}

/**
 * Dodo's manual retry takes no key, so its payment is known only by the id that the earlier run recorded.
 * @returns the payments, with the attempt keys of the earlier runs' manual retries
 */
export function withEarlierKeys(
  payments: readonly Payment[],
  charges: readonly EarlierCharge[] = [],
): readonly Payment[] {
  const retries = charges.filter(({ via }) => via === "manual_retry");
  if (retries.length === 0) return payments;
  return payments.map((payment) => {
    const charge = retries.find(({ paymentId }) => paymentId === payment.paymentId);
    return charge === undefined ? payment : { ...payment, attemptKey: charge.key };
  });
}

/** Follows a charge of an earlier run for the current debt: nothing else is charged until its outcome is known. */
export function followEarlierCharge(
  draft: DecisionDraft,
  { payments, readAt, earlierCharges = [] }: Evidence,
): void {
  const { debt, attempts, charge, settlement, observing, confirmedAbsentUpTo } = draft.recovery;
  if (debt === null || charge !== null || settlement !== null || observing !== null) return;
  if (isShadow(draft.recovery)) return;
  const { settleMs } = draft.policy.retry;
  const found = unlistedCharges(earlierCharges, {
    payments,
    readAt,
    settleMs,
    confirmedAbsentUpTo,
  }).findLast(
    ({ key, paymentId }) =>
      parseAttemptKey(key)?.debtId === debt.id &&
      (paymentId === null || !paymentIdsOf(attempts).includes(paymentId)),
  );
  if (found === undefined) return;
  const { number, startedAt, sentNoLaterThan, paymentId, via } = found;
  const isFirst = debt.requested !== undefined && number === 1;
  const trigger: AttemptTrigger = isFirst ? "charge" : "schedule";
  const isUnknown = paymentId === null;
  update(draft, {
    plan: null,
    customerAction: null,
    charge: {
      number,
      trigger,
      startedAt,
      phase: isUnknown ? "unknown" : "accepted",
      paymentId,
      effectId: null,
      ...(via === undefined ? {} : { via }),
      plan: newPlan({ at: draft.now, number, trigger, announce: false }),
      sentNoLaterThan: isUnknown ? sentNoLaterThan : null,
    },
    followUp: {
      reason: isUnknown ? "fence" : "charge",
      since: isUnknown ? sentNoLaterThan : draft.now,
      reads: 0,
      nextAt: followUpAt(draft, 0),
    },
  });
  explain(
    draft,
    "charge.earlier_run",
    isUnknown
      ? `an earlier run may have sent attempt ${number}, and its outcome is unknown`
      : `an earlier run sent attempt ${number} (${paymentId}), which is followed`,
  );
}
