import { attemptFrom, ownPaymentsOf } from "../debt/debt-of-payments.ts";
import { endDebt } from "../debt/ending.ts";
import { because, type Turn, update } from "../draft/draft.ts";
import { planAfterDecline, planned } from "../schedule/plan.ts";
import { type Evidence, type Payment, standingOf } from "../state/payment.ts";
import { parseAttemptKey } from "../values/ids.ts";

/** An attempt of an earlier life of this recovery that is still under way: it is followed, not repeated. */
export function adoptOpenAttempts(turn: Turn, payments: readonly Payment[]): void {
  const { debt } = turn.recovery;
  for (const payment of payments) {
    const key = parseAttemptKey(payment.attemptKey);
    const isOpen = ["open", "abandoned"].includes(standingOf(payment));
    if (debt !== null && key?.debtId === debt.id && isOpen) adoptOpen(turn, payment, key.number);
  }
}

function adoptOpen(turn: Turn, payment: Payment, number: number): void {
  const { createdAt, paymentId } = payment;
  update(turn, {
    charge: {
      number,
      trigger: "schedule",
      startedAt: createdAt,
      standing: "accepted",
      paymentId,
      effectId: null,
      plan: planned({ at: createdAt, number, trigger: "schedule", announce: false }),
      leftBy: null,
    },
    watch: { why: "charge", since: createdAt, reads: 0, nextAt: turn.now + 1 },
  });
}

/**
 * A charge asked of us, before its first attempt: an earlier life of this recovery may have made that, or have ended
 * the debt (whoever asks is not sure that we have heard, and asks again).
 */
export function takeUpAsked(turn: Turn, { payments, endedDebts }: Evidence): void {
  const { debt, attempts, charge, paid } = turn.recovery;
  if (debt?.asked === undefined || attempts.length > 0 || charge !== null || paid !== null) return;
  if (endedDebts.includes(debt.id)) {
    const reason = "an earlier run has ended it";
    endDebt(turn, { outcome: "nothing_owed", by: null, rule: "asked.ended_before", reason });
    return;
  }
  const own = ownPaymentsOf(debt.id, payments);
  const declined = own.filter(({ payment }) => standingOf(payment) === "declined");
  const [first] = declined;
  if (first !== undefined) {
    const { paymentId, totalMinor, declineCode, methodId } = first.payment;
    update(turn, {
      debt: {
        ...debt,
        totalMinor,
        failedPaymentId: paymentId,
        firstDeclineCode: declineCode,
        methodId: methodId ?? debt.methodId,
      },
      attempts: declined.map(({ payment, number }) =>
        attemptFrom(payment, number, number === 1 ? "charge" : "schedule", turn.now),
      ),
      plan: null,
    });
    because(turn, "asked.found", `attempt ${declined.length} was made before (${paymentId})`);
  }
  adoptOpenAttempts(turn, payments);
  if (turn.recovery.charge !== null) update(turn, { plan: null });
  else if (first !== undefined) planAfterDecline(turn);
}
