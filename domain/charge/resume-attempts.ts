import { attemptFromPayment, paymentsWithKeyOf } from "../debt/debt-of-payments.ts";
import { endDebt } from "../debt/ending.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { newPlan, planAfterDecline } from "../schedule/plan.ts";
import { type Evidence, hasFailed, isOpen, type Payment } from "../state/payment.ts";
import { parseAttemptKey } from "../values/ids.ts";

/** Follows attempts of an earlier run that are still open, instead of repeating them. */
export function resumeOpenAttempts(draft: DecisionDraft, payments: readonly Payment[]): void {
  const { debt } = draft.recovery;
  for (const payment of payments) {
    const key = parseAttemptKey(payment.attemptKey);
    const isUnended = isOpen(payment) || payment.state === "abandoned";
    if (debt !== null && key?.debtId === debt.id && isUnended)
      resumeOpenAttempt(draft, payment, key.number);
  }
}

function resumeOpenAttempt(draft: DecisionDraft, payment: Payment, number: number): void {
  const { createdAt, paymentId } = payment;
  update(draft, {
    charge: {
      number,
      trigger: "schedule",
      startedAt: createdAt,
      phase: "accepted",
      paymentId,
      effectId: null,
      plan: newPlan({ at: createdAt, number, trigger: "schedule", announce: false }),
      sentNoLaterThan: null,
    },
    followUp: { reason: "charge", since: createdAt, reads: 0, nextAt: draft.now + 1 },
  });
}

/**
 * Continues a requested charge that has no attempt in this run. An earlier run may have made its first attempt, or ended
 * the debt: the `chargeRequest` workflow repeats its request when it hears nothing.
 */
export function resumeRequestedCharge(
  draft: DecisionDraft,
  { payments, endedDebts }: Evidence,
): void {
  const { debt, attempts, charge, settlement } = draft.recovery;
  if (
    debt?.requested === undefined ||
    attempts.length > 0 ||
    charge !== null ||
    settlement !== null
  )
    return;
  if (endedDebts.includes(debt.id)) {
    const reason = "an earlier run ended this charge";
    endDebt(draft, {
      outcome: "nothing_owed",
      by: null,
      rule: "requested_charge.ended_earlier",
      reason,
    });
    return;
  }
  const own = paymentsWithKeyOf(debt.id, payments);
  const declined = own.filter(({ payment }) => hasFailed(payment));
  const [first] = declined;
  if (first !== undefined) {
    const { paymentId, totalMinor, declineCode, methodId } = first.payment;
    update(draft, {
      debt: {
        ...debt,
        totalMinor: totalMinor ?? debt.totalMinor,
        failedPaymentId: paymentId,
        firstDeclineCode: declineCode,
        methodId: methodId ?? debt.methodId,
      },
      attempts: declined.map(({ payment, number }) =>
        attemptFromPayment(payment, number, number === 1 ? "charge" : "schedule", draft.now),
      ),
      plan: null,
    });
    explain(
      draft,
      "requested_charge.resumed",
      `an earlier run made attempt ${declined.length} (${paymentId})`,
    );
  }
  resumeOpenAttempts(draft, payments);
  if (draft.recovery.charge !== null) update(draft, { plan: null });
  else if (first !== undefined) planAfterDecline(draft);
}
