import { setTimeout as delay } from "node:timers/promises";

/**
 * Waits until `check` is true.
 * @param what is waited for, for the message
 * @throws if it is not after `timeoutMs`
 */
export async function until(
  what: string,
  check: () => Promise<boolean> | boolean,
  timeoutMs: number,
  everyMs = 200,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`${what}: not after ${timeoutMs / 1_000} s`);
    await delay(everyMs);
  }
}
