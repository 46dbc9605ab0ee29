import { parsePaymentId, type PaymentId } from "../../../domain/values/ids.ts";

/** @throws if the text is not a payment id */
export function paymentIdOf(text: string): PaymentId {
  const id = parsePaymentId(text);
  if (id === null) throw new Error(`not a payment id: ${text}`);
  return id;
}
