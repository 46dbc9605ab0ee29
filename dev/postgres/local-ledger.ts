import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../platform/error-message.ts";
import type { Cleanup } from "../process/cleanup.ts";
import { writeWhole } from "../temporal/data.ts";
import { postgresUser, startPostgres } from "./server.ts";

export type LocalLedgerOptions = {
  /** Its data and its log go into `postgres/` in it, and its address into `database-url`. */
  readonly folder: string;
  /** Whether its data is to last when the machine stops. */
  readonly durable: boolean;
  readonly cleanup: Cleanup;
  readonly print: (line: string) => void;
};

/**
 * Starts PostgreSQL for the ledger. Where it cannot be had, it says why, and everything goes on without a ledger.
 *
 * @returns `DATABASE_URL`; null without a ledger
 */
export async function startLocalLedger(options: LocalLedgerOptions): Promise<string | null> {
  const { folder, durable, cleanup, print } = options;
  const data = join(folder, "postgres");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    letEnter(folder);
    const server = await startPostgres({ folder: data, durable });
    cleanup.add(() => server.stop());
    void server.ended.then((how) => {
      if (cleanup.isRunning()) return;
      print(
        `PostgreSQL of the ledger exited unexpectedly (${how}). Recoveries go on; the ledger is filled after the next start.`,
      );
    });
    writeWhole(join(folder, "database-url"), server.url, 0o600);
    return server.url;
  } catch (error) {
    print(
      `There is no ledger of reports: PostgreSQL could not be started. Everything else works. ${messageOf(error)}\n` +
        "To have one, set DATABASE_URL to a PostgreSQL of your own.",
    );
    return null;
  }
}

/** PostgreSQL does not run as root: its user's group has to be able to pass this folder, and nobody else. */
function letEnter(folder: string): void {
  const user = postgresUser();
  if (user === null) return;
  chownSync(folder, 0, user.gid);
  chmodSync(folder, 0o710);
}
