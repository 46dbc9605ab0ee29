import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
} from "@temporalio/client";
import type { ImportClient } from "../activities/import/import.ts";
import type { RequestedChargeClient } from "../activities/requested-charge/submit-charge-request.ts";
import type { SweepClient } from "../activities/sweep/sweep-page.ts";
import { closedPaymentIds, type RecoveryResult } from "../domain/debt/result.ts";
import { endedChargeStatusOf } from "../domain/requested-charge/requested-charge.ts";
import type { RecoveryRun } from "../domain/sweep/sweep.ts";
import type { Instant } from "../domain/values/time.ts";
import { nullIfNotFound } from "../platform/temporal/null-if-not-found.ts";
import {
  CHECKOUT_RECOVERY,
  checkoutStartOf,
  IMPORT_MEMO,
  RECOVERY_EVENT_SIGNAL,
  recoveryStartOf,
  SUBSCRIPTION_RECOVERY,
  workflowIdOf,
} from "../workflows/contract.ts";
import { resultOfRun } from "./run-result.ts";

/** What the sweep does with recoveries. Reads each by its id, because visibility lags. */
export function createSweepClient(client: Client, taskQueue: string): SweepClient {
  return {
    readNewestRun: async (subscriptionId) => await newestRun(client, workflowIdOf(subscriptionId)),
    open: async (subscriptionId, event, why) => {
      const options = recoveryStartOf(subscriptionId, event, why);
      await client.workflow.signalWithStart(SUBSCRIPTION_RECOVERY, { ...options, taskQueue });
    },
    signalIfOpen: async (subscriptionId, event) => {
      const handle = client.workflow.getHandle(workflowIdOf(subscriptionId));
      await nullIfNotFound(handle.signal(RECOVERY_EVENT_SIGNAL, event));
    },
    startCheckout: async (paymentId) => {
      try {
        await client.workflow.start(CHECKOUT_RECOVERY, {
          ...checkoutStartOf(paymentId),
          taskQueue,
        });
        return true;
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
        throw error;
      }
    },
  };
}

/** What an import does with recoveries. */
export function createImportClient(client: Client, taskQueue: string): ImportClient {
  return {
    readNewestRun: async (subscriptionId) => {
      const handle = client.workflow.getHandle(workflowIdOf(subscriptionId));
      const found = await nullIfNotFound(handle.describe());
      const importId = found?.memo?.[IMPORT_MEMO];
      return {
        isOpen: found !== null && found.closeTime === undefined,
        importId: typeof importId === "string" ? importId : null,
      };
    },
    open: async (subscriptionId, event, why) => {
      const options = recoveryStartOf(subscriptionId, event, why);
      await client.workflow.signalWithStart(SUBSCRIPTION_RECOVERY, { ...options, taskQueue });
    },
  };
}

/** What a requested charge does with its recovery. */
export function createRequestedChargeClient(
  client: Client,
  taskQueue: string,
): RequestedChargeClient {
  return {
    readEndedStatus: async (subscriptionId, { chargeId, requestedAt }) => {
      const workflowId = workflowIdOf(subscriptionId);
      const found = await nullIfNotFound(client.workflow.getHandle(workflowId).describe());
      if (found?.status.name !== "COMPLETED") return null;
      const { debts } = await resultOfRun(client, workflowId, found.runId);
      return endedChargeStatusOf(debts, chargeId, requestedAt);
    },
    request: async (subscriptionId, event) => {
      const options = recoveryStartOf(subscriptionId, event, "A charge requested through the API");
      await client.workflow.signalWithStart(SUBSCRIPTION_RECOVERY, { ...options, taskQueue });
    },
  };
}

async function newestRun(client: Client, workflowId: string): Promise<RecoveryRun> {
  const found = await nullIfNotFound(client.workflow.getHandle(workflowId).describe());
  if (found === null) return { kind: "none" };
  const { runId, status, startTime, closeTime } = found;
  const startedAt = startTime.getTime();
  if (closeTime === undefined) return { kind: "open", startedAt };
  if (status.name !== "COMPLETED") return { kind: "stopped" };
  try {
    return endedRun(startedAt, await resultOfRun(client, workflowId, runId));
  } catch (error) {
    // Temporal's own errors are retried. An unreadable result needs a person, and must not stop the sweep.
    if (isGrpcServiceError(error) || error instanceof ServiceError) throw error;
    return { kind: "unreadable" };
  }
}

/** @param startedAt when the run started */
export function endedRun(startedAt: Instant, result: RecoveryResult): RecoveryRun {
  const { outcome, reactivated, debts } = result;
  const rule = debts.at(-1)?.rule ?? null;
  return {
    kind: "ended",
    startedAt,
    outcome,
    reactivated,
    rule,
    paymentIds: closedPaymentIds(result),
  };
}
