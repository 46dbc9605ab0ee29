import type { InTheWay } from "../state/command.ts";
import type { Recovery } from "../state/recovery.ts";
import { attemptKeyOf } from "../values/ids.ts";

/** What a charge or a payment page has to wait for: an attempt, the customer's payment page, or another open payment. */
export function inTheWay({ charge, debt, paymentLink, followUp }: Recovery): InTheWay | null {
  if (charge !== null && debt !== null) {
    return { attempt: attemptKeyOf(debt.id, charge.number), paymentId: charge.paymentId };
  }
  if (paymentLink !== null) return { attempt: null, paymentId: paymentLink.paymentId };
  const paymentId = followUp?.paymentId ?? null;
  return paymentId === null ? null : { attempt: null, paymentId };
}
