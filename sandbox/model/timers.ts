/** All timers of the sandbox, so that a reset or a shutdown can end them at once. */
export type Timers = {
  readonly after: (ms: number, act: () => void) => void;
  /** @returns false if `stop` cut the wait short */
  readonly sleep: (ms: number) => Promise<boolean>;
  /** A signal that aborts after `ms` or at `stop`, whichever comes first. `release` disarms it. */
  readonly deadline: (ms: number) => { readonly signal: AbortSignal; readonly release: () => void };
  /** The number of stops so far. Work that began in an earlier generation is obsolete. */
  readonly generation: () => number;
  /** Ends all waits. New ones may start afterwards. */
  readonly stop: () => void;
};

export function createTimers(): Timers {
  const running = new Map<NodeJS.Timeout, () => void>();
  let generation = 0;

  /** @returns a function that cancels the timer */
  function start(ms: number, act: () => void, onStop: () => void): () => void {
    const timer = setTimeout(() => {
      running.delete(timer);
      act();
    }, ms);
    running.set(timer, onStop);
    return () => {
      running.delete(timer);
      clearTimeout(timer);
    };
  }

  return {
    after: (ms, act) => {
      start(ms, act, () => undefined);
    },
    sleep: (ms) =>
      new Promise((resolve) => {
        start(
          ms,
          () => resolve(true),
          () => resolve(false),
        );
      }),
    deadline: (ms) => {
      const controller = new AbortController();
      const abort = (): void => controller.abort();
      return { signal: controller.signal, release: start(ms, abort, abort) };
    },
    generation: () => generation,
    stop: () => {
      generation += 1;
      const waiting = [...running];
      running.clear();
      for (const [timer, onStop] of waiting) {
        clearTimeout(timer);
        onStop();
      }
    },
  };
}
