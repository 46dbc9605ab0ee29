import type { Client } from "@temporalio/client";
import type { LedgerDatabase } from "../database/connect.ts";
import { storedDecision } from "../database/read-run.ts";
import { type ListedRun, readRun, type RecordedRun } from "./read-run.ts";

/**
 * A worker may have written a decision after the history was read: then it is read once more. What the ledger still has more
 * than the second one was never recorded.
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
