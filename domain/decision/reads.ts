import type { Policy } from "../policy.ts";
import { isPending } from "../state/facts.ts";
import type { Recovery } from "../state/recovery.ts";
import { DAY_MS, HOUR_MS, type Instant } from "../values/time.ts";
import { type DecisionDraft, explain, startEffect, update } from "./draft.ts";
import type { ReadEffect } from "./effect.ts";
/** An opening looks further back than the window, to tell an old debt's hold from one without a debt. */
const OPENING_LOOKS_BACK_MS = 60 * DAY_MS;

/** Dodo's cap counts 30 days; a debt's own payments are needed from its first failure on. */
function readSince(recovery: Recovery, policy: Policy, now: Instant): Instant {
  const further = recovery.opening === null ? 0 : OPENING_LOOKS_BACK_MS;
  const month = now - Math.max(30 * DAY_MS, policy.windowMs) - further;
  return Math.min(month, recovery.debt?.firstFailedAt ?? month) - HOUR_MS;
}

/** Reads Dodo now; where a read is under way already, once more after it. */
export function startRead(draft: DecisionDraft, why: string): void {
  const { recovery, policy, now } = draft;
  if (isPending(recovery, "read")) {
    update(draft, { rereadNeeded: true });
    return;
  }
  const named = [
    ...(recovery.opening?.reportedPayments ?? []),
    ...recovery.paymentsToAttribute,
    ...[recovery.charge?.paymentId, recovery.paymentLink?.paymentId].filter((id) => id != null),
  ];
  const endedPayments = recovery.attempts.slice(1).flatMap(({ paymentId }) => paymentId ?? []);
  const effect: Omit<ReadEffect, "id"> = {
    kind: "read",
    since: readSince(recovery, policy, now),
    paymentIds: [...new Set(named)],
    endedPayments,
    why,
    ...(policy.debtKey === null ? {} : { debtKeyName: policy.debtKey }),
    // Not by an opening's first look, which may find that nothing is owed.
    ...((recovery.opening?.reads ?? 0) > 0 ? { withDisputes: true } : {}),
  };
  startEffect(draft, effect);
  update(draft, { rereadNeeded: false });
}

/** Reads of something that is open, ever further apart. @param reads how many there were */
export function followUpAt(draft: DecisionDraft, reads: number): Instant {
  const { followUpMs } = draft.policy.retry;
  return draft.now + Math.max(followUpMs[Math.min(reads, followUpMs.length - 1)] ?? 0, 1);
}

export function readNow(draft: DecisionDraft, why: string): void {
  explain(draft, "follow_up.read", `Dodo is read: ${why}`);
  startRead(draft, why);
}
