import {
  type SweepClient,
  type SweepDependencies,
  sweepPage,
} from "../../../activities/sweep/sweep-page.ts";
import type { Timeline } from "../../../dev/model/timeline.ts";
import type { ModelWorld } from "../../../dev/model/world.ts";
import type { Policy } from "../../../domain/policy.ts";
import {
  addPage,
  cursorOf,
  newSweep,
  planSweep,
  type RecoveryRun,
  type SweepResult,
  sweepResultOf,
} from "../../../domain/sweep/sweep.ts";
import type { Instant } from "../../../domain/values/time.ts";
import { endedRun } from "../../../worker/recovery-client.ts";
import { sweepFact, type SweepFact } from "../transcript/account-facts.ts";

/** An account and the results of its sweeps. */
export type SweptAccount = {
  readonly timeline: Timeline;
  readonly policy: () => Policy;
  readonly account: SweepDependencies;
  readonly sweeps: { readonly at: Instant; readonly result: SweepResult }[];
};

/** Runs one sweep page by page, as the workflow does. It continues where the last one stopped. */
export async function runSweep({ timeline, policy, account, sweeps }: SweptAccount): Promise<void> {
  const at = timeline.now();
  let sweep = newSweep(planSweep(policy(), cursorOf(sweeps.at(-1)?.result), at));
  for (;;) {
    const { plan, page } = sweep;
    const scan = plan.scans[sweep.scan];
    if (scan === undefined) break;
    sweep = addPage(sweep, await sweepPage({ at, plan, scan, page }, account));
  }
  sweeps.push({ at, result: sweepResultOf(sweep) });
}

export const sweepFacts = (
  { sweeps }: SweptAccount,
  orderNumber: (paymentId: string) => number,
): SweepFact[] => sweeps.map(({ at, result }) => sweepFact(at, result, orderNumber));

/** The sweep's client for the recoveries of one subscription. */
export function sweepClientOf(world: ModelWorld): SweepClient {
  return {
    readNewestRun: async () => await Promise.resolve(newestRun(world)),
    open: async (_id, event) => {
      world.open(event);
      await Promise.resolve();
    },
    signalIfOpen: async (_id, event) => {
      world.push(event);
      await Promise.resolve();
    },
    startCheckout: (id) => Promise.reject(new Error(`no story of a subscription has ${id}`)),
  };
}

function newestRun({ runs, results, isOpen, isStopped }: ModelWorld): RecoveryRun {
  const run = runs.at(-1);
  if (run === undefined) return { kind: "none" };
  if (isOpen) return { kind: "open", startedAt: run.openedAt };
  const result = results.at(-1);
  return result === undefined || isStopped ? { kind: "stopped" } : endedRun(run.openedAt, result);
}
