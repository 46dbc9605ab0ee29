import type { Client } from "@temporalio/client";
import { MINUTE_MS } from "../../domain/values/time.ts";
import { messageOf } from "../../platform/error-message.ts";
import type { Log } from "../../platform/log.ts";
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
  readonly log: Log;
};

/**
 * Alerts the operator of workflows whose tasks fail again and again, each once until none fails: nothing else tells of them, since a
 * workflow that cannot run cannot report.
 */
export function watchFailingTasks(
  watch: FailingTasksWatch,
  signal: AbortSignal,
  everyMs: number = EVERY_MS,
): void {
  const { log } = watch;
  const reported = new Set<string>();
  const repeat = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await look(watch, reported);
      } catch (error) {
        // An older server does not mark them.
        if (refusedCallOf(error)?.code === "INVALID_ARGUMENT") {
          log.info({ event: "failing_tasks_unlisted", detail: messageOf(error) });
          return;
        }
        // The next look is soon enough: it is an alert about hours.
        log.debug({ event: "failing_tasks_unread", detail: messageOf(error) });
      }
      await pause(everyMs, signal);
    }
  };
  void repeat();
}

async function look(
  { client, taskQueue, alertOperator, log }: FailingTasksWatch,
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
  log.error(
    { event: "workflow_tasks_failing", count, workflowIds },
    "workflow tasks fail again and again; their workflows stand still until a release mends them",
  );
  await alertOperator({ cause: "workflow_task_failing", workflowIds, count }, true);
  for (const id of workflowIds) reported.add(id);
}
