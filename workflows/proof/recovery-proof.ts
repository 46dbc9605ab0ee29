import { proxyActivities, workflowInfo } from "@temporalio/workflow";
import type { ProofActivities } from "../../activities/evidence/prove-recovery.ts";
import type { Proof } from "../../domain/reporting/proof.ts";
import { recoveryIdOf } from "../../domain/values/ids.ts";
import { dodoQueueOf } from "../contract.ts";
import { subscriptionIdIn } from "../shared/inputs.ts";

export type ProofInput = { readonly subscriptionId: string };

/** Proves one subscription's recoveries on a worker, as only workers hold Dodo's API key. Changes nothing. */
export async function recoveryProof(input: ProofInput): Promise<Proof> {
  const subscriptionId = subscriptionIdIn(input);
  const { proveRecovery } = proxyActivities<ProofActivities>({
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    startToCloseTimeout: "2m",
    scheduleToCloseTimeout: "10m",
    heartbeatTimeout: "10s",
    priority: { priorityKey: 1 },
    summary: "Compare Temporal's history with Dodo's list",
  });
  return await proveRecovery({ subscriptionId, recoveryId: recoveryIdOf(subscriptionId) });
}
