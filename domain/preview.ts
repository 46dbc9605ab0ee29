import { decideEach } from "./fold.ts";
import type { Inbox } from "./inbox.ts";
import { type LoopState, withTimeline } from "./recover.ts";
import type { Instant } from "./values/time.ts";

/**
 * The state as people see it: with the events that wait for the next decision. The rules run for this view alone, and nothing depends
 * on it.
 */
export function previewOf(state: LoopState, inbox: Inbox, now: Instant): LoopState {
  const { policy, mode } = state.recovery;
  const waiting = inbox.deferred(state.mayWait ?? []);
  if (waiting.events.length === 0 || policy === null || mode === null) return state;
  const decided = decideEach(state.recovery, waiting, { policy, mode }, now);
  return decided.reduce((shown, { decision }, index) => {
    const { changes, rule, reason, wakeAt, waitingFor } = decision;
    const at = waiting.arrivedAt[index] ?? now;
    return {
      ...shown,
      // A timer that runs stays as it is. Without one, the waiting events are decided on within a minute, so what they lead to is shown.
      ...(state.wakeAt === null ? { wakeAt, waitingFor } : {}),
      recovery: { ...shown.recovery, ...changes },
      timeline: withTimeline(shown.timeline, [{ at, rule, reason }], now),
    };
  }, state);
}
