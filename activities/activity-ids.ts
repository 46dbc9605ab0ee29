import { activityContext } from "./activity-context.ts";

/** What a line about a request to Dodo is found by: the recovery, or the workflow that is none. Neither outside of an activity. */
export type ActivityIds = { readonly recoveryId?: string; readonly workflowId?: string };

export function activityIds(): ActivityIds {
  const workflowId = activityContext()?.info.workflowExecution?.workflowId;
  if (workflowId === undefined) return {};
  return workflowId.startsWith("recovery-") ? { recoveryId: workflowId } : { workflowId };
}
