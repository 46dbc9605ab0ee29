import { type ListedPayments, unlistedCharges } from "../../domain/charge/earlier-charges.ts";
import type { ChargeOutcome } from "../../domain/state/event.ts";
import type {
  EarlierCharge,
  EarlierPage,
  EarlierRuns,
  Payment,
} from "../../domain/state/payment.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { ChargeInput } from "./charge-input.ts";
import { notAttempted } from "./not-attempted.ts";

/** The detail of an outcome that is unknown because of an earlier run. */
export const SENT_EARLIER = "an earlier run may have sent it";

/** A payment of a stopped run that may exist although Dodo does not list it yet; null where there is none. */
export type UnlistedPayment =
  | { readonly kind: "charge"; readonly charge: EarlierCharge }
  | { readonly kind: "page"; readonly page: EarlierPage };

export function unlistedPayment(
  { earlierCharges = [], earlierPages = [] }: EarlierRuns,
  list: ListedPayments,
): UnlistedPayment | null {
  const charge = unlistedCharges(earlierCharges, list).at(-1);
  if (charge !== undefined) return { kind: "charge", charge };
  const { payments, readAt, settleMs } = list;
  const page = earlierPages.find(
    ({ paymentId, createdAt }) =>
      readAt < createdAt + settleMs && !payments.some((payment) => payment.paymentId === paymentId),
  );
  return page === undefined ? null : { kind: "page", page };
}

/** From when on payments are read: a charge of another debt may be older than this debt. */
export function readSince(
  since: Instant,
  { earlierCharges = [], earlierPages = [] }: EarlierRuns,
  { now, settleMs }: { readonly now: Instant; readonly settleMs: number },
): Instant {
  const charges = earlierCharges.filter(({ sentNoLaterThan }) => now < sentNoLaterThan + settleMs);
  const pages = earlierPages.filter(({ createdAt }) => now < createdAt + settleMs);
  return Math.min(
    since,
    ...charges.map(({ startedAt }) => startedAt),
    ...pages.map(({ createdAt }) => createdAt),
  );
}

/**
 * The reason in earlier runs to stop this attempt; null if there is none. A run that was reset repeats what it did before,
 * and Dodo's list may not show that yet.
 *
 * @param payments those that Dodo lists now
 * @param now when they were read
 * @source docs/RECOVERY.md, "Terminate and Reset"
 */
export function obstacleInEarlierRuns(
  input: ChargeInput,
  earlier: EarlierRuns,
  payments: readonly Payment[],
  now: Instant,
): ChargeOutcome | null {
  if (input.mode === "shadow") return null;
  const { key, debt, settleMs, confirmedAbsentUpTo } = input;
  const list = { payments, readAt: now, settleMs, confirmedAbsentUpTo };
  const same = unlistedCharges(earlier.earlierCharges ?? [], list).findLast(
    (charge) => charge.key === key,
  );
  if (same !== undefined) {
    const { paymentId, sentNoLaterThan } = same;
    if (paymentId !== null) return { kind: "accepted", paymentId, adopted: true };
    return { kind: "unknown", detail: SENT_EARLIER, sentNoLaterThan };
  }
  const other = unlistedPayment(earlier, list);
  if (other?.kind === "charge") {
    return notAttempted("earlier_charge", `an earlier run may have sent ${other.charge.key}`);
  }
  if (other?.kind === "page") {
    const { paymentId } = other.page;
    return notAttempted("payment_exists", `${paymentId}, a payment page, is not listed yet`);
  }
  // A listed payment of this attempt is followed, whatever another run made of it.
  if (payments.some(({ attemptKey }) => attemptKey === key)) return null;
  if (debt !== null && earlier.endedDebts.includes(debt.debtId)) {
    return notAttempted("ended_earlier", `another run has ended ${debt.debtId}`);
  }
  return null;
}
