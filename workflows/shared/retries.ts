import { HOUR_MS } from "../../domain/values/time.ts";

/** How long a mail is tried. */
export const MAIL_PATIENCE_MS = 72 * HOUR_MS;

/** Without a heartbeat, a mail that a killed worker left would go again only after its time-out of two minutes. */
export const MAIL_HEARTBEAT_TIMEOUT = "8s";

/** Retries for as long as an outage takes, less and less often. */
export const PATIENT = {
  initialInterval: "1s",
  backoffCoefficient: 2,
  maximumInterval: "10m",
} as const;
