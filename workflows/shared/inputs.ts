import { ApplicationFailure } from "@temporalio/workflow";
import { parseSubscriptionId, type SubscriptionId } from "../../domain/values/ids.ts";

/** @throws what fails the run for good: a workflow that is started by hand may be given anything */
export function subscriptionIdIn(input: { readonly subscriptionId: unknown }): SubscriptionId {
  const subscriptionId = parseSubscriptionId(input.subscriptionId);
  if (subscriptionId !== null) return subscriptionId;
  throw ApplicationFailure.nonRetryable(`not a subscription id: ${String(input.subscriptionId)}`);
}
