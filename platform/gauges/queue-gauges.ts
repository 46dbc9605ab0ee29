import type { Client } from "@temporalio/client";
import { optionalTsToMs } from "@temporalio/common/lib/time.js";
import { chargeQueueOf, dodoQueueOf, webhookQueueOf } from "../../workflows/contract.ts";
import { createActivityQueue } from "../temporal/activity-queue.ts";
import { createChargingSwitch } from "../temporal/charging-switch.ts";
import { gauge, type GaugeReader } from "./gauge.ts";

/** `TASK_QUEUE_TYPE_WORKFLOW` and `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const WORKFLOW = 1;
const ACTIVITY = 2;

/** The gauges that Temporal's task queues answer: who polls them, what waits in them, and whether charging is stopped. */
export function queueGauges(client: Client, taskQueue: string): readonly GaugeReader[] {
  const charging = createChargingSwitch(createActivityQueue(client, chargeQueueOf(taskQueue)));
  const queues = [
    { queue: "workflows", name: taskQueue, taskQueueType: WORKFLOW },
    { queue: "charges", name: chargeQueueOf(taskQueue), taskQueueType: ACTIVITY },
    { queue: "dodo", name: dodoQueueOf(taskQueue), taskQueueType: ACTIVITY },
    { queue: "webhooks", name: webhookQueueOf(taskQueue), taskQueueType: ACTIVITY },
  ];
  return [
    gauge("reprise_charging_stopped", {}, async () =>
      (await charging.read()).kind === "stopped" ? 1 : 0,
    ),
    ...queues.map(({ queue, name, taskQueueType }): GaugeReader => ({
      metrics: ["reprise_task_queue_pollers", "reprise_task_queue_backlog_seconds"],
      read: async () => {
        const { pollers, stats } = await client.workflowService.describeTaskQueue({
          namespace: client.options.namespace,
          taskQueue: { name },
          taskQueueType,
          reportStats: true,
        });
        const waitsMs = stats == null ? null : (optionalTsToMs(stats.approximateBacklogAge) ?? 0);
        return [
          { metric: "reprise_task_queue_pollers", labels: { queue }, value: pollers?.length ?? 0 },
          {
            metric: "reprise_task_queue_backlog_seconds",
            labels: { queue },
            value: waitsMs === null ? null : waitsMs / 1_000,
          },
        ];
      },
    })),
  ];
}
