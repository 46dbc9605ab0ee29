import { failureOf, nullIfNotFound, type RecoveryPort } from "../../dodo/port.ts";
import type { Evidence, LineItems, Payment } from "../../domain/state/payment.ts";
import type { PaymentId, SubscriptionId } from "../../domain/values/ids.ts";
import { DAY_MS, type Instant } from "../../domain/values/time.ts";
import { inBatches } from "../../platform/batches.ts";

/** Payments that are read at the same time: below Dodo's burst limit. @source docs/dodo/api.md, "Rate limits" */
const PARALLEL = 5;

export type EvidenceRequest = {
  readonly subscriptionId: SubscriptionId;
  readonly since: Instant;
  /** Read by id, even if the list does not show them. */
  readonly paymentIds: readonly PaymentId[];
  /** Payments with a known result: the list's row is enough, although it lacks the decline code. */
  readonly endedPayments: readonly string[];
  /** The policy's `debt_key`, if it has one. */
  readonly debtKeyName?: string;
  /** Payments whose line items are read too, where the payment itself does not show its tax. */
  readonly lineItemsOf?: readonly PaymentId[];
  readonly withDisputes?: boolean;
};

/** If the customer has a dispute from this period, a person decides about new debts. @source docs/RECOVERY.md, "Debts" */
const DISPUTES_MS = 180 * DAY_MS;

/** Reads the subscription and its payments, oldest first. Lists lack the decline code, so it also reads each payment by id. */
export async function readEvidence(
  dodo: RecoveryPort,
  request: EvidenceRequest,
  now: () => Instant,
): Promise<Omit<Evidence, "endedDebts" | "blockedMethods">> {
  const { subscriptionId, since, paymentIds, endedPayments, debtKeyName = null } = request;
  const options = { tries: "patient", debtKeyName } as const;
  // Before the payments are read: the next read covers what is paid from here on.
  const readAt = now();
  const subscription = await dodo.subscription(subscriptionId, options);
  const listed = await dodo.payments(subscriptionId, since, options);
  const isKnown = new Set(endedPayments);
  const lean = listed.filter(({ paymentId }) => isKnown.has(paymentId));
  const wanted = new Set<PaymentId>([
    ...listed.map(({ paymentId }) => paymentId).filter((id) => !isKnown.has(id)),
    ...paymentIds,
  ]);
  const read = await readPayments(dodo, [...wanted], debtKeyName);
  const whole = await withLineItems(dodo, read, request.lineItemsOf ?? []);
  const payments = [...lean, ...whole].toSorted((a, b) => a.createdAt - b.createdAt);
  const disputeId =
    request.withDisputes === true && subscription.customerId !== ""
      ? await dodo.latestDispute(subscription.customerId, readAt - DISPUTES_MS)
      : null;
  return { readAt, subscription, payments, since, disputeId };
}

/**
 * Adds the line items that may show the price of a payment. A failure of that read alone holds up nothing: the price stays
 * unknown until a later read.
 * @throws DodoError while Dodo refuses the API key, or cannot be reached
 */
async function withLineItems(
  dodo: Pick<RecoveryPort, "lineItems">,
  payments: readonly Payment[],
  wanted: readonly PaymentId[],
): Promise<Payment[]> {
  return await Promise.all(
    payments.map(async (payment) => {
      if (payment.taxMinor !== null || !wanted.includes(payment.paymentId)) return payment;
      const lineItems = await readLineItems(dodo, payment);
      return lineItems === "unread" ? payment : { ...payment, lineItems };
    }),
  );
}

async function readLineItems(
  dodo: Pick<RecoveryPort, "lineItems">,
  payment: Payment,
): Promise<LineItems | null | "unread"> {
  try {
    return await dodo.lineItems(payment);
  } catch (error) {
    const { kind } = failureOf(error);
    if (kind === "refused") return null;
    if (kind === "unknown") return "unread";
    throw error;
  }
}

/** Reads payments by id. It omits a payment that Dodo does not show yet. @source docs/dodo/payments.md, "Visibility lag" */
export async function readPayments(
  dodo: Pick<RecoveryPort, "payment">,
  ids: readonly PaymentId[],
  debtKeyName: string | null,
): Promise<Payment[]> {
  const options = { tries: "patient", debtKeyName } as const;
  const found = await inBatches(ids, PARALLEL, (id) => nullIfNotFound(dodo.payment(id, options)));
  return found.filter((payment) => payment !== null);
}
