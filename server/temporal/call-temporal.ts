import type { Client } from "@temporalio/client";
import { OwnError } from "../../domain/values/own-error.ts";
import { nullIfNotFound } from "../../platform/temporal/null-if-not-found.ts";

/** There is no connection to Temporal, or no answer in time. The caller should try again. */
export class TemporalUnavailableError extends OwnError {
  override readonly name = "TemporalUnavailableError";
}

/**
 * The gateway answers within three seconds: less than Dodo's 15 s, more than a busy Temporal needs.
 * @source docs/TEMPORAL.md, "Client connections"
 */
export const TEMPORAL_DEADLINE_MS = 2_800;

/**
 * Runs `work` with the client and a deadline.
 *
 * @param client null until connected
 * @throws TemporalUnavailableError without a connection, or without an answer in time
 */
export async function callTemporal<T>(
  client: () => Client | null,
  work: (connected: Client) => Promise<T>,
  deadlineMs: number = TEMPORAL_DEADLINE_MS,
): Promise<T> {
  const connected = client();
  if (connected === null) throw new TemporalUnavailableError("no connection to Temporal yet");
  return await withinDeadline(deadlineMs, work(connected));
}

/** `not_open`: no workflow with this id is open, so nothing needs the signal. */
export type SignalResult = "signaled" | "not_open";

/** Signals a workflow that may have ended. Resolves once Temporal has the signal. */
export async function signalIfOpen(
  client: Client,
  workflowId: string,
  signal: string,
  argument: unknown,
): Promise<SignalResult> {
  const signaled = client.workflow.getHandle(workflowId).signal(signal, argument);
  return (await nullIfNotFound(signaled.then(() => "signaled" as const))) ?? "not_open";
}

/**
 * Waits for `work` no longer than `deadlineMs`: the SDK's own deadline has no effect on a native connection.
 *
 * @param onExpired is called before it throws, to stop what has not started
 * @throws TemporalUnavailableError without a result in time; the work goes on
 * @source docs/TEMPORAL.md, "Client connections"
 */
export async function withinDeadline<T>(
  deadlineMs: number,
  work: Promise<T>,
  onExpired?: (error: TemporalUnavailableError) => void,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new TemporalUnavailableError(`no answer within ${deadlineMs} ms`);
      onExpired?.(error);
      reject(error);
    }, deadlineMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
    // The caller already has an answer, so a late failure must not count as an unhandled rejection.
    work.catch(() => undefined);
  }
}
