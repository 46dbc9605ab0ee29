import type { Client } from "@temporalio/client";
import type { RecoveryResult } from "../domain/debt/result.ts";

/** The result of one completed run of a recovery; runs that continue from it are not followed. */
export async function resultOfRun(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<RecoveryResult> {
  const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
  return (await handle.result()) as RecoveryResult;
}
