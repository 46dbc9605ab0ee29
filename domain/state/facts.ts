import type { Policy } from "../policy.ts";
import type { PaymentId } from "../values/ids.ts";
import type { Attempt } from "./attempt.ts";
import type { AttentionCause } from "./attention.ts";
import type { EffectKind } from "./effect-kind.ts";
import type { NoticeKind } from "./notice.ts";
import type { RecoveryState } from "./outcome.ts";
import { isChargeableStatus, isHeldStatus } from "./payment.ts";
import type { Recovery } from "./recovery.ts";

// What follows from a recovery's state: derived, never stored.

/** The state a person sees. Derived from what is known, so that no impossible mixture can be stored. */
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

/** Nothing is owed any more, nothing is being looked for, and no effect is under way. */
export function isOver(recovery: Recovery): boolean {
  return (
    recovery.debt === null &&
    recovery.opening === null &&
    recovery.chargeRequests.length === 0 &&
    Object.keys(recovery.pendingEffects).length === 0
  );
}

export function isPending(recovery: Recovery, kind: EffectKind): boolean {
  return Object.values(recovery.pendingEffects).some((effect) => effect.kind === kind);
}

export function latestAttempt(recovery: Recovery): Attempt | null {
  return recovery.attempts.at(-1) ?? null;
}

/** A charge asked of us went through at once: nobody was written to, and no recovery was made of it. */
export function wasCollectedAtOnce({ debt, settlement, attempts, notices }: Recovery): boolean {
  const isDeclined = attempts.some(({ result }) => result === "declined");
  return (
    debt?.requested !== undefined &&
    settlement?.by === "attempt" &&
    !isDeclined &&
    notices.length === 0
  );
}

/** The payment method that a charge would use now, as far as we know. */
export function currentMethodId(recovery: Recovery): string | null {
  return recovery.subscription?.methodId ?? latestAttempt(recovery)?.methodId ?? null;
}

/** A bank has said for good that this card is not to be charged. */
export function isMethodBlocked(recovery: Recovery): boolean {
  const method = currentMethodId(recovery);
  return method !== null && recovery.blockedMethods.includes(method);
}

export function hasAttention(recovery: Recovery, cause: AttentionCause): boolean {
  return recovery.attention.some((one) => one.cause === cause);
}

/** Nothing is sent: whatever is collected meanwhile, others collect. */
export function isShadow(recovery: Recovery): boolean {
  return recovery.mode === "shadow";
}

/**
 * What a payment is taken for that nothing tells apart. Where we charge nobody, whoever pays pays this debt; and a
 * scheduled subscription has one open invoice at a time.
 */
export function unattributedPaymentPolicy(recovery: Recovery): Policy["foreignCharges"] {
  const { subscription, policy } = recovery;
  if (isShadow(recovery) || subscription?.onDemand === false) return "same_debt";
  return policy?.foreignCharges ?? "ask";
}

/** An attempt that we made, not the charge that failed nor the merchant's or Dodo's own retry. */
export function isOurAttempt({ trigger }: Attempt): boolean {
  return trigger !== "charge" && trigger !== "renewal";
}

/**
 * Nothing is in the way of a charge, as far as the last read says. A scheduled subscription is charged by Dodo's manual
 * retry, which wants a hold.
 * @source dodo.md 2.2, 5.5
 */
export function isChargeable({ subscription }: Recovery): boolean {
  if (subscription === null || subscription.cancelAtNextBillingDate) return false;
  return subscription.onDemand
    ? isChargeableStatus(subscription.status)
    : subscription.status === "on_hold";
}

/** The subscription's access waits for this debt, as far as the last read says. */
export function isHeld(recovery: Recovery): boolean {
  return isHeldStatus(recovery.subscription?.status ?? null);
}

/** A notice's name within its debt: the same key is never sent twice. */
export function noticeKey(kind: NoticeKind, detail: string | number | null): string {
  return detail === null ? kind : `${kind}.${detail}`;
}

/** The payments that were made for these attempts: none for one that was not sent, in shadow mode. */
export function paymentIdsOf(attempts: readonly Attempt[]): PaymentId[] {
  return attempts.map(({ paymentId }) => paymentId).filter((id) => id !== null);
}

/** Nothing may be charged, and nothing asked for, while any of these holds. */
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
    // Something is being looked at, or ended: what it says comes first.
    recovery.followUp !== null ||
    isPending(recovery, "read") ||
    isPending(recovery, "cancel")
  );
}
