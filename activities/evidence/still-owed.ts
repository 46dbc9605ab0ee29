import type { RecoveryPort, Subscriber } from "../../dodo/port.ts";
import { attributePayment, canSettle, type DebtContext } from "../../domain/debt/attribution.ts";
import type { Mode } from "../../domain/state/outcome.ts";
import { hasEnded, isCollected, type Payment } from "../../domain/state/payment.ts";
import type { SubscriptionId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import { readPayments } from "./evidence.ts";

export type OwedInput = {
  readonly subscriptionId: SubscriptionId;
  /** Null if no debt is open any more. */
  readonly debt: DebtContext | null;
  readonly mode: Mode;
  /** The notice says that the subscription has ended, so this must be true. */
  readonly afterEnd?: boolean;
  /** Payments are read from here on where the debt is younger. */
  readonly since?: Instant;
  /** The customer's payments, where they were just read: see `paymentsOf`. */
  readonly ofCustomer?: readonly Payment[] | null;
};

export type Owed =
  | {
      readonly kind: "owed";
      readonly subscriber: Subscriber;
      /** Of the subscription, since the debt's first failure or `since`; empty without a debt. */
      readonly payments: readonly Payment[];
    }
  | { readonly kind: "not_owed"; readonly why: "paid" | "status_changed" | "opted_out" };

/** Reads Dodo right before a notice, a payment link or a cancellation, and checks that the debt is still owed. */
export async function stillOwed(input: OwedInput, dodo: RecoveryPort): Promise<Owed> {
  const subscriber = await dodo.subscriber(input.subscriptionId);
  const { subscription } = subscriber;
  if (subscription.optedOut) return { kind: "not_owed", why: "opted_out" };
  const { debt } = input;
  if (hasEnded(subscription.access) !== (input.afterEnd ?? false)) {
    return { kind: "not_owed", why: "status_changed" };
  }
  if (debt === null) return { kind: "owed", subscriber, payments: [] };
  const payments = await paymentsOf(input, debt, dodo);
  const isPaid = payments.some((payment) => canSettle(payment, debt));
  return isPaid || (await isPaidByVague(payments, debt, dodo))
    ? { kind: "not_owed", why: "paid" }
    : { kind: "owed", subscriber, payments };
}

/**
 * The subscription's payments. Those in the customer's list serve as well: it has the debt's failed payment, so it reaches as far
 * back, and shows what belongs to this subscription. It is read without the metadata that a policy's `debt_key` needs.
 */
async function paymentsOf(
  { subscriptionId, since: earlier, ofCustomer = null }: OwedInput,
  debt: DebtContext,
  dodo: RecoveryPort,
): Promise<readonly Payment[]> {
  const { debtKeyName, failedPaymentId, firstFailedAt } = debt;
  if (ofCustomer !== null && debtKeyName === null && earlier === undefined) {
    const own = ofCustomer.filter(({ subscriptionIds }) =>
      subscriptionIds.includes(subscriptionId),
    );
    if (own.some(({ paymentId }) => paymentId === failedPaymentId)) return own;
  }
  const since = Math.min(firstFailedAt, earlier ?? firstFailedAt);
  return await dodo.payments(subscriptionId, since, { tries: "patient", debtKeyName });
}

/** Rows of lists do not show which payments collected the dues with a new method: such a success is read by its id. */
async function isPaidByVague(
  listed: readonly Payment[],
  debt: DebtContext,
  dodo: RecoveryPort,
): Promise<boolean> {
  const vague = listed
    .filter((payment) => isCollected(payment) && payment.isMethodUpdate === null)
    .filter((payment) => attributePayment(payment, debt).kind === "unattributed");
  const ids = vague.map(({ paymentId }) => paymentId);
  const whole = await readPayments(dodo, ids, debt.debtKeyName);
  return whole.some((payment) => canSettle(payment, debt));
}
