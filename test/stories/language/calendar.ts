import { DAY_MS, SECOND_MS } from "../../../domain/values/time.ts";

/** The authorization lies two months back. */
export const AUTHORIZED_DAYS_BEFORE = 61;

/** Into the minute at which the story says that something happens: far enough from its ends. */
export const SAFE_MS = 15 * SECOND_MS;

/** A story that has not ended by then says where it stops. */
export const LAST_DAY_MS = 75 * DAY_MS;
