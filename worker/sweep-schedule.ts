import { setTimeout as delay } from "node:timers/promises";
import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from "@temporalio/client";
import type { Log } from "../platform/log.ts";
import { RECONCILIATION_SWEEP, SWEEP_SCHEDULE } from "../workflows/contract.ts";

const RETRY_MS = 10_000;

/** Hourly, at a minute of its own, so that not all accounts ask Dodo at the full hour. */
export function sweepScheduleOf(taskQueue: string): ScheduleOptions {
  return {
    scheduleId: SWEEP_SCHEDULE,
    spec: { intervals: [{ every: "1h" }], jitter: "10m" },
    // After an outage one sweep is enough: it goes back to its place.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: "10m" },
    action: {
      type: "startWorkflow",
      workflowType: RECONCILIATION_SWEEP,
      workflowId: SWEEP_SCHEDULE,
      taskQueue,
      args: [],
      staticSummary: "Looks where no webhook came",
    },
    state: {
      note: "Made by Reprise when absent. Yours to change or pause: it is never overwritten.",
    },
  };
}

/**
 * Makes the sweep's schedule where there is none; one that is there is left as it is. Tried again while Temporal
 * does not take it: the worker works meanwhile.
 */
export async function ensureSweepSchedule(
  client: Client,
  taskQueue: string,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await client.schedule.create(sweepScheduleOf(taskQueue));
      log.info({ event: "schedule_made", schedule: SWEEP_SCHEDULE }, "the sweep runs hourly");
      return;
    } catch (error) {
      if (error instanceof ScheduleAlreadyRunning) {
        log.info({ event: "schedule_kept", schedule: SWEEP_SCHEDULE });
        return;
      }
      const detail = error instanceof Error ? error.message : String(error);
      log.error(
        { event: "schedule_not_made", schedule: SWEEP_SCHEDULE, detail },
        "without its schedule the sweep does not run by itself; it is tried again",
      );
      await delay(RETRY_MS, null, { signal }).catch(() => null);
    }
  }
}
