import type { Client } from "@temporalio/client";
import { nullIfNotFound } from "../../platform/temporal/null-if-not-found.ts";

/** Temporal did not take it in time: Dodo delivers again. */
export class TemporalUnavailableError extends Error {
  override readonly name = "TemporalUnavailableError";
}

/**
 * The answer is out within three seconds: below Dodo's 15 s, above what a busy Temporal takes.
 * @source docs/TEMPORAL.md, "Client connections"
 */
export const TEMPORAL_DEADLINE_MS = 2_800;

/**
 * Asks Temporal for something; it ends within the deadline, one way or the other.
 *
 * @param client null until a connection is made
 * @throws TemporalUnavailableError where there is no connection yet, or no answer in time
 */
export async function askTemporal<T>(
  client: () => Client | null,
  work: (connected: Client) => Promise<T>,
  deadlineMs: number = TEMPORAL_DEADLINE_MS,
): Promise<T> {
  const connected = client();
  if (connected === null) throw new TemporalUnavailableError("no connection to Temporal yet");
  return await withinDeadline(deadlineMs, work(connected));
}

/** Signals a workflow that is open; where none is, there is nobody whom it could concern. */
export async function tellOpen(
  client: Client,
  workflowId: string,
  signal: string,
  said: unknown,
): Promise<"told" | "none_open"> {
  const told = client.workflow.getHandle(workflowId).signal(signal, said);
  return (await nullIfNotFound(told.then(() => "told" as const))) ?? "none_open";
}

/** The SDK's own deadline does not bound a native connection. @source docs/TEMPORAL.md, "Client connections" */
async function withinDeadline<T>(deadlineMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TemporalUnavailableError(`no answer within ${deadlineMs} ms`)),
      deadlineMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // A late failure was answered already.
    work.catch(() => undefined);
  }
}
