import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../platform/log.ts";

const RETRY_MS = 10_000;

/**
 * What a worker sets up in Temporal while it works already: tried until it is done, or the worker stops.
 *
 * @param event logged with each failure, with `what` it means
 */
export async function untilDone(
  act: () => Promise<void>,
  { event, what }: { readonly event: string; readonly what: string },
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      return await act();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      log.error({ event, detail }, what);
      await delay(RETRY_MS, null, { signal }).catch(() => null);
    }
  }
}
