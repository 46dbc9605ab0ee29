import { type Client, isGrpcServiceError } from "@temporalio/client";
import { SUBSCRIPTION_RECOVERY } from "../../workflows/contract.ts";
import type { RunRows } from "../projection/rows.ts";
import { rowsOfRun } from "../projection/run-rows.ts";
import { decoderOf, historyRunOf } from "./history-run.ts";
import { stepsOf } from "./steps.ts";

/** The only payment provider so far. */
export const PROVIDER = "dodo";

export type ListedRun = { readonly workflowId: string; readonly runId: string };

const queryOf = (taskQueue: string): string =>
  `WorkflowType = "${SUBSCRIPTION_RECOVERY}" AND TaskQueue = "${taskQueue}"`;

/** How many runs of recoveries Temporal keeps. */
export async function countRuns(client: Client, taskQueue: string): Promise<number> {
  return (await client.workflow.count(queryOf(taskQueue))).count;
}

/** The runs of recoveries that Temporal keeps, newest first. */
export async function* listRuns(client: Client, taskQueue: string): AsyncGenerator<ListedRun> {
  for await (const { workflowId, runId } of client.workflow.list({ query: queryOf(taskQueue) })) {
    yield { workflowId, runId };
  }
}

const GRPC_NOT_FOUND = 5;

/** The rows of a run by its history. @returns null where Temporal has deleted it, or it has made no decision */
export async function readRun(
  client: Client,
  { workflowId, runId }: ListedRun,
): Promise<RunRows | null> {
  try {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const run = historyRunOf(events ?? [], decoderOf(client));
    const key = { provider: PROVIDER, recoveryId: workflowId, runId, startedAt: run.startedAt };
    return rowsOfRun(key, stepsOf(run));
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === GRPC_NOT_FOUND) return null;
    throw error;
  }
}
