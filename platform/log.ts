import { type Level, type Logger, pino } from "pino";

export type Log = Logger;

/** Fields that are redacted, at the top level and one level below. */
const REDACTED = ["apiKey", "authorization", "bearerToken", "keys", "password", "secret", "email"];

/** Writes JSON lines to stdout. @param process `gateway` or `worker`, in every line */
export function createLog(level: Level, process: string): Log {
  return pino({
    level,
    base: { process },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: "[hidden]" },
  });
}
