import type { Instant } from "../values/time.ts";

/** One line of a record that people read: a recovery's, a checkout's or a mandate's. */
export type TimelineEntry = {
  readonly at: Instant;
  readonly rule: string;
  readonly reason: string;
};

/** How many of the latest entries are kept; the history has all of them. */
export const TIMELINE_MAX = 40;
