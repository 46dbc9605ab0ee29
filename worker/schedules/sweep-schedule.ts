import type { Client, ScheduleOptions } from "@temporalio/client";
import type { Log } from "../../platform/log.ts";
import { createScheduleOnce, readScheduleMemo } from "../../platform/temporal/schedule-memo.ts";
import {
  MODE_MEMO,
  MODE_RECORD,
  modeRecordOf,
  RECONCILIATION_SWEEP,
  SWEEP_SCHEDULE,
} from "../../workflows/contract.ts";
import { ownScheduleOf } from "./own-schedule.ts";

/** The mode at Dodo. */
type Environment = "test_mode" | "live_mode";

/** Hourly with jitter, so that installations do not all read Dodo at the full hour. */
export function sweepScheduleOf(taskQueue: string, environment: Environment): ScheduleOptions {
  return ownScheduleOf({
    scheduleId: SWEEP_SCHEDULE,
    memo: { [MODE_MEMO]: environment },
    spec: { intervals: [{ every: "1h" }], jitter: "10m" },
    // After an outage one sweep is enough: it continues where the last one ended.
    catchupWindow: "10m",
    taskQueue,
    workflowType: RECONCILIATION_SWEEP,
    summary: "Finds debts whose webhook was lost",
  });
}

/**
 * Creates the sweep's schedule if there is none. Never changes an existing one.
 *
 * @returns the mode that owns the namespace: that of the first worker
 */
export async function ensureSweepSchedule(
  client: Client,
  taskQueue: string,
  environment: Environment,
  log: Log,
): Promise<string> {
  const schedule = SWEEP_SCHEDULE;
  const options = sweepScheduleOf(taskQueue, environment);
  const { isNew, recorded } = await createScheduleOnce(client, options, MODE_MEMO);
  if (isNew) log.info({ event: "schedule_created", schedule }, "the sweep runs hourly");
  else log.info({ event: "schedule_exists", schedule, mode: recorded });
  if (recorded === null) return await recordMode(client, taskQueue, environment, log);
  return (await readScheduleMemo(client, MODE_RECORD, MODE_MEMO)) ?? recorded;
}

/**
 * Records the mode where an earlier version created the sweep's schedule: the server refuses to change a schedule's
 * memo.
 * @source docs/TEMPORAL.md, "Schedules"
 */
async function recordMode(
  client: Client,
  taskQueue: string,
  environment: Environment,
  log: Log,
): Promise<string> {
  const options = modeRecordOf(environment, taskQueue);
  const { isNew, recorded } = await createScheduleOnce(client, options, MODE_MEMO);
  if (recorded === null) throw new Error(`the schedule ${MODE_RECORD} records no mode`);
  if (isNew) log.info({ event: "mode_recorded", schedule: MODE_RECORD, mode: recorded });
  return recorded;
}
