import type { Timeline } from "../../model/timeline.ts";
import type { Random } from "../random.ts";

/**
 * Replaces the global timers and `Math.random` while `run` runs: the SDK's time-outs and pauses pass in virtual time, and
 * its jitter is reproducible. Only one run can use it at a time.
 */
export async function inVirtualTime<T>(
  timeline: Timeline,
  random: Random,
  run: () => Promise<T>,
): Promise<T> {
  const { setTimeout, clearTimeout } = globalThis;
  const { random: realRandom } = Math;
  const timers = new Map<number, { readonly cancel: () => void }>();
  let sequence = 0;
  const startTimer = (callback: () => void, delayMs = 0): number => {
    sequence += 1;
    const id = sequence;
    const fire = (): void => {
      timers.delete(id);
      callback();
    };
    timers.set(id, timeline.at(timeline.now() + delayMs, fire));
    return id;
  };
  const stopTimer = (id: number): void => {
    timers.get(id)?.cancel();
    timers.delete(id);
  };
  Object.assign(globalThis, { setTimeout: startTimer, clearTimeout: stopTimer });
  Object.assign(Math, { random: random.next });
  try {
    return await run();
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    Object.assign(Math, { random: realRandom });
  }
}
