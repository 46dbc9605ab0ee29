import type { Client } from "@temporalio/client";

type Service = Client["connection"]["workflowService"];
type Config = NonNullable<Awaited<ReturnType<Service["describeTaskQueue"]>>["config"]>;

/** A limit as Temporal keeps it, with its reason, and who set it. */
export type KeptLimit = Config["queueRateLimit"];

/** `perSecond` null unsets it. */
export type NewLimit = { readonly perSecond: number | null; readonly reason: string };

export type QueueLimits = { readonly queue: KeptLimit; readonly perKey: KeptLimit };

/** The limits of a task queue of activities, which hold for all workers of it. */
export type ActivityQueue = {
  /** May lag a moment behind a change. */
  readonly limits: () => Promise<QueueLimits>;
  /** `queue`: of all together · `perKey`: of each fairness key. @returns what stands now */
  readonly limit: (
    limits: { readonly queue?: NewLimit; readonly perKey?: NewLimit },
    by: string,
  ) => Promise<QueueLimits>;
};

/** `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const ACTIVITY = 2;

/**
 * @throws what Temporal answers, such as a server before 1.29 that knows no limits
 * @source docs/TEMPORAL.md, "Rate limits and fairness"
 */
export function createActivityQueue(client: Client, name: string): ActivityQueue {
  const { workflowService } = client.connection;
  const { namespace } = client.options;
  return {
    limits: async () => {
      const { config } = await workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name },
        taskQueueType: ACTIVITY,
        reportConfig: true,
      });
      return limitsOf(config);
    },
    limit: async ({ queue, perKey }, by) => {
      const { config } = await workflowService.updateTaskQueueConfig({
        namespace,
        identity: by,
        taskQueue: name,
        taskQueueType: ACTIVITY,
        ...(queue === undefined ? {} : { updateQueueRateLimit: updateOf(queue) }),
        ...(perKey === undefined ? {} : { updateFairnessKeyRateLimitDefault: updateOf(perKey) }),
      });
      return limitsOf(config);
    },
  };
}

/** Null where none is set. */
export function perSecondOf(limit: KeptLimit): number | null {
  if (limit?.rateLimit == null) return null;
  // Temporal keeps a float of 32 bits: 3.9 comes back as 3.9000000953674316.
  return Number((limit.rateLimit.requestsPerSecond ?? 0).toPrecision(6));
}

function limitsOf(config: Config | null | undefined): QueueLimits {
  return { queue: config?.queueRateLimit, perKey: config?.fairnessKeysRateLimitDefault };
}

function updateOf({ perSecond, reason }: NewLimit) {
  const rateLimit = perSecond === null ? null : { requestsPerSecond: perSecond };
  return { rateLimit, reason };
}
