import type { Client } from "@temporalio/client";
import { sql } from "kysely";
import type { Instant } from "../../domain/values/time.ts";
import type { LedgerDatabase } from "../database/connect.ts";
import { deleteRun } from "../database/delete-run.ts";
import { replaceRuns } from "../database/replace-runs.ts";
import { orphansOf } from "./orphans.ts";
import { readLatest } from "./read-latest.ts";
import { listRuns, type RecordedRun } from "./read-run.ts";

export type Rebuilt = {
  /** Runs whose rows were replaced. */
  readonly replaced: number;
  /** Closed runs that were left alone, since their rows came from their complete histories before. */
  readonly unchanged: number;
  /** Runs that Temporal keeps and that have made no decision. */
  readonly empty: number;
  /** Runs that the ledger alone has, because Temporal has deleted them: their rows stay as they are. */
  readonly kept: number;
  /** Runs that a restored Temporal never recorded, and that other runs have replaced: their rows are gone. */
  readonly removed: number;
};

const BATCH = 50;

/**
 * Replaces the rows of each run that Temporal keeps by those of its history. Deletes a run's rows only where a restored Temporal has lost
 * the run and a later run has replaced it.
 *
 * @param onRun after each run
 */
export async function rebuildLedger(
  db: LedgerDatabase,
  client: Client,
  taskQueue: string,
  onRun: () => void,
): Promise<Rebuilt> {
  return await replaceAll(db, client, taskQueue, { complete: new Map(), onRun });
}

/** As `rebuildLedger`, and leaves closed runs alone whose rows came from their complete histories. */
export async function fillLedger(
  db: LedgerDatabase,
  client: Client,
  taskQueue: string,
): Promise<Rebuilt> {
  const complete = await completeRuns(db);
  return await replaceAll(db, client, taskQueue, { complete, onRun: () => undefined });
}

async function replaceAll(
  db: LedgerDatabase,
  client: Client,
  taskQueue: string,
  { complete, onRun }: { complete: ReadonlyMap<string, Instant>; onRun: () => void },
): Promise<Rebuilt> {
  const seen = new Set<string>();
  const counts = { replaced: 0, unchanged: 0 };
  let batch: RecordedRun[] = [];
  const flush = async (): Promise<void> => {
    await replace(db, batch);
    counts.replaced += batch.length;
    batch = [];
  };
  for await (const run of listRuns(client, taskQueue)) {
    // Visibility may list a run twice while it changes.
    if (seen.has(run.runId)) continue;
    seen.add(run.runId);
    if (run.closedAt !== null && complete.get(run.runId) === run.closedAt) counts.unchanged += 1;
    else {
      const recorded = await readLatest(db, client, run);
      if (recorded !== null) batch.push(recorded);
    }
    if (batch.length >= BATCH) await flush();
    onRun();
  }
  await flush();
  const removed = await removeReplaced(db, client, seen);
  // The planner then knows how much there is, before PostgreSQL would look by itself.
  await sql`analyze recoveries, debts, attempts, notices, operator_actions`.execute(db);
  const empty = seen.size - counts.replaced - counts.unchanged;
  return { ...counts, empty, kept: await countOthers(db, seen), removed };
}

async function replace(db: LedgerDatabase, batch: readonly RecordedRun[]): Promise<void> {
  const closed = batch.flatMap(({ rows, closedAt }) =>
    closedAt === null ? [] : [[rows.recovery.runId, closedAt] as const],
  );
  await replaceRuns(
    db,
    batch.map(({ rows }) => rows),
    new Map(closed),
  );
}

/** When the runs closed whose rows came from their complete histories. */
async function completeRuns(db: LedgerDatabase): Promise<ReadonlyMap<string, Instant>> {
  const rows = await db
    .selectFrom("recoveries")
    .select(["runId", "closedAt"])
    .where("closedAt", "is not", null)
    .execute();
  return new Map(
    rows.flatMap(({ runId, closedAt }) => (closedAt === null ? [] : [[runId, closedAt]])),
  );
}

async function removeReplaced(
  db: LedgerDatabase,
  client: Client,
  seen: ReadonlySet<string>,
): Promise<number> {
  const gone = (await orphansOf(db, client, seen)).filter(({ isReplaced }) => isReplaced);
  for (const { run } of gone) await deleteRun(db, run);
  return gone.length;
}

async function countOthers(db: LedgerDatabase, seen: ReadonlySet<string>): Promise<number> {
  const stored = await db.selectFrom("recoveries").select("runId").execute();
  return stored.filter(({ runId }) => !seen.has(runId)).length;
}
