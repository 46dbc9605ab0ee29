import {
  ActivityFailure,
  ApplicationFailure,
  continueAsNew,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  workflowInfo,
} from "@temporalio/workflow";
import type { SweepActivities } from "../../activities/sweep/sweep.ts";
import {
  addPage,
  cursorOf,
  newSweep,
  type PageFindings,
  remainingOpenings,
  type Scan,
  type Sweep,
  type SweepResult,
  sweepResultOf,
} from "../../domain/sweep/sweep.ts";
import { dodoQueueOf } from "../contract.ts";
import { DECIDE_OPTIONS, decided } from "../shared/decided.ts";
import { PATIENT } from "../shared/retries.ts";
import { sweepDetails } from "./sweep-details.ts";

/** The schedule passes nothing; continue-as-new passes the state of the sweep. */
export type SweepInput = { readonly carried?: Sweep };

/** After this many pages, or 2,500 rows, a run continues as new: its history stays short. */
export const PAGES_A_RUN = 25;

/** A list with more pages than this does not end. */
const PAGES_A_SCAN_MAX = 5_000;

const { planSweep } = proxyLocalActivities<SweepActivities>(DECIDE_OPTIONS);

/**
 * Makes up for lost webhooks: reads Dodo's lists, opens recoveries for unpaid failures, and notifies open recoveries whose
 * debt may be paid. The schedule runs it hourly; it can also be started by hand, even while another sweep runs.
 */
export async function reconciliationSweep(input: SweepInput = {}): Promise<SweepResult> {
  let sweep = input.carried ?? (await beginSweep());
  for (let pages = 0; ; pages += 1) {
    const scan = sweep.plan.scans[sweep.scan];
    setCurrentDetails(sweepDetails(sweep, scan ?? null));
    if (scan === undefined) return sweepResultOf(sweep);
    if (pages >= PAGES_A_RUN)
      return await continueAsNew<typeof reconciliationSweep>({ carried: sweep });
    if (sweep.page >= PAGES_A_SCAN_MAX) {
      throw ApplicationFailure.nonRetryable(`${scan}: more than ${PAGES_A_SCAN_MAX} pages`);
    }
    sweep = addPage(sweep, await readPage(sweep, scan));
  }
}

async function beginSweep(): Promise<Sweep> {
  const last = cursorOf(workflowInfo().lastResult);
  return newSweep(await decided(() => planSweep({ at: Date.now(), last })));
}

async function readPage(sweep: Sweep, scan: Scan): Promise<PageFindings> {
  const { sweepPage } = proxyActivities<SweepActivities>({
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    retry: { ...PATIENT, initialInterval: "5s" },
    startToCloseTimeout: "5m",
    heartbeatTimeout: "10s",
    // An outage is waited for, within limits: the next sweep starts from the same place.
    scheduleToCloseTimeout: "6h",
    // Requests of recoveries go first in this queue.
    priority: { priorityKey: 5 },
    summary: `${scan.replaceAll("_", " ")}, page ${sweep.page}`,
  });
  try {
    const { plan, page } = sweep;
    return await sweepPage({ at: Date.now(), plan, scan, page, mayOpen: remainingOpenings(sweep) });
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure)) throw error;
    // The run fails with the activity's own message, which the Web UI shows first.
    throw ApplicationFailure.nonRetryable(cause.message, cause.type);
  }
}
