import {
  parsePaymentId,
  parseSubscriptionId,
  type PaymentId,
  type SubscriptionId,
} from "../../../domain/values/ids.ts";

/** @throws if the text is not a payment id */
export function paymentIdOf(text: string): PaymentId {
  const id = parsePaymentId(text);
  if (id === null) throw new Error(`not a payment id: ${text}`);
  return id;
}

export function subscriptionIdOf(text: string): SubscriptionId {
  const id = parseSubscriptionId(text);
  if (id === null) throw new Error(`not a subscription id: ${text}`);
  return id;
}
