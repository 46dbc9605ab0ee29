import type { Client } from "@temporalio/client";
import { optionalTsToMs } from "@temporalio/common/lib/time.js";
import { type Policy, retentionNeededMs } from "../../domain/policy.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";

/** Warns where the namespace forgets ended recoveries too early. Never changes the retention. */
export async function warnOfShortRetention(
  client: Client,
  policy: Policy,
  log: Log,
): Promise<void> {
  const { namespace } = client.options;
  const { config } = await client.workflowService.describeNamespace({ namespace });
  const retentionMs = optionalTsToMs(config?.workflowExecutionRetentionTtl);
  const neededMs = retentionNeededMs(policy);
  if (retentionMs === undefined || retentionMs >= neededMs) return;
  const retentionDays = Number((retentionMs / DAY_MS).toFixed(1));
  const days = `${retentionDays} ${retentionDays === 1 ? "day" : "days"}`;
  const neededDays = Math.ceil(neededMs / DAY_MS);
  log.warn(
    { event: "retention_short", namespace, retentionDays, neededDays },
    `The namespace forgets ended recoveries and idempotency keys after ${days}; the policy's window needs ${neededDays}. ` +
      `Extend it: temporal operator namespace update --namespace ${namespace} --retention ${neededDays}d`,
  );
}
