import { randomUUID } from "node:crypto";
import { type Client, type ScheduleOptions, ScheduleOverlapPolicy } from "@temporalio/client";
import { defaultPayloadConverter } from "@temporalio/common";
import type { Log } from "../platform/log.ts";
import { createScheduleOnce, readScheduleMemo } from "../platform/temporal/schedule-memo.ts";
import { MODE_MEMO, RECONCILIATION_SWEEP, SWEEP_SCHEDULE } from "../workflows/contract.ts";

/** The mode at Dodo. */
type Environment = "test_mode" | "live_mode";

/** Hourly with jitter, so that installations do not all read Dodo at the full hour. */
export function sweepScheduleOf(taskQueue: string, environment: Environment): ScheduleOptions {
  return {
    scheduleId: SWEEP_SCHEDULE,
    memo: { [MODE_MEMO]: environment },
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

/**
 * Creates the sweep's schedule if there is none. Never changes an existing one, except that one of an earlier version
 * gets the mode.
 *
 * @returns the mode that owns the namespace: that of the worker that created the schedule
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
  if (recorded === null) return await recordMode(client, environment, log);
  if (isNew) log.info({ event: "schedule_created", schedule }, "the sweep runs hourly");
  else log.info({ event: "schedule_exists", schedule, mode: recorded });
  return recorded;
}

/**
 * Adds the mode to a schedule that an earlier version created. The server refuses to change a schedule's memo, so the
 * schedule is created again as it is.
 * @source docs/TEMPORAL.md, "Schedules"
 */
async function recordMode(client: Client, environment: Environment, log: Log): Promise<string> {
  const { namespace, identity } = client.options;
  const at = { namespace, scheduleId: SWEEP_SCHEDULE };
  const { schedule, memo } = await client.workflowService.describeSchedule(at);
  const mode = defaultPayloadConverter.toPayload(environment);
  await client.schedule.getHandle(SWEEP_SCHEDULE).delete();
  await client.workflowService
    .createSchedule({
      ...at,
      identity,
      requestId: randomUUID(),
      schedule: schedule ?? null,
      memo: { fields: { ...memo?.fields, [MODE_MEMO]: mode } },
    })
    .catch(async (error: unknown) => {
      // Another worker was faster.
      if ((await readScheduleMemo(client, SWEEP_SCHEDULE, MODE_MEMO)) === null) throw error;
    });
  log.info({ event: "schedule_recreated", schedule: SWEEP_SCHEDULE, mode: environment });
  return (await readScheduleMemo(client, SWEEP_SCHEDULE, MODE_MEMO)) ?? environment;
}
