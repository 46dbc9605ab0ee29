import type { Client } from "@temporalio/client";
import { SUBSCRIPTION_RECOVERY } from "../../workflows/contract.ts";
import { readShadowRecord, type ShadowRecord } from "./shadow-history.ts";

const queryOf = (taskQueue: string): string =>
  `WorkflowType = "${SUBSCRIPTION_RECOVERY}" AND TaskQueue = "${taskQueue}" AND ExecutionStatus != "ContinuedAsNew"`;

/** How many recoveries `shadowRecords` reads. */
export async function countRecoveries(client: Client, taskQueue: string): Promise<number> {
  return (await client.workflow.count(queryOf(taskQueue))).count;
}

/**
 * Every recovery in shadow mode whose runs Temporal still keeps, newest first.
 * A run that continues as new is read with its last one.
 *
 * @param onRead after each recovery, in whichever mode
 */
export async function* shadowRecords(
  client: Client,
  taskQueue: string,
  onRead: () => void = () => undefined,
): AsyncGenerator<ShadowRecord> {
  for await (const { workflowId, runId } of client.workflow.list({ query: queryOf(taskQueue) })) {
    const record = await readShadowRecord(client, workflowId, runId);
    onRead();
    if (record !== null) yield record;
  }
}
