import type { Client } from "@temporalio/client";
import type { Proof } from "../../../domain/reporting/proof.ts";
import type { SubscriptionId } from "../../../domain/values/ids.ts";
import { type Instant, SECOND_MS } from "../../../domain/values/time.ts";
import { nullIfNotFound } from "../../../platform/temporal/null-if-not-found.ts";
import { proofStartOf, RECOVERY_PROOF, workflowIdOf } from "../../../workflows/contract.ts";
import { callTemporal, TEMPORAL_DEADLINE_MS } from "../../temporal/call-temporal.ts";
import { recoveryNotFound } from "./recovery-client.ts";

/** A proof and the instant at which it was made. */
export type DatedProof = { readonly proof: Proof; readonly at: Instant };

export type Proofs = {
  /**
   * @throws Problem if there is no recovery
   * @throws TemporalUnavailableError if the proof is not ready in time; a later call returns it
   */
  readonly read: (subscriptionId: SubscriptionId) => Promise<DatedProof>;
};

/** A proof younger than this is returned again, so a caller that timed out finds the result of its first call. */
const FRESH_MS = 30 * SECOND_MS;

/**
 * Has a worker make the proof, because the gateway has no API key of Dodo.
 *
 * @param client null until connected
 */
export function createProofs(
  client: () => Client | null,
  taskQueue: string,
  now: () => Instant,
): Proofs {
  return {
    read: async (subscriptionId) =>
      await callTemporal(client, async (connected) => {
        const signal = AbortSignal.timeout(TEMPORAL_DEADLINE_MS);
        return await connected.withAbortSignal(signal, async () => {
          await requireRecovery(connected, subscriptionId);
          return (
            (await recentProof(connected, subscriptionId, now())) ??
            (await makeProof(connected, taskQueue, subscriptionId, now))
          );
        });
      }),
  };
}

async function requireRecovery(client: Client, subscriptionId: SubscriptionId): Promise<void> {
  const handle = client.workflow.getHandle(workflowIdOf(subscriptionId));
  if ((await nullIfNotFound(handle.describe())) === null) throw recoveryNotFound(subscriptionId);
}

async function recentProof(
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

async function makeProof(
  client: Client,
  taskQueue: string,
  subscriptionId: SubscriptionId,
  now: () => Instant,
): Promise<DatedProof> {
  const start = { ...proofStartOf(subscriptionId), taskQueue };
  const proof: unknown = await client.workflow.execute(RECOVERY_PROOF, start);
  return { proof: proof as Proof, at: now() };
}
