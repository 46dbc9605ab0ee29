import { codesOf, nameOf, OwnError, scrubbed } from "../domain/values/own-error.ts";

/** What a log shows of an error. */
export type ErrorRecord = {
  readonly type: string;
  /** Only where the text is ours. */
  readonly message?: string;
  /** Of the error and its causes. */
  readonly codes?: readonly string[];
  /** Where it was thrown, as Node.js writes it. */
  readonly stack?: string;
};

/** An error for the log: its text only where it is ours, because others quote answers, and neither fields nor causes. */
export function recordOfError(error: unknown): ErrorRecord {
  const codes = codesOf(error);
  const frames = framesOf(error);
  return {
    type: nameOf(error),
    ...(error instanceof OwnError ? { message: scrubbed(error.message) } : {}),
    ...(codes.length === 0 ? {} : { codes }),
    ...(frames.length === 0 ? {} : { stack: frames.join("\n") }),
  };
}

const FRAMES_MAX = 12;
/** A place in a file: `    at function (file:///…/name.ts:1:2)`. */
const FRAME =
  /^ {4}at (?:[\w$.<>[\] #-]{1,120} \()?(?:async )?(?:file:|node:|\/)[^()\n]{1,400}:\d+:\d+\)?$/;

/** The lines of an error's stack without its text, which may have several lines. Empty where they cannot be told apart. */
export function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || typeof error.stack !== "string") return [];
  const { message, stack } = error;
  const start = stack.indexOf(message);
  if (start === -1) return [];
  return stack
    .slice(start + message.length)
    .split("\n")
    .filter((line) => FRAME.test(line))
    .slice(0, FRAMES_MAX);
}
