import { parseDurationMs } from "../domain/values/time.ts";
import type { Env } from "./env.ts";
import { NOT_BUILT_YET, type Process, VARIABLES } from "./variables.ts";

/** Exit code for a configuration that cannot be used. @source sysexits.h, EX_CONFIG */
export const EXIT_CONFIG = 78;

/** All that is wrong with the configuration, a line for each. Never holds the value of a secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/**
 * Reads variables and gathers what is wrong with them, so that all of it is said at once.
 * An empty value counts as not set.
 */
export class Reader {
  readonly #env: Env;
  readonly #problems: string[] = [];

  constructor(env: Env, readingProcess: Process) {
    this.#env = env;
    for (const { name, readBy } of VARIABLES) {
      const isRefused = NOT_BUILT_YET.includes(name) && readBy.includes(readingProcess);
      if (isRefused && this.text(name) !== null) {
        this.problem(name, "not built yet in this version; leave it out");
      }
    }
  }

  text(name: string): string | null {
    const value = this.#env[name]?.trim() ?? "";
    return value === "" ? null : value;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === null) this.problem(name, `required: ${meaningOf(name)}`);
    return value ?? "";
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T {
    const parse = (value: string): T | null => values.find((one) => one === value) ?? null;
    return this.#parsed(name, fallback, parse, values.join(" or "));
  }

  whole(name: string, min: number, max: number, fallback: number): number {
    const parse = (value: string): number | null => wholeOf(value, min, max);
    return this.#parsed(name, fallback, parse, `a whole number from ${min} to ${max}`);
  }

  durationMs(name: string, minMs: number, maxMs: number, fallbackMs: number): number {
    const parse = (value: string): number | null => durationOf(value, minMs, maxMs);
    const range = `from ${minMs / 1_000}s to ${maxMs / 1_000}s`;
    return this.#parsed(name, fallbackMs, parse, `a duration such as 60s, ${range}`);
  }

  url(name: string, protocols: readonly string[], fallback: string | null): string | null {
    const parse = (value: string): string | null => urlOf(value, protocols);
    return this.#parsed(name, fallback, parse, `an address with ${protocols.join(" or ")}`);
  }

  list(name: string): readonly string[] {
    const parts = (this.text(name) ?? "").split(",").map((part) => part.trim());
    return parts.filter((part) => part !== "");
  }

  problem(name: string, expected: string): void {
    this.#problems.push(`${name}: ${expected}`);
  }

  /** @throws ConfigError where anything was wrong */
  finish(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }

  #parsed<T>(name: string, fallback: T, parse: (value: string) => T | null, expected: string): T {
    const value = this.text(name);
    if (value === null) return fallback;
    const result = parse(value);
    if (result !== null) return result;
    this.problem(name, `expected ${expected}`);
    return fallback;
  }
}

function meaningOf(name: string): string {
  return VARIABLES.find((row) => row.name === name)?.meaning ?? "";
}

function wholeOf(value: string, min: number, max: number): number | null {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  return number >= min && number <= max ? number : null;
}

function durationOf(value: string, minMs: number, maxMs: number): number | null {
  const duration = parseDurationMs(value);
  return duration !== null && duration >= minMs && duration <= maxMs ? duration : null;
}

function urlOf(value: string, protocols: readonly string[]): string | null {
  if (!URL.canParse(value)) return null;
  return protocols.includes(new URL(value).protocol.replace(":", "")) ? value : null;
}

/** Keys that sign links. @returns at least one, else a problem is noted */
export function readSigningKeys(reader: Reader): readonly Buffer[] {
  const name = "LINK_SIGNING_KEYS";
  const keys = reader.list(name).map((text) => Buffer.from(text, "base64"));
  if (keys.length === 0) reader.required(name);
  const isShort = keys.some((key) => key.length < 32);
  if (isShort) reader.problem(name, "expected at least 32 random bytes in base64 for each key");
  return keys;
}

/** Reads a configuration, or ends the process with a line on stderr for each thing wrong. */
export function orExitWithProblems<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(error.problems.map((problem) => `configuration: ${problem}\n`).join(""));
    process.exit(EXIT_CONFIG);
  }
}
