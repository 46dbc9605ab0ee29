import type { Client } from "@temporalio/client";
import { subscriptionOfPublication } from "../../../domain/state/publication.ts";
import type { SubscriptionId } from "../../../domain/values/ids.ts";
import type { Instant } from "../../../domain/values/time.ts";
import { redeliveryStartOf, WEBHOOK_DELIVERY } from "../../../workflows/contract.ts";
import { callTemporal, TEMPORAL_DEADLINE_MS } from "../../temporal/call-temporal.ts";
import { Problem } from "../problem.ts";
import { type Delivery, readDeliveries } from "./delivery-history.ts";
import { refuseOvertakenAdvice } from "./overtaken-advice.ts";

export type DeliveryPage = {
  /** Newest first. */
  readonly deliveries: readonly Delivery[];
  /** Null on the last page. */
  readonly next: Buffer | null;
};

/**
 * The outgoing webhooks, as Temporal keeps them: for the namespace's retention.
 * @throws TemporalUnavailableError if Temporal does not answer in time
 */
export type Deliveries = {
  readonly list: (
    subscriptionId: SubscriptionId | null,
    cursor: Buffer | null,
  ) => Promise<DeliveryPage>;
  /** Sends one once more. @throws Problem if there is none, it is still to be delivered, or it is advice that was overtaken */
  readonly redeliver: (id: string, by: string) => Promise<Delivery>;
};

/** Runs whose histories one page reads: a subscription has one run for each burst of webhooks. */
const RUNS_PER_PAGE = 10;

/** Of one run, the newest. A run has some hundreds at most. */
const PER_RUN_MAX = 50;

/** @param client null until connected */
export function createDeliveries(
  client: () => Client | null,
  taskQueue: string,
  now: () => Instant,
): Deliveries {
  const within = async <T>(work: (connected: Client) => Promise<T>): Promise<T> =>
    await callTemporal(client, async (connected) => {
      const signal = AbortSignal.timeout(TEMPORAL_DEADLINE_MS);
      return await connected.withAbortSignal(signal, () => work(connected));
    });
  return {
    list: async (subscriptionId, cursor) =>
      await within((connected) => listPage(connected, taskQueue, subscriptionId, cursor)),
    redeliver: async (id, by) =>
      await within(async (connected) => {
        const found = await findDelivery(connected, taskQueue, id);
        if (found === null) {
          throw new Problem(
            404,
            "no_delivery",
            `Temporal has no webhook ${id}, or no longer has it.`,
          );
        }
        if (found.state === "queued" || found.state === "trying") {
          const detail = "It is still to be delivered: Reprise tries it for five days.";
          throw new Problem(409, "still_delivering", detail);
        }
        await refuseOvertakenAdvice(connected, found.publication, now());
        const options = redeliveryStartOf({ publication: found.publication, by });
        await connected.workflow.signalWithStart(WEBHOOK_DELIVERY, { ...options, taskQueue });
        return { ...found, state: "queued" };
      }),
  };
}

async function listPage(
  client: Client,
  taskQueue: string,
  subscriptionId: SubscriptionId | null,
  cursor: Buffer | null,
): Promise<DeliveryPage> {
  const conditions = [
    `WorkflowType = "${WEBHOOK_DELIVERY}"`,
    `TaskQueue = "${taskQueue}"`,
    ...(subscriptionId === null ? [] : [`WorkflowId = "delivery-${subscriptionId}"`]),
  ];
  const { executions, nextPageToken } = await client.workflowService.listWorkflowExecutions({
    namespace: client.options.namespace,
    pageSize: RUNS_PER_PAGE,
    query: conditions.join(" AND "),
    ...(cursor === null ? {} : { nextPageToken: cursor }),
  });
  const runs = await Promise.all(
    (executions ?? []).map(async ({ execution }) => {
      const read = await readDeliveries(
        client,
        execution?.workflowId ?? "",
        execution?.runId ?? "",
      );
      return read.slice(-PER_RUN_MAX).toReversed();
    }),
  );
  const next = nextPageToken ?? new Uint8Array();
  return { deliveries: runs.flat(), next: next.length === 0 ? null : Buffer.from(next) };
}

/** The newest delivery of a webhook, among the newest runs of its subscription. */
async function findDelivery(
  client: Client,
  taskQueue: string,
  id: string,
): Promise<Delivery | null> {
  const subscriptionId = subscriptionOfPublication(id);
  if (subscriptionId === null) return null;
  let cursor: Buffer | null = null;
  for (let page = 0; page < PAGES_SEARCHED; page += 1) {
    const { deliveries, next }: DeliveryPage = await listPage(
      client,
      taskQueue,
      subscriptionId,
      cursor,
    );
    const found = deliveries.find(({ publication }) => publication.id === id);
    if (found !== undefined) return found;
    if (next === null) return null;
    cursor = next;
  }
  return null;
}

const PAGES_SEARCHED = 5;
