import { type CheckoutPort, nullIfNotFound, type PaymentDetails } from "../../dodo/port.ts";
import type { CheckoutReading } from "../../domain/checkout/checkout.ts";
import { hasAmount, isCollected, type Payment } from "../../domain/state/payment.ts";
import type { PaymentId } from "../../domain/values/ids.ts";

/** `details` are personal data for a mail: no history records them. They are null if Dodo does not know the payment. */
type Read = { readonly reading: CheckoutReading; readonly details: PaymentDetails | null };

const UNKNOWN: CheckoutReading = {
  payment: null,
  paidSince: false,
  laterPayment: null,
  optedOut: false,
};

/** Reads the payment, and the customer's later payments. */
export async function readCheckout(paymentId: PaymentId, dodo: CheckoutPort): Promise<Read> {
  const details = await nullIfNotFound(dodo.paymentDetails(paymentId));
  if (details === null) return { reading: UNKNOWN, details };
  const { payment, customer, optedOut } = details;
  const others = await paymentsSince(customer.customerId, payment, dodo);
  // A customer with so many payments counts as one who has paid.
  if (others === null) {
    return { reading: { ...UNKNOWN, payment, paidSince: true, optedOut }, details };
  }
  // A payment of an unknown amount may have paid.
  const paidSince = others.some((one) => isCollected(one) || one.totalMinor === null);
  const [latest] = others
    .filter((one) => isOrder(one) && isLater(one, payment))
    .toSorted((a, b) => b.createdAt - a.createdAt);
  const laterPayment = latest?.paymentId ?? null;
  return { reading: { payment, paidSince, laterPayment, optedOut }, details };
}

/** The customer's other payments since this one; null if there are too many to judge, or no customer. */
async function paymentsSince(
  customerId: string | null,
  { paymentId, createdAt }: Payment,
  dodo: CheckoutPort,
): Promise<readonly Payment[] | null> {
  if (customerId === null) return null;
  const payments = await dodo.customerPayments(customerId, createdAt);
  return payments?.filter((one) => one.paymentId !== paymentId) ?? null;
}

/** A one-time payment that the customer has not cancelled. */
function isOrder(payment: Payment): boolean {
  const { subscriptionIds, state } = payment;
  return subscriptionIds.length === 0 && hasAmount(payment) && state !== "cancelled";
}

/** Of two payments from the same instant, exactly one is later. */
function isLater(one: Payment, payment: Payment): boolean {
  if (one.createdAt !== payment.createdAt) return one.createdAt > payment.createdAt;
  return one.paymentId > payment.paymentId;
}
