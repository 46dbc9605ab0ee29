import { MINIMUM_MINOR_BY_DIGITS } from "../limits.ts";
import type { EndedDebt } from "../state/debt.ts";
import { allowsCharges, describeStatus, type Subscription } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import type {
  ChargeRefusal,
  ChargeRequest,
  RequestedChargeStatus,
} from "../state/requested-charge.ts";
import type { DebtId } from "../values/ids.ts";
import { type CurrencyCode, currencyExponent } from "../values/money.ts";
import { isSame } from "../values/same.ts";
import type { Instant } from "../values/time.ts";

/** Metadata keys that every charge of ours sets; a request may not use them. @source docs/API.md, "Charges" */
export const RESERVED_METADATA_KEYS = ["recovery_id", "recovery_attempt", "retry_attempt"] as const;

/** Is the amount below what Dodo charges in this currency? */
export function isBelowMinimum(amountMinor: number, currency: CurrencyCode): boolean {
  return amountMinor < (MINIMUM_MINOR_BY_DIGITS[currencyExponent(currency)] ?? 1);
}

type Refusal = { readonly code: ChargeRefusal; readonly reason: string };

const refusal = (code: ChargeRefusal, reason: string): Refusal => ({ code, reason });

/** Why the subscription, as just read, cannot take this charge; null where it can. */
export function chargeRefusalOf(
  { charge: { amountMinor, currency } }: ChargeRequest,
  subscription: Subscription,
): Refusal | null {
  const { access } = subscription;
  if (subscription.optedOut)
    return refusal("opted_out", "the subscription's metadata has reprise = off");
  if (subscription.onDemand === false) {
    return refusal(
      "subscription_not_on_demand",
      "Dodo charges this subscription itself, on its schedule",
    );
  }
  if (!allowsCharges(access)) {
    return refusal(
      "subscription_not_chargeable",
      `the subscription is ${describeStatus(subscription)}`,
    );
  }
  if (subscription.onDemand === null || subscription.cancelAtNextBillingDate === null) {
    return refusal(
      "subscription_not_chargeable",
      "Dodo does not say whether it is on-demand, or whether its cancellation is scheduled",
    );
  }
  if (subscription.cancelAtNextBillingDate) {
    return refusal(
      "cancellation_scheduled",
      "Dodo takes no more charges, as a cancellation is scheduled",
    );
  }
  if (currency !== null && currency !== subscription.currency) {
    return refusal("currency_mismatch", `the subscription's currency is ${subscription.currency}`);
  }
  if (isBelowMinimum(amountMinor, subscription.currency)) {
    return refusal(
      "amount_below_minimum",
      `Dodo charges no amount this small in ${subscription.currency}`,
    );
  }
  return null;
}

/** The requested charges that this recovery knows. */
function chargeIdsOf({ chargeRequests, debt, queue, ended }: Recovery): DebtId[] {
  const debts = [...(debt === null ? [] : [debt]), ...queue.map((one) => one.debt)];
  return [
    ...chargeRequests.map(({ chargeId }) => chargeId),
    ...debts.filter(({ requested }) => requested !== undefined).map(({ id }) => id),
    ...ended.flatMap(({ debtId, requested }) =>
      requested === true && debtId !== null ? [debtId] : [],
    ),
  ];
}

function statusAt(chargeId: DebtId, at: Instant): RequestedChargeStatus {
  return {
    chargeId,
    at,
    state: "received",
    currency: null,
    outcome: null,
    paymentId: null,
    declineCode: null,
    refusal: null,
    reason: null,
  };
}

/** The status of a refused charge. */
export function refusedStatus(
  { chargeId, requestedAt }: ChargeRequest,
  refusal: ChargeRefusal,
  reason: string,
): RequestedChargeStatus {
  return { ...statusAt(chargeId, requestedAt), state: "refused", refusal, reason };
}

/** A requested charge's status in this recovery; null where the recovery does not know it, or has nothing to report. */
export function chargeStatusOf(
  recovery: Recovery,
  chargeId: DebtId,
  at: Instant,
): RequestedChargeStatus | null {
  const { chargeRequests, debt, queue, ended, attempts } = recovery;
  const unknown = statusAt(chargeId, at);
  const last = endedChargeStatusOf(ended, chargeId, at);
  if (last !== null) return last;
  if (chargeRequests.some((one) => one.chargeId === chargeId)) return unknown;
  const queued = queue.find((one) => one.debt.id === chargeId);
  if (queued !== undefined) {
    return { ...unknown, state: "queued", currency: queued.debt.currency };
  }
  if (debt?.id !== chargeId) return null;
  const { charge, attention, customerAction, waitingPayment } = recovery;
  const declined = attempts.findLast(({ result }) => result === "declined");
  const isAsked = customerAction !== null || waitingPayment?.waitsFor === "customer";
  const isRecovering = declined !== undefined || isAsked;
  const working = isRecovering ? "recovering" : "charging";
  return {
    ...unknown,
    state: attention.length > 0 ? "needs_attention" : working,
    currency: debt.currency,
    paymentId: charge?.paymentId ?? null,
    declineCode: declined?.declineCode ?? null,
  };
}

/** The status that a closed run left; null where the run does not name the charge. */
export function endedChargeStatusOf(
  ended: readonly EndedDebt[],
  chargeId: DebtId,
  at: Instant,
): RequestedChargeStatus | null {
  const last = ended.findLast((one) => one.requested === true && one.debtId === chargeId);
  return last === undefined ? null : endedStatus(statusAt(chargeId, at), last);
}

/** Null for a charge that an earlier run ended and reported. */
function endedStatus(
  unknown: RequestedChargeStatus,
  ended: EndedDebt,
): RequestedChargeStatus | null {
  if (ended.rule === "requested_charge.ended_earlier") return null;
  const { currency, paymentId, reason, refusal = null } = ended;
  const declined = ended.attempts.findLast(({ result }) => result === "declined");
  const known = { ...unknown, currency, paymentId, reason, refusal };
  if (refusal !== null) return { ...known, state: "refused" };
  const declineCode = declined?.declineCode ?? null;
  return { ...known, state: "ended", outcome: ended.outcome, declineCode };
}

/** The statuses that changed and are to be reported. */
export function changedChargeStatuses(
  before: Recovery,
  after: Recovery,
  at: Instant,
): RequestedChargeStatus[] {
  const ids = new Set([...chargeIdsOf(before), ...chargeIdsOf(after)]);
  return [...ids].flatMap((id) => {
    const was = chargeStatusOf(before, id, at);
    const is = chargeStatusOf(after, id, at);
    // Every request starts as `received`, so that is not reported.
    return is === null || is.state === "received" || isSameStatus(was, is) ? [] : [is];
  });
}

/** Compares everything but the reason, which is text. */
function isSameStatus(was: RequestedChargeStatus | null, is: RequestedChargeStatus): boolean {
  return was !== null && isSame({ ...was, reason: null }, { ...is, reason: null });
}
