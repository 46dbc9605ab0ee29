/** Outages end: these are tried for as long as it takes, ever less often. */
export const PATIENT = {
  initialInterval: "1s",
  backoffCoefficient: 2,
  maximumInterval: "10m",
} as const;
