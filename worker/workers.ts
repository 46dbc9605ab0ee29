import { type NativeConnection, Worker, type WorkerOptions } from "@temporalio/worker";
import { createHash } from "node:crypto";
import { failureInterceptor } from "../activities/failure-interceptor.ts";
import { chargeQueueOf, dodoQueueOf, webhookQueueOf } from "../workflows/contract.ts";
import type { AllActivities } from "./activities.ts";
import { workflowCodeOf, type WorkflowSource } from "./bundle/workflow-bundle.ts";

/** A charge reads the subscription, its payments and the customer's, and sends one POST. */
const CALLS_PER_CHARGE = 4;

/** A read fetches the subscription, its payments, and each payment that is new. */
const CALLS_PER_OTHER_ACTIVITY = 3;

export type WorkerSettings = {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly ratePerMinute: number;
  readonly workflows: WorkflowSource;
  /** Absent: none. */
  readonly stackTraces?: boolean;
  /** How long a shutdown waits for a charge in flight. */
  readonly graceMs: number;
  readonly interceptors?: WorkerOptions["interceptors"] | undefined;
};

/** Bounds the open requests to a merchant's receiver, which may hang. */
const WEBHOOKS_AT_ONCE = 20;

/** One worker per task queue: workflows, charges, other calls to Dodo (and mails to customers), outgoing webhooks. */
export async function createWorkers(
  settings: WorkerSettings,
  activities: AllActivities,
): Promise<readonly Worker[]> {
  const { connection, namespace, taskQueue, workflows, stackTraces = false, graceMs } = settings;
  const { charge, deliverWebhook, onMainQueue, onDodoQueue } = byQueue(activities);
  const code = await workflowCodeOf(workflows, stackTraces);
  const common: WorkerOptions = {
    ...versionOf(code),
    connection,
    namespace,
    taskQueue,
    shutdownGraceTime: graceMs,
    shutdownForceTime: graceMs + 5_000,
    interceptors: withFailures(settings.interceptors),
  };
  const rates = ratesOf(settings.ratePerMinute);
  return await Promise.all([
    Worker.create({
      ...common,
      activities: onMainQueue,
      workflowBundle: { code },
      // A recovery wakes up days apart, so caching all of them is of no use. @source docs/TEMPORAL.md, "Worker memory"
      maxCachedWorkflows: 200,
      // Shortens the wait for a dead worker, so that a charge's end is known within about 13 s.
      stickyQueueScheduleToStartTimeout: "4s",
    }),
    Worker.create({
      ...common,
      taskQueue: chargeQueueOf(taskQueue),
      activities: { charge },
      maxTaskQueueActivitiesPerSecond: rates.chargesPerSecond,
    }),
    Worker.create({
      ...common,
      taskQueue: dodoQueueOf(taskQueue),
      activities: onDodoQueue,
      maxTaskQueueActivitiesPerSecond: rates.otherActivitiesPerSecond,
    }),
    Worker.create({
      ...common,
      taskQueue: webhookQueueOf(taskQueue),
      activities: { deliverWebhook },
      maxConcurrentActivityTaskExecutions: WEBHOOKS_AT_ONCE,
    }),
  ]);
}

/**
 * The worker's version, which three events of each workflow task and each activity name. The SDK's own has 90 characters.
 * @source docs/TEMPORAL.md, "History size"
 */
function versionOf(code: string): Pick<WorkerOptions, "buildId"> {
  const digest = createHash("sha256").update(code).digest("hex");
  return { buildId: `reprise+${digest.slice(0, 12)}` };
}

const ON_DODO_QUEUE: readonly string[] = [
  "readDodo",
  "createPaymentLink",
  "cancelSubscription",
  "sweepPage",
  "heldPage",
  "importDebt",
  "readCheckout",
  "proveRecovery",
  "createCheckout",
  "readMandate",
] satisfies readonly (keyof AllActivities)[];

/** Workflows of an earlier version may have scheduled them on the main queue. */
const ON_BOTH_QUEUES: readonly string[] = [
  "sendNotice",
  "sendCheckoutNotice",
] satisfies readonly (keyof AllActivities)[];

/** The activities of each queue; those that are on no other are on the main one. */
function byQueue({ charge, deliverWebhook, ...others }: AllActivities) {
  const pick = (isWanted: (name: string) => boolean): object =>
    Object.fromEntries(Object.entries(others).filter(([name]) => isWanted(name)));
  const onMainQueue = pick((name) => !ON_DODO_QUEUE.includes(name));
  const onDodoQueue = pick((name) => [...ON_DODO_QUEUE, ...ON_BOTH_QUEUES].includes(name));
  return { charge, deliverWebhook, onMainQueue, onDodoQueue };
}

/** Every failure passes our interceptor last, whatever the others do. */
function withFailures(interceptors: WorkerOptions["interceptors"] = {}): typeof interceptors {
  return { ...interceptors, activity: [failureInterceptor, ...(interceptors.activity ?? [])] };
}

/**
 * Shares of the account's rate limit for charges and for other activities. The rest is a reserve, because Temporal's
 * limiter allows bursts: with 0.975 in use, 6 of some 3,000 calls were answered 429 (test/long/pace.test.ts).
 */
const CHARGES_SHARE = 0.66;
const OTHERS_SHARE = 0.3;

/**
 * Splits the account's rate limit. Of 240 calls a minute, charges get 0.66 a second at four calls each, and other
 * activities 0.4 a second at three calls each.
 *
 * @source docs/ARCHITECTURE.md, "Limits by Temporal"
 */
export function ratesOf(ratePerMinute: number): {
  readonly chargesPerSecond: number;
  readonly otherActivitiesPerSecond: number;
} {
  const callsPerSecond = ratePerMinute / 60;
  return {
    chargesPerSecond: (callsPerSecond * CHARGES_SHARE) / CALLS_PER_CHARGE,
    otherActivitiesPerSecond: (callsPerSecond * OTHERS_SHARE) / CALLS_PER_OTHER_ACTIVITY,
  };
}

/** Runs all workers until they are shut down. If one fails, the others stop too. */
export async function runWorkers(workers: readonly Worker[]): Promise<void> {
  await Promise.all(
    workers.map(async (worker) => {
      try {
        await worker.run();
      } finally {
        stopWorkers(workers);
      }
    }),
  );
}

/** Shuts workers down gracefully: activities in progress finish. */
export function stopWorkers(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === "RUNNING") worker.shutdown();
}
