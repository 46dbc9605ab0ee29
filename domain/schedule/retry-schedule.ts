import { ATTEMPTS_PER_30_DAYS_MAX } from "../limits.ts";
import { DAY_MS, firstAtTimeOfDay, HOUR_MS, type Instant, timeOfDayMs } from "../values/time.ts";

/** An attempt may start this much before its gap ends, to keep the time of day. */
const EARLY_MS = HOUR_MS;

const CAP_PERIOD_MS = 30 * DAY_MS;

/**
 * An attempt that is later than this (an outage, a pause) moves and is announced again.
 * @source docs/RECOVERY.md, "Schedule"
 */
export const OVERDUE_MS = 24 * HOUR_MS;

export type ScheduleInput = {
  readonly gapMs: number;
  readonly previousStartedAt: Instant;
  /** When Reprise learned that the previous attempt failed. */
  readonly failureKnownAt: Instant;
  /** When the subscription was authorized. Attempts keep its UTC time of day, so that they spread over the day. */
  readonly anchor: Instant;
  readonly align: "authorization_time" | "none";
  /** When all charges of this subscription in the last 30 days started, those made elsewhere included. */
  readonly recentChargesAt: readonly Instant[];
};

/**
 * When the next scheduled attempt is due; the caller compares it with the window.
 * @source docs/RECOVERY.md, "Schedule"; Dodo, developer-resources/ondemand-subscriptions, "Avoid burst retries"
 */
export function nextAttemptAt(input: ScheduleInput): Instant {
  const { gapMs, previousStartedAt, failureKnownAt, align } = input;
  if (align === "none") return attemptAfter(previousStartedAt + gapMs, input);
  const earliest = Math.max(
    previousStartedAt + gapMs - EARLY_MS,
    failureKnownAt + Math.min(gapMs, DAY_MS) - EARLY_MS,
  );
  return attemptAfter(earliest, input);
}

/** The new time of an overdue attempt: at the same time of day, and late enough to be announced. */
export function movedAttemptAt(
  now: Instant,
  input: Pick<ScheduleInput, "anchor" | "align" | "recentChargesAt">,
): Instant {
  const earliest = input.align === "none" ? now + OVERDUE_MS : now + OVERDUE_MS - EARLY_MS;
  return attemptAfter(earliest, input);
}

/** The first instant for an attempt at or after `earliest`: at the same time of day, and within the limit of charges. */
export function attemptAfter(
  earliest: Instant,
  input: Pick<ScheduleInput, "anchor" | "align" | "recentChargesAt">,
): Instant {
  const aligned = (from: Instant): Instant =>
    input.align === "none" ? from : firstAtTimeOfDay(from, timeOfDayMs(input.anchor));
  return aligned(earliestUnderCap(aligned(earliest), input.recentChargesAt));
}

/** The first instant at or after `at` with fewer than eight charges in the thirty days before it. */
export function earliestUnderCap(at: Instant, recentChargesAt: readonly Instant[]): Instant {
  const charges = recentChargesAt.toSorted((a, b) => a - b);
  // There is room again once all but the latest seven charges are older than the period.
  const leaving = charges.at(-ATTEMPTS_PER_30_DAYS_MAX);
  return leaving === undefined ? at : Math.max(at, leaving + CAP_PERIOD_MS);
}
