import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from "@temporalio/client";
import type { Log } from "../platform/log.ts";
import { RECONCILIATION_SWEEP, SWEEP_SCHEDULE } from "../workflows/contract.ts";

/** Hourly with jitter, so that installations do not all read Dodo at the full hour. */
export function sweepScheduleOf(taskQueue: string): ScheduleOptions {
  return {
    scheduleId: SWEEP_SCHEDULE,
    spec: { intervals: [{ every: "1h" }], jitter: "10m" },
    // After an outage one sweep is enough: it continues where the last one ended.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: "10m" },
    action: {
      type: "startWorkflow",
      workflowType: RECONCILIATION_SWEEP,
      workflowId: SWEEP_SCHEDULE,
      taskQueue,
      args: [],
      staticSummary: "Finds debts whose webhook was lost",
    },
    state: {
      note: "Created by Reprise. You can change or pause it; Reprise never overwrites it.",
    },
  };
}

/** Creates the sweep's schedule if there is none. Never changes an existing one. */
export async function ensureSweepSchedule(
  client: Client,
  taskQueue: string,
  log: Log,
): Promise<void> {
  try {
    await client.schedule.create(sweepScheduleOf(taskQueue));
    log.info({ event: "schedule_created", schedule: SWEEP_SCHEDULE }, "the sweep runs hourly");
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    log.info({ event: "schedule_exists", schedule: SWEEP_SCHEDULE });
  }
}
