import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** The environment as it was given: the only place that reads it. */
export type Env = Readonly<Record<string, string | undefined>>;

export function readEnv(): Env {
  return { ...process.env };
}

/** The environment laid over a file of `NAME=value` lines. @returns null where there is no such file */
export function readEnvOver(path: string): Env | null {
  if (!existsSync(path)) return null;
  return { ...parseEnv(readFileSync(path, "utf8")), ...readEnv() };
}
