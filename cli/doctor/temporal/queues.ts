import type { Client } from "@temporalio/client";
import { optionalTsToMs } from "@temporalio/common/lib/time.js";
import { MINUTE_MS, SECOND_MS } from "../../../domain/values/time.ts";
import { createActivityQueue, perSecondOf } from "../../../platform/temporal/activity-queue.ts";
import { createChargingSwitch } from "../../../platform/temporal/charging-switch.ts";
import { chargeQueueOf, dodoQueueOf, webhookQueueOf } from "../../../workflows/contract.ts";
import { clockFinding } from "../account/clock.ts";
import { fail, ok, unknown, warn } from "../check.ts";
import { temporalCheck } from "./temporal-check.ts";

/** `TASK_QUEUE_TYPE_WORKFLOW` and `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const WORKFLOW = 1;
const ACTIVITY = 2;

type Queue = { readonly name: string; readonly type: number };

function queuesOf(taskQueue: string): readonly Queue[] {
  return [
    { name: taskQueue, type: WORKFLOW },
    { name: taskQueue, type: ACTIVITY },
    { name: chargeQueueOf(taskQueue), type: ACTIVITY },
    { name: dodoQueueOf(taskQueue), type: ACTIVITY },
    { name: webhookQueueOf(taskQueue), type: ACTIVITY },
  ];
}

type Polls = {
  /** Workers that Temporal lists: those that polled in the last minutes. */
  readonly identities: ReadonlySet<string>;
  /** By Temporal's clock. */
  readonly lastAt: number | null;
};

async function pollsOf(client: Client, { name, type }: Queue): Promise<Polls> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType: type,
  });
  const times = (pollers ?? []).map((one) => optionalTsToMs(one.lastAccessTime) ?? 0);
  return {
    identities: new Set((pollers ?? []).map(({ identity }) => identity ?? "")),
    lastAt: times.length === 0 ? null : Math.max(...times),
  };
}

export const pollersCheck = temporalCheck(
  { name: "temporal.pollers", what: "Workers", requests: 5 },
  async ({ client }, { settings }) => {
    const queues = queuesOf(settings.worker.taskQueue);
    const polls = await Promise.all(queues.map((queue) => pollsOf(client, queue)));
    const empty = queues.filter((_queue, at) => polls[at]?.identities.size === 0);
    const names = [...new Set(empty.map(({ name }) => name))];
    if (names.length > 0) {
      return fail(
        `No worker polls ${names.join(", ")}: nothing of it is done.`,
        "Start a worker with this TEMPORAL_TASK_QUEUE, and read its log: npm run start:worker",
      );
    }
    const workers = new Set(polls.flatMap(({ identities }) => [...identities]));
    const many = workers.size === 1 ? "1 worker polls" : `${workers.size} workers poll`;
    return ok(`${many} all ${new Set(queues.map(({ name }) => name)).size} queues.`);
  },
);

/** A worker polls again after a minute at the latest, and Temporal lists it for five minutes. */
const POLL_MS = MINUTE_MS + 10 * SECOND_MS;
const LISTED_MS = 5 * MINUTE_MS;

/**
 * No call of Temporal returns the time. It records when each worker polled last: a worker that runs polled at most a minute ago, and
 * no poll is in the future.
 */
export const temporalClockCheck = temporalCheck(
  { name: "clock.temporal", what: "Clock, by Temporal", requests: 5 },
  async ({ client }, { settings, now }) => {
    const queues = queuesOf(settings.worker.taskQueue);
    const polls = await Promise.all(queues.map((queue) => pollsOf(client, queue)));
    const times = polls.flatMap(({ lastAt }) => lastAt ?? []);
    if (times.length === 0) return unknown("No worker polls, and Temporal tells no other time.");
    const agoMs = now() - Math.max(...times);
    if (agoMs < 0) return clockFinding("Temporal's", -agoMs);
    if (agoMs <= POLL_MS) return ok("A worker polled within the last minute, by both clocks.");
    if (agoMs > LISTED_MS + POLL_MS) return clockFinding("Temporal's", -(agoMs - POLL_MS));
    return unknown(
      "The last poll of a worker is some minutes old: it has stopped, or a clock is wrong.",
    );
  },
);

/** The first server with fairness keys. */
const FAIR_SINCE = { major: 1, minor: 29 } as const;

/** @source docs/TEMPORAL.md, "Rate limits and fairness" */
export const fairnessCheck = temporalCheck(
  { name: "temporal.fairness", what: "Fairness" },
  async ({ client }, { settings }) => {
    const { serverVersion } = await client.workflowService.getSystemInfo({});
    const [major = Number.NaN, minor = Number.NaN] = (serverVersion ?? "").split(".").map(Number);
    const isOld =
      major < FAIR_SINCE.major || (major === FAIR_SINCE.major && minor < FAIR_SINCE.minor);
    const mend = "Use Temporal 1.29 or later with deploy/temporal/dynamic-config.yaml";
    if (isOld) {
      return warn(
        `Server ${serverVersion} has none: a customer with several due charges may be charged for all at once.`,
        mend,
      );
    }
    const queue = createActivityQueue(client, chargeQueueOf(settings.worker.taskQueue));
    const pace = perSecondOf((await queue.readRateLimits()).perKey);
    if (pace === null) {
      return warn(
        "No pace per customer is set: a worker sets it when it starts.",
        "npm run start:worker",
      );
    }
    return unknown(
      `The pace is ${pace} charges a second and customer. No call tells whether the server keeps it; the worker's log says fairness_missing if not.`,
    );
  },
);

export const chargingCheck = temporalCheck(
  { name: "temporal.charging", what: "Charging" },
  async ({ client }, { settings }) => {
    const queue = createActivityQueue(client, chargeQueueOf(settings.worker.taskQueue));
    const charging = await createChargingSwitch(queue).read();
    return charging.kind === "stopped"
      ? warn(`Stopped by ${charging.by}: ${charging.reason}`, "reprise charging resume")
      : ok("It is not stopped.");
  },
);
