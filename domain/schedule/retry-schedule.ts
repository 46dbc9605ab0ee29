import { ATTEMPTS_PER_30_DAYS_MAX } from "../limits.ts";
import { DAY_MS, firstAtTimeOfDay, HOUR_MS, type Instant, timeOfDayMs } from "../values/time.ts";

/** An attempt may start this much before its gap is over, so that the time of day can be kept. */
const EARLY_MS = HOUR_MS;

const CAP_PERIOD_MS = 30 * DAY_MS;

/** An attempt later than this (an outage, a pause) is announced again and moved. @source design, "Schedule" */
export const OVERDUE_MS = 24 * HOUR_MS;

export type ScheduleInput = {
  readonly gapMs: number;
  readonly previousStartedAt: Instant;
  /** When the previous attempt's failure became known to us. */
  readonly failureKnownAt: Instant;
  /** The subscription's authorization; its UTC time of day is kept, so that retries never bunch. */
  readonly anchor: Instant;
  readonly align: "authorization_time" | "none";
  /** Starts of all charges of this subscription in the last 30 days, foreign ones included. */
  readonly recentChargesAt: readonly Instant[];
};

/**
 * The instant of the next scheduled attempt, before the window is looked at.
 * @source design, "Schedule"; Dodo, developer-resources/ondemand-subscriptions, "Avoid burst retries"
 */
export function nextAttemptAt(input: ScheduleInput): Instant {
  const { gapMs, previousStartedAt, failureKnownAt, align } = input;
  if (align === "none") return afterLimit(previousStartedAt + gapMs, input);
  const earliest = Math.max(
    previousStartedAt + gapMs - EARLY_MS,
    failureKnownAt + Math.min(gapMs, DAY_MS) - EARLY_MS,
  );
  return afterLimit(earliest, input);
}

/** Where an overdue attempt goes: far enough away to be announced, at the same time of day. */
export function movedAttemptAt(
  now: Instant,
  input: Pick<ScheduleInput, "anchor" | "align" | "recentChargesAt">,
): Instant {
  const earliest = input.align === "none" ? now + OVERDUE_MS : now + OVERDUE_MS - EARLY_MS;
  return afterLimit(earliest, input);
}

function afterLimit(
  earliest: Instant,
  input: Pick<ScheduleInput, "anchor" | "align" | "recentChargesAt">,
): Instant {
  const aligned = (from: Instant): Instant =>
    input.align === "none" ? from : firstAtTimeOfDay(from, timeOfDayMs(input.anchor));
  return aligned(earliestUnderCap(aligned(earliest), input.recentChargesAt));
}

/** The first instant at or after `at` at which fewer than eight charges lie in the thirty days before. */
export function earliestUnderCap(at: Instant, recentChargesAt: readonly Instant[]): Instant {
  const charges = recentChargesAt.toSorted((a, b) => a - b);
  // The cap is free again once all but the last seven have left the period.
  const leaving = charges.at(-ATTEMPTS_PER_30_DAYS_MAX);
  return leaving === undefined ? at : Math.max(at, leaving + CAP_PERIOD_MS);
}
