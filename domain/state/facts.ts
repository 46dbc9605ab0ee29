import type { Policy } from "../policy.ts";
import type { EffectId, PaymentId } from "../values/ids.ts";
import { DAY_MS, type Instant } from "../values/time.ts";
import type { Attempt } from "./attempt.ts";
import type { AttentionCause } from "./attention.ts";
import type { EndedDebt } from "./debt.ts";
import type { EffectKind } from "./effect-kind.ts";
import type { NoticeKind } from "./notice.ts";
import { isSilent, type RecoveryState } from "./outcome.ts";
import { allowsCharges, awaitsPayment } from "./payment.ts";
import type { Recovery } from "./recovery.ts";

// Facts derived from a recovery's state; none of them is stored.

/** The state that people see. It is derived, so that it cannot contradict the fields it comes from. */
export function stateOf(recovery: Omit<Recovery, "state">): RecoveryState {
  if (recovery.attention.length > 0) return "needs_attention";
  if (recovery.paused !== null) return "paused";
  if (recovery.charge !== null) return "charging";
  if (recovery.opening !== null) return "opening";
  if (recovery.debt === null) return "ended";
  if (recovery.settlement !== null || recovery.closing !== null) return "reactivating";
  if (recovery.observing !== null) return "observing";
  if (recovery.plan !== null && recovery.customerAction === null) return "waiting";
  return "awaiting_customer";
}

/** The latest end of a debt: in this run, else in an earlier one that ended it as `exhausted`; null where none is known. */
export function latestEndOf(
  { ended, exhaustedDebts }: Pick<Recovery, "ended" | "exhaustedDebts">,
  debtId: string,
): EndedDebt | null {
  const isOfDebt = (end: EndedDebt): boolean => end.debtId === debtId;
  return ended.findLast(isOfDebt) ?? exhaustedDebts.find(isOfDebt) ?? null;
}

/** The number of the attempt that a retry would make now: the one in flight, else the next one. */
export function nextAttemptNumber(recovery: Recovery): number {
  return recovery.charge?.number ?? (latestAttempt(recovery)?.number ?? 0) + 1;
}

/** Nothing is owed or being opened, no requested charge waits, no payment is followed, and no effect is pending. */
export function isOver(recovery: Recovery): boolean {
  return (
    recovery.debt === null &&
    recovery.opening === null &&
    recovery.chargeRequests.length === 0 &&
    recovery.releasedPayments.length === 0 &&
    Object.keys(recovery.pendingEffects).length === 0
  );
}

export function isPending(recovery: Recovery, kind: EffectKind): boolean {
  return Object.values(recovery.pendingEffects).some((effect) => effect.kind === kind);
}

/** The recovery as if the effect had ended, or had not been started. */
export function withoutEffect(recovery: Recovery, id: EffectId): Recovery {
  const { [id]: _, ...pendingEffects } = recovery.pendingEffects;
  return { ...recovery, pendingEffects };
}

export function latestAttempt(recovery: Recovery): Attempt | null {
  return recovery.attempts.at(-1) ?? null;
}

/** The first attempt of a requested charge succeeded, and the customer got no notice: not a recovery. */
export function wasCollectedAtOnce({ debt, settlement, attempts, notices }: Recovery): boolean {
  const isDeclined = attempts.some(({ result }) => result === "declined");
  return (
    debt?.requested !== undefined &&
    settlement?.by === "attempt" &&
    !isDeclined &&
    notices.length === 0
  );
}

/** The payment method that a charge would use now, by the last read. */
export function currentMethodId(recovery: Recovery): string | null {
  return recovery.subscription?.methodId ?? latestAttempt(recovery)?.methodId ?? null;
}

/** The current payment method had a `never` decline. */
export function isMethodBlocked(recovery: Recovery): boolean {
  const method = currentMethodId(recovery);
  return method !== null && recovery.blockedMethods.includes(method);
}

export function hasAttention(recovery: Recovery, cause: AttentionCause): boolean {
  return recovery.attention.some((question) => question.cause === cause);
}

/** Nothing is sent, so every payment made meanwhile is made by others. */
export function isShadow(recovery: Recovery): boolean {
  return recovery.mode === "shadow";
}

/** Nothing is sent, and the merchant's own charges follow the advice. */
export function isAdvising(recovery: Recovery): boolean {
  return recovery.mode === "advise";
}

/** Nothing is sent to Dodo or to customers. */
export function sendsNothing({ mode }: Recovery): boolean {
  return mode !== null && isSilent(mode);
}

/**
 * What to presume of an unattributed payment. In shadow mode it pays this debt, as Reprise charges nothing. So does a
 * payment of a scheduled subscription, which has one open invoice at a time. In advise mode the merchant's charges carry the key.
 */
export function unattributedPaymentPolicy(recovery: Recovery): Policy["foreignCharges"] {
  const { subscription, policy } = recovery;
  if (isShadow(recovery) || subscription?.onDemand === false) return "same_debt";
  return policy?.foreignCharges ?? "ask";
}

/** An attempt that Reprise made: neither the first charge nor a retry by the merchant or Dodo. */
export function isOurAttempt({ trigger }: Attempt): boolean {
  return trigger !== "charge" && trigger !== "renewal";
}

/**
 * True where the subscription can be charged, by the last read. A scheduled subscription is charged by Dodo's manual
 * retry, which requires a hold.
 * @source docs/dodo/charging.md, "Chargeable statuses"; docs/dodo/retries-and-dunning.md, "Manual retry"
 */
export function isChargeable({ subscription }: Recovery): boolean {
  // Neither flag may be unknown: absent is not false.
  if (subscription === null || subscription.cancelAtNextBillingDate !== false) return false;
  if (subscription.onDemand === null) return false;
  return subscription.onDemand
    ? allowsCharges(subscription.access)
    : subscription.access === "held";
}

/**
 * It is unknown what a charge of the current debt would have to ask for. Dodo's manual retry of a scheduled subscription names
 * no amount.
 */
export function isPriceUnknown({ debt, subscription }: Recovery): boolean {
  return debt !== null && debt.priceMinor === null && subscription?.onDemand !== false;
}

/** The subscription is `on_hold` or `past_due`, by the last read. */
export function isHeld(recovery: Recovery): boolean {
  return recovery.subscription !== null && awaitsPayment(recovery.subscription.access);
}

/** The key of a notice within its debt. No key is sent twice. */
export function noticeKey(kind: NoticeKind, detail: string | number | null): string {
  return detail === null ? kind : `${kind}.${detail}`;
}

/** The payments of these attempts. Shadowed attempts have none. */
export function paymentIdsOf(attempts: readonly Attempt[]): PaymentId[] {
  return attempts.map(({ paymentId }) => paymentId).filter((id) => id !== null);
}

/** For so long after an import the customer gets one mail at most, and the schedule charges nothing. */
export const IMPORT_QUIET_MS = DAY_MS;

/** The end of the first day after an import; null where the debt was not imported. */
export function importQuietEndsAt({ imported }: Recovery): Instant | null {
  return imported === null ? null : imported.at + IMPORT_QUIET_MS;
}

/** The next notice starts no earlier: a customer gets one mail in the first day after an import. */
export function quietUntil(recovery: Recovery): Instant {
  return recovery.noticesDelivered === 0 ? 0 : (importQuietEndsAt(recovery) ?? 0);
}

/** The customer has had no mail about the imported debt, which may be old: nothing is charged before the first one. */
export function isUnannouncedImport({ imported, noticesDelivered }: Recovery): boolean {
  return imported !== null && noticesDelivered === 0;
}

/** The customer is asked first, and nothing is charged by the schedule: the import was of an old debt. */
export function isOldImport({ imported, debt }: Recovery, maxDebtAgeMs: number): boolean {
  if (imported === null || debt === null || imported.retry) return false;
  return imported.at - debt.firstFailedAt > maxDebtAgeMs;
}

/** While any of these holds, no charge starts and no notice is sent. */
export function isBlocked(recovery: Recovery): boolean {
  return (
    recovery.debt === null ||
    recovery.charge !== null ||
    recovery.settlement !== null ||
    recovery.closing !== null ||
    recovery.paused !== null ||
    recovery.attention.length > 0 ||
    recovery.paymentLink !== null ||
    recovery.opening !== null ||
    // A follow-up, a read or a cancellation is under way; its result comes first.
    recovery.followUp !== null ||
    isPending(recovery, "read") ||
    isPending(recovery, "cancel")
  );
}
