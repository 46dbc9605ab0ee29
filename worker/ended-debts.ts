import type { Client } from "@temporalio/client";
import { endedBy, type RecoveryResult } from "../domain/result.ts";
import type { EndedDebtsReader } from "../activities/read-dodo.ts";

/** Earlier runs that are looked at, newest first: more than one subscription has in any retention. */
const RUNS_MAX = 50;

/** Reads the results of a recovery's earlier runs from Temporal: the debts they ended do not begin again. */
export function createEndedDebtsReader(client: Client): EndedDebtsReader {
  return async (recoveryId) => {
    const query = `WorkflowId = "${recoveryId}" AND ExecutionStatus = "Completed"`;
    const ended = new Set<string>();
    let runs = 0;
    for await (const { runId } of client.workflow.list({ query, pageSize: RUNS_MAX })) {
      const handle = client.workflow.getHandle(recoveryId, runId, { followRuns: false });
      const result = (await handle.result()) as RecoveryResult;
      for (const id of endedBy(result)) ended.add(id);
      runs += 1;
      if (runs >= RUNS_MAX) break;
    }
    return [...ended];
  };
}
