import type { Client } from "@temporalio/client";
import type { Proof } from "../../../domain/reporting/proof.ts";
import type { SubscriptionId } from "../../../domain/values/ids.ts";
import { type Instant, SECOND_MS } from "../../../domain/values/time.ts";
import { nullIfNotFound } from "../../../platform/temporal/null-if-not-found.ts";
import { proofStartOf, RECOVERY_PROOF, workflowIdOf } from "../../../workflows/contract.ts";
import { askTemporal, TEMPORAL_DEADLINE_MS } from "../../temporal/ask-temporal.ts";
import { noRecovery } from "./recovery-client.ts";

/** A proof as it was made, at an instant. */
export type DatedProof = { readonly proof: Proof; readonly at: Instant };

export type Proofs = {
  /**
   * @throws Problem where no recovery is known
   * @throws TemporalUnavailableError where it is not made in time: it goes on, and the next asking finds it
   */
  readonly of: (subscriptionId: SubscriptionId) => Promise<DatedProof>;
};

/** One that took longer than its asker waited is found by the next asking, within this. */
const FRESH_MS = 30 * SECOND_MS;

/**
 * Has a worker make the proof, since the gateway may not ask Dodo.
 *
 * @param client null until a connection is made
 */
export function createProofs(
  client: () => Client | null,
  taskQueue: string,
  now: () => Instant,
): Proofs {
  return {
    of: async (subscriptionId) =>
      await askTemporal(client, async (connected) => {
        const signal = AbortSignal.timeout(TEMPORAL_DEADLINE_MS);
        return await connected.withAbortSignal(signal, async () => {
          await refuseUnknown(connected, subscriptionId);
          return (
            (await madeLately(connected, subscriptionId, now())) ??
            (await make(connected, taskQueue, subscriptionId, now))
          );
        });
      }),
  };
}

async function refuseUnknown(client: Client, subscriptionId: SubscriptionId): Promise<void> {
  const handle = client.workflow.getHandle(workflowIdOf(subscriptionId));
  if ((await nullIfNotFound(handle.describe())) === null) throw noRecovery(subscriptionId);
}

async function madeLately(
  client: Client,
  subscriptionId: SubscriptionId,
  now: Instant,
): Promise<DatedProof | null> {
  const { workflowId } = proofStartOf(subscriptionId);
  const last = await nullIfNotFound(client.workflow.getHandle(workflowId).describe());
  const at = last?.closeTime?.getTime() ?? 0;
  if (last?.status.name !== "COMPLETED" || now - at > FRESH_MS) return null;
  const proof: unknown = await client.workflow.getHandle(workflowId, last.runId).result();
  return { proof: proof as Proof, at };
}

async function make(
  client: Client,
  taskQueue: string,
  subscriptionId: SubscriptionId,
  now: () => Instant,
): Promise<DatedProof> {
  const start = { ...proofStartOf(subscriptionId), taskQueue };
  const proof: unknown = await client.workflow.execute(RECOVERY_PROOF, start);
  return { proof: proof as Proof, at: now() };
}
