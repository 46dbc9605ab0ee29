import type { Client } from "@temporalio/client";
import { connectLedger, type LedgerDatabase } from "../../ledger/database/connect.ts";
import { migrateLedger } from "../../ledger/database/migrate.ts";
import { storedRun } from "../../ledger/database/read-run.ts";
import { listRuns, readRun } from "../../ledger/history/read-run.ts";
import { PROVIDER } from "../../ledger/history/read-run.ts";
import {
  openWorkerLedger,
  type WorkerLedger,
  type WorkerLedgerOptions,
} from "../../worker/ledger/worker-ledger.ts";
import { until } from "./until.ts";

export async function openTestLedger(url: string): Promise<LedgerDatabase> {
  const db = connectLedger({ url, connections: 3, statementTimeoutMs: 30_000, name: "test" });
  await migrateLedger(db);
  return db;
}

/** A worker's ledger whose rows are only what was written as decisions were made. */
export async function openLiveLedger(
  url: string,
  options: Omit<WorkerLedgerOptions, "url">,
): Promise<WorkerLedger> {
  const ledger = openWorkerLedger({ ...options, url });
  return { ...ledger, replaceRun: async () => await Promise.resolve() };
}

/** What the ledger has of a run, and what its history says, row by row, in one order. */
export type Compared = {
  readonly runId: string;
  readonly stored: unknown;
  readonly history: unknown;
};

/** Compares each run of the task queue, once the writer has written what its history has. */
export async function compareRuns(
  db: LedgerDatabase,
  client: Client,
  taskQueue: string,
): Promise<readonly Compared[]> {
  const compared: Compared[] = [];
  for await (const run of listRuns(client, taskQueue)) {
    const history = await readRun(client, run);
    if (history === null) continue;
    const { workflowId: recoveryId, runId } = run;
    const { decision } = history.rows.recovery;
    const stored = await until(
      async () => {
        const rows = await storedRun(db, { provider: PROVIDER, recoveryId, runId });
        return (rows?.recovery.decision ?? 0) >= decision ? rows : null;
      },
      { what: `decision ${decision} of ${recoveryId} in the ledger` },
    );
    compared.push({ runId, stored: inOrder(stored), history: inOrder(history.rows) });
  }
  return compared;
}

export function inOrder(rows: object | null | undefined): unknown {
  if (rows == null) return null;
  const lines = (list: readonly object[]): string[] =>
    list.map((row) => JSON.stringify(Object.entries(row).toSorted())).toSorted();
  return Object.fromEntries(
    Object.entries(rows).map(([name, value]) => [
      name,
      lines(Array.isArray(value) ? (value as object[]) : [value as object]),
    ]),
  );
}
