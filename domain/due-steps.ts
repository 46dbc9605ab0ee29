import { releasedStep } from "./charge/released-payment.ts";
import { attemptStep } from "./charge/start-attempt.ts";
import { windowStep } from "./debt/window-end.ts";
import type { Step } from "./decision/step.ts";
import { graceStep, observeStep, readStep } from "./evidence/read-steps.ts";
import { noticeStep } from "./notice/due-notices.ts";
import { waitingPaymentStep } from "./notice/waiting-notices.ts";
import type { Policy } from "./policy.ts";
import type { Recovery } from "./state/recovery.ts";
import { type Instant } from "./values/time.ts";

/**
 * The steps that a recovery waits for, in the order in which due steps run. Reads come first, and an overdue attempt
 * moves before its notice is due. A step that is blocked (by a pending read, a charge in flight) is missing; it appears
 * after the event that unblocks it.
 */
function stepsOf(recovery: Recovery, policy: Policy): readonly Step[] {
  return [
    readStep(recovery),
    observeStep(recovery),
    graceStep(recovery),
    windowStep(recovery),
    attemptStep(recovery, policy),
    noticeStep(recovery, policy),
    waitingPaymentStep(recovery, policy),
    releasedStep(recovery),
  ].filter((step) => step !== null);
}

/** The first step that is due; null where none is. */
export function dueStep(recovery: Recovery, policy: Policy, now: Instant): Step | null {
  return stepsOf(recovery, policy).find(({ at }) => at <= now) ?? null;
}

/** The earliest step; null where the recovery waits only for events. */
export function nextStep(recovery: Recovery, policy: Policy): Step | null {
  return stepsOf(recovery, policy).toSorted((a, b) => a.at - b.at)[0] ?? null;
}
