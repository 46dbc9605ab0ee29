/** `npm run proof -- <subscription_id>`: what was owed, charged and collected, by Temporal's history and by Dodo's list. */
import type { Proof } from "../domain/reporting/proof.ts";
import { parseSubscriptionId } from "../domain/values/ids.ts";
import { proofStartOf, RECOVERY_PROOF } from "../workflows/contract.ts";
import { proofText } from "./proof-text.ts";
import { temporalOfEnv } from "./temporal-client.ts";

const USAGE = "npm run proof -- <subscription_id>";
/** Somebody waits; without a worker nothing comes. */
const WITHIN_MS = 60_000;

const subscriptionId = parseSubscriptionId(process.argv[2]);
if (subscriptionId === null) {
  console.error(`Which subscription? ${USAGE}`);
  process.exit(78);
}
const { address, taskQueue, withClient } = temporalOfEnv();
try {
  const start = { ...proofStartOf(subscriptionId), taskQueue };
  const proof = await withClient(
    async (client) =>
      await client.withAbortSignal(
        AbortSignal.timeout(WITHIN_MS),
        async () => (await client.workflow.execute(RECOVERY_PROOF, start)) as Proof,
      ),
  );
  console.log(proofText(subscriptionId, proof));
  process.exitCode = proof.findings.length === 0 ? 0 : 1;
} catch (error) {
  const detail = error instanceof Error ? error.message : String(error);
  console.error(
    `The proof could not be made: Temporal at ${address} and a worker on ${taskQueue} must be running. ${detail}`,
  );
  process.exitCode = 2;
}
