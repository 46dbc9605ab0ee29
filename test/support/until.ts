import { setTimeout as delay } from "node:timers/promises";
import { WAIT_LIMIT_MS } from "./limits.ts";

const POLL_MS = 30;

/**
 * Waits until `condition` returns something other than false, null or undefined, and returns that.
 * A condition that throws counts as not met.
 *
 * @throws after `timeoutMs`, with `what` was waited for and the last value or error
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  {
    timeoutMs = WAIT_LIMIT_MS,
    what = String(condition),
  }: { timeoutMs?: number; what?: string } = {},
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

/** From what a quiet machine needs to what the busiest one does. */
const LONGER_AND_LONGER_MS = [300, 3_000, 30_000] as const;

/**
 * Tests what happens within a time, or after it, on a machine of any speed: where the machine was too slow for the
 * time, the attempt is repeated with a longer one.
 *
 * @param attempt returns null if the machine was too slow for the time, so that nothing was shown
 * @throws if each time was too short
 */
export async function withTimeEnough<T>(attempt: (ms: number) => Promise<T | null>): Promise<T> {
  for (const ms of LONGER_AND_LONGER_MS) {
    const shown = await attempt(ms);
    if (shown !== null) return shown;
  }
  throw new Error(`${LONGER_AND_LONGER_MS.join(", ")} ms were too short`);
}
