import type { Conflict, PlannedAttempt } from "../state/attempt.ts";
import type { Recovery } from "../state/recovery.ts";
import { answerOf, type DodoAnswer } from "../values/dodo-answer.ts";

/** How often the same conflict answers an attempt before a person is asked. */
const TIMES_MAX = 2;

/**
 * Counts an answer that leaves the outcome open although Dodo refused: HTTP 409 with an unknown code. An account that honours
 * idempotency keys may answer so while it processes the request, and a person has to look if it still does after the fence.
 * @source docs/RECOVERY.md, "The fence"
 */
export function countConflict(
  plan: PlannedAttempt,
  answer: DodoAnswer | undefined,
): PlannedAttempt {
  if (answer?.httpStatus !== 409) return plan;
  const times = plan.conflict?.code === answer.code ? plan.conflict.times + 1 : 1;
  return { ...plan, conflict: { ...answerOf(answer), times } };
}

/** The conflict that a person has to look at; null if there is none. */
export function repeatedConflict({ conflict }: PlannedAttempt): Conflict | null {
  return conflict !== undefined && conflict.times >= TIMES_MAX ? conflict : null;
}

/** A new plan for the same attempt: its conflict still counts, because its key is the same. */
export function keepConflict(
  plan: PlannedAttempt,
  { charge, plan: planned }: Recovery,
): PlannedAttempt {
  const before = charge?.plan ?? planned;
  if (before?.number !== plan.number || before.conflict === undefined) return plan;
  return { ...plan, conflict: before.conflict };
}
