import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../platform/log.ts";

const RETRY_MS = 10_000;

/**
 * Retries an action every ten seconds until it succeeds or `signal` is aborted.
 *
 * @param failure what is logged for each failure
 */
export async function retryUntilDone(
  act: () => Promise<void>,
  failure: { readonly event: string; readonly message: string },
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      return await act();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      log.error({ event: failure.event, detail }, failure.message);
      await delay(RETRY_MS, null, { signal }).catch(() => null);
    }
  }
}
