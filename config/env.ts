import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** The process's environment. Only this file reads `process.env`. */
export type Env = Readonly<Record<string, string | undefined>>;

export function readEnv(): Env {
  return { ...process.env };
}

/** A file of `NAME=value` lines, overridden by the process's environment. @returns null if there is no such file */
export function readEnvOver(path: string): Env | null {
  if (!existsSync(path)) return null;
  return { ...parseEnv(readFileSync(path, "utf8")), ...readEnv() };
}
