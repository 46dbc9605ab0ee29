import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createDatabase,
  type PostgresServer,
  startPostgres,
} from "../../../dev/postgres/server.ts";

/** A PostgreSQL server of a test file, and databases on it. */
export type TestPostgres = {
  readonly server: PostgresServer;
  /** An empty database. @returns its URL */
  readonly database: () => Promise<string>;
  readonly stop: () => Promise<void>;
};

export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "reprise-postgres-"));
  chmodSync(folder, 0o755);
  const server = await startPostgres({ folder, durable: false });
  return {
    server,
    database: () => createDatabase(server, `test_${randomUUID().replaceAll("-", "")}`),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
