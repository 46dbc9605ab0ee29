import type { RunKey } from "../projection/rows.ts";
import type { LedgerDatabase } from "./connect.ts";
import { lockRuns } from "./lock-runs.ts";

/** Deletes all rows of a run. */
export async function deleteRun(db: LedgerDatabase, run: RunKey): Promise<void> {
  const { provider, recoveryId, runId } = run;
  await db.transaction().execute(async (transaction) => {
    await lockRuns(transaction, [runId]);
    for (const table of TABLES) {
      await transaction
        .deleteFrom(table)
        .where((where) => where.and({ provider, recoveryId, runId }))
        .execute();
    }
  });
}

const TABLES = ["recoveries", "debts", "attempts", "notices", "operatorActions"] as const;
