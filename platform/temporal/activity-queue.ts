import type { Client } from "@temporalio/client";

type Service = Client["connection"]["workflowService"];
type Config = NonNullable<Awaited<ReturnType<Service["describeTaskQueue"]>>["config"]>;

/** A rate limit as Temporal stores it: with a reason, and the identity that set it. */
export type StoredRateLimit = Config["queueRateLimit"];

/** `perSecond: null` removes the limit. */
export type NewRateLimit = { readonly perSecond: number | null; readonly reason: string };

export type RateLimits = { readonly queue: StoredRateLimit; readonly perKey: StoredRateLimit };

/** The rate limits of an activity task queue. They apply to all of its workers together. */
export type ActivityQueue = {
  /** May lag a moment behind a change. */
  readonly readRateLimits: () => Promise<RateLimits>;
  /**
   * `queue`: of all tasks together; `perKey`: of each fairness key.
   *
   * @param by the identity that Temporal shows with the limit
   * @returns the limits after the change
   */
  readonly setRateLimits: (
    limits: { readonly queue?: NewRateLimit; readonly perKey?: NewRateLimit },
    by: string,
  ) => Promise<RateLimits>;
};

/** `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const ACTIVITY = 2;

/**
 * @throws what Temporal answers, for instance a server before 1.29, which has no such limits
 * @source docs/TEMPORAL.md, "Rate limits and fairness"
 */
export function createActivityQueue(client: Client, name: string): ActivityQueue {
  const { workflowService } = client.connection;
  const { namespace } = client.options;
  return {
    readRateLimits: async () => {
      const { config } = await workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name },
        taskQueueType: ACTIVITY,
        reportConfig: true,
      });
      return limitsOf(config);
    },
    setRateLimits: async ({ queue, perKey }, by) => {
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

/** @returns tasks per second; null if no limit is set */
export function perSecondOf(limit: StoredRateLimit): number | null {
  if (limit?.rateLimit == null) return null;
  // Temporal stores a 32-bit float: 3.9 comes back as 3.9000000953674316.
  return Number((limit.rateLimit.requestsPerSecond ?? 0).toPrecision(6));
}

function limitsOf(config: Config | null | undefined): RateLimits {
  return { queue: config?.queueRateLimit, perKey: config?.fairnessKeysRateLimitDefault };
}

function updateOf({ perSecond, reason }: NewRateLimit) {
  const rateLimit = perSecond === null ? null : { requestsPerSecond: perSecond };
  return { rateLimit, reason };
}
