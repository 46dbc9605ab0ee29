import { parsePaymentId, type PaymentId } from "../../domain/values/ids.ts";

/** @throws for what Dodo would not call a payment */
export function paymentIdOf(text: string): PaymentId {
  const id = parsePaymentId(text);
  if (id === null) throw new Error(`not a payment's id: ${text}`);
  return id;
}
