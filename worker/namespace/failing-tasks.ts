import type { Client } from "@temporalio/client";
import { MINUTE_MS } from "../../domain/values/time.ts";
import { failingTasksQuery } from "../../platform/temporal/failing-tasks.ts";
import { refusedCallOf } from "../../platform/temporal/refused-call.ts";
import type { AlertAccount } from "../account-alerts.ts";
import { pause } from "../pause.ts";

const EVERY_MS = MINUTE_MS;

/** Workflows that an alert names. */
const NAMED_MAX = 20;

export type FailingTasksWatch = {
  readonly client: Client;
  readonly taskQueue: string;
  readonly alertOperator: AlertAccount;
};

/**
 * Alerts the operator of workflows whose tasks fail again and again, each once until none fails. Such a workflow cannot report it
 * itself.
 */
export function watchFailingTasks(
  watch: FailingTasksWatch,
  signal: AbortSignal,
  everyMs: number = EVERY_MS,
): void {
  const reported = new Set<string>();
  const repeat = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await look(watch, reported);
      } catch (error) {
        // An older server does not mark them, and reprise doctor says so.
        if (refusedCallOf(error)?.code === "INVALID_ARGUMENT") return;
        // Otherwise the next look is soon enough: Temporal's outages have warnings of their own.
      }
      await pause(everyMs, signal);
    }
  };
  void repeat();
}

async function look(
  { client, taskQueue, alertOperator }: FailingTasksWatch,
  reported: Set<string>,
): Promise<void> {
  const query = failingTasksQuery(taskQueue);
  const { count } = await client.workflow.count(query);
  if (count === 0) return reported.clear();
  const workflowIds: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query, pageSize: NAMED_MAX })) {
    workflowIds.push(workflowId);
    if (workflowIds.length === NAMED_MAX) break;
  }
  if (workflowIds.every((id) => reported.has(id))) return;
  await alertOperator({ cause: "workflow_task_failing", workflowIds, count }, true);
  for (const id of workflowIds) reported.add(id);
}
