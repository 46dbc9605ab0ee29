import { attemptStep } from "./charge/start-attempt.ts";
import { windowStep } from "./debt/window-end.ts";
import type { Step } from "./decision/step.ts";
import { graceStep, observeStep, readStep } from "./evidence/read-steps.ts";
import { noticeStep } from "./notice/due-notices.ts";
import type { Policy } from "./policy.ts";
import type { Recovery } from "./state/recovery.ts";
import { type Instant } from "./values/time.ts";

/**
 * All that a recovery waits for. A step that something bars (a read under way, a charge in flight) is not on it:
 * the event that lifts the bar puts it there. Where several are due, they are done in this order: what is known
 * comes first, and nobody is told of an attempt that is overdue and about to be moved.
 */
function stepsOf(recovery: Recovery, policy: Policy): readonly Step[] {
  return [
    readStep(recovery),
    observeStep(recovery),
    graceStep(recovery),
    windowStep(recovery),
    attemptStep(recovery, policy),
    noticeStep(recovery, policy),
  ].filter((step) => step !== null);
}

/** The step to do now, if any is due. */
export function dueStep(recovery: Recovery, policy: Policy, now: Instant): Step | null {
  return stepsOf(recovery, policy).find(({ at }) => at <= now) ?? null;
}

/** What will be done next, unless an event comes first. */
export function nextStep(recovery: Recovery, policy: Policy): Step | null {
  return stepsOf(recovery, policy).toSorted((a, b) => a.at - b.at)[0] ?? null;
}
