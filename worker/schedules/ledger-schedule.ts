import type { Client, ScheduleOptions } from "@temporalio/client";
import type { Log } from "../../platform/log.ts";
import { createScheduleOnce } from "../../platform/temporal/schedule-memo.ts";
import { LEDGER_CHECK, LEDGER_SCHEDULE } from "../../workflows/contract.ts";
import { ownScheduleOf } from "./own-schedule.ts";

/** At night in UTC, with jitter, so that installations do not all read at once. */
export function ledgerScheduleOf(taskQueue: string): ScheduleOptions {
  return ownScheduleOf({
    scheduleId: LEDGER_SCHEDULE,
    spec: { calendars: [{ hour: 2, minute: 30 }], jitter: "30m" },
    catchupWindow: "12h",
    taskQueue,
    workflowType: LEDGER_CHECK,
    summary: "Completes the ledger, and compares it with the histories",
  });
}

/** Creates the schedule of the nightly check if there is none. Never changes an existing one. */
export async function ensureLedgerSchedule(
  client: Client,
  taskQueue: string,
  log: Log,
): Promise<void> {
  const schedule = LEDGER_SCHEDULE;
  const { isNew } = await createScheduleOnce(client, ledgerScheduleOf(taskQueue), "none");
  if (isNew) log.info({ event: "schedule_created", schedule }, "the ledger is checked every night");
  else log.info({ event: "schedule_exists", schedule });
}
