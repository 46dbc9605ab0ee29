import { defaultPayloadConverter } from "@temporalio/common";
import { randomUUID } from "node:crypto";
import type { SweepResult } from "../../../domain/sweep/sweep.ts";
import { RECONCILIATION_SWEEP } from "../../../workflows/contract.ts";
import type { TestSystem } from "../../support/system/test-system.ts";
import { sweepFact, type SweepFact } from "../transcript/account-facts.ts";
import { recordsOf } from "./activity-records.ts";

/** A system whose account is swept. */
export type SweptAccount = {
  readonly system: TestSystem;
  /** Workflow ids of the sweeps so far. */
  readonly sweeps: string[];
};

/** Runs one sweep. It receives the result of the last one, as from Temporal's schedule. */
export async function runSweep({ system, sweeps }: SweptAccount): Promise<void> {
  const { workflow, workflowService } = system.client;
  const lastId = sweeps.at(-1);
  const last: unknown = lastId === undefined ? null : await workflow.getHandle(lastId).result();
  const workflowId = `sweep-${randomUUID()}`;
  await workflowService.startWorkflowExecution({
    namespace: "default",
    requestId: randomUUID(),
    workflowId,
    workflowType: { name: RECONCILIATION_SWEEP },
    taskQueue: { name: system.taskQueue },
    lastCompletionResult:
      last === null ? null : { payloads: [defaultPayloadConverter.toPayload(last)] },
  });
  sweeps.push(workflowId);
  await workflow.getHandle(workflowId).result();
}

/**
 * @param orderNumber the number of a payment without a subscription
 * @returns facts with absolute times
 */
export async function sweepFacts(
  { system, sweeps }: SweptAccount,
  orderNumber: (paymentId: string) => number,
): Promise<SweepFact[]> {
  const facts: SweepFact[] = [];
  for (const workflowId of sweeps) {
    const { runId } = await system.client.workflow.getHandle(workflowId).describe();
    const ends = (await recordsOf(system.client, workflowId, [runId])).map(({ end }) => end);
    const end = ends.findLast((one) => one !== null);
    if (end == null) throw new Error(`${workflowId} has not ended`);
    facts.push(sweepFact(end.at, end.result as SweepResult, orderNumber));
  }
  return facts;
}
