import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineSignal,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from "@temporalio/workflow";
import type { ChargeRequestActivities } from "../../activities/requested-charge/submit-charge-request.ts";
import type { ChargeRequest, RequestedChargeStatus } from "../../domain/state/requested-charge.ts";
import { parseChargeId, type SubscriptionId } from "../../domain/values/ids.ts";
import { DAY_MS, MINUTE_MS } from "../../domain/values/time.ts";
import { CHARGE_REPORTED_SIGNAL, type ChargeRequestInput } from "../contract.ts";
import { subscriptionIdIn } from "../shared/inputs.ts";
import { PATIENT } from "../shared/retries.ts";
import { chargeDetails } from "./charge-details.ts";

const chargeReported = defineSignal<[RequestedChargeStatus]>(CHARGE_REPORTED_SIGNAL);

/** Without a status for this long, the request is submitted again: that restarts a recovery that was terminated. */
const FIRST_STATUS_WITHIN_MS = 10 * MINUTE_MS;
const NEXT_STATUS_WITHIN_MS = DAY_MS;

const { submitChargeRequest } = proxyActivities<ChargeRequestActivities>({
  retry: PATIENT,
  startToCloseTimeout: "30s",
  summary: "Submit the charge to the recovery",
});

/**
 * Follows one requested charge from its request to its end; its workflow id makes the request idempotent. The
 * subscription's recovery charges; this workflow never does. Temporal's Cancel does not withdraw the charge: write it off
 * in its recovery.
 */
export async function chargeRequest(input: ChargeRequestInput): Promise<RequestedChargeStatus> {
  const subscriptionId = subscriptionIdIn(input);
  const chargeId = parseChargeId(workflowInfo().workflowId);
  if (chargeId === null)
    throw ApplicationFailure.nonRetryable("the workflow id is not a charge id");
  const request = { chargeId, requestedAt: Date.now(), charge: input.charge };
  return await CancellationScope.nonCancellable(() => follow(subscriptionId, request, input.by));
}

async function follow(
  subscriptionId: SubscriptionId,
  request: ChargeRequest,
  by: string,
): Promise<RequestedChargeStatus> {
  const reports: RequestedChargeStatus[] = [];
  setHandler(chargeReported, (report) => void reports.push(report), {
    description: "The charge's status, from its recovery.",
  });
  let status: RequestedChargeStatus | null = null;
  for (;;) {
    const endedStatus = await submitChargeRequest({ subscriptionId, request });
    if (endedStatus !== null) reports.push(endedStatus);
    while (await nextReport(reports, status)) {
      status = latest(status, reports.splice(0));
      upsertMemo({ status });
      setCurrentDetails(chargeDetails(subscriptionId, request, by, status));
      if (isOver(status)) return status;
    }
  }
}

/** Waits for a report. @returns false when none came in time */
async function nextReport(
  reports: readonly RequestedChargeStatus[],
  status: RequestedChargeStatus | null,
): Promise<boolean> {
  const waitMs = status === null ? FIRST_STATUS_WITHIN_MS : NEXT_STATUS_WITHIN_MS;
  const summary = "the next status from the recovery";
  return await condition(() => reports.length > 0, waitMs, { summary });
}

/** Signals may arrive out of order: an end is final, and otherwise the newest status counts. */
function latest(
  known: RequestedChargeStatus | null,
  reports: readonly RequestedChargeStatus[],
): RequestedChargeStatus {
  return [...(known === null ? [] : [known]), ...reports].reduce((before, next) =>
    isOver(before) || (next.at < before.at && !isOver(next)) ? before : next,
  );
}

const isOver = ({ state }: RequestedChargeStatus): boolean =>
  state === "ended" || state === "refused";
