import type { Client } from "@temporalio/client";
import { sql } from "kysely";
import type { LedgerDatabase } from "../database/connect.ts";
import { storedDecision } from "../database/read-run.ts";
import { replaceRuns } from "../database/replace-runs.ts";
import type { RunRows } from "../projection/rows.ts";
import { type ListedRun, listRuns, readRun } from "./read-run.ts";

export type Rebuilt = {
  /** Runs whose rows were replaced. */
  readonly replaced: number;
  /** Runs that Temporal keeps and that have made no decision. */
  readonly empty: number;
  /** Runs that the ledger alone has, because Temporal has deleted them: their rows stay as they are. */
  readonly kept: number;
};

const BATCH = 50;

/**
 * Fills the ledger from the histories that Temporal keeps. It replaces the rows of each run, and deletes no others.
 *
 * @param onRun after each run
 */
export async function rebuildLedger(
  db: LedgerDatabase,
  client: Client,
  taskQueue: string,
  onRun: () => void = () => undefined,
): Promise<Rebuilt> {
  const seen = new Set<string>();
  let replaced = 0;
  let batch: RunRows[] = [];
  const flush = async (): Promise<void> => {
    await replaceRuns(db, batch);
    replaced += batch.length;
    batch = [];
  };
  for await (const run of listRuns(client, taskQueue)) {
    // Visibility may list a run twice while it changes.
    if (seen.has(run.runId)) continue;
    seen.add(run.runId);
    const rows = await readLatest(db, client, run);
    if (rows !== null) batch.push(rows);
    if (batch.length >= BATCH) await flush();
    onRun();
  }
  await flush();
  // The planner then knows how much there is, before PostgreSQL would look by itself.
  await sql`analyze recoveries, debts, attempts, notices, operator_actions`.execute(db);
  return { replaced, empty: seen.size - replaced, kept: await countOthers(db, seen) };
}

/**
 * A worker may have written a decision after the history was read: then it is read once more. What the ledger still has more
 * than the second one was never recorded.
 */
async function readLatest(
  db: LedgerDatabase,
  client: Client,
  run: ListedRun,
): Promise<RunRows | null> {
  const rows = await readRun(client, run);
  if (rows === null || rows.recovery.state === "ended") return rows;
  const stored = await storedDecision(db, rows.recovery);
  return stored === null || stored <= rows.recovery.decision ? rows : await readRun(client, run);
}

async function countOthers(db: LedgerDatabase, seen: ReadonlySet<string>): Promise<number> {
  const stored = await db.selectFrom("recoveries").select("runId").execute();
  return stored.filter(({ runId }) => !seen.has(runId)).length;
}
