import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { isInForce } from "../../../domain/reporting/advice.ts";
import type { Publication } from "../../../domain/state/publication.ts";
import type { Instant } from "../../../domain/values/time.ts";
import { RECOVERY_QUERY, type RecoveryView, workflowIdOf } from "../../../workflows/contract.ts";
import { Problem } from "../problem.ts";

/**
 * Refuses to send advice once more that was overtaken: by a newer decision, the end of its debt, or its time. The recovery says which
 * advice is in force, so a worker has to answer.
 * @throws Problem 409
 */
export async function refuseOvertakenAdvice(
  client: Client,
  publication: Publication,
  now: Instant,
): Promise<void> {
  const { advice } = publication;
  if (advice === undefined) return;
  const { validUntil } = advice;
  if (validUntil !== null && validUntil <= now) {
    throw overtaken(`The advice was valid until ${new Date(validUntil).toISOString()}.`);
  }
  if (!(await isStillInForce(client, publication))) {
    throw overtaken("A newer decision has overtaken the advice, or its debt has ended.");
  }
}

async function isStillInForce(client: Client, publication: Publication): Promise<boolean> {
  try {
    const handle = client.workflow.getHandle(workflowIdOf(publication.subscriptionId));
    const { recovery } = await handle.query<RecoveryView>(RECOVERY_QUERY);
    return isInForce(recovery, publication);
  } catch (error) {
    // Temporal no longer has the recovery, so its debt has ended.
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

const overtaken = (detail: string): Problem => new Problem(409, "advice_overtaken", detail);
