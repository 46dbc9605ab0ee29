import type { Client } from "@temporalio/client";
import type { Alert } from "../../domain/state/alert.ts";
import { describeError } from "../../domain/values/own-error.ts";
import { MINUTE_MS } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import { createScheduleOnce, readScheduleMemo } from "../../platform/temporal/schedule-memo.ts";
import {
  BUSINESS_MEMO,
  BUSINESS_RECORD,
  BUSINESS_SOURCE_MEMO,
  businessRecordOf,
  SWEEP_SCHEDULE,
} from "../../workflows/contract.ts";
import { pause } from "../pause.ts";

/** A new account has no payment yet. */
const RETRY_MS = MINUTE_MS;

export type BusinessCheck = {
  readonly client: Client;
  readonly taskQueue: string;
  /** The business of the API key, from one of its payments; null without a payment. */
  readonly readBusinessId: () => Promise<string | null>;
  readonly alertOperator: (alert: Alert) => Promise<void>;
  readonly log: Log;
};

/**
 * Records the business of the API key as the namespace's, or tells the operator that another key's business is
 * recorded. Tries until it knows the business.
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
      const detail = describeError(error);
      log.warn(
        { event: "business_check_failed", detail },
        "the business of the API key is not checked yet; retrying",
      );
    }
    await pause(retryMs, signal);
  }
}

async function isChecked(check: BusinessCheck): Promise<boolean> {
  const { client, taskQueue, readBusinessId, log } = check;
  const businessId = await readBusinessId();
  if (businessId === null) return false;
  const options = businessRecordOf(businessId, "api_key", taskQueue);
  const { isNew, recorded } = await createScheduleOnce(client, options, BUSINESS_MEMO);
  if (isNew) {
    log.info({ event: "business_recorded", businessId });
    return true;
  }
  const source = await readScheduleMemo(client, BUSINESS_RECORD, BUSINESS_SOURCE_MEMO);
  if (source !== "api_key") return await replaceRecord(check, businessId, recorded);
  if (recorded === businessId) log.info({ event: "business_confirmed", businessId });
  else await refuseKey(check, businessId, recorded ?? "no business");
  return true;
}

/**
 * Records the API key's business instead of a webhook's, which may be that of an example from Dodo's Testing tab.
 * Webhooks of the right business were ignored then, so a sweep follows.
 *
 * @returns false if another process was faster
 * @source docs/dodo/webhooks.md, "Delivery"
 */
async function replaceRecord(
  { client, taskQueue, alertOperator, log }: BusinessCheck,
  businessId: string,
  recorded: string | null,
): Promise<boolean> {
  const isOther = recorded !== null && recorded !== businessId;
  if (isOther) {
    log.warn(
      { event: "business_corrected", businessId, recorded },
      `A webhook said that this namespace belongs to ${recorded}; the API key belongs to ${businessId}, which is recorded now`,
    );
    const seenIn = "webhook";
    await alertOperator({
      cause: "other_business",
      seenIn,
      businessId: recorded,
      recorded: businessId,
    });
  }
  await client.schedule.getHandle(BUSINESS_RECORD).delete();
  const options = businessRecordOf(businessId, "api_key", taskQueue);
  const { isNew } = await createScheduleOnce(client, options, BUSINESS_MEMO);
  if (isNew) log.info({ event: "business_recorded", businessId });
  if (isNew && isOther) await client.schedule.getHandle(SWEEP_SCHEDULE).trigger();
  return isNew;
}

async function refuseKey(
  { client, alertOperator, log }: BusinessCheck,
  businessId: string,
  recorded: string,
): Promise<void> {
  log.error(
    { event: "other_business", seenIn: "api_key", businessId, recorded },
    `DODO_PAYMENTS_API_KEY belongs to ${businessId}, and this namespace to ${recorded}. Correct the key, or, if the ` +
      "record is wrong, delete it and restart the worker and the gateway: temporal schedule delete " +
      `--namespace ${client.options.namespace} --schedule-id ${BUSINESS_RECORD}`,
  );
  await alertOperator({ cause: "other_business", seenIn: "api_key", businessId, recorded });
}
