import type { SweepPort } from "../../dodo/port.ts";
import type { Policy } from "../../domain/policy.ts";
import {
  type PageFindings,
  planSweep,
  type SweepCursor,
  type SweepPlan,
} from "../../domain/sweep/sweep.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import { activityIds } from "../activity-ids.ts";
import { createFailureTimes } from "./failure-times.ts";
import { type SweepClient, sweepPage, type SweepPageInput } from "./sweep-page.ts";

export type SweepActivityDependencies = {
  readonly dodo: SweepPort;
  readonly recoveries: SweepClient;
  readonly policy: Policy;
  readonly log: Log;
  readonly now: () => Instant;
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
  const { dodo, recoveries, policy, log, now } = dependencies;
  const failureTimes = createFailureTimes(dodo, now);
  return {
    planSweep: async ({ at, last }) => await Promise.resolve(planSweep(policy, last, at)),
    sweepPage: async (input) => {
      const found = await sweepPage(input, { dodo, recoveries, failureTimes });
      const { scan, page } = input;
      const { rows, opened, notified, listed, deferred, checkouts } = found;
      log.info({
        event: "swept",
        scan,
        page,
        rows,
        opened: opened.map(({ subscriptionId }) => subscriptionId),
        notified: notified.map(({ subscriptionId }) => subscriptionId),
        listed: listed.length,
        deferred,
        checkouts: checkouts.length,
        workflowId: activityIds().workflowId,
      });
      return found;
    },
  };
}
