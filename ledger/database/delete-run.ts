import type { RunKey } from "../projection/rows.ts";
import type { LedgerDatabase } from "./connect.ts";
import { lockRuns } from "./lock-runs.ts";
import { RUN_TABLES } from "./tables.ts";

/** Deletes all rows of a run. */
export async function deleteRun(db: LedgerDatabase, run: RunKey): Promise<void> {
  const { provider, recoveryId, runId } = run;
  await db.transaction().execute(async (transaction) => {
    await lockRuns(transaction, [runId]);
    for (const table of RUN_TABLES) {
      await transaction
        .deleteFrom(table)
        .where((where) => where.and({ provider, recoveryId, runId }))
        .execute();
    }
  });
}
