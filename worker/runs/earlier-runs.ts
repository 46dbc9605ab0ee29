import { Context } from "@temporalio/activity";
import type { Client } from "@temporalio/client";
import type { EarlierRunsReader } from "../../activities/evidence/read-dodo.ts";
import { closedPaymentIds, exhaustedDebtsOf } from "../../domain/debt/result.ts";
import type { EndedDebt } from "../../domain/state/debt.ts";
import type { EarlierRuns } from "../../domain/state/payment.ts";
import type { Instant } from "../../domain/values/time.ts";
import { resultOfRun } from "../run-result.ts";
import { readRunHistory } from "./run-history.ts";
import { leftByStoppedRun } from "./stopped-run.ts";

/** How many earlier runs are read, newest first: more than a subscription has within any retention. */
const RUNS_MAX = 50;

/** How many closed runs a worker keeps in memory, since a closed run never changes. */
const CACHED_MAX = 1_000;

type EarlierRun = EarlierRuns & {
  readonly closedAt: Instant;
  readonly debts: readonly EndedDebt[];
};

/**
 * Reads the earlier runs of a recovery from Temporal, so that an ended debt is not opened again and no charge is sent
 * twice. It runs in an activity, whose own run it leaves out. A run that was terminated, timed out or reset has no
 * result; its history says what it left behind. So does that of a run that continued as new, since whatever followed it
 * may have been stopped.
 */
export function createEarlierRunsReader(client: Client): EarlierRunsReader {
  const closed = new Map<string, EarlierRun>();
  return async (recoveryId) => {
    const own = Context.current().info.workflowExecution?.runId;
    const runs: EarlierRun[] = [];
    const query = `WorkflowId = "${recoveryId}"`;
    let read = 0;
    for await (const run of client.workflow.list({ query, pageSize: RUNS_MAX })) {
      if (run.runId === own) continue;
      const found = closed.get(run.runId) ?? (await readRun(client, recoveryId, run));
      if (found !== null) {
        runs.push(found);
        remember(closed, run.runId, found);
      }
      read += 1;
      if (read >= RUNS_MAX) break;
    }
    return joined(runs.toSorted((a, b) => b.closedAt - a.closedAt));
  };
}

function remember(closed: Map<string, EarlierRun>, runId: string, run: EarlierRun): void {
  closed.delete(runId);
  closed.set(runId, run);
  const [oldest] = closed.keys();
  if (closed.size > CACHED_MAX && oldest !== undefined) closed.delete(oldest);
}

type ListedRun = {
  readonly runId: string;
  readonly status: { readonly name: string };
  readonly closeTime?: Date | undefined;
};

/** Null for an open run. */
async function readRun(
  client: Client,
  recoveryId: string,
  { runId, status, closeTime }: ListedRun,
): Promise<EarlierRun | null> {
  if (status.name === "COMPLETED") {
    const result = await resultOfRun(client, recoveryId, runId);
    const { blockedMethods = [] } = result;
    const closedAt = closeTime?.getTime() ?? 0;
    const { debts } = result;
    return { closedAt, endedDebts: closedPaymentIds(result), blockedMethods, debts };
  }
  // Visibility lags: it may show a run as running that has just been stopped.
  const history = await readRunHistory(client, recoveryId, runId);
  return history.closedAt === null
    ? null
    : { closedAt: history.closedAt, ...leftByStoppedRun(history) };
}

/** @param runs newest first */
function joined(runs: readonly EarlierRun[]): Awaited<ReturnType<EarlierRunsReader>> {
  const exhaustedDebts = exhaustedDebtsOf(runs);
  const earlierCharges = runs.flatMap((run) => run.earlierCharges ?? []);
  const earlierPages = runs.flatMap((run) => run.earlierPages ?? []);
  return {
    endedDebts: [...new Set(runs.flatMap(({ endedDebts }) => endedDebts))],
    // Each run starts with the blocked methods of the previous one, so the newest has all of them.
    blockedMethods: runs[0]?.blockedMethods ?? [],
    ...(exhaustedDebts.length === 0 ? {} : { exhaustedDebts }),
    ...(earlierCharges.length === 0 ? {} : { earlierCharges }),
    ...(earlierPages.length === 0 ? {} : { earlierPages }),
    ...(runs[0]?.stoppedImport === undefined ? {} : { stoppedImport: runs[0].stoppedImport }),
  };
}
