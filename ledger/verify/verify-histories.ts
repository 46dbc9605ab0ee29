import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import type { LedgerDatabase } from "../database/connect.ts";
import { storedRun } from "../database/read-run.ts";
import { orphansOf } from "../history/orphans.ts";
import { type ListedRun, listRuns, PROVIDER, readRun } from "../history/read-run.ts";
import { type Drift, driftsOf } from "./drift.ts";
import { doubleSettlements } from "./double.ts";

export type Verified = {
  /** Runs whose history was compared. */
  readonly runs: number;
  readonly drifts: readonly Drift[];
  /** Payments that the ledger counts for more than one debt. */
  readonly doubles: readonly string[];
};

/** What a worker has decided is recorded and written within this time. */
const SETTLED_MS = 3_000;

/** Compares the ledger with every history that Temporal keeps. Changes nothing. @param onRun after each run */
export async function verifyLedger(
  db: LedgerDatabase,
  client: Client,
  taskQueue: string,
  onRun: () => void = () => undefined,
): Promise<Verified> {
  const drifts: Drift[] = [];
  const unsettled: ListedRun[] = [];
  const seen = new Set<string>();
  for await (const run of listRuns(client, taskQueue)) {
    if (seen.has(run.runId)) continue;
    seen.add(run.runId);
    const found = await driftsOfRun(db, client, run);
    if (run.closedAt === null && found.length > 0) unsettled.push(run);
    else drifts.push(...found);
    onRun();
  }
  // A decision may have been made between the two looks at an open run.
  if (unsettled.length > 0) await delay(SETTLED_MS);
  for (const run of unsettled) drifts.push(...(await driftsOfRun(db, client, run)));
  for (const { run } of await orphansOf(db, client, seen)) {
    const { recoveryId, runId } = run;
    const what = { what: "run", inLedger: "the run", inHistory: null };
    drifts.push({ class: "orphan", recoveryId, runId, ...what });
  }
  return { runs: seen.size, drifts, doubles: await doubleSettlements(db) };
}

async function driftsOfRun(
  db: LedgerDatabase,
  client: Client,
  run: ListedRun,
): Promise<readonly Drift[]> {
  // The ledger first: what is written meanwhile is in the history that is read after it.
  const { workflowId: recoveryId, runId } = run;
  const stored = await storedRun(db, { provider: PROVIDER, recoveryId, runId });
  const history = await readRun(client, run);
  return history === null ? [] : driftsOf(stored, history.rows);
}
