import {
  type CheckoutPort,
  type Customer,
  nullIfNotFound,
  type PaymentDetails,
} from "../../dodo/port.ts";
import type { CheckoutReading } from "../../domain/checkout/checkout.ts";
import { hasAmount, isCollected, type Payment } from "../../domain/state/payment.ts";
import type { PaymentId } from "../../domain/values/ids.ts";
import { DAY_MS, type Instant } from "../../domain/values/time.ts";

/** `details` are personal data for a mail: no history records them. They are null if Dodo does not know the payment. */
type Read = { readonly reading: CheckoutReading; readonly details: PaymentDetails | null };

const UNKNOWN: CheckoutReading = {
  payment: null,
  paidSince: false,
  laterPayment: null,
  optedOut: false,
};

export type CheckoutRequest = {
  readonly paymentId: PaymentId;
  /** The payment that made up for it, as Dodo reports. */
  readonly paidBy?: PaymentId | null;
};

/** Reads the payment, and the customer's later payments. */
export async function readCheckout(
  { paymentId, paidBy = null }: CheckoutRequest,
  dodo: CheckoutPort,
): Promise<Read> {
  const details = await nullIfNotFound(dodo.paymentDetails(paymentId));
  if (details === null) return { reading: UNKNOWN, details };
  const { payment, customer, optedOut, changedAt } = details;
  const failedAt = payment.state === "declined" ? changedAt : null;
  const since = Math.max(payment.createdAt, (failedAt ?? 0) - BEFORE_FAILURE_MS);
  const listed = await paymentsSince(customer.customerId, payment, since, dodo);
  // A customer with so many payments counts as one who has paid.
  if (listed === null) {
    return { reading: { ...UNKNOWN, payment, failedAt, paidSince: true, optedOut }, details };
  }
  const named = paidBy === null ? null : await paymentOfCustomer(paidBy, customer, dodo);
  const others = named === null ? listed : [...listed, named];
  // A payment of an unknown amount may have paid.
  const paidSince = others.some((one) => isCollected(one) || one.totalMinor === null);
  const [latest] = others
    .filter((one) => isOrder(one) && isLater(one, payment))
    .toSorted((a, b) => b.createdAt - a.createdAt);
  const laterPayment = latest?.paymentId ?? null;
  return { reading: { payment, failedAt, paidSince, laterPayment, optedOut }, details };
}

/**
 * A customer whose card is declined pays again within minutes of the payment, before or after Dodo shows the decline. A bank
 * debit is returned days later; what the customer bought meanwhile does not pay for it.
 */
const BEFORE_FAILURE_MS = DAY_MS;

/** The customer's other payments; null if there are too many to judge, or no customer. */
async function paymentsSince(
  customerId: string | null,
  { paymentId }: Payment,
  since: Instant,
  dodo: CheckoutPort,
): Promise<readonly Payment[] | null> {
  if (customerId === null) return null;
  const payments = await dodo.customerPayments(customerId, since, "patient");
  return payments?.filter((one) => one.paymentId !== paymentId) ?? null;
}

/** Null if Dodo does not show the payment, or it is another customer's. */
async function paymentOfCustomer(
  id: PaymentId,
  { customerId }: Customer,
  dodo: CheckoutPort,
): Promise<Payment | null> {
  const details = await nullIfNotFound(dodo.paymentDetails(id));
  return details !== null && details.customer.customerId === customerId ? details.payment : null;
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
