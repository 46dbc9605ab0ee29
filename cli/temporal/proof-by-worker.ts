import type { Env } from "../../config/env.ts";
import type { Proof } from "../../domain/reporting/proof.ts";
import { type ProofBody, proofBodyOf } from "../../domain/reporting/proof-body.ts";
import type { SubscriptionId } from "../../domain/values/ids.ts";
import { proofStartOf, RECOVERY_PROOF } from "../../workflows/contract.ts";
import { withTemporal } from "./temporal-client.ts";

/** Has a worker make the proof. Without a worker the workflow never ends, so the command stops waiting. @throws Failure */
export async function proofByWorker(
  env: Env,
  subscriptionId: SubscriptionId,
  limitMs: number,
): Promise<ProofBody> {
  return await withTemporal(env, "a worker", async (client, taskQueue) => {
    const start = { ...proofStartOf(subscriptionId), taskQueue };
    const proof = await client.withAbortSignal(
      AbortSignal.timeout(limitMs),
      async () => (await client.workflow.execute(RECOVERY_PROOF, start)) as Proof,
    );
    return proofBodyOf(subscriptionId, proof, Date.now());
  });
}
