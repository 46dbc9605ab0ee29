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

/** How long a recovery may be silent before it is asked again: one that was terminated is begun anew by that. */
const UNHEARD_MS = 10 * MINUTE_MS;
const UNHEARD_SINCE_MS = DAY_MS;

const { submitChargeRequest } = proxyActivities<ChargeRequestActivities>({
  // Temporal away, or a worker in the middle: for as long as it takes.
  retry: PATIENT,
  startToCloseTimeout: "30s",
  summary: "Ask the recovery",
});

/**
 * Holds the idempotency of one charge that was asked of us: it hands the debt to the subscription's recovery and follows
 * it to its end. It never charges. Temporal's Cancel does not take the charge back: that is the recovery's write-off.
 */
export async function chargeRequest(input: ChargeRequestInput): Promise<RequestedChargeStatus> {
  const subscriptionId = subscriptionIdIn(input);
  const chargeId = parseChargeId(workflowInfo().workflowId);
  if (chargeId === null) throw ApplicationFailure.nonRetryable("not an id of a charge");
  const request = { chargeId, requestedAt: Date.now(), charge: input.charge };
  return await CancellationScope.nonCancellable(() => follow(subscriptionId, request, input.by));
}

async function follow(
  subscriptionId: SubscriptionId,
  request: ChargeRequest,
  by: string,
): Promise<RequestedChargeStatus> {
  const reports: RequestedChargeStatus[] = [];
  setHandler(chargeReported, (status) => void reports.push(status), {
    description: "How the charge stands, from its recovery.",
  });
  let status: RequestedChargeStatus | null = null;
  for (;;) {
    const told = await submitChargeRequest({ subscriptionId, request });
    if (told !== null) reports.push(told);
    while (await isTold(reports, status)) {
      status = latest(status, reports.splice(0));
      upsertMemo({ status });
      setCurrentDetails(chargeDetails(subscriptionId, request, by, status));
      if (isOver(status)) return status;
    }
  }
}

/** False where the recovery was silent for too long. */
async function isTold(
  reports: readonly RequestedChargeStatus[],
  status: RequestedChargeStatus | null,
): Promise<boolean> {
  const waitMs = status === null ? UNHEARD_MS : UNHEARD_SINCE_MS;
  const summary = "news of the recovery";
  return await condition(() => reports.length > 0, waitMs, { summary });
}

/** Signals may overtake each other: an end stays an end, and the later word counts. */
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
