import { ActivityFailure } from "@temporalio/workflow";

const CHARACTERS_MAX = 200;

/** The message of the error that failed an activity (at most 200 characters). */
export function failureText(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return (cause instanceof Error ? cause.message : "unknown error").slice(0, CHARACTERS_MAX);
}
