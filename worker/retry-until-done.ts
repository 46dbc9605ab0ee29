import { messageOf } from "../platform/error-message.ts";
import type { Log } from "../platform/log.ts";
import { pause } from "./pause.ts";

const RETRY_MS = 10_000;

/**
 * Retries an action every ten seconds until it succeeds or `signal` is aborted.
 *
 * @param failure what is logged for each failure
 */
export async function retryUntilDone(
  act: () => Promise<void>,
  failure: {
    readonly event: "customer_rate_limit_failed" | "ledger_schedule_failed";
    readonly message: string;
  },
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      return await act();
    } catch (error) {
      const detail = messageOf(error);
      log.error({ event: failure.event, detail }, failure.message);
      await pause(RETRY_MS, signal);
    }
  }
}
