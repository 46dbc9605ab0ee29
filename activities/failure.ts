import { ApplicationFailure, CancelledFailure, CompleteAsyncError } from "@temporalio/activity";
import { DodoError, type DodoFailure } from "../dodo/port.ts";
import { answerOf, type DodoAnswer } from "../domain/values/dodo-answer.ts";
import { describeForeign, nameOf, OwnError, scrubbed } from "../domain/values/own-error.ts";
import { framesOf } from "../platform/error-record.ts";

// The one place that makes what an activity throws. Temporal records a failure with its message, its stack and all its causes, and
// the SDK logs it. So none has a text that is not ours, and none has a cause.

/** What an activity that fails on purpose says. */
export type ActivityFailureOptions = {
  /** Our own words: no text of an answer. */
  readonly message: string;
  /** For programs, such as `NotTaken`. */
  readonly type: string;
  /** Temporal does not try again. */
  readonly isFinal?: boolean;
  readonly retryAfterMs?: number | null;
  /** Times, statuses and counts alone: anything else is not recorded. */
  readonly details?: readonly unknown[];
};

/** A failure for an activity to throw. */
export function activityFailure({
  message,
  type,
  isFinal = false,
  retryAfterMs = null,
  details = [],
}: ActivityFailureOptions): ApplicationFailure {
  return ApplicationFailure.create({
    message: scrubbed(message),
    type,
    nonRetryable: isFinal,
    details: [...details],
    ...(retryAfterMs === null ? {} : { nextRetryDelay: retryAfterMs }),
  });
}

/**
 * Turns whatever an activity threw into a failure of ours: its name as `type`, a scrubbed text, the code, the HTTP status and the
 * request's id of Dodo's answer as details, and the places in the code. An error whose text is not ours keeps its name and codes.
 * Cancellations pass as they are: the SDK acts on their class.
 *
 * @param isCancelled the activity was cancelled, so an aborted call is the cancellation
 */
export function failureOfActivity(error: unknown, isCancelled: boolean): unknown {
  if (error instanceof CompleteAsyncError) return error;
  if (error instanceof CancelledFailure) return new CancelledFailure(scrubbed(error.message));
  if (isCancelled && error instanceof Error && error.name === "AbortError") {
    return placed(Object.assign(new Error("aborted"), { name: "AbortError" }), error);
  }
  const failure = error instanceof ApplicationFailure ? rebuilt(error) : failureOfError(error);
  return placed(failure, error);
}

function rebuilt({
  message,
  type,
  nonRetryable,
  nextRetryDelay,
  category,
  details,
}: ApplicationFailure): ApplicationFailure {
  return ApplicationFailure.create({
    message: scrubbed(message),
    ...(type == null ? {} : { type: scrubbed(type) }),
    nonRetryable: nonRetryable === true,
    details: details != null && isNumbers(details) ? details : [],
    ...(nextRetryDelay == null ? {} : { nextRetryDelay }),
    ...(category == null ? {} : { category }),
  });
}

/** Whether a value has numbers alone, under whatever names: no person is in it. */
function isNumbers(value: unknown): boolean {
  if (value === null || typeof value === "number") return true;
  return typeof value === "object" && Object.values(value).every(isNumbers);
}

function failureOfError(error: unknown): ApplicationFailure {
  const answer = error instanceof DodoError ? dodoAnswerOf(error.failure) : null;
  return ApplicationFailure.create({
    message: error instanceof OwnError ? scrubbed(error.message) : foreignText(error),
    type: nameOf(error),
    details: answer === null ? [] : [answer],
  });
}

function foreignText(error: unknown): string {
  return `an unexpected error, ${describeForeign(error)}; its text is not recorded`;
}

function dodoAnswerOf(failure: DodoFailure): DodoAnswer | null {
  switch (failure.kind) {
    case "unauthorized":
    case "refused":
      return answerOf(failure);
    case "rate_limited":
    case "payment_pending":
      return failure.answer;
    case "unknown":
      return failure.answer ?? null;
    case "unsent":
      return null;
  }
}

/** Shows where the original error came from, without its text. */
function placed<T extends Error>(failure: T, error: unknown): T {
  failure.stack = [`${failure.name}: ${failure.message}`, ...framesOf(error)].join("\n");
  return failure;
}
