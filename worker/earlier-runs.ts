import type { Client } from "@temporalio/client";
import type { EarlierRunsReader } from "../activities/evidence/read-dodo.ts";
import { closedPaymentIds, exhaustedDebtsOf, type RecoveryResult } from "../domain/debt/result.ts";
import { resultOfRun } from "./run-result.ts";

/** How many earlier runs are read, newest first: more than a subscription has within any retention. */
const RUNS_MAX = 50;

/** Reads the results of a recovery's earlier runs from Temporal, so that an ended debt is not opened again. */
export function createEarlierRunsReader(client: Client): EarlierRunsReader {
  return async (recoveryId) => {
    const query = `WorkflowId = "${recoveryId}" AND ExecutionStatus = "Completed"`;
    const results: RecoveryResult[] = [];
    for await (const { runId } of client.workflow.list({ query, pageSize: RUNS_MAX })) {
      results.push(await resultOfRun(client, recoveryId, runId));
      if (results.length >= RUNS_MAX) break;
    }
    const exhaustedDebts = exhaustedDebtsOf(results);
    return {
      ...(exhaustedDebts.length === 0 ? {} : { exhaustedDebts }),
      endedDebts: [...new Set(results.flatMap((result) => closedPaymentIds(result)))],
      // Each run starts with the blocked methods of the previous one, so the newest has all of them.
      blockedMethods: results[0]?.blockedMethods ?? [],
    };
  };
}
