import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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
  if (before !== version) writeWhole(record, `${version}\n`);
  return { dbFilename, copiedTo };
}

/** Copies the write-ahead log too, if there is one: it may hold the last changes. */
function copyDatabase(dbFilename: string, version: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(":", "-");
  const copy = `${dbFilename}.${version}.${stamp}`;
  const parts = ["", "-wal", "-shm"];
  try {
    for (const suffix of parts) {
      if (existsSync(dbFilename + suffix)) copyFileSync(dbFilename + suffix, copy + suffix);
    }
  } catch (error) {
    // A disk that is full must not fill up with parts of copies.
    for (const suffix of parts) rmSync(copy + suffix, { force: true });
    throw error;
  }
  return copy;
}

/** Writes the whole file or leaves it as it was: a disk that is full would leave an empty one. */
export function writeWhole(path: string, content: string, mode = 0o644): void {
  const part = `${path}.part`;
  try {
    writeFileSync(part, content, { mode });
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
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
