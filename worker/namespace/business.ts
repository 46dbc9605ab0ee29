import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import type { Alert } from "../../domain/state/alert.ts";
import { MINUTE_MS } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import { createScheduleOnce } from "../../platform/temporal/schedule-memo.ts";
import { BUSINESS_MEMO, businessRecordOf } from "../../workflows/contract.ts";

/** A new account has no payment yet; the first webhook usually names the business before. */
const RETRY_MS = 10 * MINUTE_MS;

export type BusinessCheck = {
  readonly client: Client;
  readonly taskQueue: string;
  /** The business of the API key, from one of its payments; null without a payment. */
  readonly readBusinessId: () => Promise<string | null>;
  readonly alertOperator: (alert: Alert) => Promise<void>;
  readonly log: Log;
};

/**
 * Records the business of the API key as the namespace's, or tells the operator that another one is recorded. Tries
 * until it knows the business.
 */
export async function checkBusiness(
  check: BusinessCheck,
  signal: AbortSignal,
  retryMs: number = RETRY_MS,
): Promise<void> {
  const { log } = check;
  while (!signal.aborted) {
    try {
      if (await isChecked(check)) return;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      log.warn({ event: "business_unknown", detail }, "Dodo's business is not known yet; retrying");
    }
    await delay(retryMs, null, { signal }).catch(() => null);
  }
}

async function isChecked(check: BusinessCheck): Promise<boolean> {
  const { client, taskQueue, readBusinessId, alertOperator, log } = check;
  const businessId = await readBusinessId();
  if (businessId === null) return false;
  const options = businessRecordOf(businessId, taskQueue);
  const { isNew, recorded } = await createScheduleOnce(client, options, BUSINESS_MEMO);
  if (recorded === null || recorded === businessId) {
    log.info({ event: isNew ? "business_recorded" : "business_confirmed", businessId });
    return true;
  }
  const alert = { cause: "other_business", seenIn: "api_key", businessId, recorded } as const;
  log.error(
    { event: "other_business", seenIn: "api_key", businessId, recorded },
    `DODO_PAYMENTS_API_KEY belongs to ${businessId}, and this namespace to ${recorded}. Correct the key, or, if the ` +
      "record is wrong, delete it and restart the worker and the gateway: temporal schedule delete " +
      `--namespace ${client.options.namespace} --schedule-id ${options.scheduleId}`,
  );
  await alertOperator(alert);
  return true;
}
