import type { Client } from "@temporalio/client";
import { optionalTsToMs } from "@temporalio/common/lib/time.js";
import type { LedgerDatabase } from "../database/connect.ts";
import type { RunKey } from "../projection/rows.ts";
import { GRPC, grpcCodeOf, isNotFound } from "./grpc-code.ts";

/** A run of the ledger that Temporal should still have, and has not. */
export type Orphan = {
  readonly run: RunKey;
  /**
   * Temporal has a later run of the same recovery, which has taken over all of its debts: it was restored from a backup that lacks this
   * run. Without one it may be another Temporal, and the row may be all that tells of the debt.
   */
  readonly isReplaced: boolean;
};

/** @param seen the ids of the runs that Temporal has listed */
export async function orphansOf(
  db: LedgerDatabase,
  client: Client,
  seen: ReadonlySet<string>,
): Promise<readonly Orphan[]> {
  const { namespace } = client.options;
  const { config } = await client.workflowService.describeNamespace({ namespace });
  const retentionMs = optionalTsToMs(config?.workflowExecutionRetentionTtl) ?? 0;
  // Temporal keeps a run for this long after its end, so also after its start.
  const rows = await db
    .selectFrom("recoveries")
    .select(["provider", "recoveryId", "runId", "startedAt"])
    .where("startedAt", ">", new Date(Date.now() - retentionMs) as never)
    .execute();
  const orphans: Orphan[] = [];
  for (const { startedAt, ...run } of rows) {
    if (seen.has(run.runId)) continue;
    const { recoveryId, runId } = run;
    // Visibility may not have it yet.
    if ((await startOf(client, recoveryId, runId)) !== null) continue;
    const latest = await startOf(client, recoveryId);
    const isLater = latest !== null && latest >= startedAt;
    orphans.push({ run, isReplaced: isLater && (await isTakenOver(db, run, seen)) });
  }
  return orphans;
}

async function isTakenOver(
  db: LedgerDatabase,
  { provider, recoveryId, runId }: RunKey,
  seen: ReadonlySet<string>,
): Promise<boolean> {
  const debts = await db
    .selectFrom("debts")
    .select(["runId", "debtId"])
    .where((where) => where.and({ provider, recoveryId }))
    .execute();
  const known = new Set(debts.filter((debt) => seen.has(debt.runId)).map(({ debtId }) => debtId));
  return debts.every((debt) => debt.runId !== runId || known.has(debt.debtId));
}

async function startOf(client: Client, workflowId: string, runId?: string): Promise<number | null> {
  try {
    const { startTime } = await client.workflow.getHandle(workflowId, runId).describe();
    return startTime.getTime();
  } catch (error) {
    // Temporal refuses an id that cannot be one of a run.
    if (isNotFound(error) || grpcCodeOf(error) === GRPC.invalidArgument) return null;
    throw error;
  }
}
