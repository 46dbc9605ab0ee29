import type { Log } from "./log.ts";

/**
 * Closes the process on SIGTERM or SIGINT.
 *
 * @param deadlineMs after which the process exits with code 1, even if `close` is still running
 */
export function onShutdownSignal(log: Log, deadlineMs: number, close: () => Promise<void>): void {
  let isClosing = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isClosing) return;
    isClosing = true;
    log.info({ event: "stopping", signal }, "stopping");
    setTimeout(() => {
      log.error({ event: "stop_timed_out" }, "the shutdown exceeded its deadline");
      process.exit(1);
    }, deadlineMs).unref();
    close().then(
      () => {
        log.info({ event: "stopped" }, "stopped");
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ event: "stop_failed", err: error }, "the shutdown failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
