/** Everything that waits in the sandbox, so that it can be ended at once. */
export type Timers = {
  readonly after: (ms: number, act: () => void) => void;
  /** @returns false where the wait was cut short by `stop` */
  readonly sleep: (ms: number) => Promise<boolean>;
  /** A signal that is aborted after `ms`, or by `stop`, unless `release` came first. */
  readonly deadline: (ms: number) => { readonly signal: AbortSignal; readonly release: () => void };
  /** Counts the stops: what began before the last one is no longer wanted. */
  readonly generation: () => number;
  /** Ends every wait; new ones may begin afterwards. */
  readonly stop: () => void;
};

export function createTimers(): Timers {
  const running = new Map<NodeJS.Timeout, () => void>();
  let era = 0;

  /** @returns what calls it off */
  function start(ms: number, act: () => void, cut: () => void): () => void {
    const timer = setTimeout(() => {
      running.delete(timer);
      act();
    }, ms);
    running.set(timer, cut);
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
    generation: () => era,
    stop: () => {
      era += 1;
      const waiting = [...running];
      running.clear();
      for (const [timer, cut] of waiting) {
        clearTimeout(timer);
        cut();
      }
    },
  };
}
