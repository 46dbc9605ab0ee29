import type { Client } from "@temporalio/client";
import type { LedgerDatabase } from "../database/connect.ts";
import { storedRun } from "../database/read-run.ts";
import { listRuns, readRun } from "../history/read-run.ts";
import { type Drift, driftsOf } from "./drift.ts";
import { doubleSettlements } from "./double.ts";

export type Verified = {
  /** Runs whose history was compared. */
  readonly runs: number;
  readonly drifts: readonly Drift[];
  /** Payments that the ledger counts for more than one debt. */
  readonly doubles: readonly string[];
};

/** Compares the ledger with every history that Temporal keeps. Changes nothing. @param onRun after each run */
export async function verifyLedger(
  db: LedgerDatabase,
  client: Client,
  taskQueue: string,
  onRun: () => void = () => undefined,
): Promise<Verified> {
  const drifts: Drift[] = [];
  const seen = new Set<string>();
  for await (const run of listRuns(client, taskQueue)) {
    if (seen.has(run.runId)) continue;
    seen.add(run.runId);
    // The ledger first: what is written meanwhile is in the history that is read after it.
    const { workflowId: recoveryId, runId } = run;
    const stored = await storedRun(db, { provider: "dodo", recoveryId, runId });
    const history = await readRun(client, run);
    if (history !== null) drifts.push(...driftsOf(stored, history));
    onRun();
  }
  return { runs: seen.size, drifts, doubles: await doubleSettlements(db) };
}
