import type { Policy } from "../policy.ts";
import type { PlannedAttempt } from "../state/attempt.ts";
import type { Recovery } from "../state/recovery.ts";
import type { Instant } from "../values/time.ts";
import { quietEndStartsAt } from "./plan.ts";
import { OVERDUE_MS } from "./retry-schedule.ts";

/**
 * Until when the merchant may make an advised attempt: as long as Reprise itself would start it. Only an operator charges in the
 * window's quiet end.
 */
export function attemptValidUntil(
  recovery: Recovery,
  policy: Policy,
  { dueAt, trigger }: PlannedAttempt,
): Instant {
  const latest = dueAt + OVERDUE_MS;
  return trigger === "operator"
    ? latest
    : Math.min(latest, quietEndStartsAt(recovery, policy.quietEndMs));
}
