import { describePrice, priceFactsOf, priceOf } from "../debt/price.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { planNext, replan, notifyOfUnknownPrice } from "../schedule/plan.ts";
import type { Debt } from "../state/debt.ts";
import { isPriceUnknown } from "../state/facts.ts";
import type { Evidence } from "../state/payment.ts";

/** Derives the prices that are unknown from a complete read. A price, once known, stays. */
export function resolvePrices(draft: DecisionDraft, evidence: Evidence): void {
  const { debt, queue } = draft.recovery;
  if (debt !== null) {
    const priced = pricedDebt(draft, debt, evidence);
    if (priced !== debt) update(draft, { debt: priced });
  }
  const priced = queue.map((queued) => ({
    ...queued,
    debt: pricedDebt(draft, queued.debt, evidence),
  }));
  if (priced.some(({ debt: one }, index) => one !== queue[index]?.debt)) {
    update(draft, { queue: priced });
  }
}

/** The debt with its price, or as it was where the read does not show the price. */
function pricedDebt(draft: DecisionDraft, debt: Debt, { payments, subscription }: Evidence): Debt {
  if (debt.priceMinor !== null) return debt;
  const failed = payments.find(({ paymentId }) => paymentId === debt.failedPaymentId);
  if (failed === undefined) return debt;
  const priceMinor = priceOf(failed, priceFactsOf(draft, subscription, payments));
  if (priceMinor === null) return debt;
  return { ...debt, priceMinor, isChargeable: debt.isChargeable && priceMinor > 0 };
}

/**
 * After a complete read of a debt whose price was unknown: continues the schedule if the price is known now; otherwise the
 * customer is asked.
 */
export function planOncePriced(draft: DecisionDraft): void {
  const { debt, customerAction, settlement, closing, attention, charge, plan } = draft.recovery;
  if (debt === null || settlement !== null || closing !== null) return;
  const isAsked = customerAction?.reason === "amount_unknown";
  if (!isPriceUnknown(draft.recovery) && isAsked) {
    update(draft, { customerAction: null });
    explain(draft, "price.known", `a charge asks for ${describePrice(debt)}`);
    return replan(draft);
  }
  if (isAsked) return notifyOfUnknownPrice(draft);
  // A debt that has just left the queue waits for this read. A question ends with a plan of its own.
  const isPlanned = plan !== null || charge !== null || customerAction !== null;
  if (!isPlanned && attention.length === 0) planNext(draft);
}
