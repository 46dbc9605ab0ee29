import { constants, fstatSync, openSync, writeSync } from "node:fs";
import { Socket } from "node:net";
// Not the global one, which the simulator replaces by a virtual one.
import { setTimeout as startTimer } from "node:timers";

/** Where log lines go. A write never throws and never waits: a line that cannot be written is dropped, and counted. */
export type LogDestination = {
  readonly write: (line: string) => void;
  /** Writes what is left, for `waitMs` at most. */
  readonly end: (waitMs: number) => void;
};

/** Lines that wait for a slow reader, in bytes. */
const QUEUE_BYTES_MAX = 1_048_576;

const RETRY_MS = 50;

/** The reader is slow, or the call was interrupted; every other error drops the lines. */
const PASSING: readonly unknown[] = ["EAGAIN", "EBUSY", "EINTR"];

/** Writes as much as fits. @returns the number of bytes @throws a system error */
export type Write = (bytes: Uint8Array) => number;

type Chunk = {
  bytes: Uint8Array;
  /** Dropped lines that it reports. */
  readonly reports: number;
  isBegun: boolean;
};

/**
 * pino's own destination waits for ever where the disk is full, and with it the whole process.
 *
 * @param describeDropped the line that reports dropped lines, once lines can be written again
 */
export function createLogDestination(
  write: Write,
  describeDropped: (lines: number) => string,
): LogDestination {
  const queue: Chunk[] = [];
  let queuedBytes = 0;
  let dropped = 0;
  let isTorn = false;
  let retry: NodeJS.Timeout | null = null;

  const dropAll = (): void => {
    isTorn ||= queue[0]?.isBegun === true;
    dropped += queue.length;
    queue.length = 0;
    queuedBytes = 0;
  };
  /** @returns false where the reader is slow */
  const flush = (): boolean => {
    for (let chunk = queue[0]; chunk !== undefined; chunk = queue[0]) {
      try {
        const written = write(chunk.bytes);
        queuedBytes -= written;
        if (written > 0) {
          chunk.isBegun = true;
          isTorn = false;
        }
        chunk.bytes = chunk.bytes.subarray(written);
      } catch (error) {
        if (PASSING.includes((error as NodeJS.ErrnoException).code)) return false;
        dropAll();
        return true;
      }
      if (chunk.bytes.length > 0) continue;
      queue.shift();
      dropped -= chunk.reports;
    }
    return true;
  };
  const flushAgain = (): void => {
    if (flush()) return;
    retry ??= startTimer(() => {
      retry = null;
      flushAgain();
    }, RETRY_MS).unref();
  };
  return {
    write: (line) => {
      const isFirst = queue.length === 0;
      const reports = isFirst ? dropped : 0;
      const start = isFirst && isTorn ? "\n" : "";
      const bytes = Buffer.from(start + (reports > 0 ? describeDropped(reports) : "") + line);
      if (queuedBytes + bytes.length > QUEUE_BYTES_MAX) {
        dropped += 1;
      } else {
        queue.push({ bytes, reports, isBegun: false });
        queuedBytes += bytes.length;
      }
      flushAgain();
    },
    end: (waitMs) => {
      const until = performance.now() + waitMs;
      while (!flush() && performance.now() < until) sleep(10);
    },
  };
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const STDOUT = 1;

/** Writes to stdout that never wait for a reader. */
export function createStdoutWriter(): Write {
  const fd = nonBlockingStdout();
  return (bytes) => writeSync(fd, bytes);
}

/** Stdout may be a pipe or a socket whose reader has stopped. Writing to a file, or to nothing, does not wait. */
function nonBlockingStdout(): number {
  try {
    const stats = fstatSync(STDOUT);
    if (stats.isFIFO()) return reopenedPipe() ?? unblocked(STDOUT);
    if (stats.isSocket()) return unblocked(STDOUT);
  } catch {
    // Stdout is closed: each write fails, and its line is dropped.
  }
  return STDOUT;
}

/** The same pipe, opened once more: other processes that share ours do not notice. Linux has this path. */
function reopenedPipe(): number | null {
  try {
    return openSync(`/proc/self/fd/${STDOUT}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
}

const sockets: Socket[] = [];

/** A `Socket` makes its descriptor non-blocking; it is kept, and used for nothing else. */
function unblocked(fd: number): number {
  const socket = new Socket({ fd, readable: false, writable: true });
  sockets.push(socket.on("error", () => undefined).unref());
  return fd;
}
