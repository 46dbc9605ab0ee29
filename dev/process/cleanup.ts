/** What was started, ended in reverse, once, however the end comes. */
export type Cleanup = {
  /** Remembers how to end something; what is added after the end is ended at once. */
  readonly add: (end: () => Promise<void> | void) => void;
  readonly run: () => Promise<void>;
  readonly isRunning: () => boolean;
};

export function createCleanup(): Cleanup {
  const ends: (() => Promise<void> | void)[] = [];
  let running: Promise<void> | null = null;
  const runAll = async (): Promise<void> => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
      try {
        await end();
      } catch (error) {
        console.error(`while ending: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  return {
    add: (end) => {
      ends.push(end);
      // Started in the very moment of the end: nothing may be left.
      if (running !== null) running = running.then(runAll);
    },
    run: async () => await (running ??= runAll()),
    isRunning: () => running !== null,
  };
}

/**
 * Ends everything on Ctrl-C, SIGTERM, or a terminal that goes away. A second signal does not wait.
 * @returns resolves when the first signal came and all has ended
 */
export function onInterrupt(cleanup: Cleanup, goodbye: string): Promise<void> {
  return new Promise((resolve) => {
    let isEnding = false;
    const end = (): void => {
      if (isEnding) {
        process.exit(130);
      }
      isEnding = true;
      console.log(`\n${goodbye}`);
      void cleanup.run().then(resolve);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  });
}
