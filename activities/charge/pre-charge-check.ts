import {
  type DodoFailure,
  failureOf,
  type ManualRetryState,
  type Metadata,
  type RecoveryPort,
} from "../../dodo/port.ts";
import { blocksCharge, type DebtContext } from "../../domain/debt/attribution.ts";
import type { ChargeOutcome } from "../../domain/state/event.ts";
import { allowsCharges, type Payment, type Subscription } from "../../domain/state/payment.ts";
import type { PaymentId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { EarlierRunsReader } from "../evidence/read-dodo.ts";
import type { ChargeInput } from "./charge-input.ts";
import { obstacleInEarlierRuns, readSince } from "./earlier-runs-check.ts";
import { notAttempted } from "./not-attempted.ts";

/** Clocks differ, so payments are read from a little before the debt's first failure. */
const LOOK_BACK_MS = 60_000;

export type PreChargeCheck =
  | {
      readonly kind: "clear";
      /** The merchant's metadata, for the charge. */
      readonly metadata: Metadata;
      /** The payment for Dodo's manual retry to repeat; null: a charge of our own. */
      readonly retryOf: PaymentId | null;
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
    const [subscription, listed] = await Promise.all([
      dodo.subscription(input.subscriptionId, { tries: "once" }),
      dodo.paymentsWithMetadata(input.subscriptionId, since, options),
    ]);
    const payments = listed.map(({ payment }) => payment);
    const found =
      obstacleInEarlierRuns(input, earlier, payments, now) ??
      obstacle(input, subscription, payments, now);
    if (found !== null) return { kind: "stop", outcome: found };
    const { failedPaymentId } = input;
    const retryOf = input.via === "manual_retry" ? failedPaymentId : null;
    if (retryOf !== null) {
      const refusal = retryRefusal(await dodo.manualRetryState(retryOf));
      if (refusal !== null) return { kind: "stop", outcome: refusal };
    }
    if (input.requested !== undefined || failedPaymentId === null) {
      return { kind: "clear", metadata: input.requested?.metadata ?? {}, retryOf };
    }
    // A payment that is older than the list is read by its id.
    const failed = listed.find(({ payment }) => payment.paymentId === failedPaymentId);
    const metadata = failed?.metadata ?? (await dodo.paymentMetadata(failedPaymentId, "once"));
    return { kind: "clear", metadata, retryOf };
  } catch (error) {
    return { kind: "stop", outcome: unreadable(failureOf(error)) };
  }
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

/** The reason to stop this attempt; null if there is none. */
function obstacle(
  input: ChargeInput,
  subscription: Subscription,
  payments: readonly Payment[],
  now: Instant,
): ChargeOutcome | null {
  const own = payments.find(({ attemptKey }) => attemptKey === input.key);
  if (own !== undefined) return { kind: "accepted", paymentId: own.paymentId, adopted: true };
  if (subscription.optedOut) return notAttempted("opted_out", "metadata.reprise is off");
  if (subscription.cancelAtNextBillingDate) {
    return notAttempted("status_changed", "its cancellation is scheduled");
  }
  const { access, dodoStatus } = subscription;
  if (!allowsCharges(access) || access !== input.expectedAccess) {
    const status = dodoStatus ?? "without a status";
    return notAttempted("status_changed", `the subscription is ${status}`);
  }
  if (subscription.methodId !== null && input.blockedMethods.includes(subscription.methodId)) {
    return notAttempted("method_blocked", "the card on file is not charged again");
  }
  const { debt } = input;
  if (debt === null) return notAttempted("payment_exists", "nothing is owed any more");
  const unseen = input.via === "manual_retry" ? unseenPayment(input, debt, payments) : undefined;
  const inTheWay = payments.find((payment) => blocksCharge(payment, debt, now)) ?? unseen;
  if (inTheWay === undefined) return null;
  const status = inTheWay.dodoStatus ?? "without a status";
  return notAttempted("payment_exists", `${inTheWay.paymentId} is ${status}`);
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
