import { DAY_MS, type Instant, parseInstant } from "../../domain/values/time.ts";

/** Every story begins with an authorization at 13:10 UTC, and a failed charge at 13:10 UTC two months later. */
export const AUTHORIZED_AT = parseInstant("2026-08-05T13:10:00Z") ?? 0;
export const DAY_0 = parseInstant("2026-10-05T13:10:00Z") ?? 0;

/** `day 3 13:10:00.200`: calendar days in UTC, counted from the day of the first failure. */
export function formatStoryTime(at: Instant): string {
  const day = Math.floor((at - (DAY_0 - (DAY_0 % DAY_MS))) / DAY_MS);
  return `day ${day} ${new Date(at).toISOString().slice(11, 23)}`;
}
