import type { Instant } from "../values/time.ts";

/** One line of a timeline. Every recovery, checkout and requested mandate has one. */
export type TimelineEntry = {
  readonly at: Instant;
  readonly rule: string;
  readonly reason: string;
};

/** How many of the latest entries are kept. Temporal's event history has all of them. */
export const TIMELINE_MAX = 40;
