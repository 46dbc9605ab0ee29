import { defaultPayloadConverter } from "@temporalio/common";
import { randomUUID } from "node:crypto";
import type { SweepResult } from "../../../domain/sweep/sweep.ts";
import { RECONCILIATION_SWEEP } from "../../../workflows/contract.ts";
import type { Stage } from "../../support/system/test-system.ts";
import { sweepFact, type SweepFact } from "../transcript/account-facts.ts";
import { recordsOf } from "./activity-records.ts";

/** A stage whose account is swept: what is started there finds the story's time. */
export type Swept = {
  readonly stage: Stage;
  /** The sweeps so far, as workflow ids. */
  readonly sweeps: string[];
};

/** One sweep. As Temporal's schedule does, it is given the result of the one before. */
export async function sweepComesBy({ stage, sweeps }: Swept): Promise<void> {
  const { workflow, workflowService } = stage.client;
  const before = sweeps.at(-1);
  const last: unknown = before === undefined ? null : await workflow.getHandle(before).result();
  const workflowId = `sweep-${randomUUID()}`;
  await workflowService.startWorkflowExecution({
    namespace: "default",
    requestId: randomUUID(),
    workflowId,
    workflowType: { name: RECONCILIATION_SWEEP },
    taskQueue: { name: stage.taskQueue },
    lastCompletionResult:
      last === null ? null : { payloads: [defaultPayloadConverter.toPayload(last)] },
  });
  sweeps.push(workflowId);
  await workflow.getHandle(workflowId).result();
}

/** @param orderNumber of a payment without a subscription @returns facts of absolute time */
export async function sweepFacts(
  { stage, sweeps }: Swept,
  orderNumber: (paymentId: string) => number,
): Promise<SweepFact[]> {
  const facts: SweepFact[] = [];
  for (const workflowId of sweeps) {
    const { runId } = await stage.client.workflow.getHandle(workflowId).describe();
    const ends = (await recordsOf(stage.client, workflowId, [runId])).map(({ end }) => end);
    const end = ends.findLast((one) => one !== null);
    if (end == null) throw new Error(`${workflowId} has not ended`);
    facts.push(sweepFact(end.at, end.result as SweepResult, orderNumber));
  }
  return facts;
}
