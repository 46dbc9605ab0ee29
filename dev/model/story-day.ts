import { DAY_MS, type Instant } from "../../domain/values/time.ts";
import { DAY_0 } from "./sample-states.ts";

/** `day 3 13:10:00.200`: days by the calendar, counted from that of the first failure. */
export function storyMoment(at: Instant): string {
  const day = Math.floor((at - (DAY_0 - (DAY_0 % DAY_MS))) / DAY_MS);
  return `day ${day} ${new Date(at).toISOString().slice(11, 23)}`;
}
