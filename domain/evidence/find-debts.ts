import { distinctDebtKey } from "../debt/attribution.ts";
import type { DebtPayments } from "../debt/debt-of-payments.ts";
import { isSameAmount } from "../debt/price.ts";
import { closedPaymentIds } from "../debt/result.ts";
import type { DecisionDraft } from "../decision/draft.ts";
import { IMPORT_LOOKBACK_MS } from "../decision/reads.ts";
import type { Alert } from "../state/alert.ts";
import type { NothingOwedCause } from "../state/debt.ts";
import { unattributedPaymentPolicy } from "../state/facts.ts";
import {
  canOpenDebt,
  type Evidence,
  hasAmount,
  isNumberedRetry,
  type Payment,
  type PaymentWithAmount,
  type Subscription,
} from "../state/payment.ts";
import { debtIdOf, parseAttemptKey, type PaymentId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";

/** What an opening finds in a read. */
export type OpeningFinding =
  /** `isKnown`: earlier or old debts explain a hold. */
  | { readonly kind: "none"; readonly cause: NothingOwedCause; readonly isKnown: boolean }
  | {
      readonly kind: "unclear";
      readonly alert: Alert;
      readonly candidates: readonly PaymentId[];
    }
  /** Oldest first: one is collected at a time. */
  | {
      readonly kind: "debts";
      readonly current: DebtPayments;
      readonly queued: readonly DebtPayments[];
    };

/** The unpaid failed payments grouped by debt; or why there are none, or why what is owed is unclear. */
export function findDebts(evidence: Evidence, draft: DecisionDraft): OpeningFinding {
  const { payments, subscription } = evidence;
  const ended = new Set<string>([
    ...evidence.endedDebts,
    ...closedPaymentIds({
      debts: draft.recovery.ended,
      handledPayments: draft.recovery.handledPayments,
    }),
  ]);
  const failures = payments
    .filter((payment) => couldBeOwed(payment, draft))
    .filter((payment) => !ended.has(payment.paymentId))
    .filter((payment) => !isRetryOfEnded(payment, payments, ended));
  const candidates = failures.map(({ paymentId }) => paymentId);
  const unpriced = payments.find(
    (one) =>
      one.totalMinor === null &&
      one.attemptKey === null &&
      one.createdAt >= earliestDebtAt(draft) &&
      !ended.has(one.paymentId),
  );
  if (unpriced !== undefined) {
    const { paymentId } = unpriced;
    return { kind: "unclear", alert: { cause: "unknown_amount", paymentId }, candidates };
  }
  const multi = failures.find((payment) => payment.isMultiSubscription);
  if (multi !== undefined) {
    const { paymentId } = multi;
    return { kind: "unclear", alert: { cause: "multi_subscription", paymentId }, candidates };
  }
  const owed = unsettled(failures, payments, subscription, draft);
  const [current, ...queued] = groupsOf(owed, payments, subscription, draft);
  if (current === undefined) {
    if (failures.length > 0) return { kind: "none", cause: "paid_since", isKnown: ended.size > 0 };
    if (ended.size > 0) return { kind: "none", cause: "ended_earlier", isKnown: true };
    const isOld = payments.some(
      (payment) => canOpenDebt(payment) && payment.createdAt < earliestDebtAt(draft),
    );
    return { kind: "none", cause: isOld ? "too_old" : "no_failure", isKnown: isOld };
  }
  if (queued.length > 0 && !areDistinguishable([current, ...queued], subscription, draft)) {
    const paymentIds = owed.map(({ paymentId }) => paymentId);
    return { kind: "unclear", alert: { cause: "several_failures", paymentIds }, candidates };
  }
  return { kind: "debts", current, queued };
}

/** A retry of a renewal whose debt has ended. A debt ends once. */
function isRetryOfEnded(
  payment: Payment,
  payments: readonly Payment[],
  ended: ReadonlySet<string>,
): boolean {
  const renewal = renewalOf(payment, payments);
  return renewal !== undefined && ended.has(renewal.paymentId);
}

/** The renewal that Dodo retried by this payment, also where it succeeded late; undefined where the payment is no retry. */
function renewalOf(payment: Payment, payments: readonly Payment[]): Payment | undefined {
  if (!isNumberedRetry(payment)) return undefined;
  return payments.findLast(
    (one) =>
      one.createdAt < payment.createdAt &&
      one.retryAttempt === 0 &&
      one.attemptKey === null &&
      one.isMethodUpdate !== true &&
      hasAmount(one),
  );
}

/**
 * Groups failures by debt: retries with their renewal, others by `debt_key`, else by amount, unless each failure is a debt of its
 * own.
 */
function groupsOf(
  owed: readonly PaymentWithAmount[],
  payments: readonly Payment[],
  subscription: Subscription,
  draft: DecisionDraft,
): DebtPayments[] {
  const groups: { readonly first: PaymentWithAmount; readonly retries: PaymentWithAmount[] }[] = [];
  for (const payment of owed) {
    const renewal = renewalOf(payment, payments);
    const group = groups.find(
      ({ first, retries }) =>
        first.paymentId === renewal?.paymentId ||
        [first, ...retries].some((one) => isSameDebt(one, payment, subscription, draft)),
    );
    if (group === undefined) groups.push({ first: payment, retries: [] });
    else group.retries.push(payment);
  }
  return groups;
}

function isSameDebt(
  one: Payment,
  other: Payment,
  subscription: Subscription,
  draft: DecisionDraft,
): boolean {
  const [key, otherKey] = [one, other].map((payment) =>
    distinctDebtKey(payment, subscription.debtKey),
  );
  if (key !== null || otherKey !== null) return key === otherKey;
  return !areSeparate(draft) && isSameAmount(one, other, subscription);
}

/** Several debts can queue where their keys, the policy or a person tell them apart. */
function areDistinguishable(
  groups: readonly DebtPayments[],
  subscription: Subscription,
  draft: DecisionDraft,
): boolean {
  const unnamed = groups.filter(
    ({ first }) => distinctDebtKey(first, subscription.debtKey) === null,
  );
  return areSeparate(draft) || unnamed.length === 0;
}

function areSeparate({ recovery }: DecisionDraft): boolean {
  return (
    recovery.opening?.areSeparate === true || unattributedPaymentPolicy(recovery) === "new_debt"
  );
}

/** A failed payment within the window that is no attempt of ours and no mere change of the method. */
function couldBeOwed(payment: Payment, draft: DecisionDraft): payment is PaymentWithAmount {
  return canOpenDebt(payment) && payment.createdAt >= earliestDebtAt(draft);
}

/** Failures before this were too old to open a debt when the opening began. An unanswered question makes no failure older. */
function earliestDebtAt({ now, policy, recovery }: DecisionDraft): Instant {
  if (recovery.imported !== null) return recovery.imported.at - IMPORT_LOOKBACK_MS;
  return (recovery.opening?.since ?? now) - policy.windowMs;
}

/** The failures that were not paid since. A retry is paid with its renewal. */
function unsettled(
  failures: readonly PaymentWithAmount[],
  payments: readonly Payment[],
  subscription: Subscription,
  draft: DecisionDraft,
): readonly PaymentWithAmount[] {
  const used = new Set<PaymentId>();
  const settled = new Map<PaymentId, boolean>();
  return failures.filter((payment) => {
    const original = renewalOf(payment, payments) ?? payment;
    const { paymentId, state } = original;
    const isPaid =
      settled.get(paymentId) ??
      (state === "succeeded" || isSettled(original, { payments, used }, subscription, draft));
    settled.set(paymentId, isPaid);
    return !isPaid;
  });
}

/**
 * Was the failure paid since? By an attempt under its key, by a changed method (Dodo collects the dues), by a later payment
 * with the same `debt_key`, or, without keys, by a payment that the policy presumes to be for it.
 *
 * @param used payments that settle other failures: where each failure is a debt of its own, a payment settles one
 */
function isSettled(
  failed: Payment,
  { payments, used }: { readonly payments: readonly Payment[]; readonly used: Set<PaymentId> },
  subscription: Subscription,
  draft: DecisionDraft,
): boolean {
  const failedKey = distinctDebtKey(failed, subscription.debtKey);
  return payments.some((payment) => {
    if (payment.state !== "succeeded" || payment.createdAt < failed.createdAt) return false;
    const attempt = parseAttemptKey(payment.attemptKey);
    if (attempt?.debtId === debtIdOf(failed.paymentId)) return true;
    if (renewalOf(payment, payments)?.paymentId === failed.paymentId) return hasAmount(payment);
    if (payment.isMethodUpdate === true) return hasAmount(payment);
    // Attempts carry the failed payment's metadata, so the key of a paid attempt settles other tries of its debt.
    const key = distinctDebtKey(payment, subscription.debtKey);
    if (key !== null && failedKey !== null) return key === failedKey;
    if (attempt !== null) return false;
    switch (unattributedPaymentPolicy(draft.recovery)) {
      case "same_debt":
        return hasAmount(payment);
      case "new_debt":
        return false;
      case "ask":
        if (areSeparate(draft) && used.has(payment.paymentId)) return false;
        if (!isSameAmount(payment, failed, subscription)) return false;
        used.add(payment.paymentId);
        return true;
    }
  });
}
