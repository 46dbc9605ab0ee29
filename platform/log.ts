import {
  type DestinationStream,
  type Level,
  type Logger,
  type LogFn,
  type LoggerOptions,
  pino,
} from "pino";
import { recordOfError } from "./error-record.ts";
import { inertJson } from "./inert-json.ts";
import {
  createLogDestination,
  createStdoutWriter,
  type LogDestination,
} from "./log-destination.ts";
import { boundedFields } from "./logs/bounded-fields.ts";
import type { Log } from "./logs/catalogue.ts";
import { memoize } from "./memoize.ts";

export type { Log } from "./logs/catalogue.ts";

/** An error in place of the fields becomes a field, and never the line's text. */
function withoutErrorText(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, ...rest] = args as [unknown, ...string[]];
  if (first instanceof Error) method.call(this, { err: first }, ...rest);
  else method.apply(this, args);
}

/** Whatever was thrown is shown without a foreign text. What is a record already stays. */
const shown = (value: unknown): unknown =>
  value instanceof Error || typeof value !== "object" ? recordOfError(value) : value;

/** Fields that are redacted, at the top level and one level below. */
const REDACTED = ["apiKey", "authorization", "bearerToken", "keys", "password", "secret", "email"];

/** How long an ending process tries to write its last lines to a slow reader. */
const LAST_LINES_MS = 500;

/**
 * Writes JSON lines to stdout, or to `destination`; a line that cannot be written to stdout is dropped.
 * @param name `gateway` or `worker`, in every line
 */
export function createLog(level: Level, name: string, destination?: DestinationStream): Log {
  const options: LoggerOptions = {
    level,
    base: { process: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: boundedFields },
    // Under its usual key `err`, pino would take the line's text from the error.
    errorKey: "thrown",
    serializers: { err: shown, error: shown, thrown: shown },
    hooks: { streamWrite: inertJson, logMethod: withoutErrorText },
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: "[hidden]" },
  };
  return pino(options, destination ?? stdoutOf(name));
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
