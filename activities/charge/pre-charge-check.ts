import {
  type DodoFailure,
  failureOf,
  type ManualRetryState,
  type Metadata,
  type RecoveryPort,
} from "../../dodo/port.ts";
import { withEarlierKeys } from "../../domain/charge/earlier-charges.ts";
import { blocksCharge, type DebtContext, isReleased } from "../../domain/debt/attribution.ts";
import { describeReplacement } from "../../domain/debt/replacement.ts";
import type {
  ChargeOutcome,
  CustomerPaymentsUnknown,
  Replacement,
} from "../../domain/state/event.ts";
import {
  allowsCharges,
  describeStatus,
  type Payment,
  type Subscription,
} from "../../domain/state/payment.ts";
import type { PaymentId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import { findReplacement, listCustomerPayments } from "../evidence/find-replacement.ts";
import type { EarlierRunsReader } from "../evidence/read-dodo.ts";
import type { ChargeInput } from "./charge-input.ts";
import { obstacleInEarlierRuns, readSince } from "./earlier-runs-check.ts";
import { notAttempted, notAttemptedBy } from "./not-attempted.ts";

/** Clocks differ, so payments are read from a little before the debt's first failure. */
const LOOK_BACK_MS = 60_000;

export type PreChargeCheck =
  | {
      readonly kind: "clear";
      /** The merchant's metadata, for the charge. */
      readonly metadata: Metadata;
      /** The payment for Dodo's manual retry to repeat; null: a charge of our own. */
      readonly retryOf: PaymentId | null;
      /** Why the customer's payments show nothing; null where they were judged, or not looked at. */
      readonly customerPaymentsUnknown: CustomerPaymentsUnknown | null;
    }
  | { readonly kind: "stop"; readonly outcome: ChargeOutcome };

/**
 * Reads Dodo and the earlier runs right before the POST, and checks that the debt is still owed and that this attempt may
 * charge it.
 */
export async function preChargeCheck(
  input: ChargeInput,
  dodo: RecoveryPort,
  readEarlierRuns: EarlierRunsReader,
  now: Instant,
): Promise<PreChargeCheck> {
  const earlier = await readEarlierRuns(input.recoveryId).catch(() => null);
  if (earlier === null) {
    const outcome = notAttempted("unreachable", "Temporal did not show the earlier runs");
    return { kind: "stop", outcome };
  }
  const from = input.debt?.firstFailedAt ?? input.at;
  const since = readSince(from, earlier, { now, settleMs: input.settleMs }) - LOOK_BACK_MS;
  const options = { tries: "once", debtKeyName: input.debt?.debtKeyName ?? null } as const;
  try {
    const { replacement } = input;
    const { releasedPayments: released = [], releasedElsewhere = [] } = input.debt ?? {};
    const claims = [...released.map(({ paymentId }) => paymentId), ...releasedElsewhere];
    const [subscription, listed, ofCustomer, claimed] = await Promise.all([
      dodo.subscription(input.subscriptionId, { tries: "once" }),
      dodo.paymentsWithMetadata(input.subscriptionId, since, options),
      replacement === undefined ? null : listCustomerPayments(replacement, dodo, "once"),
      Promise.all(claims.map(async (paymentId) => await dodo.payment(paymentId, options))),
    ]);
    const payments = withEarlierKeys(
      listed.map(({ payment }) => payment),
      earlier.earlierCharges,
    );
    const found =
      obstacleInEarlierRuns(input, earlier, payments, now) ??
      obstacle(input, subscription, payments, claimed, now);
    if (found !== null) return { kind: "stop", outcome: found };
    const search =
      replacement === undefined || ofCustomer === null
        ? null
        : await findReplacement(ofCustomer, subscription, replacement, dodo, "once");
    if (search?.kind === "found") return { kind: "stop", outcome: replaced(search.replacement) };
    const customerPaymentsUnknown = search?.kind === "unknown" ? search.why : null;
    const { failedPaymentId } = input;
    const retryOf = input.via === "manual_retry" ? failedPaymentId : null;
    if (retryOf !== null) {
      const refusal = retryRefusal(await dodo.manualRetryState(retryOf));
      if (refusal !== null) return { kind: "stop", outcome: refusal };
    }
    if (input.requested !== undefined || failedPaymentId === null) {
      const metadata = input.requested?.metadata ?? {};
      return { kind: "clear", metadata, retryOf, customerPaymentsUnknown };
    }
    // A payment that is older than the list is read by its id.
    const failed = listed.find(({ payment }) => payment.paymentId === failedPaymentId);
    const metadata = failed?.metadata ?? (await dodo.paymentMetadata(failedPaymentId, "once"));
    return { kind: "clear", metadata, retryOf, customerPaymentsUnknown };
  } catch (error) {
    return { kind: "stop", outcome: unreadable(failureOf(error)) };
  }
}

/** An operator confirmed that it is dead while it waited for a person. It has changed, so that may be wrong. */
function noLongerReleased(payment: Payment): ChargeOutcome {
  const detail = `${payment.paymentId} is ${describeStatus(payment)}`;
  return notAttempted("released_payment_changed", detail);
}

function replaced(replacement: Replacement): ChargeOutcome {
  return { ...notAttempted("replaced", describeReplacement(replacement)), replacement };
}

function retryRefusal(state: ManualRetryState): ChargeOutcome | null {
  switch (state.kind) {
    case "ready":
      return null;
    case "cooling_down":
      return { ...notAttempted("cooling_down", state.reason), until: state.until };
    case "payment_pending":
      return notAttempted("payment_pending", state.reason);
    case "not_retryable":
      return notAttempted("not_retryable", state.reason);
  }
}

/** No charge has left, so the attempt stays due. */
function unreadable(failure: DodoFailure): ChargeOutcome {
  switch (failure.kind) {
    case "unauthorized":
      return notAttemptedBy("unauthorized", failure);
    case "refused":
      return notAttemptedBy("not_found", failure);
    case "rate_limited":
      return notAttemptedBy("rate_limited", failure.answer);
    case "payment_pending":
      return notAttemptedBy("unreachable", failure.answer);
    case "unsent":
    case "unknown":
      return notAttempted("unreachable", failure.detail);
  }
}

/**
 * The reason to stop this attempt; null if there is none.
 * @param claimed the released payments, read by id: a list may lag
 */
function obstacle(
  input: ChargeInput,
  subscription: Subscription,
  payments: readonly Payment[],
  claimed: readonly Payment[],
  now: Instant,
): ChargeOutcome | null {
  const own = payments.find(({ attemptKey }) => attemptKey === input.key);
  if (own !== undefined) return { kind: "accepted", paymentId: own.paymentId, adopted: true };
  const { releasedPayments = [] } = input.debt ?? {};
  const changed = claimed.find(
    (payment) =>
      releasedPayments.some(({ paymentId }) => paymentId === payment.paymentId) &&
      !isReleased(payment, releasedPayments),
  );
  if (changed !== undefined) return noLongerReleased(changed);
  if (subscription.optedOut) return notAttempted("opted_out", "metadata.reprise is off");
  if (subscription.cancelAtNextBillingDate !== false) {
    return notAttempted("status_changed", "its cancellation is, or may be, scheduled");
  }
  if (subscription.onDemand === null) {
    return notAttempted("status_changed", "it may not be on-demand");
  }
  const { access } = subscription;
  if (!allowsCharges(access) || access !== input.expectedAccess) {
    return notAttempted("status_changed", `the subscription is ${describeStatus(subscription)}`);
  }
  if (subscription.methodId !== null && input.blockedMethods.includes(subscription.methodId)) {
    return notAttempted("method_blocked", "the card on file is not charged again");
  }
  const { debt } = input;
  if (debt === null) return notAttempted("payment_exists", "nothing is owed any more");
  const unseen = input.via === "manual_retry" ? unseenPayment(input, debt, payments) : undefined;
  // A payment released for another debt may be older than the list.
  const inTheWay = [...payments, ...claimed].find((one) => blocksCharge(one, debt, now)) ?? unseen;
  if (inTheWay === undefined) return null;
  return notAttempted("payment_exists", `${inTheWay.paymentId} is ${describeStatus(inTheWay)}`);
}

/** A payment that may be Dodo's own retry: lists do not show which payments are. */
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
