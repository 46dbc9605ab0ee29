/** Links into the Temporal Web UI, and the columns with which its list shows recoveries. */
import { SUBSCRIPTION_RECOVERY } from "../../workflows/contract.ts";

/** For the dialog "Configure columns" of the list of workflows. */
export const RECOVERY_COLUMNS = [
  "Workflow ID",
  "RecoveryState",
  "DeclineCode",
  "AmountDue",
  "NextAttemptAt",
  "Currency",
  "RecoveryOutcome",
] as const;

/** The list of recoveries, without the workflows that help them. */
export function recoveriesUrl(uiUrl: string, namespace: string): string {
  const query = encodeURIComponent(`\`WorkflowType\`="${SUBSCRIPTION_RECOVERY}"`);
  return `${workflowsUrl(uiUrl, namespace)}?query=${query}`;
}

/** One recovery. */
export function recoveryUrl(uiUrl: string, namespace: string, subscriptionId: string): string {
  return `${workflowsUrl(uiUrl, namespace)}/recovery-${subscriptionId}`;
}

function workflowsUrl(uiUrl: string, namespace: string): string {
  return `${uiUrl}/namespaces/${namespace}/workflows`;
}
