import type { DodoLists } from "../../dodo/lists.ts";
import type { Policy } from "../../domain/policy.ts";
import {
  type PageFindings,
  planSweep,
  type SweepCursor,
  type SweepPlan,
} from "../../domain/sweep/sweep.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import { withHeartbeat } from "../heartbeat.ts";
import { type SweepClient, sweepPage, type SweepPageInput } from "./sweep-page.ts";

export type SweepActivityDependencies = {
  readonly lists: DodoLists;
  readonly recoveries: SweepClient;
  readonly policy: Policy;
  readonly log: Log;
};

export type PlanSweepInput = {
  readonly at: Instant;
  readonly last: SweepCursor | null;
};

export type SweepActivities = {
  readonly planSweep: (input: PlanSweepInput) => Promise<SweepPlan>;
  readonly sweepPage: (input: SweepPageInput) => Promise<PageFindings>;
};

/** The activities of the sweep, bound to their dependencies. */
export function createSweepActivities(dependencies: SweepActivityDependencies): SweepActivities {
  const { lists, recoveries, policy, log } = dependencies;
  return {
    planSweep: async ({ at, last }) => await Promise.resolve(planSweep(policy, last, at)),
    sweepPage: async (input) => {
      const found = await withHeartbeat(() => sweepPage(input, { lists, recoveries }));
      const { scan, page } = input;
      const { rows, opened, notified, listed, deferred: waiting } = found;
      log.info({
        event: "swept",
        scan,
        page,
        rows,
        opened: opened.map(({ subscriptionId }) => subscriptionId),
        told: notified.map(({ subscriptionId }) => subscriptionId),
        listed: listed.length,
        waiting,
      });
      return found;
    },
  };
}
