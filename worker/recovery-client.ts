import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
} from "@temporalio/client";
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
  recoveryStartOf,
  RECOVERY_EVENT_SIGNAL,
  SUBSCRIPTION_RECOVERY,
  workflowIdOf,
} from "../workflows/contract.ts";
import { resultOfRun } from "./run-result.ts";

/** The recoveries as the sweep sees them: each is asked for by its id, since visibility lags and this does not. */
export function createSweepClient(client: Client, taskQueue: string): SweepClient {
  return {
    look: async (subscriptionId) => await newestRun(client, workflowIdOf(subscriptionId)),
    open: async (subscriptionId, event, why) => {
      const options = recoveryStartOf(subscriptionId, event, why);
      await client.workflow.signalWithStart(SUBSCRIPTION_RECOVERY, { ...options, taskQueue });
    },
    tell: async (subscriptionId, event) => {
      const handle = client.workflow.getHandle(workflowIdOf(subscriptionId));
      await nullIfNotFound(handle.signal(RECOVERY_EVENT_SIGNAL, event));
    },
    followCheckout: async (paymentId) => {
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

/** The recoveries as a charge that was asked of us sees them. */
export function createRequestedChargeClient(
  client: Client,
  taskQueue: string,
): RequestedChargeClient {
  return {
    ended: async (subscriptionId, { chargeId, requestedAt }) => {
      const workflowId = workflowIdOf(subscriptionId);
      const found = await nullIfNotFound(client.workflow.getHandle(workflowId).describe());
      if (found?.status.name !== "COMPLETED") return null;
      const { debts } = await resultOfRun(client, workflowId, found.runId);
      return endedChargeStatusOf(debts, chargeId, requestedAt);
    },
    ask: async (subscriptionId, event) => {
      const options = recoveryStartOf(subscriptionId, event, "A charge asked of us");
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
    // Temporal's own failure is tried again; a result that cannot be read is a person's, and holds up no other row.
    if (isGrpcServiceError(error) || error instanceof ServiceError) throw error;
    return { kind: "stopped" };
  }
}

/** @param startedAt when the run began */
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
