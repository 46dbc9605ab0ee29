import type { Sink } from "./shell.ts";

/** Shows on stderr how far a long command is. */
export type Progress = {
  readonly at: (count: number) => void;
  /** Removes the line. */
  readonly end: () => void;
};

/** Shorter work needs no progress. */
const QUIET_MS = 1_000;
const TERMINAL_GAP_MS = 200;
/** Where the line cannot be overwritten, such as in a log. */
const LINES_GAP_MS = 10_000;

/**
 * @param what is counted, in the plural
 * @param total null: unknown, so no time left is shown
 */
export function createProgress(stderr: Sink, what: string, total: number | null): Progress {
  const startedAt = Date.now();
  let shownAt: number | null = null;
  return {
    at: (count) => {
      const now = Date.now();
      const gapMs = stderr.isTerminal ? TERMINAL_GAP_MS : LINES_GAP_MS;
      const isDue = shownAt === null ? now - startedAt >= QUIET_MS : now - shownAt >= gapMs;
      if (!isDue) return;
      shownAt = now;
      const line = progressLine(count, total, what, now - startedAt);
      stderr.write(stderr.isTerminal ? `\r\u001b[K${line}` : `${line}\n`);
    },
    end: () => {
      if (shownAt !== null && stderr.isTerminal) stderr.write("\r\u001b[K");
    },
  };
}

/** `120 of 400 recoveries, 24 a second, 12 s left`. */
export function progressLine(
  count: number,
  total: number | null,
  what: string,
  elapsedMs: number,
): string {
  const perSecond = count / (elapsedMs / 1_000);
  const rate = perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1);
  const head = `${count}${total === null ? "" : ` of ${total}`} ${what}, ${rate} a second`;
  if (total === null || count === 0 || count > total) return head;
  return `${head}, ${Math.ceil((total - count) / perSecond)} s left`;
}
