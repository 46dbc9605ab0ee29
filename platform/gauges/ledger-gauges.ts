import type { Client } from "@temporalio/client";
import { CHECKED_CLASSES, type LedgerCheck } from "../../domain/reporting/ledger-check.ts";
import { LEDGER_CHECK } from "../../workflows/contract.ts";
import type { GaugeReader } from "./gauge.ts";

/** What the last check of the ledger found, by its result in Temporal: every process shows the same. */
export function ledgerGauges(client: Client, taskQueue: string): readonly GaugeReader[] {
  return [
    {
      metrics: ["reprise_ledger_drift"],
      read: async () => {
        const check = await lastCheck(client, taskQueue);
        return CHECKED_CLASSES.map((kind) => ({
          metric: "reprise_ledger_drift" as const,
          labels: { class: kind },
          value: check === null ? null : (check.byClass[kind] ?? 0),
        }));
      },
    },
  ];
}

/** Null where there has been none yet, or the workers keep no ledger. */
async function lastCheck(client: Client, taskQueue: string): Promise<LedgerCheck | null> {
  const query = `WorkflowType = "${LEDGER_CHECK}" AND TaskQueue = "${taskQueue}" AND ExecutionStatus = "Completed"`;
  // The newest first.
  for await (const { workflowId, runId } of client.workflow.list({ query, pageSize: 1 })) {
    const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
    return (await handle.result()) as LedgerCheck | null;
  }
  return null;
}
