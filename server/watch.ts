/** The latest result of a check that is repeated for as long as somebody asks for it. */
export type Watch<T> = {
  /** Waits for the first result only. */
  readonly latest: () => Promise<T>;
  readonly stop: () => void;
};

const EVERY_MS = 1_000;

/** Longer than the pause between two probes of a supervisor. */
const UNASKED_MS = 60_000;

/** @param check must not throw; the next one starts after the last has ended */
export function createWatch<T>(check: () => Promise<T>): Watch<T> {
  let result: Promise<T> | null = null;
  let askedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const repeat = (): void => {
    if (isStopped) return;
    timer = setTimeout(() => {
      if (performance.now() - askedAt > UNASKED_MS) {
        result = null;
        return;
      }
      const next = check();
      void next.then(() => {
        // Until then the answer is the one before.
        if (result !== null) result = next;
      });
      void next.finally(repeat);
    }, EVERY_MS).unref();
  };
  return {
    latest: async () => {
      askedAt = performance.now();
      if (result === null) {
        result = check();
        void result.finally(repeat);
      }
      return await result;
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
