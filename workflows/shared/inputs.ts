import { ApplicationFailure } from "@temporalio/workflow";
import { parseSubscriptionId, type SubscriptionId } from "../../domain/values/ids.ts";

/** @throws ApplicationFailure, which fails the run: a workflow started by hand may have any input */
export function subscriptionIdIn(input: { readonly subscriptionId: unknown }): SubscriptionId {
  const subscriptionId = parseSubscriptionId(input.subscriptionId);
  if (subscriptionId !== null) return subscriptionId;
  throw ApplicationFailure.nonRetryable(
    `expected a subscription id, not ${String(input.subscriptionId)}`,
  );
}
