import type DodoPayments from "dodopayments";
import type { ChargeBody, Dodo, DodoListedPayment, DodoPayment } from "../../dodo/client.ts";
import { type DodoFailure, failureOf } from "../../dodo/errors.ts";
import { paymentOf } from "../../dodo/shapes.ts";
import { blocksCharge, type DebtContext } from "../../domain/debt/attribution.ts";
import {
  METADATA_PAIRS_MAX,
  type RESERVED_METADATA_KEYS,
} from "../../domain/requested-charge/requested-charge.ts";
import type { ChargeOutcome, NotAttemptedReason } from "../../domain/state/event.ts";
import type { Mode } from "../../domain/state/outcome.ts";
import { isChargeableStatus, type Payment, type Subscription } from "../../domain/state/payment.ts";
import type { RequestedCharge } from "../../domain/state/requested-charge.ts";
import {
  type AttemptKey,
  parsePaymentId,
  type PaymentId,
  type RecoveryId,
  type SubscriptionId,
} from "../../domain/values/ids.ts";
import type { CurrencyCode } from "../../domain/values/money.ts";
import { type Instant, parseInstant } from "../../domain/values/time.ts";
import { readSubscription } from "../evidence/evidence.ts";

export type ChargeInput = {
  readonly at: Instant;
  readonly subscriptionId: SubscriptionId;
  readonly recoveryId: RecoveryId;
  readonly key: AttemptKey;
  readonly number: number;
  /** Net of tax that Dodo adds on top. */
  readonly amountMinor: number;
  readonly currency: CurrencyCode;
  /** Null where the charge was asked of us and has not failed. */
  readonly failedPaymentId: PaymentId | null;
  /** The charge that was asked of us: its body is sent, not the failed payment's. */
  readonly requested?: RequestedCharge;
  /** The status of the last read. */
  readonly expectedStatus: string | null;
  /** What a payment is to the debt is told from this. */
  readonly debt: DebtContext | null;
  /** Cards that are not charged again. */
  readonly blockedMethods: readonly string[];
  /** No request leaves after this. */
  readonly latestStartAt: Instant;
  readonly mode: Mode;
  /** A scheduled subscription is charged by Dodo's manual retry, which takes neither amount nor metadata. */
  readonly via?: "manual_retry";
  /** Payments that the recovery has placed: beside them a manual retry finds nothing new. */
  readonly knownPayments?: readonly string[];
};

export type ChargeClock = {
  /** The workflow's time where it is skipped, else the wall's. */
  readonly now: () => Instant;
  /** Goes on where the wall clock is set back. */
  readonly monotonicMs: () => number;
};

/** What was read must be this fresh when the request leaves. @source design, "Charging" */
export const FRESH_MS = 5_000;

/** Within this of its start the request has left, or never leaves: the fence counts on it. */
export const LEAVES_WITHIN_MS = 10_000;

/** Lists may lag behind, and clocks differ: look a little further back than the failure itself. */
const LOOK_BACK_MS = 60_000;

type PreChargeCheck =
  | {
      readonly kind: "clear";
      readonly metadata: DodoPayment["metadata"];
      /** The payment that Dodo itself is to retry. */
      readonly retries: PaymentId | null;
      readonly lookedAt: Stamp;
    }
  | { readonly kind: "stop"; readonly outcome: ChargeOutcome };

type Stamp = { readonly wall: Instant; readonly monotonic: number };

/**
 * One attempt: reads, then sends one POST, or none. Never throws for what Dodo or the network do: a charge's
 * end is a value. An earlier payment under the same key is adopted, so the same attempt is safe to give twice.
 */
export async function charge(
  input: ChargeInput,
  dodo: Dodo,
  clock: ChargeClock,
): Promise<ChargeOutcome> {
  const started = stampOf(clock);
  const look = await preChargeCheck(input, dodo, clock);
  if (look.kind === "stop") return look.outcome;
  const late = tooLate(input, clock, started, look.lookedAt);
  if (late !== null) return late;
  if (input.mode === "shadow") return notAttempted("shadow", "it would have been sent now");
  try {
    const answer =
      look.retries === null
        ? await dodo.charge(input.subscriptionId, bodyOf(input, look.metadata))
        : await dodo.retry(look.retries);
    const paymentId = parsePaymentId(answer?.payment_id);
    if (paymentId === null) return unknown("Dodo's answer names no payment", clock);
    return { kind: "accepted", paymentId, adopted: false };
  } catch (error) {
    return outcomeOf(failureOf(error), clock);
  }
}

/** The last look: is the debt still to be charged, and by this attempt? */
async function preChargeCheck(
  input: ChargeInput,
  dodo: Dodo,
  clock: ChargeClock,
): Promise<PreChargeCheck> {
  const lookedAt = stampOf(clock);
  const since = (input.debt?.firstFailedAt ?? input.at) - LOOK_BACK_MS;
  try {
    const [subscription, payments] = await Promise.all([
      readSubscription(dodo, input.subscriptionId, lookedAt.wall, "once"),
      dodo.listPayments(input.subscriptionId, since, "once"),
    ]);
    const outcome = obstacle(input, subscription, payments, lookedAt.wall);
    if (outcome !== null) return { kind: "stop", outcome };
    const { failedPaymentId } = input;
    const retries = input.via === "manual_retry" ? failedPaymentId : null;
    if (retries !== null) {
      const refusal = retryRefusal(await dodo.retryState(retries));
      if (refusal !== null) return { kind: "stop", outcome: refusal };
    }
    if (input.requested !== undefined || failedPaymentId === null) {
      return { kind: "clear", metadata: input.requested?.metadata ?? {}, retries, lookedAt };
    }
    // List rows carry the metadata; a payment from before the list began is asked for by name.
    const row = payments.find(({ payment_id }) => payment_id === failedPaymentId);
    const { metadata } = row ?? (await dodo.retrievePayment(failedPaymentId, "once"));
    return { kind: "clear", metadata, retries, lookedAt };
  } catch (error) {
    return { kind: "stop", outcome: unreadable(failureOf(error)) };
  }
}

/** Reasons that are not known are taken for a lasting no. @source dodo.md 2.2; 11, question 19 */
function retryRefusal(state: DodoPayments.ManualRetryState): ChargeOutcome | null {
  if (state.can_retry) return null;
  const reason = state.reason ?? "no reason given";
  const until = parseInstant(state.retry_available_at);
  if (until !== null) return { ...notAttempted("cooling_down", reason), until };
  const isPending = reason === "PREVIOUS_PAYMENT_PENDING";
  return notAttempted(isPending ? "payment_pending" : "not_retryable", reason);
}

/** Nothing left: whatever went wrong while reading, the attempt stays due. */
function unreadable(failure: DodoFailure): ChargeOutcome {
  switch (failure.kind) {
    case "unauthorized":
      return notAttempted("unauthorized", `${failure.code} (HTTP ${failure.httpStatus})`);
    case "refused":
      return notAttempted("not_found", `${failure.code} (HTTP ${failure.httpStatus})`);
    case "rate_limited":
      return notAttempted("rate_limited", failure.detail);
    case "unsent":
    case "unknown":
    case "payment_pending":
      return notAttempted("unreachable", failure.detail);
  }
}

function obstacle(
  input: ChargeInput,
  subscription: Subscription,
  listed: readonly DodoListedPayment[],
  now: Instant,
): ChargeOutcome | null {
  const debtKeyName = input.debt?.debtKeyName ?? null;
  const payments = listed
    .map((row) => paymentOf(row, now, debtKeyName))
    .filter((row) => row !== null);
  const own = payments.find(({ attemptKey }) => attemptKey === input.key);
  if (own !== undefined) return { kind: "accepted", paymentId: own.paymentId, adopted: true };
  if (subscription.optedOut) return notAttempted("opted_out", "metadata.reprise is off");
  if (subscription.cancelAtNextBillingDate) {
    return notAttempted("status_changed", "its cancellation is scheduled");
  }
  if (!isChargeableStatus(subscription.status) || subscription.status !== input.expectedStatus) {
    const detail = `${input.expectedStatus ?? "none"} became ${subscription.status ?? "none"}`;
    return notAttempted("status_changed", detail);
  }
  if (subscription.methodId !== null && input.blockedMethods.includes(subscription.methodId)) {
    return notAttempted("method_blocked", "the card on file is not charged again");
  }
  const { debt } = input;
  if (debt === null) return notAttempted("payment_exists", "nothing is owed any more");
  const unseen = input.via === "manual_retry" ? unseenPayment(input, debt, payments) : undefined;
  const inTheWay = payments.find((payment) => blocksCharge(payment, debt, now)) ?? unseen;
  if (inTheWay === undefined) return null;
  const status = inTheWay.status ?? "without a status";
  return notAttempted("payment_exists", `${inTheWay.paymentId} is ${status}`);
}

/** Dodo may have retried by itself, which the lean rows of a list do not tell. */
function unseenPayment(
  { knownPayments = [] }: ChargeInput,
  debt: DebtContext,
  payments: readonly Payment[],
): Payment | undefined {
  return payments.find(
    ({ paymentId, createdAt }) =>
      createdAt > debt.firstFailedAt &&
      !knownPayments.includes(paymentId) &&
      !debt.handledPayments.includes(paymentId),
  );
}

/** The request must leave soon after the look, soon after the start, and before the attempt is overdue. */
function tooLate(
  input: ChargeInput,
  clock: ChargeClock,
  started: Stamp,
  lookedAt: Stamp,
): ChargeOutcome | null {
  if (clock.now() > input.latestStartAt) {
    return notAttempted("overdue", "the attempt's latest start has passed");
  }
  if (ageMs(clock, lookedAt) > FRESH_MS) return notAttempted("stale", "reading took too long");
  if (ageMs(clock, started) > LEAVES_WITHIN_MS)
    return notAttempted("stale", "starting took too long");
  return null;
}

function stampOf(clock: ChargeClock): Stamp {
  return { wall: clock.now(), monotonic: clock.monotonicMs() };
}

/** By whichever clock says more: one stands still in a suspended machine, the other can be set back. */
function ageMs(clock: ChargeClock, since: Stamp): number {
  return Math.max(clock.now() - since.wall, clock.monotonicMs() - since.monotonic);
}

/** Our keys lie over the failed payment's metadata, so the merchant's own bookkeeping goes on. */
function metadataOf(
  input: ChargeInput,
  given: DodoPayment["metadata"],
): NonNullable<ChargeBody["metadata"]> {
  const own: Record<(typeof RESERVED_METADATA_KEYS)[number], string | number> = {
    recovery_id: input.recoveryId,
    recovery_attempt: input.key,
    retry_attempt: input.number,
  };
  const theirs = Object.entries(given ?? {}).filter(([name]) => !(name in own));
  const room = METADATA_PAIRS_MAX - Object.keys(own).length;
  return { ...Object.fromEntries(theirs.slice(0, room)), ...own };
}

function bodyOf(input: ChargeInput, metadata: DodoPayment["metadata"]): ChargeBody {
  const { description = null, feesInclusive = null, credits = null } = input.requested ?? {};
  return {
    product_price: input.amountMinor,
    product_currency: input.currency as NonNullable<ChargeBody["product_currency"]>,
    ...(description === null ? {} : { product_description: description }),
    ...(feesInclusive === null ? {} : { adaptive_currency_fees_inclusive: feesInclusive }),
    // Dodo does not say what it does unasked: the wallet is used where the merchant says so.
    customer_balance_config: {
      allow_customer_credits_usage: credits?.usage ?? false,
      ...(credits?.purchase == null ? {} : { allow_customer_credits_purchase: credits.purchase }),
    },
    metadata: metadataOf(input, metadata),
  };
}

function outcomeOf(failure: DodoFailure, clock: ChargeClock): ChargeOutcome {
  switch (failure.kind) {
    case "unsent":
      return notAttempted("unreachable", failure.detail);
    case "rate_limited":
      return notAttempted("rate_limited", failure.detail);
    case "payment_pending":
      return notAttempted("payment_pending", failure.detail);
    case "unauthorized":
      return notAttempted("unauthorized", `${failure.code} (HTTP ${failure.httpStatus})`);
    case "refused":
      return { kind: "refused", code: failure.code, httpStatus: failure.httpStatus };
    case "unknown":
      return unknown(failure.detail, clock);
  }
}

function notAttempted(
  why: NotAttemptedReason,
  detail: string,
): ChargeOutcome & { readonly kind: "not_attempted" } {
  return { kind: "not_attempted", why, detail };
}

function unknown(detail: string, clock: ChargeClock): ChargeOutcome {
  return { kind: "unknown", detail, sentNoLaterThan: clock.now() };
}
