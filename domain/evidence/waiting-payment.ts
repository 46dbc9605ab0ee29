import { isOpenAndUnreleased, releasedForDebt } from "../debt/attribution.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import type { WaitingPayment } from "../state/current-debt.ts";
import { describeStatus, type Payment, waitsFor } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";

/**
 * Records which payment blocks charges and waits for a person. Nothing happens to it until that person acts, so waiting
 * for the bank would never end.
 *
 * @param complete see `reconcile`
 */
export function recordWaitingPayment(
  draft: DecisionDraft,
  payments: readonly Payment[],
  complete: boolean,
): void {
  const { recovery, now } = draft;
  const known = recovery.waitingPayment;
  if (recovery.debt === null || recovery.settlement !== null) {
    if (known !== null) update(draft, { waitingPayment: null });
    return;
  }
  const found = payments.find((payment) => waitsFor(payment) !== null && blocks(recovery, payment));
  if (found === undefined) {
    const isGone = complete || payments.some(({ paymentId }) => paymentId === known?.paymentId);
    if (known !== null && isGone) update(draft, { waitingPayment: null });
    return;
  }
  const { paymentId, createdAt } = found;
  const who = waitsFor(found) ?? "customer";
  const isKnown = known?.paymentId === paymentId && known.waitsFor === who;
  const waiting: WaitingPayment = {
    paymentId,
    waitsFor: who,
    createdAt,
    since: isKnown ? known.since : now,
    hasPage: found.hasPage ?? (isKnown && known.hasPage),
  };
  update(draft, { waitingPayment: waiting });
  if (isKnown) return;
  explain(
    draft,
    who === "customer" ? "payment.needs_customer" : "payment.needs_merchant",
    `${paymentId} waits for the ${who}: it is ${describeStatus(found)}`,
  );
}

/** The charge in flight, else the page that the customer uses, else an open payment that attempts wait for. */
function blocks(recovery: Recovery, payment: Payment): boolean {
  const { charge, paymentLink, followUp } = recovery;
  const { paymentId } = payment;
  if (charge !== null) return charge.phase === "accepted" && charge.paymentId === paymentId;
  if (!isOpenAndUnreleased(payment, releasedForDebt(recovery))) return false;
  return paymentLink?.paymentId === paymentId || followUp?.reason === "open_payment";
}
