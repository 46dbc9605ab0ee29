import { ActivityFailure } from "@temporalio/workflow";

const CHARACTERS_MAX = 200;

/** What an activity said when it was given up. */
export function whyFailed(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return (cause instanceof Error ? cause.message : "unknown error").slice(0, CHARACTERS_MAX);
}
