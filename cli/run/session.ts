import { type Command, InvalidArgumentError, Option } from "commander";
import { ConfigError } from "../../config/reader.ts";
import { parseSubscriptionId, type SubscriptionId } from "../../domain/values/ids.ts";
import { parseDurationMs } from "../../domain/values/time.ts";
import { visible } from "../../domain/values/visible-text.ts";
import { EXIT, type ExitCode, Failure } from "./failure.ts";
import { jsonText, type Paint, paintFor, type Shell } from "./shell.ts";

/** One command that runs. */
export type Session = {
  readonly shell: Shell;
  readonly isJson: boolean;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly paint: Paint;
  /** Writes the result: as JSON where that is wanted, else as text. */
  readonly print: (result: unknown, text: () => string) => void;
  /** A line for a person beside the result, on stderr. */
  readonly note: (line: string) => void;
};

const TIMEOUT_MS = 15_000;

/** The options of every command. */
export function globalOptions(): readonly Option[] {
  return [
    new Option("--json", "print JSON, for programs"),
    new Option("--timeout <duration>", "of one request, such as 30s")
      .default(TIMEOUT_MS, `${TIMEOUT_MS / 1_000}s`)
      .argParser(timeoutOf),
  ];
}

function timeoutOf(text: string): number {
  const durationMs = parseDurationMs(text);
  if (durationMs === null || durationMs === 0)
    throw new InvalidArgumentError("Expected a duration such as 30s.");
  return durationMs;
}

/** An argument that names a subscription. */
export function subscriptionOf(text: string): SubscriptionId {
  const id = parseSubscriptionId(text);
  if (id === null) throw new InvalidArgumentError("Expected a subscription id, such as sub_….");
  return id;
}

export function sessionOf(shell: Shell, command: Command): Session {
  const { json = false, timeout } = command.optsWithGlobals<{ json?: boolean; timeout: number }>();
  return {
    shell,
    isJson: json,
    timeoutMs: timeout,
    paint: paintFor(shell.stdout, shell.env),
    print: (result, text) => shell.stdout.write(`${json ? jsonText(result) : text()}\n`),
    note: (line) => {
      if (!json) shell.stderr.write(`${line}\n`);
    },
  };
}

/** @throws Failure unless a person says yes; with `--yes` nobody is asked */
export async function confirm(
  { shell }: Session,
  isSure: boolean | undefined,
  question: string,
): Promise<void> {
  if (isSure === true) return;
  if (shell.ask === null) {
    throw new Failure("usage", "This asks a person first, and there is no terminal to ask on.", {
      advice: "Add --yes to do it without a question.",
    });
  }
  const answer = await shell.ask(`${visible(question)}\nGo on? [y/N] `);
  if (!/^\s*y(es)?\s*$/i.test(answer)) throw new Failure("refused", "Nothing was done.");
}

/** Reads a configuration. @throws Failure with every problem */
export function configured<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Failure("configuration", error.problems.join("\n"), {
      advice: "Set it in the environment, or in .env in this folder.",
    });
  }
}

/** Tells a failure on stderr. @returns the exit code */
export function report(shell: Shell, isJson: boolean, error: unknown): ExitCode {
  const failure =
    error instanceof Failure ? error : new Failure("internal", `This is a bug: ${stackOf(error)}`);
  const { kind, message, advice, problem } = failure;
  if (isJson) {
    const body = { error: { kind, exit_code: EXIT[kind], message, advice, problem } };
    shell.stderr.write(`${jsonText(body)}\n`);
    return EXIT[kind];
  }
  const paint = paintFor(shell.stderr, shell.env);
  const [first = "", ...rest] = message.split("\n").map(visible);
  const lines = [
    `${paint("red", "reprise:")} ${first}`,
    ...rest.map((line) => `  ${line}`),
    ...(advice === null ? [] : [`  ${visible(advice)}`]),
  ];
  shell.stderr.write(`${lines.join("\n")}\n`);
  return EXIT[kind];
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
