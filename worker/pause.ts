import { setTimeout as delay } from "node:timers/promises";

/** Waits, at most until `signal` is aborted. Never throws. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, null, { signal }).catch(() => null);
}
