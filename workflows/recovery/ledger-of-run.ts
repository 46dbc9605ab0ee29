import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  proxyActivities,
  workflowInfo,
} from "@temporalio/workflow";
import type { DecideInput } from "../../activities/index.ts";
import type { LedgerActivities } from "../../activities/ledger/ledger.ts";
import type { RecordedDecision } from "../../domain/decision/recorded.ts";
import type { RecoveryId } from "../../domain/values/ids.ts";

/** What a run knows of its ledger. Only recorded decisions say whether it has one, so that a replay knows the same. */
export type LedgerOfRun = {
  /** For the next decision. */
  readonly next: () => NonNullable<DecideInput["run"]>;
  readonly learn: (decision: RecordedDecision) => void;
  /** The run's worker kept a ledger when it made the first decision. */
  readonly isKept: () => boolean;
};

export function createLedgerOfRun(): LedgerOfRun {
  let number = 0;
  let isKept = false;
  return {
    next: () => {
      number += 1;
      return { number, startedAt: workflowInfo().startTime.getTime() };
    },
    learn: ({ ledger }) => {
      isKept ||= ledger === true;
    },
    isKept: () => isKept,
  };
}

/** With a database that is down, the run stays open for this long; the nightly job then completes its rows. */
const COMPLETED_WITHIN = "10m";

/**
 * Replaces the rows of this run by those of its history, in the one activity that a ledger costs. The outcome, the attributes, emails and webhooks
 * come first. Returns earlier if something arrives: no decision waits for the ledger.
 */
export async function completeRows(hasArrived: () => boolean): Promise<void> {
  const { workflowId, runId } = workflowInfo();
  const { completeLedger } = proxyActivities<LedgerActivities>({
    startToCloseTimeout: "30s",
    scheduleToCloseTimeout: COMPLETED_WITHIN,
    retry: { initialInterval: "1s", backoffCoefficient: 2, maximumInterval: "30s" },
    cancellationType: ActivityCancellationType.ABANDON,
    priority: { priorityKey: 5 },
    summary: "Complete the ledger's rows of this run",
  });
  const scope = new CancellationScope({ cancellable: true });
  let isDone = false;
  void scope
    .run(async () => await completeLedger({ recoveryId: workflowId as RecoveryId, runId }))
    .catch(() => null)
    .finally(() => (isDone = true));
  await condition(() => isDone || hasArrived());
  if (!isDone) scope.cancel();
}
