import type { Attributes, Decision } from "./decision/decision.ts";
import type { Step } from "./decision/step.ts";
import { nextStep } from "./due-steps.ts";
import type { Policy } from "./policy.ts";
import { isPending, withoutEffect } from "./state/facts.ts";
import type { DeferralKey } from "./decision/deferral-key.ts";
import type { PendingEffect, Recovery } from "./state/recovery.ts";
import type { EffectId } from "./values/ids.ts";
import type { Instant } from "./values/time.ts";

/**
 * The events that change nothing that the recovery does before its wake-up, so that they can wait for the next event or for that
 * wake-up. Without a wake-up only those wait that something else is certain to follow: a hint under a read.
 */
export function deferrableKeys(
  recovery: Recovery,
  policy: Policy,
  now: Instant,
  wakeAt: Instant | null,
): readonly DeferralKey[] {
  const { debt, opening, pendingEffects } = recovery;
  const keys: DeferralKey[] = [];
  if (isPending(recovery, "read")) {
    keys.push("subscription");
    // What is owed shows only in a read.
    if (debt === null && opening !== null) keys.push("payment");
  }
  if (debt === null) return keys;
  for (const [id, effect] of Object.entries(pendingEffects) as [EffectId, PendingEffect][]) {
    if (isDeferrable(recovery, policy, now, wakeAt, id, effect)) keys.push(id);
  }
  return keys;
}

function isDeferrable(
  recovery: Recovery,
  policy: Policy,
  now: Instant,
  wakeAt: Instant | null,
  id: EffectId,
  { kind }: PendingEffect,
): boolean {
  // The payment's webhook follows an accepted charge, or the moment after which its state is shown.
  if (kind === "charge" && recovery.charge?.effectId === id) return isBrief(recovery);
  if (wakeAt === null && !isBrief(recovery)) return false;
  if (kind === "publish") return recovery.outbox.length === 0;
  if (kind !== "notice") return kind !== "read" && kind !== "payment_link" && kind !== "cancel";
  const next = nextStep(withoutEffect(recovery, id), policy);
  return next === null || (next.at > now && wakeAt !== null && wakeAt <= next.at);
}

/** A charge has just started: mostly its outcome is known within seconds. */
export function isBrief({ state, charge }: Recovery): boolean {
  return state === "charging" && charge?.phase === "started";
}

/** The step to wake up for: as if every notice on its way had been sent, since the news of a sent one waits for that. */
export function wakeUpStep(recovery: Recovery, policy: Policy, now: Instant): Step | null {
  const next = nextStep(recovery, policy);
  const pending = Object.entries(recovery.pendingEffects) as [EffectId, PendingEffect][];
  const notices = pending.filter(([, { kind }]) => kind === "notice");
  if (notices.length === 0) return next;
  const sent = notices.reduce((state, [id]) => withoutEffect(state, id), recovery);
  const then = nextStep(sent, policy);
  return then !== null && then.at > now && (next === null || then.at < next.at) ? then : next;
}

/** Search attributes, and when they are shown. */
export function shownAttributes(
  recovery: Recovery,
  attributes: Attributes | null,
): Pick<Decision, "attributes" | "shows"> {
  const changed = attributes === null ? {} : { attributes };
  // Also without a change: what waits for the charge's outcome waits no longer than this.
  if (isBrief(recovery)) return { ...changed, shows: "soon" };
  const isCustomerOnly = Object.keys(attributes ?? {}).join() === "customerId";
  return isCustomerOnly && recovery.opening !== null ? { ...changed, shows: "with_next" } : changed;
}
