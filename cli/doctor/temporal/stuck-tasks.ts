import type { Client } from "@temporalio/client";
import { failingTasksQuery } from "../../../platform/temporal/failing-tasks.ts";
import { refusedCallOf } from "../../../platform/temporal/refused-call.ts";
import { fail, ok, unknown } from "../check.ts";
import { temporalCheck } from "./temporal-check.ts";

const NAMED_MAX = 5;

export const stuckTasksCheck = temporalCheck(
  { name: "temporal.workflow_tasks", what: "Workflow tasks", requests: 3 },
  async ({ client, namespace }, { settings }) => {
    const query = failingTasksQuery(settings.worker.taskQueue);
    let count: number;
    try {
      ({ count } = await client.workflow.count(query));
    } catch (error) {
      if (refusedCallOf(error)?.code !== "INVALID_ARGUMENT") throw error;
      return unknown("This server does not list workflows whose tasks fail; 1.30 and later do.");
    }
    if (count === 0) return ok("None fails.");
    const named = await idsOf(client, query);
    const more = count > named.length ? ` and ${count - named.length} more` : "";
    return fail(
      `They fail in ${named.join(", ")}${more}: nothing is charged there until a release mends it.`,
      `Deploy the previous release, or a fix. The error: temporal workflow describe --namespace ${namespace} --workflow-id ${named[0] ?? ""}`,
    );
  },
);

async function idsOf(client: Client, query: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query, pageSize: NAMED_MAX })) {
    ids.push(workflowId);
    if (ids.length === NAMED_MAX) break;
  }
  return ids;
}
