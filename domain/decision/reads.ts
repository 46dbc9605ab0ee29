import type { Policy } from "../policy.ts";
import type { Attempt } from "../state/attempt.ts";
import { isPending, isPriceUnknown } from "../state/facts.ts";
import type { SubscriptionAccess } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import type { PaymentId } from "../values/ids.ts";
import { DAY_MS, HOUR_MS, type Instant } from "../values/time.ts";
import { type DecisionDraft, explain, startEffect, update } from "./draft.ts";
import type { ReadEffect } from "./effect.ts";

/** An opening reads further back, to tell a hold from an old debt from a hold without a debt. */
const OPENING_LOOKBACK_MS = 60 * DAY_MS;

/** An import opens debts of any age up to this; a mandate may be charged for about a year after it was last used. */
export const IMPORT_LOOKBACK_MS = 365 * DAY_MS;

export const importReadSince = (at: Instant): Instant => at - IMPORT_LOOKBACK_MS - HOUR_MS;

/** The cap on charges needs 30 days of payments; the debt needs all since its first failure. */
function readSince(recovery: Recovery, policy: Policy, now: Instant): Instant {
  const { opening, imported } = recovery;
  if (opening !== null && imported !== null) return importReadSince(imported.at);
  const lookbackMs = opening === null ? 0 : OPENING_LOOKBACK_MS;
  const since = (opening?.since ?? now) - Math.max(30 * DAY_MS, policy.windowMs) - lookbackMs;
  return Math.min(since, recovery.debt?.firstFailedAt ?? since) - HOUR_MS;
}

/**
 * Reads Dodo now, or once more after the read that is pending.
 * @param why the reason as a short phrase, shown in the Temporal Web UI
 */
export function startRead(draft: DecisionDraft, why: string): void {
  const { recovery, policy, now } = draft;
  if (isPending(recovery, "read")) {
    update(draft, { rereadNeeded: true, hintedAccess: null });
    return;
  }
  startEffect(draft, { kind: "read", ...readOf(recovery, policy, now), why });
  update(draft, { rereadNeeded: false, hintedAccess: null });
}

/** As `startRead`, after a webhook about the subscription: the pending read may already show what that says. */
export function startHintedRead(
  draft: DecisionDraft,
  access: SubscriptionAccess,
  why: string,
): void {
  const { rereadNeeded, hintedAccess } = draft.recovery;
  const isOnlyHint = !rereadNeeded || hintedAccess === access;
  startRead(draft, why);
  if (isOnlyHint && draft.recovery.rereadNeeded) update(draft, { hintedAccess: access });
}

/**
 * The debt is paid and waits only for its subscription, and the read shows the status that the webhook named: active.
 * Any other webhook calls for a read that begins after it.
 */
export function showsWhatWasHinted(recovery: Recovery, access: SubscriptionAccess): boolean {
  const { rereadNeeded, hintedAccess, settlement } = recovery;
  return rereadNeeded && settlement !== null && access === "current" && hintedAccess === access;
}

/** What a read has to find out. */
export function readOf(
  recovery: Recovery,
  policy: Policy,
  now: Instant,
): Omit<ReadEffect, "id" | "kind" | "why"> {
  const paymentIds = [
    ...(recovery.opening?.reportedPayments ?? []),
    ...recovery.paymentsToAttribute,
    ...[
      recovery.charge?.paymentId,
      recovery.paymentLink?.paymentId,
      recovery.waitingPayment?.paymentId,
      ...recovery.releasedPayments.map(({ paymentId }) => paymentId),
    ].filter((id) => id != null),
  ];
  const endedPayments = attemptsWithResult(recovery)
    .filter(({ result }) => result !== "released")
    .flatMap(({ paymentId }) => paymentId ?? []);
  return {
    since: readSince(recovery, policy, now),
    paymentIds: [...new Set(paymentIds)],
    endedPayments,
    ...(policy.debtKey === null ? {} : { debtKeyName: policy.debtKey }),
    ...(lineItemsOf(recovery).length === 0 ? {} : { lineItemsOf: lineItemsOf(recovery) }),
    // An opening's first read may find that nothing is owed, so it leaves them out.
    ...((recovery.opening?.reads ?? 0) > 0 ? { withDisputes: true } : {}),
  };
}

/**
 * The attempts whose payments are not read by id again. The first payment of a debt tells its price, and of a scheduled
 * subscription Dodo's retries. An opening reads everything.
 */
function attemptsWithResult({
  attempts,
  ended,
  debt,
  opening,
  subscription,
}: Recovery): readonly Attempt[] {
  const [first, ...later] = attempts;
  const isFirstRead = debt?.priceMinor != null && subscription?.onDemand === true;
  return [
    ...(first?.result === "declined" && isFirstRead ? [first] : []),
    ...later,
    ...(opening === null ? ended.flatMap((end) => end.attempts) : []),
  ];
}

/** The payments of which only the line items may show the price. */
function lineItemsOf(recovery: Recovery): readonly PaymentId[] {
  const { debt, opening } = recovery;
  const failed = isPriceUnknown(recovery) ? (debt?.failedPaymentId ?? null) : null;
  return [...(opening?.lineItemsOf ?? []), ...(failed === null ? [] : [failed])];
}

/** The time of the next follow-up; the gaps grow with each read. @param reads how many reads there were */
export function followUpAt(draft: DecisionDraft, reads: number): Instant {
  const { followUpMs } = draft.policy.retry;
  return draft.now + Math.max(followUpMs[Math.min(reads, followUpMs.length - 1)] ?? 0, 1);
}

/** Reads Dodo and records it as a follow-up. */
export function readNow(draft: DecisionDraft, why: string): void {
  explain(draft, "follow_up.read", `Dodo is read: ${why}`);
  startRead(draft, why);
}
