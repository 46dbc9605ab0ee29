/** Undoes what a program started, in reverse order and once, whether it ends normally, by an error or by a signal. */
export type Cleanup = {
  /** Registers a step. Steps added after `run` has begun run too. */
  readonly add: (step: () => Promise<void> | void) => void;
  readonly run: () => Promise<void>;
  readonly isRunning: () => boolean;
};

export function createCleanup(): Cleanup {
  const steps: (() => Promise<void> | void)[] = [];
  let running: Promise<void> | null = null;
  const runAll = async (): Promise<void> => {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      try {
        await step();
      } catch (error) {
        console.error(`cleanup failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  return {
    add: (step) => {
      steps.push(step);
      // A service may start while the cleanup runs: it must be stopped as well.
      if (running !== null) running = running.then(runAll);
    },
    run: async () => await (running ??= runAll()),
    isRunning: () => running !== null,
  };
}

/**
 * Runs the cleanup on Ctrl-C, on SIGTERM, and when the terminal closes. A second signal exits at once.
 * @returns a promise that resolves when a signal has come and the cleanup is done
 */
export function onInterrupt(cleanup: Cleanup, message: string): Promise<void> {
  return new Promise((resolve) => {
    let isEnding = false;
    const end = (): void => {
      if (isEnding) {
        process.exit(130);
      }
      isEnding = true;
      console.log(`\n${message}`);
      void cleanup.run().then(resolve);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  });
}
