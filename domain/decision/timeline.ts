import type { Instant } from "../values/time.ts";

/** One line of the timeline of a recovery, a checkout or a mandate. */
export type TimelineEntry = {
  readonly at: Instant;
  readonly rule: string;
  readonly reason: string;
};

/** How many of the latest entries are kept. The workflow's history has all of them. */
export const TIMELINE_MAX = 40;
