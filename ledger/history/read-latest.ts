import type { Client } from "@temporalio/client";
import type { LedgerDatabase } from "../database/connect.ts";
import { storedDecision } from "../database/read-run.ts";
import { type ListedRun, readRun, type RecordedRun } from "./read-run.ts";

/**
 * Reads a run's history, and reads it again where the ledger has more decisions: a worker may have written one after the first read.
 * Decisions that the second read lacks too were never recorded.
 */
export async function readLatest(
  db: LedgerDatabase,
  client: Client,
  run: ListedRun,
): Promise<RecordedRun | null> {
  const recorded = await readRun(client, run);
  if (recorded === null || recorded.rows.recovery.state === "ended") return recorded;
  const { recovery } = recorded.rows;
  const stored = await storedDecision(db, recovery);
  return stored === null || stored <= recovery.decision ? recorded : await readRun(client, run);
}
