import { constants, fstatSync, openSync, writeSync } from "node:fs";
import { Socket } from "node:net";
// Not the global ones, which the simulator replaces by virtual ones.
import { setImmediate as startImmediate, setTimeout as startTimer } from "node:timers";

/** Where log lines go. A write never throws and never waits: a line that cannot be written is dropped, and counted. */
export type LogDestination = {
  readonly write: (line: string) => void;
  /** Writes now what is waiting. pino calls it after a fatal line. */
  readonly flushSync: () => void;
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

/** A batch is written at once when it has so many bytes. */
const BATCH_BYTES = 65_536;

type Chunk = {
  bytes: Uint8Array;
  /** Dropped lines that it reports; null: it has lines of the log. */
  readonly reports: number | null;
  /** What was written of it ends in the middle of a line. */
  isTorn: boolean;
};

/** What waits to be written, in order, and how many lines were dropped. */
type Queue = {
  readonly bytes: () => number;
  readonly add: (lines: string) => void;
  readonly drop: () => void;
  /** @returns false where the reader is slow */
  readonly flush: () => boolean;
};

function createQueue(write: Write, describeDropped: (lines: number) => string): Queue {
  const queue: Chunk[] = [];
  let queuedBytes = 0;
  let dropped = 0;
  let isTorn = false;
  const enqueue = (text: string, reports: number | null): void => {
    const bytes = Buffer.from(queue.length === 0 && isTorn ? `\n${text}` : text);
    queue.push({ bytes, reports, isTorn: false });
    queuedBytes += bytes.length;
  };
  const dropAll = (): void => {
    isTorn ||= queue[0]?.isTorn === true;
    for (const { bytes, reports } of queue) if (reports === null) dropped += linesIn(bytes);
    queue.length = 0;
    queuedBytes = 0;
  };
  return {
    bytes: () => queuedBytes,
    add: (lines) => {
      if (queue.length === 0 && dropped > 0) enqueue(describeDropped(dropped), dropped);
      enqueue(lines, null);
    },
    drop: () => {
      dropped += 1;
    },
    flush: () => {
      for (let chunk = queue[0]; chunk !== undefined; chunk = queue[0]) {
        try {
          const written = write(chunk.bytes);
          queuedBytes -= written;
          if (written > 0) {
            chunk.isTorn = chunk.bytes[written - 1] !== NEWLINE;
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
        dropped -= chunk.reports ?? 0;
      }
      return true;
    },
  };
}

/**
 * Lines of one turn of the event loop are written together, after it; the rest when the process ends. pino's own destination waits
 * for ever where the disk is full, and with it the whole process.
 *
 * @param describeDropped the line that reports dropped lines, once lines can be written again
 */
export function createLogDestination(
  write: Write,
  describeDropped: (lines: number) => string,
): LogDestination {
  const queue = createQueue(write, describeDropped);
  let batch: string[] = [];
  let batchBytes = 0;
  let retry: NodeJS.Timeout | null = null;
  let turn: NodeJS.Immediate | null = null;
  const flush = (): boolean => {
    if (batch.length > 0) queue.add(batch.join(""));
    batch = [];
    batchBytes = 0;
    return queue.flush();
  };
  const flushAgain = (): void => {
    if (flush()) return;
    retry ??= startTimer(() => {
      retry = null;
      flushAgain();
    }, RETRY_MS).unref();
  };
  const afterTurn = (): void => {
    turn = null;
    flushAgain();
  };
  return {
    write: (line) => {
      const bytes = Buffer.byteLength(line);
      if (queue.bytes() + batchBytes + bytes > QUEUE_BYTES_MAX) {
        queue.drop();
        return;
      }
      batch.push(line);
      batchBytes += bytes;
      if (batchBytes >= BATCH_BYTES) flushAgain();
      else turn ??= startImmediate(afterTurn);
    },
    flushSync: flushAgain,
    end: (waitMs) => {
      const until = performance.now() + waitMs;
      while (!flush() && performance.now() < until) sleep(10);
    },
  };
}

const NEWLINE = 10;

/** The lines of which something is lost. A newline alone is the end of a line that is there, or starts a new one after a part. */
function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (const byte of bytes.subarray(1)) if (byte === NEWLINE) lines += 1;
  return lines;
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
