import { notifyOperator, raiseAttention } from "../decision/attention.ts";
import type { DecisionDraft } from "../decision/draft.ts";
import type { PlannedAttempt } from "../state/attempt.ts";
import { answerOf, type DodoAnswer } from "../values/dodo-answer.ts";
import { repeatedConflict } from "./conflict.ts";

/** Asks a person about an attempt that left no payment however often it was sent. */
export function askAboutUnknown(
  draft: DecisionDraft,
  plan: PlannedAttempt,
  timesSent: number,
): void {
  const conflict = repeatedConflict(plan);
  const answer = conflict === null ? {} : { answer: answerOf(conflict) };
  raiseAttention(draft, {
    cause: "unknown_outcome",
    attempt: plan.number,
    timesSent,
    ...answer,
  });
}

/** Asks a person about a charge that Dodo refused, or whose subscription Dodo does not know. */
export function askAboutRefusal(
  draft: DecisionDraft,
  refusal: DodoAnswer | Pick<DodoAnswer, "code">,
): void {
  raiseAttention(draft, { cause: "refused_request", request: "charge", ...refusal });
}

export function notifyOfRateLimit(
  draft: DecisionDraft,
  attempt: number,
  answer: DodoAnswer | undefined,
): void {
  notifyOperator(draft, {
    cause: "rate_limited",
    attempt,
    ...(answer === undefined ? {} : { answer }),
  });
}
