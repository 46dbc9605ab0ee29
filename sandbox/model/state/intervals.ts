export const INTERVALS = ["Day", "Week", "Month", "Year"] as const;
export type Interval = (typeof INTERVALS)[number];

/** @returns the same UTC time of day, one interval later; milliseconds since 1970 */
export function addInterval(instant: number, interval: Interval): number {
  const date = new Date(instant);
  switch (interval) {
    case "Day":
      date.setUTCDate(date.getUTCDate() + 1);
      break;
    case "Week":
      date.setUTCDate(date.getUTCDate() + 7);
      break;
    case "Month":
      date.setUTCMonth(date.getUTCMonth() + 1);
      break;
    case "Year":
      date.setUTCFullYear(date.getUTCFullYear() + 1);
      break;
  }
  return date.getTime();
}
