import { type Logger, pino } from "pino";

export type Log = Logger;

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names that must never be printed, wherever they appear. */
const SECRETS = ["apiKey", "authorization", "bearerToken", "keys", "password", "secret", "email"];

/** JSON lines on stdout. @param process which of the two processes speaks */
export function createLog(level: LogLevel, process: string): Log {
  return pino({
    level,
    base: { process },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: "[hidden]" },
  });
}
