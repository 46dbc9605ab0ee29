import { Context } from "@temporalio/activity";

/** What a line about a request to Dodo is found by: the recovery, or the workflow that is none. Neither outside of an activity. */
export type ActivityIds = { readonly recoveryId?: string; readonly workflowId?: string };

export function activityIds(): ActivityIds {
  const workflowId = workflowOfActivity();
  if (workflowId === undefined) return {};
  return workflowId.startsWith("recovery-") ? { recoveryId: workflowId } : { workflowId };
}

function workflowOfActivity(): string | undefined {
  try {
    return Context.current().info.workflowExecution?.workflowId;
  } catch {
    // The business of the API key is read outside of activities.
    return undefined;
  }
}
