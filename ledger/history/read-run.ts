import type { Client } from "@temporalio/client";
import type { Instant } from "../../domain/values/time.ts";
import { SUBSCRIPTION_RECOVERY } from "../../workflows/contract.ts";
import type { RunRows } from "../projection/rows.ts";
import { rowsOfRun } from "../projection/run-rows.ts";
import { isNotFound } from "./grpc-code.ts";
import { decoderOf, historyRunOf } from "./history-run.ts";
import { stepsOf } from "./steps.ts";

/** The only payment provider so far. */
export const PROVIDER = "dodo";

export type ListedRun = { readonly workflowId: string; readonly runId: string };

/** A run as its history tells it. */
export type RecordedRun = {
  readonly rows: RunRows;
  /** Null while it is open. */
  readonly closedAt: Instant | null;
};

const queryOf = (taskQueue: string): string =>
  `WorkflowType = "${SUBSCRIPTION_RECOVERY}" AND TaskQueue = "${taskQueue}"`;

/** How many runs of recoveries Temporal keeps. */
export async function countRuns(client: Client, taskQueue: string): Promise<number> {
  return (await client.workflow.count(queryOf(taskQueue))).count;
}

/** The runs of recoveries that Temporal keeps, newest first. */
export async function* listRuns(
  client: Client,
  taskQueue: string,
): AsyncGenerator<ListedRun & { readonly closedAt: Instant | null }> {
  for await (const { workflowId, runId, closeTime } of client.workflow.list({
    query: queryOf(taskQueue),
  })) {
    yield { workflowId, runId, closedAt: closeTime?.getTime() ?? null };
  }
}

/** The rows of a run by its history. @returns null where Temporal has deleted it, or it has made no decision */
export async function readRun(
  client: Client,
  { workflowId, runId }: ListedRun,
): Promise<RecordedRun | null> {
  try {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const run = historyRunOf(events ?? [], decoderOf(client));
    const key = { provider: PROVIDER, recoveryId: workflowId, runId, startedAt: run.startedAt };
    const rows = rowsOfRun(key, stepsOf(run));
    return rows === null ? null : { rows, closedAt: run.closedAt };
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
