import { DAY_MS, SECOND_MS } from "../../../domain/values/time.ts";

/** Two months before day 0. */
export const AUTHORIZED_DAYS_BEFORE = 61;

/** An event happens this long after the start of its minute, so that the work it causes stays in that minute. */
export const SAFE_MS = 15 * SECOND_MS;

/**
 * Real time adds to a workflow's time. Beyond this limit the minutes of a transcript would differ.
 */
export const LAG_MAX_MS = 30 * SECOND_MS;

/** Milliseconds since the story's midnight. A story that has not ended by then says where it stops. */
export const LAST_DAY_MS = 75 * DAY_MS;
