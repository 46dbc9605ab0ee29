import type { Client } from "@temporalio/client";
import type { RecoveryResult } from "../domain/debt/result.ts";

/** The result of this very run of a recovery, which has completed; a run that went on from it is another one's. */
export async function resultOfRun(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<RecoveryResult> {
  const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
  return (await handle.result()) as RecoveryResult;
}
