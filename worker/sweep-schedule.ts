import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from "@temporalio/client";
import type { Log } from "../platform/log.ts";
import { RECONCILIATION_SWEEP, SWEEP_SCHEDULE } from "../workflows/contract.ts";

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

/** Makes the sweep's schedule where there is none; one that is there is left as it is. */
export async function ensureSweepSchedule(
  client: Client,
  taskQueue: string,
  log: Log,
): Promise<void> {
  try {
    await client.schedule.create(sweepScheduleOf(taskQueue));
    log.info({ event: "schedule_made", schedule: SWEEP_SCHEDULE }, "the sweep runs hourly");
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    log.info({ event: "schedule_kept", schedule: SWEEP_SCHEDULE });
  }
}
