import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
} from "@temporalio/client";

/** @returns the text under `key` in the memo of a schedule; null without the schedule or the key */
export async function readScheduleMemo(
  client: Client,
  scheduleId: string,
  key: string,
): Promise<string | null> {
  try {
    const { memo } = await client.schedule.getHandle(scheduleId).describe();
    const value = memo?.[key];
    return typeof value === "string" ? value : null;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

/**
 * Creates a schedule unless one with its id exists. Of several processes at the same moment, one creates it and all
 * others read what it recorded.
 *
 * @returns `recorded`: the text under `key` in the memo of the schedule that exists now; null if it has none
 */
export async function createScheduleOnce(
  client: Client,
  options: ScheduleOptions,
  key: string,
): Promise<{ readonly isNew: boolean; readonly recorded: string | null }> {
  try {
    await client.schedule.create(options);
    const value = options.memo?.[key];
    return { isNew: true, recorded: typeof value === "string" ? value : null };
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    return { isNew: false, recorded: await readScheduleMemo(client, options.scheduleId, key) };
  }
}
