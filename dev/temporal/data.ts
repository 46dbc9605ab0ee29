import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A Temporal database file belongs to the version that wrote it: `start-dev` makes its schema once and never
 * migrates it. So the version is recorded beside the file, a copy is kept before a newer one opens it, and an older
 * one is refused.
 * @source docs/TEMPORAL.md, "Dev server"
 */
export type PreparedData = {
  readonly dbFilename: string;
  /** Where the file was copied to before a newer version opens it. */
  readonly copiedTo: string | null;
};

/** @throws when the file was written by a newer Temporal than this one */
export function prepareTemporalData(folder: string, version: string, now: Date): PreparedData {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const dbFilename = join(folder, "temporal.db");
  const record = join(folder, "temporal-version");
  const before = existsSync(record) ? readFileSync(record, "utf8").trim() : null;
  let copiedTo: string | null = null;
  if (existsSync(dbFilename) && before !== null && before !== version) {
    if (compareVersions(before, version) > 0) {
      throw new Error(
        `${dbFilename} was written by Temporal ${before}; this is ${version}, which may not be able to read it. ` +
          `Use Temporal ${before} or newer (set TEMPORAL_CLI to it).`,
      );
    }
    copiedTo = keepCopy(dbFilename, before, now);
  }
  writeFileSync(record, `${version}\n`);
  return { dbFilename, copiedTo };
}

/** With its write-ahead log, where there is one: the last changes may still be in it. */
function keepCopy(dbFilename: string, version: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(":", "-");
  const copy = `${dbFilename}.${version}.${stamp}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(dbFilename + suffix)) copyFileSync(dbFilename + suffix, copy + suffix);
  }
  return copy;
}

/** Negative where `a` is older. Numbers alone are compared: `1.10.0` is newer than `1.9.1`. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string): number[] =>
    version.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
