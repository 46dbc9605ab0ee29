import type { EndedDebt } from "../state/debt.ts";
import { isChargeableStatus, type Subscription } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import type { ChargeRefusal, ChargeRequest, ChargeStanding } from "../state/requested-charge.ts";
import type { DebtId } from "../values/ids.ts";
import { type CurrencyCode, currencyExponent } from "../values/money.ts";
import type { Instant } from "../values/time.ts";

/**
 * What Dodo surely refuses, in the smallest unit by the currency's digits: half a dollar, as many yen as Stripe's least
 * charge, and as little of the dearest currencies. What is above it may still be refused by Dodo.
 * @source dodo.md 5.9
 */
const LEAST_MINOR: Readonly<Record<number, number>> = { 0: 50, 2: 50, 3: 150 };

/** What each charge of ours carries, whatever metadata the merchant gives. @source contract.md, "Temporal" */
export const OWN_METADATA = ["recovery_id", "recovery_attempt", "retry_attempt"] as const;

/** Dodo takes so many pairs and no more. @source dodo.md 5.9 */
export const METADATA_PAIRS_MAX = 50;

/** Dodo's amounts are 32-bit. @source dodo.md 5.9 */
export const MOST_MINOR = 2_147_483_647;

/** Less than Dodo charges in that currency. */
export function isBelowMinimum(amountMinor: number, currency: CurrencyCode): boolean {
  return amountMinor < (LEAST_MINOR[currencyExponent(currency)] ?? 1);
}

type Refusal = { readonly code: ChargeRefusal; readonly reason: string };

const no = (code: ChargeRefusal, reason: string): Refusal => ({ code, reason });

/** Why the subscription, as it was just read, does not take this charge; null where it does. */
export function chargeRefusalOf(
  { charge: { amountMinor, currency } }: ChargeRequest,
  subscription: Subscription,
): Refusal | null {
  const { status } = subscription;
  if (subscription.optedOut) return no("opted_out", "its metadata says reprise = off");
  if (!subscription.onDemand) {
    return no("subscription_not_on_demand", "Dodo charges this subscription by itself");
  }
  if (!isChargeableStatus(status)) {
    return no("subscription_not_chargeable", `the subscription is ${status ?? "without a status"}`);
  }
  if (subscription.cancelAtNextBillingDate) {
    return no("cancellation_scheduled", "Dodo takes no charge of it any more");
  }
  if (currency !== null && currency !== subscription.currency) {
    return no("currency_mismatch", `the subscription is in ${subscription.currency}`);
  }
  if (isBelowMinimum(amountMinor, subscription.currency)) {
    return no("amount_below_minimum", `too little in ${subscription.currency}`);
  }
  return null;
}

/** The charges of which this recovery knows. */
function askedIdsOf({ requests, debt, queue, ended }: Recovery): DebtId[] {
  const debts = [...(debt === null ? [] : [debt]), ...queue.map((one) => one.debt)];
  return [
    ...requests.map(({ chargeId }) => chargeId),
    ...debts.filter(({ asked }) => asked !== undefined).map(({ id }) => id),
    ...ended.flatMap(({ debtId, asked }) => (asked === true && debtId !== null ? [debtId] : [])),
  ];
}

function standingAt(chargeId: DebtId, at: Instant): ChargeStanding {
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

/** A charge that is not taken, and why. */
export function refusedStanding(
  { chargeId, askedAt }: ChargeRequest,
  refusal: ChargeRefusal,
  reason: string,
): ChargeStanding {
  return { ...standingAt(chargeId, askedAt), state: "refused", refusal, reason };
}

/** How a charge stands in this recovery; null where it knows of none, or has nothing to say of it. */
export function chargeStandingOf(
  recovery: Recovery,
  chargeId: DebtId,
  at: Instant,
): ChargeStanding | null {
  const { requests, debt, queue, ended, attempts } = recovery;
  const unknown = standingAt(chargeId, at);
  const last = endedStandingOf(ended, chargeId, at);
  if (last !== null) return last;
  if (requests.some((one) => one.chargeId === chargeId)) return unknown;
  const queued = queue.find((one) => one.debt.id === chargeId);
  if (queued !== undefined) {
    return { ...unknown, state: "queued", currency: queued.debt.currency };
  }
  if (debt?.id !== chargeId) return null;
  const { charge, attention, asking } = recovery;
  const declined = attempts.findLast(({ result }) => result === "declined");
  const isRecovering = declined !== undefined || asking !== null;
  const working = isRecovering ? "recovering" : "charging";
  return {
    ...unknown,
    state: attention.length > 0 ? "needs_attention" : working,
    currency: debt.currency,
    paymentId: charge?.paymentId ?? null,
    declineCode: declined?.declineCode ?? null,
  };
}

/** How a closed run has left a charge; null where it does not name it. */
export function endedStandingOf(
  ended: readonly EndedDebt[],
  chargeId: DebtId,
  at: Instant,
): ChargeStanding | null {
  const last = ended.findLast((one) => one.asked === true && one.debtId === chargeId);
  return last === undefined ? null : endedStanding(standingAt(chargeId, at), last);
}

/** Null for one of which the run that ended it has told. */
function endedStanding(unknown: ChargeStanding, ended: EndedDebt): ChargeStanding | null {
  if (ended.rule === "asked.ended_before") return null;
  const { currency, paymentId, reason, refusal = null } = ended;
  const declined = ended.attempts.findLast(({ result }) => result === "declined");
  const known = { ...unknown, currency, paymentId, reason, refusal };
  if (refusal !== null) return { ...known, state: "refused" };
  const declineCode = declined?.declineCode ?? null;
  return { ...known, state: "ended", outcome: ended.outcome, declineCode };
}

/** The charges whose standing another one asks to know: those that changed. */
export function changedCharges(before: Recovery, after: Recovery, at: Instant): ChargeStanding[] {
  const ids = new Set([...askedIdsOf(before), ...askedIdsOf(after)]);
  return [...ids].flatMap((id) => {
    const was = chargeStandingOf(before, id, at);
    const is = chargeStandingOf(after, id, at);
    // Where nobody has heard of it yet, that is known.
    return is === null || is.state === "received" || JSON.stringify(was) === JSON.stringify(is)
      ? []
      : [is];
  });
}
