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
import { DECIDE_OPTIONS } from "../shared/decided.ts";
import { PATIENT } from "../shared/retries.ts";
import { sweepDetails } from "./sweep-details.ts";

/** Nothing is given by the schedule; a long sweep gives itself what it has found. */
export type SweepInput = { readonly carried?: Sweep };

/** A run turns this many pages, 2,500 rows, and continues as new: its history stays short. */
export const PAGES_A_RUN = 25;

/** More would be a list that does not end. */
const PAGES_A_SCAN_MAX = 5_000;

const { planSweep } = proxyLocalActivities<SweepActivities>(DECIDE_OPTIONS);

/**
 * Looks where no webhook came: goes through Dodo's lists, opens what is owed and has no recovery, and tells open ones
 * whose debt is gone. Run by the schedule, hourly; it may be started by hand at any time, and twice at once.
 */
export async function reconciliationSweep(input: SweepInput = {}): Promise<SweepResult> {
  let sweep = input.carried ?? (await begin());
  for (let pages = 0; ; pages += 1) {
    const scan = sweep.plan.scans[sweep.scan];
    setCurrentDetails(sweepDetails(sweep, scan ?? null));
    if (scan === undefined) return sweepResultOf(sweep);
    if (pages >= PAGES_A_RUN)
      return await continueAsNew<typeof reconciliationSweep>({ carried: sweep });
    if (sweep.page >= PAGES_A_SCAN_MAX) {
      throw ApplicationFailure.nonRetryable(`${scan}: more than ${PAGES_A_SCAN_MAX} pages`);
    }
    sweep = addPage(sweep, await turnPage(sweep, scan));
  }
}

async function begin(): Promise<Sweep> {
  const last = cursorOf(workflowInfo().lastResult);
  try {
    return newSweep(await planSweep({ at: Date.now(), last }));
  } catch (error) {
    // A plain error fails the workflow task, never the run: it waits for a fix.
    throw new Error("the sweep could not be planned", { cause: error });
  }
}

async function turnPage(sweep: Sweep, scan: Scan): Promise<PageFindings> {
  const { sweepPage } = proxyActivities<SweepActivities>({
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    retry: { ...PATIENT, initialInterval: "5s" },
    startToCloseTimeout: "5m",
    heartbeatTimeout: "10s",
    // An outage is waited for; not for ever, since the next sweep begins from the same place.
    scheduleToCloseTimeout: "6h",
    // Of what waits in this queue, what a recovery asks for goes first.
    priority: { priorityKey: 5 },
    summary: `${scan.replaceAll("_", " ")}, page ${sweep.page}`,
  });
  try {
    const { plan, page } = sweep;
    return await sweepPage({ at: Date.now(), plan, scan, page, mayOpen: remainingOpenings(sweep) });
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure)) throw error;
    // The reason itself, where one looks first.
    throw ApplicationFailure.nonRetryable(cause.message, cause.type);
  }
}
