import type { Client } from "@temporalio/client";
import type { LocalStack } from "../../../dev/local-stack/local-stack.ts";
import type { ImportBody } from "../../../domain/import/body.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { callApi } from "./api.ts";
import { until } from "../until.ts";

/** Fails a charge of a new subscription days ago, before Reprise. */
export async function failBefore(
  { sandbox: { control } }: Pick<LocalStack, "sandbox">,
  email: string,
  daysAgo: number,
): Promise<string> {
  const { subscriptionId } = await control.createSubscription({
    onDemand: true,
    email,
    createdAt: Date.now() - 90 * DAY_MS,
  });
  await control.charge(subscriptionId, {
    outcome: { decline: "INSUFFICIENT_FUNDS", afterMs: 0 },
    createdAt: Date.now() - daysAgo * DAY_MS,
  });
  return subscriptionId;
}

/** @returns the import's id */
export async function startImport(gatewayUrl: string, body: object): Promise<string> {
  const { status, body: answer } = await callApi(gatewayUrl, "/v1/imports", { body });
  if (status !== 202) throw new Error(`${status}: ${JSON.stringify(answer)}`);
  return String(answer["import_id"]);
}

/** @returns null while no worker answers */
export async function viewImport(gatewayUrl: string, id: string): Promise<ImportBody | null> {
  const { status, body } = await callApi(gatewayUrl, `/v1/imports/${id}`);
  return status === 200 ? (body as unknown as ImportBody) : null;
}

export async function importDone(gatewayUrl: string, id: string): Promise<ImportBody> {
  return await until(
    async () => {
      const shown = await viewImport(gatewayUrl, id);
      return shown === null || shown.state === "running" ? null : shown;
    },
    { what: `the end of ${id}` },
  );
}

/** Runs of recoveries on this task queue, by Temporal's visibility, which lags a little. */
export async function countRecoveries(client: Client, taskQueue: string): Promise<number> {
  const query = `WorkflowType = "subscriptionRecovery" AND TaskQueue = "${taskQueue}"`;
  return (await client.workflow.count(query)).count;
}
