import type { Timeline } from "../model/timeline.ts";
import type { Random } from "./random.ts";

/**
 * While a world is lived, the SDK's own waits (time-outs, the pauses between its tries) pass in virtual time, and its
 * jitter is drawn from the seed. One world at a time.
 */
export async function inVirtualTime<T>(
  timeline: Timeline,
  random: Random,
  live: () => Promise<T>,
): Promise<T> {
  const { setTimeout, clearTimeout } = globalThis;
  const { random: luck } = Math;
  const timers = new Map<number, { readonly cancel: () => void }>();
  let sequence = 0;
  const begin = (run: () => void, delayMs = 0): number => {
    sequence += 1;
    const id = sequence;
    const due = (): void => {
      timers.delete(id);
      run();
    };
    timers.set(id, timeline.at(timeline.now() + delayMs, due));
    return id;
  };
  const end = (id: number): void => {
    timers.get(id)?.cancel();
    timers.delete(id);
  };
  Object.assign(globalThis, { setTimeout: begin, clearTimeout: end });
  Object.assign(Math, { random: random.next });
  try {
    return await live();
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    Object.assign(Math, { random: luck });
  }
}
