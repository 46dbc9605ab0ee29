import { type Level, type Logger, pino } from "pino";
import {
  createLogDestination,
  createStdoutWriter,
  type LogDestination,
} from "./log-destination.ts";
import { memoize } from "./memoize.ts";

export type Log = Logger;

/** Fields that are redacted, at the top level and one level below. */
const REDACTED = ["apiKey", "authorization", "bearerToken", "keys", "password", "secret", "email"];

/** How long an ending process tries to write its last lines to a slow reader. */
const LAST_LINES_MS = 500;

/** Writes JSON lines to stdout; a line that cannot be written is dropped. @param name `gateway` or `worker`, in every line */
export function createLog(level: Level, name: string): Log {
  return pino(
    {
      level,
      base: { process: name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: "[hidden]" },
    },
    stdoutOf(name),
  );
}

const destinations = memoize<LogDestination>();

/** One for all logs of a process, so that their lines do not mix. */
function stdoutOf(name: string): LogDestination {
  return destinations(name, () => {
    const destination = createLogDestination(createStdoutWriter(), (lines) =>
      lineOfDropped(lines, name),
    );
    process.once("exit", () => destination.end(LAST_LINES_MS));
    return destination;
  });
}

function lineOfDropped(lines: number, name: string): string {
  const fields = { level: "warn", time: new Date().toISOString(), process: name };
  const msg =
    "log lines could not be written, and are missing here: check the disk, or the reader of the log";
  return `${JSON.stringify({ ...fields, event: "log_lines_dropped", lines, msg })}\n`;
}
