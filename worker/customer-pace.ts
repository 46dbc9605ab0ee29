import type { Client } from "@temporalio/client";
import type { Log } from "../platform/log.ts";

/** `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const ACTIVITY_QUEUE = 2;

/**
 * One charge of a customer in ten seconds: many debts of one customer are no burst of charges to the bank.
 * @source dodo.md 5.7, "no bursts"; "cap concurrent retries per customer and per account"
 */
export const CHARGES_PER_CUSTOMER_PER_SECOND = 0.1;

/**
 * Gives each customer a pace of its own on the queue of charges, where none is set: charges carry `customer_id` as their
 * fairness key. Without fairness in the server (`matching.enableFairness`) the account's pace holds alone.
 *
 * @param queue the task queue of charges
 * @source reference/temporal-verified.md 3
 */
export async function ensureCustomerPace(client: Client, queue: string, log: Log): Promise<void> {
  const { workflowService } = client.connection;
  const { namespace } = client.options;
  const { config } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    taskQueueType: ACTIVITY_QUEUE,
    reportConfig: true,
  });
  const standing = config?.fairnessKeysRateLimitDefault?.rateLimit?.requestsPerSecond;
  if (standing != null) {
    log.info({ event: "customer_pace_kept", perSecond: standing });
    return;
  }
  await workflowService.updateTaskQueueConfig({
    namespace,
    identity: "worker",
    taskQueue: queue,
    taskQueueType: ACTIVITY_QUEUE,
    updateFairnessKeyRateLimitDefault: {
      rateLimit: { requestsPerSecond: CHARGES_PER_CUSTOMER_PER_SECOND },
      reason: "Set by Reprise where none was set. Yours to change: it is never overwritten.",
    },
  });
  log.info({ event: "customer_pace_set", perSecond: CHARGES_PER_CUSTOMER_PER_SECOND });
}
