import { proxyActivities, setCurrentDetails } from "@temporalio/workflow";
import type { LedgerActivities } from "../../activities/ledger/ledger.ts";
import type { LedgerCheck } from "../../domain/reporting/ledger-check.ts";
import { PATIENT } from "../shared/retries.ts";

const { fillLedger, verifyLedger } = proxyActivities<LedgerActivities>({
  retry: PATIENT,
  startToCloseTimeout: "6h",
  heartbeatTimeout: "30s",
  // The next night starts anew.
  scheduleToCloseTimeout: "20h",
  priority: { priorityKey: 5 },
});

/**
 * Fills the ledger with what has changed or is missing, and compares it with the histories. The schedule runs it every night.
 *
 * @returns null where the workers keep no ledger
 */
export async function ledgerCheck(): Promise<LedgerCheck | null> {
  const filled = await fillLedger();
  if (filled === null) {
    setCurrentDetails("The workers keep no ledger: DATABASE_URL is not set.");
    return null;
  }
  const { replaced, unchanged, removed } = filled;
  const runs = `${replaced} runs replaced from their histories, ${unchanged} unchanged, ${removed} removed`;
  setCurrentDetails(`${runs}. Comparing …`);
  const check = await verifyLedger();
  if (check !== null)
    setCurrentDetails(`${runs}. ${check.drifts} differences in ${check.runs} runs.`);
  return check;
}
