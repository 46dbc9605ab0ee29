import type { Dodo, DodoPayment, Tries } from "../../dodo/client.ts";
import { failureOf } from "../../dodo/errors.ts";
import { paymentOf, subscriptionOf } from "../../dodo/shapes.ts";
import type { Evidence, Payment, Subscription } from "../../domain/state/payment.ts";
import type { PaymentId, SubscriptionId } from "../../domain/values/ids.ts";
import { DAY_MS, type Instant } from "../../domain/values/time.ts";

/** Payments read one by one at the same time: below Dodo's burst limit. */
const PARALLEL = 5;

export type EvidenceRequest = {
  readonly subscriptionId: SubscriptionId;
  readonly since: Instant;
  /** Read by name, whether the list shows them or not. */
  readonly paymentIds: readonly PaymentId[];
  /** Their end is known: the list's row, which lacks the decline code, is enough. */
  readonly endedPayments: readonly string[];
  /** The policy's `debt_key`, where it has one. */
  readonly debtKeyName?: string;
  readonly withDisputes?: boolean;
};

/** @source design, "Debts": a dispute of this customer within 180 days sends new debts to a person */
const DISPUTES_MS = 180 * DAY_MS;

/** Dodo's answer was not about what was asked: never taken for evidence. */
export class UnexpectedAnswerError extends Error {
  override readonly name = "UnexpectedAnswerError";
}

export async function readSubscription(
  dodo: Dodo,
  id: SubscriptionId,
  now: Instant,
  tries: Tries,
  debtKeyName: string | null = null,
): Promise<Subscription> {
  const raw = await dodo.retrieveSubscription(id, tries);
  const subscription = subscriptionOf(raw, now, debtKeyName);
  if (subscription?.subscriptionId !== id) {
    throw new UnexpectedAnswerError(
      `asked for ${id}, got ${subscription?.subscriptionId ?? "none"}`,
    );
  }
  return subscription;
}

/** The subscription and its payments, oldest first; each payment whole, as list rows lack the decline code. */
export async function readEvidence(
  dodo: Dodo,
  request: EvidenceRequest,
  now: () => Instant,
): Promise<Omit<Evidence, "endedDebts" | "blockedMethods">> {
  const { subscriptionId, since, paymentIds, endedPayments, debtKeyName = null } = request;
  // Asked before the payments: what is paid after this is seen in the next reading.
  const readAt = now();
  const subscription = await readSubscription(dodo, subscriptionId, readAt, "patient", debtKeyName);
  const listed = await dodo.listPayments(subscriptionId, since, "patient");
  const isKnown = new Set(endedPayments);
  const rows = listed
    .map((row) => paymentOf(row, readAt, debtKeyName))
    .filter((row) => row !== null);
  const lean = rows.filter(({ paymentId }) => isKnown.has(paymentId));
  const wanted = new Set<PaymentId>([
    ...rows.map(({ paymentId }) => paymentId).filter((id) => !isKnown.has(id)),
    ...paymentIds,
  ]);
  const whole = await retrieveAll(dodo, [...wanted], readAt, debtKeyName);
  const payments = [...lean, ...whole].toSorted((a, b) => a.createdAt - b.createdAt);
  const disputeId =
    request.withDisputes === true && subscription.customerId !== ""
      ? await dodo.latestDispute(subscription.customerId, readAt - DISPUTES_MS)
      : null;
  return { readAt, subscription, payments, since, disputeId };
}

/** Payments whole, by name: list rows lack the decline code, and whether a method was updated. */
export async function retrieveAll(
  dodo: Dodo,
  ids: readonly PaymentId[],
  now: Instant,
  debtKeyName: string | null,
): Promise<Payment[]> {
  const found: Payment[] = [];
  for (let start = 0; start < ids.length; start += PARALLEL) {
    const batch = ids.slice(start, start + PARALLEL);
    const payments = await Promise.all(batch.map((id) => retrieve(dodo, id, now, debtKeyName)));
    found.push(...payments.filter((payment) => payment !== null));
  }
  return found;
}

/** Null for a payment that cannot be seen yet: nothing says how soon after its making it can. */
async function retrieve(
  dodo: Dodo,
  id: PaymentId,
  now: Instant,
  debtKeyName: string | null,
): Promise<Payment | null> {
  let raw: DodoPayment;
  try {
    raw = await dodo.retrievePayment(id, "patient");
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === "refused" && failure.httpStatus === 404) return null;
    throw error;
  }
  const payment = paymentOf(raw, now, debtKeyName);
  if (payment?.paymentId !== id) {
    throw new UnexpectedAnswerError(`asked for ${id}, got ${payment?.paymentId ?? "none"}`);
  }
  return payment;
}
