import { isIPv4, isIPv6 } from "node:net";
import { parseDurationMs } from "../domain/values/time.ts";
import type { Env } from "./env.ts";
import { type Process, VARIABLES } from "./variables.ts";

/** Exit code for an unusable configuration. @source sysexits.h, EX_CONFIG */
export const EXIT_CONFIG = 78;

/** Every problem of a configuration, one line each. Never contains the value of a secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/**
 * Reads variables and collects every problem, so that one start reports all of them. An empty value counts as not set.
 */
export class Reader {
  readonly #env: Env;
  readonly #problems: string[] = [];

  constructor(env: Env, readingProcess: Process) {
    this.#env = env;
    for (const { name, readBy, isSupported } of VARIABLES) {
      if (!isSupported && readBy.includes(readingProcess) && this.text(name) !== null) {
        this.addProblem(name, "not supported by this version; remove it");
      }
    }
  }

  text(name: string): string | null {
    const value = this.#env[name]?.trim() ?? "";
    return value === "" ? null : value;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === null) this.addProblem(name, `required: ${meaningOf(name)}`);
    return value ?? "";
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T {
    const parse = (value: string): T | null => values.find((one) => one === value) ?? null;
    return this.#parsed(name, fallback, parse, values.join(" or "));
  }

  integer(name: string, min: number, max: number, fallback: number): number {
    const parse = (value: string): number | null => integerOf(value, min, max);
    return this.#parsed(name, fallback, parse, `an integer from ${min} to ${max}`);
  }

  durationMs(name: string, minMs: number, maxMs: number, fallbackMs: number): number {
    const parse = (value: string): number | null => durationOf(value, minMs, maxMs);
    const range = `from ${minMs / 1_000}s to ${maxMs / 1_000}s`;
    return this.#parsed(name, fallbackMs, parse, `a duration such as 60s, ${range}`);
  }

  url(name: string, protocols: readonly string[], fallback: string | null): string | null {
    const parse = (value: string): string | null => urlOf(value, protocols);
    return this.#parsed(name, fallback, parse, `a URL with ${protocols.join(" or ")}`);
  }

  /** An IP address and a port, such as `127.0.0.1:9464` or `[::1]:9464`; null where it is not set. */
  socketAddress(name: string): string | null {
    return this.#parsed(name, null, socketAddressOf, "an IP address and a port, 127.0.0.1:9464");
  }

  list(name: string): readonly string[] {
    const parts = (this.text(name) ?? "").split(",").map((part) => part.trim());
    return parts.filter((part) => part !== "");
  }

  addProblem(name: string, problem: string): void {
    this.#problems.push(`${name}: ${problem}`);
  }

  /** @throws ConfigError if there is a problem */
  finish(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }

  #parsed<T>(name: string, fallback: T, parse: (value: string) => T | null, expected: string): T {
    const value = this.text(name);
    if (value === null) return fallback;
    const result = parse(value);
    if (result !== null) return result;
    this.addProblem(name, `expected ${expected}`);
    return fallback;
  }
}

function meaningOf(name: string): string {
  return VARIABLES.find((row) => row.name === name)?.meaning ?? "";
}

function integerOf(value: string, min: number, max: number): number | null {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  return number >= min && number <= max ? number : null;
}

function durationOf(value: string, minMs: number, maxMs: number): number | null {
  const duration = parseDurationMs(value);
  return duration !== null && duration >= minMs && duration <= maxMs ? duration : null;
}

function socketAddressOf(value: string): string | null {
  const [, v6, v4, port] = /^(?:\[([\da-f:.]+)\]|([\d.]+)):(\d{1,5})$/i.exec(value) ?? [];
  const isAddress = v6 === undefined ? isIPv4(v4 ?? "") : isIPv6(v6);
  return isAddress && integerOf(port ?? "", 1, 65_535) !== null ? value : null;
}

function urlOf(value: string, protocols: readonly string[]): string | null {
  if (!URL.canParse(value)) return null;
  return protocols.includes(new URL(value).protocol.replace(":", "")) ? value : null;
}

/** PostgreSQL of the ledger; null: there is none. */
export function databaseUrl(reader: Reader): string | null {
  return reader.url("DATABASE_URL", ["postgres", "postgresql"], null);
}

/** Keys that sign customers' links. Adds a problem if there is none, or one is too short. */
export function readSigningKeys(reader: Reader): readonly Buffer[] {
  const name = "LINK_SIGNING_KEYS";
  const keys = reader.list(name).map((text) => Buffer.from(text, "base64"));
  if (keys.length === 0) reader.required(name);
  const isShort = keys.some((key) => key.length < 32);
  if (isShort) reader.addProblem(name, "expected base64 of at least 32 random bytes for each key");
  return keys;
}

/** Reads a configuration, or prints each problem on stderr and exits with `EXIT_CONFIG`. */
export function orExitWithProblems<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(error.problems.map((problem) => `configuration: ${problem}\n`).join(""));
    process.exit(EXIT_CONFIG);
  }
}
