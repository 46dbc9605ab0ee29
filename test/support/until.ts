import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 30;
const TIMEOUT_MS = 10_000;

/**
 * Waits until `condition` returns something other than false, null or undefined, and returns that.
 * A condition that throws counts as not met.
 *
 * @throws after `timeoutMs`, with `what` was waited for and the last value or error
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = TIMEOUT_MS, what = String(condition) }: { timeoutMs?: number; what?: string } = {},
): Promise<Exclude<Awaited<T>, false | null | undefined>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let last: unknown;
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<Awaited<T>, false | null | undefined>;
      }
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms for ${what}; last: ${String(last)}`, {
        cause: last,
      });
    }
    await delay(POLL_MS);
  }
}
