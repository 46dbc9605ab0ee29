import { setTimeout as delay } from "node:timers/promises";
import type { Instant } from "../../domain/values/time.ts";
import type { RecoveryView } from "../../workflows/contract.ts";

/** What a customer or an operator waits for before they act again. */
export type Wait<T> = {
  /** @returns null as long as it has not come */
  readonly find: (view: RecoveryView) => T | null;
  /** No time is skipped beyond this instant. Null: any. */
  readonly until: Instant | null;
  /** It comes in real time, so no time is skipped meanwhile. */
  readonly isInRealTime: boolean;
};

/**
 * A person in a story. Time passes only between two actions, never during one: how long an action takes on this
 * machine changes nothing in the story.
 */
export type Actor = {
  readonly start: (act: () => Promise<void>) => void;
  readonly wait: <T>(wait: Wait<T>) => Promise<T>;
  /**
   * Lets the person act if what they wait for has come.
   * @returns true once the person waits again or has finished
   * @throws what the action throws
   */
  readonly takeTurn: (view: RecoveryView) => Promise<boolean>;
  /** Null if the person does not wait. */
  readonly waiting: () => Pick<Wait<unknown>, "until" | "isInRealTime"> | null;
};

const POLL_MS = 10;

type Waiting = Pick<Wait<unknown>, "until" | "isInRealTime"> & {
  /** Ends the wait if what it waits for has come. */
  readonly end: (view: RecoveryView) => boolean;
};

export function createActor(): Actor {
  let waiting: Waiting | null = null;
  let isActing = false;
  const failure: { error: unknown } = { error: null };

  async function untilIdle(): Promise<void> {
    while (isActing && waiting === null) await delay(POLL_MS);
    if (failure.error !== null) throw failure.error;
  }

  return {
    start: (act) => {
      isActing = true;
      void act()
        .catch((error: unknown) => (failure.error = error))
        .finally(() => (isActing = false));
    },
    wait: <T>({ find, until, isInRealTime }: Wait<T>) =>
      new Promise<T>((resolve) => {
        const end = (view: RecoveryView): boolean => {
          const found = find(view);
          if (found === null) return false;
          waiting = null;
          resolve(found);
          return true;
        };
        waiting = { until, isInRealTime, end };
      }),
    takeTurn: async (view) => {
      await untilIdle();
      if (waiting === null || !waiting.end(view)) return false;
      // The action goes on in a later microtask.
      await delay(0);
      await untilIdle();
      return true;
    },
    waiting: () => waiting,
  };
}
