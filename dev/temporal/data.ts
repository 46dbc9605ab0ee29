import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The Temporal database file, prepared for one version. `start-dev` creates the schema once and never migrates it, so
 * the version that wrote the file is recorded beside it. Before a newer version opens the file it is copied; an older
 * version is refused.
 * @source docs/TEMPORAL.md, "Dev server"
 */
export type PreparedData = {
  readonly dbFilename: string;
  /** Path of the copy; null if the version has not changed. */
  readonly copiedTo: string | null;
};

/** @throws if a newer Temporal than this one wrote the file */
export function prepareTemporalData(folder: string, version: string, now: Date): PreparedData {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const dbFilename = join(folder, "temporal.db");
  const record = join(folder, "temporal-version");
  const before = existsSync(record) ? readFileSync(record, "utf8").trim() : null;
  let copiedTo: string | null = null;
  if (existsSync(dbFilename) && before !== null && before !== version) {
    if (compareVersions(before, version) > 0) {
      throw new Error(
        `${dbFilename} was written by Temporal ${before}. This is Temporal ${version}, which may not be able to read it. ` +
          `Set TEMPORAL_CLI to the path of Temporal ${before} or newer.`,
      );
    }
    copiedTo = copyDatabase(dbFilename, before, now);
  }
  writeFileSync(record, `${version}\n`);
  return { dbFilename, copiedTo };
}

/** Copies the write-ahead log too, if there is one: it may hold the last changes. */
function copyDatabase(dbFilename: string, version: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(":", "-");
  const copy = `${dbFilename}.${version}.${stamp}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(dbFilename + suffix)) copyFileSync(dbFilename + suffix, copy + suffix);
  }
  return copy;
}

/** Compares by number, so that `1.10.0` is newer than `1.9.1`. @returns a negative number if `a` is older */
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
