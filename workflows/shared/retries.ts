/** Retries for as long as an outage takes, less and less often. */
export const PATIENT = {
  initialInterval: "1s",
  backoffCoefficient: 2,
  maximumInterval: "10m",
} as const;
