import { ScheduleNotFoundError } from "@temporalio/client";
import { HOUR_MS } from "../../../domain/values/time.ts";
import { SWEEP_SCHEDULE } from "../../../workflows/contract.ts";
import { fail, ok, warn } from "../check.ts";
import { temporalCheck } from "./temporal-check.ts";

/** As the alert RepriseSweepNotRun. @source docs/OPERATING.md, "RepriseSweepNotRun" */
const LATE_MS = 3 * HOUR_MS;

export const scheduleCheck = temporalCheck(
  { name: "temporal.schedule", what: "Sweep's schedule" },
  async ({ client, namespace }, { settings, now }) => {
    const flags = `--namespace ${namespace} --schedule-id ${SWEEP_SCHEDULE}`;
    let schedule: Awaited<ReturnType<ReturnType<typeof client.schedule.getHandle>["describe"]>>;
    try {
      schedule = await client.schedule.getHandle(SWEEP_SCHEDULE).describe();
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      return fail(
        "There is none: a worker creates it when it starts.",
        "Start a worker, and read its log: npm run start:worker",
      );
    }
    const { state, info, action } = schedule;
    if (state.paused) {
      return fail(
        "It is paused: a failed payment whose webhook was lost is not found.",
        `temporal schedule toggle ${flags} --unpause --reason "the sweep is needed"`,
      );
    }
    if (action.taskQueue !== settings.worker.taskQueue) {
      return warn(
        `It starts sweeps on the task queue ${action.taskQueue}, and TEMPORAL_TASK_QUEUE is ${settings.worker.taskQueue}.`,
        `Delete it, and restart the worker, which creates it: temporal schedule delete ${flags}`,
      );
    }
    const last = info.recentActions.at(-1)?.takenAt ?? info.createdAt;
    const agoMs = now() - last.getTime();
    const minutes = Math.max(0, Math.round(agoMs / 60_000));
    if (agoMs > LATE_MS) {
      return warn(
        `The last sweep started ${minutes} minutes ago; it runs hourly.`,
        "reprise sweep",
      );
    }
    return info.recentActions.length === 0
      ? ok("Hourly; the first sweep is still to come.")
      : ok(`Hourly; the last sweep started ${minutes} minutes ago.`);
  },
);
