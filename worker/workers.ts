import { type NativeConnection, Worker, type WorkerOptions } from "@temporalio/worker";
import { chargeQueueOf, dodoQueueOf, webhookQueueOf } from "../workflows/contract.ts";
import type { AllActivities } from "./activities.ts";

/** A charge reads the subscription and its payments, and sends one POST. */
const CALLS_PER_CHARGE = 3;

/** A reading takes the subscription, its payments, and each payment that is not known yet. */
const CALLS_PER_OTHER_ACTIVITY = 3;

export type WorkerSettings = {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly ratePerMinute: number;
  /** A bundle made at build time, or the folder it is made from. */
  readonly workflows: { readonly bundlePath: string } | { readonly path: string };
  /** A shutdown waits this long for a charge under way. */
  readonly graceMs: number;
  readonly interceptors?: WorkerOptions["interceptors"] | undefined;
};

/** How many outgoing webhooks are under way at once: a receiver that hangs is not met with a crowd. */
const WEBHOOKS_AT_ONCE = 20;

/** Queues: workflows and email, charges, other calls to Dodo, outgoing webhooks, each with its own pace. */
export async function createWorkers(
  settings: WorkerSettings,
  activities: AllActivities,
): Promise<readonly Worker[]> {
  const { connection, namespace, taskQueue, workflows, graceMs } = settings;
  const { charge, deliverWebhook, ...uncharged } = activities;
  const {
    readDodo,
    createPaymentLink,
    cancelSubscription,
    sweepPage,
    readCheckout,
    proveRecovery,
    createCheckout,
    readMandate,
    ...others
  } = uncharged;
  const { sendNotice, sendCheckoutNotice } = others;
  const reading = {
    readDodo,
    createPaymentLink,
    cancelSubscription,
    sweepPage,
    readCheckout,
    proveRecovery,
    createCheckout,
    readMandate,
  };
  const common: WorkerOptions = {
    connection,
    namespace,
    taskQueue,
    shutdownGraceTime: graceMs,
    shutdownForceTime: graceMs + 5_000,
    ...(settings.interceptors === undefined ? {} : { interceptors: settings.interceptors }),
  };
  const rates = ratesOf(settings.ratePerMinute);
  return await Promise.all([
    Worker.create({
      ...common,
      activities: others,
      ...("path" in workflows
        ? { workflowsPath: workflows.path }
        : { workflowBundle: { codePath: workflows.bundlePath } }),
      // Sleepers are days apart, so that a cache of all of them is of no use. @source docs/TEMPORAL.md, "Worker memory"
      maxCachedWorkflows: 200,
      // A worker that died is passed over sooner, so that a charge's end is known within about 13 s.
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
      // Notices were asked of the first queue before they had to keep this one's pace: some may still wait there.
      activities: { ...reading, sendNotice, sendCheckoutNotice },
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
 * What charges and other activities have of the account's limit. The rest is for the bursts that Temporal's limiter lets
 * pass: with 0.975 shared out, 6 of some 3,000 calls met a 429 (test/long/pace.test.ts).
 */
const CHARGES_SHARE = 0.66;
const OTHERS_SHARE = 0.3;

/**
 * The account's limit, shared out below its whole: of 240 calls a minute, 0.88 charges a second at three calls
 * each, and 1.2 other calls a second; other accounts in proportion.
 * @source design, "Limits, by Temporal itself"
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

/** Runs all of them until they are shut down; one that fails takes the others with it. */
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

/** Lets those that run finish what they have begun. */
export function stopWorkers(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === "RUNNING") worker.shutdown();
}
