import { activityInfo } from "@temporalio/activity";
import type { Activities } from "../../activities/index.ts";
import type { WorkerLedger } from "./worker-ledger.ts";

/**
 * Gives each decision to the ledger where it is made, in its local activity, which no replay repeats. The decision does not wait for it. A decision
 * whose worker dies before Temporal has it is made, and written, again: so the end of the run replaces all rows by its history.
 */
export function writeDecided<All extends Pick<Activities, "decideRecovery">>(
  activities: All,
  ledger: WorkerLedger | null,
): All {
  if (ledger === null) return activities;
  return {
    ...activities,
    decideRecovery: async (input) => {
      const decision = await activities.decideRecovery(input);
      const { recovery: before, waiting, at, run } = input;
      if (run === undefined) return decision;
      const { number, startedAt } = run;
      const { workflowId: recoveryId = "", runId = "" } = activityInfo().workflowExecution ?? {};
      const { events } = waiting;
      ledger.write({ recoveryId, runId, startedAt }, { number, at, before, events, decision });
      // The history records it: at its end, such a run completes its rows.
      return number === 1 ? { ...decision, ledger: true } : decision;
    },
  };
}
