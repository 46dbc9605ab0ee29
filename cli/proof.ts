/** `npm run proof -- <subscription_id>`: what was owed, charged and collected, by Temporal's history and by Dodo's list. */
import type { Proof } from "../domain/reporting/proof.ts";
import { parseSubscriptionId } from "../domain/values/ids.ts";
import { visible } from "../domain/values/visible-text.ts";
import { messageOf } from "../platform/error-message.ts";
import { proofStartOf, RECOVERY_PROOF } from "../workflows/contract.ts";
import { formatProof } from "./proof-text.ts";
import { temporalFromEnv } from "./temporal-client.ts";

const USAGE = "npm run proof -- <subscription_id>";
/** Without a worker the workflow never ends, so the command stops waiting. */
const TIMEOUT_MS = 60_000;

const subscriptionId = parseSubscriptionId(process.argv[2]);
if (subscriptionId === null) {
  console.error(`A subscription id is required. Usage: ${USAGE}`);
  process.exit(78);
}
const { address, taskQueue, withClient } = temporalFromEnv();
try {
  const start = { ...proofStartOf(subscriptionId), taskQueue };
  const proof = await withClient(
    async (client) =>
      await client.withAbortSignal(
        AbortSignal.timeout(TIMEOUT_MS),
        async () => (await client.workflow.execute(RECOVERY_PROOF, start)) as Proof,
      ),
  );
  console.log(formatProof(subscriptionId, proof));
  process.exitCode = proof.findings.length === 0 ? 0 : 1;
} catch (error) {
  const detail = visible(messageOf(error));
  console.error(
    `The proof failed: ${detail}\nIt needs Temporal at ${address} (TEMPORAL_ADDRESS) and a worker on the task queue ${taskQueue} (TEMPORAL_TASK_QUEUE).`,
  );
  process.exitCode = 2;
}
