/**
 * Time in the domain is an argument, never read from a clock. It is UTC only, because time-zone tables change with the
 * runtime. `Date` is used only here, to convert.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Milliseconds since the last UTC midnight. */
export function timeOfDayMs(instant: Instant): number {
  return ((instant % DAY_MS) + DAY_MS) % DAY_MS;
}

/** The first instant at or after `notBefore` whose UTC time of day is `timeOfDay` (milliseconds). */
export function firstAtTimeOfDay(notBefore: Instant, timeOfDay: number): Instant {
  const sameDay = notBefore - timeOfDayMs(notBefore) + timeOfDay;
  return sameDay >= notBefore ? sameDay : sameDay + DAY_MS;
}

/** @returns null when `text` is not an ISO 8601 instant */
export function parseInstant(text: unknown): Instant | null {
  if (typeof text !== "string" || !/^\d{4}-\d{2}-\d{2}T/.test(text)) return null;
  const instant = Date.parse(text);
  return Number.isFinite(instant) ? instant : null;
}

/** `2026-10-08 13:10 UTC`, or `2026-10-08 13:10:07 UTC` where the seconds are not zero. For reasons. */
export function describeInstant(instant: Instant): string {
  const text = new Date(instant).toISOString();
  const minutes = `${text.slice(0, 10)} ${text.slice(11, 16)}`;
  return text.slice(17, 19) === "00" ? `${minutes} UTC` : `${minutes}:${text.slice(17, 19)} UTC`;
}

/** ISO 8601 with milliseconds, as Dodo and Temporal expect it. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString();
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

const UNITS_IN_WORDS = [
  ["day", DAY_MS],
  ["hour", HOUR_MS],
  ["minute", MINUTE_MS],
] as const;

/** Parses a duration of the policy file, `<n>s|m|h|d`. @returns milliseconds, or null when malformed */
export function parseDurationMs(text: unknown): number | null {
  if (typeof text !== "string") return null;
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const unitMs = unit === undefined ? undefined : DURATION_UNITS[unit];
  return count === undefined || unitMs === undefined ? null : Number(count) * unitMs;
}

/** `3 days`, `36 hours`, `90 seconds`: in the largest unit that is exact, else in seconds. For reasons. */
export function describeDuration(durationMs: number): string {
  const [unit, unitMs] = UNITS_IN_WORDS.find(
    ([, ms]) => durationMs > 0 && durationMs % ms === 0,
  ) ?? ["second", SECOND_MS];
  const count = Math.round(durationMs / unitMs);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
