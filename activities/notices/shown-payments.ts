import type { PaymentDetails, RecoveryPort } from "../../dodo/port.ts";
import type { PaymentId } from "../../domain/values/ids.ts";

/** What a notice shows of a payment; nothing of the customer is kept. */
export type ShownPayment = Pick<PaymentDetails, "payment" | "paidWith" | "pageUrl">;

/** The oldest entries make room. */
const ENTRIES_MAX = 10_000;

/** Reads a payment that failed once: neither its day, its amount nor its card changes. Another is read each time. */
export function createShownPayments(
  dodo: Pick<RecoveryPort, "paymentDetails">,
): (id: PaymentId) => Promise<ShownPayment> {
  const failed = new Map<PaymentId, ShownPayment>();
  return async (id) => {
    const known = failed.get(id);
    if (known !== undefined) return known;
    const { payment, paidWith, pageUrl } = await dodo.paymentDetails(id);
    const shown = { payment, paidWith, pageUrl };
    if (payment.state === "declined") failed.set(id, shown);
    const [oldest] = failed.keys();
    if (failed.size > ENTRIES_MAX && oldest !== undefined) failed.delete(oldest);
    return shown;
  };
}
