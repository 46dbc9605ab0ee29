import type { Client } from "@temporalio/client";
import { optionalTsToMs } from "@temporalio/common/lib/time.js";

/** `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const ACTIVITY_QUEUE = 2;

export type Charging =
  | { readonly kind: "goes_on"; readonly limitPerSecond: number | null }
  /** Nothing leaves the queue of charges. `since`: milliseconds since 1970. */
  | {
      readonly kind: "stopped";
      readonly reason: string;
      readonly by: string;
      readonly since: number | null;
    };

export type ChargingSwitch = {
  /** May lag a moment behind a change. */
  readonly read: () => Promise<Charging>;
  /**
   * Once: a stop that stands already keeps its reason.
   * @param by who stops, as the record shows it
   * @returns `isNew`: it was this call that stopped
   */
  readonly stop: (
    reason: string,
    by: string,
  ) => Promise<{ readonly charging: Charging; readonly isNew: boolean }>;
  /** Charges go on at once, at the pace that held before the stop. */
  readonly resume: (reason: string, by: string) => Promise<Charging>;
};

/** What stood before a stop is kept in its reason, since a queue has room for one limit. */
const BEFORE = / \[limit before: ([\d.]+)\/s\]$/;

/**
 * Stop-all: the rate limit of the charges' task queue, 0 with its reason. Temporal holds it for all workers, over
 * restarts, and shows it (`temporal task-queue config get`). Without a limit of the queue's own the workers' pace holds.
 *
 * @param queue the task queue of charges
 * @throws what Temporal answers, such as a server before 1.29 that knows no limits
 * @source reference/temporal-verified.md 3
 */
export function createChargingSwitch(client: Client, queue: string): ChargingSwitch {
  const { workflowService } = client.connection;
  const { namespace } = client.options;
  const read = async (): Promise<Standing> => {
    const { config } = await workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue },
      taskQueueType: ACTIVITY_QUEUE,
      reportConfig: true,
    });
    return standingOf(config?.queueRateLimit);
  };
  /** What it answers is newer than what a reading right after it may show. */
  const limit = async (perSecond: number | null, reason: string, by: string): Promise<Charging> => {
    const rateLimit = perSecond === null ? null : { requestsPerSecond: perSecond };
    const { config } = await workflowService.updateTaskQueueConfig({
      namespace,
      identity: by,
      taskQueue: queue,
      taskQueueType: ACTIVITY_QUEUE,
      updateQueueRateLimit: { rateLimit, reason },
    });
    return standingOf(config?.queueRateLimit).charging;
  };
  return {
    read: async () => (await read()).charging,
    stop: async (reason, by) => {
      const { charging, before } = await read();
      if (charging.kind === "stopped") return { charging, isNew: false };
      const said = before === null ? reason : `${reason} [limit before: ${before}/s]`;
      return { charging: await limit(0, said, by), isNew: true };
    },
    resume: async (reason, by) => {
      const { charging, before } = await read();
      return charging.kind === "goes_on" ? charging : await limit(before, reason, by);
    },
  };
}

type Standing = { readonly charging: Charging; readonly before: number | null };

type RateLimitConfig = NonNullable<
  NonNullable<
    Awaited<ReturnType<Client["connection"]["workflowService"]["describeTaskQueue"]>>["config"]
  >["queueRateLimit"]
>;

function standingOf(limit: RateLimitConfig | null | undefined): Standing {
  const { rateLimit, metadata } = limit ?? {};
  // Temporal keeps a float of 32 bits: 3.9 comes back as 3.9000000953674316.
  const limitPerSecond =
    rateLimit == null ? null : Number((rateLimit.requestsPerSecond ?? 0).toPrecision(6));
  if (limitPerSecond !== 0) {
    return { charging: { kind: "goes_on", limitPerSecond }, before: limitPerSecond };
  }
  const text = metadata?.reason ?? "";
  const [, before] = BEFORE.exec(text) ?? [];
  return {
    charging: {
      kind: "stopped",
      reason: text.replace(BEFORE, ""),
      by: metadata?.updateIdentity ?? "",
      since: optionalTsToMs(metadata?.updateTime) ?? null,
    },
    before: before === undefined ? null : Number(before),
  };
}
