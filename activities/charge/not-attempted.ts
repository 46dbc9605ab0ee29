import type { ChargeOutcome, NotAttemptedReason } from "../../domain/state/event.ts";
import { answerOf, describeAnswer, type DodoAnswer } from "../../domain/values/dodo-answer.ts";

/** The outcome of a charge that was not sent. */
export function notAttempted(
  why: NotAttemptedReason,
  detail: string,
): ChargeOutcome & { readonly kind: "not_attempted" } {
  return { kind: "not_attempted", why, detail };
}

/** As `notAttempted`, where Dodo's answer is the reason. */
export function notAttemptedBy(
  why: NotAttemptedReason,
  answer: DodoAnswer,
): ChargeOutcome & { readonly kind: "not_attempted" } {
  return { ...notAttempted(why, describeAnswer(answer)), answer: answerOf(answer) };
}
