import type { Env } from "../../config/env.ts";
import { type GatewayConfig, readGatewayConfig } from "../../config/gateway.ts";
import { ConfigError } from "../../config/reader.ts";
import { readWorkerConfig, type WorkerConfig } from "../../config/worker.ts";

/** A problem of a variable, as a process reports it at its start. */
export type Problem = { readonly name: string; readonly problem: string };

/** The variables of both processes, as far as they can be read. */
export type Settings = {
  /** Without the values that have a problem: where a default exists, it is used. */
  readonly worker: WorkerConfig;
  readonly gateway: GatewayConfig;
  /** Each of a value that is set and wrong. */
  readonly problems: readonly Problem[];
  /** Required variables that are not set here. Their values in the configurations are placeholders. */
  readonly missing: ReadonlySet<string>;
  /** Whether the variable is set and has no problem, so that its value can be used. */
  readonly has: (name: string) => boolean;
};

/** Why a variable's value cannot be used. */
export function whyAbsent({ problems }: Settings, name: string): string {
  const isWrong = problems.some((one) => one.name === name);
  return isWrong ? `${name} has a problem: see the variables.` : `${name} is not set here.`;
}

/** Lets the other variables of a configuration be read. None is ever used. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  DODO_PAYMENTS_API_KEY: "none",
  DODO_PAYMENTS_WEBHOOK_KEY: `whsec_${Buffer.alloc(24).toString("base64")}`,
  LINK_SIGNING_KEYS: Buffer.alloc(32).toString("base64"),
  SMTP_URL: "smtp://127.0.0.1:1",
  EMAIL_FROM: "none@example.invalid",
  PUBLIC_URL: "http://127.0.0.1:3000",
};

/** A wrong value can uncover another problem, such as a URL whose key is gone. */
const ROUNDS_MAX = 10;

/**
 * Reads what both processes read. A wrong value is left out, and a missing one replaced, so that one problem hides no other: a
 * process on its own would stop at once.
 */
export function readSettings(env: Env): Settings {
  const worker = readLeniently(env, readWorkerConfig);
  const gateway = readLeniently(env, readGatewayConfig);
  const problems = new Map(
    [...worker.problems, ...gateway.problems].map((one) => [`${one.name}: ${one.problem}`, one]),
  );
  const wrong = new Set([...problems.values()].map(({ name }) => name));
  const isSet = (name: string): boolean => (env[name]?.trim() ?? "") !== "";
  return {
    worker: worker.config,
    gateway: gateway.config,
    problems: [...problems.values()],
    missing: new Set([...worker.missing, ...gateway.missing].filter((name) => !wrong.has(name))),
    has: (name) => isSet(name) && !wrong.has(name),
  };
}

type Lenient<Config> = {
  readonly config: Config;
  readonly problems: readonly Problem[];
  readonly missing: readonly string[];
};

function readLeniently<Config>(env: Env, read: (env: Env) => Config): Lenient<Config> {
  const problems: Problem[] = [];
  const missing: string[] = [];
  let current: Record<string, string | undefined> = { ...env };
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    try {
      return { config: read(current), problems, missing };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const found = error.problems.map(problemOf);
      const next = { ...current };
      for (const { name, problem } of found) {
        const isSet = (env[name]?.trim() ?? "") !== "";
        if (isSet && current[name] === env[name]) problems.push({ name, problem });
        else if (!isSet) missing.push(name);
        next[name] = problem.startsWith("required") ? PLACEHOLDERS[name] : undefined;
      }
      current = next;
    }
  }
  throw new Error("the configuration could not be read without its problems");
}

/** The lines of a `ConfigError` begin with the variable's name. */
function problemOf(line: string): Problem {
  const [, name = "", problem = line] = /^([A-Z_]+): (.*)$/s.exec(line) ?? [];
  return { name, problem };
}
