import { type DecisionDraft, explain, startEffect } from "../decision/draft.ts";
import { startRead } from "../decision/reads.ts";
import type { Step } from "../decision/step.ts";
import { classifyDecline } from "../declines/decline.ts";
import type { Policy } from "../policy.ts";
import { isBlocked, latestAttempt } from "../state/facts.ts";
import type { Recovery } from "../state/recovery.ts";
import { describeInstant } from "../values/time.ts";
import { endDebt } from "./ending.ts";

/** The end of the window. It waits while a charge is in flight or unknown, or the customer may be paying. */
export function windowStep(recovery: Recovery): Step | null {
  const { windowEndsAt, windowStoppedAt } = recovery;
  if (windowEndsAt === null || windowStoppedAt !== null || isBlocked(recovery)) return null;
  return { at: windowEndsAt, what: "the end of the recovery window", run: endWindow };
}

function endWindow(draft: DecisionDraft): void {
  const { recovery, policy } = draft;
  const { windowEndsAt } = recovery;
  if (windowEndsAt === null) return;
  // Compare by the workflow's clock: a worker's clock, by which a read is dated, may be behind or ahead.
  if (draft.readStartedAt === null || draft.readStartedAt < windowEndsAt) {
    explain(draft, "window.final_read", "the window is over, so Dodo is read once more");
    startRead(draft, "the window ends");
    return;
  }
  if (policy.onExhausted === "cancel" && mayCancel(recovery, policy)) {
    startEffect(draft, { kind: "cancel" });
    explain(draft, "window.cancel", "the debt is unpaid at the end of the window");
    return;
  }
  exhaust(draft, `unpaid at ${describeInstant(windowEndsAt)}`);
}

export function exhaust(draft: DecisionDraft, reason: string): void {
  endDebt(draft, { outcome: "exhausted", by: "reprise", rule: "window.ended", reason });
}

/**
 * Cancelling needs a delivered notice, and a cause that is not on the merchant's side.
 * @source docs/RECOVERY.md, "States and outcomes"
 */
function mayCancel(recovery: Recovery, policy: Policy): boolean {
  const code = latestAttempt(recovery)?.declineCode ?? null;
  // While debts are queued, the subscription stays; the last debt decides.
  if (recovery.noticesDelivered === 0 || recovery.queue.length > 0) return false;
  return classifyDecline(code, policy.codes).handling !== "merchant";
}
