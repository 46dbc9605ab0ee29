import type { Client } from "@temporalio/client";
import { accountReport } from "../../domain/reporting/operator-digest.ts";
import { HOUR_MS, type Instant } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import { refusedCallOf } from "../../platform/temporal/refused-call.ts";
import { createScheduleOnce } from "../../platform/temporal/schedule-memo.ts";
import {
  BUSINESS_MEMO,
  businessRecordOf,
  OPERATOR_ALERTS,
  operatorAlertsStartOf,
} from "../../workflows/contract.ts";
import { callTemporal } from "./call-temporal.ts";

export type Businesses = {
  /**
   * Whether the namespace belongs to this business at Dodo. The first business that a webhook or the API key names is
   * recorded as its owner. The operator is alerted of another one at most once an hour.
   *
   * @param businessId null if the webhook names none: it is then not known to be another's
   * @throws TemporalUnavailableError, or what Temporal answers
   */
  readonly isOurs: (businessId: string | null) => Promise<boolean>;
};

/** Other businesses whose last alert is remembered. */
const ALERTED_MAX = 100;

/** @param client null until connected */
export function createBusinesses(
  client: () => Client | null,
  taskQueue: string,
  log: Log,
  now: () => Instant,
): Businesses {
  let ours: string | null = null;
  const alertedAt = new Map<string, Instant>();
  const alertOperator = async (businessId: string, recorded: string): Promise<void> => {
    log.warn(
      { event: "other_business", businessId, recorded },
      `A webhook of ${businessId} is acknowledged and ignored, because this namespace belongs to ${recorded}. ` +
        "Check which endpoint at Dodo sends to this gateway.",
    );
    if (now() - (alertedAt.get(businessId) ?? Number.NEGATIVE_INFINITY) < HOUR_MS) return;
    const alert = { cause: "other_business", seenIn: "webhook", businessId, recorded } as const;
    const report = accountReport(alert, now(), false);
    await callTemporal(client, (connected) =>
      connected.workflow.signalWithStart(OPERATOR_ALERTS, operatorAlertsStartOf(taskQueue, report)),
    );
    if (alertedAt.size >= ALERTED_MAX) alertedAt.clear();
    alertedAt.set(businessId, now());
  };
  return {
    isOurs: async (businessId) => {
      if (businessId === null || businessId === ours) return true;
      // Read anew for each webhook of another business, so that a corrected record counts at once.
      const recorded = await recordOrRead(client, businessId, taskQueue, log);
      if (recorded !== null && recorded !== businessId) {
        await alertOperator(businessId, recorded);
        return false;
      }
      ours = recorded;
      return true;
    },
  };
}

/** @returns the business that is recorded now; null where it cannot be recorded, so that no webhook is lost for it */
async function recordOrRead(
  client: () => Client | null,
  businessId: string,
  taskQueue: string,
  log: Log,
): Promise<string | null> {
  try {
    const options = businessRecordOf(businessId, "webhook", taskQueue);
    const { isNew, recorded } = await callTemporal(client, (connected) =>
      createScheduleOnce(connected, options, BUSINESS_MEMO),
    );
    if (isNew) log.info({ event: "business_recorded", businessId });
    return recorded;
  } catch (error) {
    const refused = refusedCallOf(error);
    if (refused === null) throw error;
    log.warn(
      { event: "business_not_recorded", businessId, detail: refused.details },
      "Temporal refuses to record the namespace's business, so webhooks of another one cannot be recognized",
    );
    return null;
  }
}
