import type { Client } from "@temporalio/client";
import { currencyLabel } from "../../domain/metrics/label-values.ts";
import { RECOVERY_STATES } from "../../domain/state/outcome.ts";
import type { Instant } from "../../domain/values/time.ts";
import {
  RECONCILIATION_SWEEP,
  SEARCH_ATTRIBUTES,
  SUBSCRIPTION_RECOVERY,
  SWEEP_SCHEDULE,
} from "../../workflows/contract.ts";
import { gauge, type GaugeReader } from "./gauge.ts";
import { ageOfNewest, ageOfOldest, type CountBy } from "./oldest.ts";

/** Open recoveries that are listed for their amounts. With more of them, the amounts are unknown. */
const LISTED_MAX = 5_000;

const { state, stateSince, chargeUnknownSince, nextAttemptAt, amountDue, currency } =
  SEARCH_ATTRIBUTES;

/** The gauges that Temporal's visibility answers. Recoveries of other installations in the namespace do not count. */
export function recoveryGauges(client: Client, taskQueue: string): readonly GaugeReader[] {
  const open = `${typed(SUBSCRIPTION_RECOVERY, taskQueue)} AND ExecutionStatus = "Running"`;
  const count: CountBy = async (query) => (await client.workflow.count(query)).count;
  const inState = (name: string): string => `${open} AND ${state.name} = "${name}"`;
  const unknown = `${open} AND ${chargeUnknownSince.name} IS NOT NULL`;
  return [
    ...RECOVERY_STATES.map((name) =>
      gauge("reprise_recoveries_open", { state: name }, () => count(inState(name))),
    ),
    gauge("reprise_needs_attention_oldest_seconds", {}, async (now) =>
      seconds(await ageOfOldest(count, inState("needs_attention"), stateSince.name, now)),
    ),
    gauge("reprise_charges_unknown", {}, () => count(unknown)),
    gauge("reprise_charges_unknown_oldest_seconds", {}, async (now) =>
      seconds(await ageOfOldest(count, unknown, chargeUnknownSince.name, now)),
    ),
    gauge("reprise_attempt_overdue_seconds", {}, async (now) =>
      seconds(await ageOfOldest(count, inState("waiting"), nextAttemptAt.name, now)),
    ),
    gauge("reprise_sweep_age_seconds", {}, (now) => sweepAge(client, taskQueue, count, now)),
    {
      metrics: ["reprise_at_risk_minor"],
      read: async () =>
        [...(await amountsDue(client, `${open} AND ${amountDue.name} > 0`))].map(
          ([code, value]) =>
            ({ metric: "reprise_at_risk_minor", labels: { currency: code }, value }) as const,
        ),
    },
  ];
}

function typed(workflowType: string, taskQueue: string): string {
  return `WorkflowType = "${workflowType}" AND TaskQueue = "${taskQueue}"`;
}

const seconds = (ms: number): number => ms / 1_000;

/** @throws where more recoveries are open than are listed */
async function amountsDue(client: Client, query: string): Promise<ReadonlyMap<string, number>> {
  const amounts = new Map<string, number>();
  let listed = 0;
  for await (const { typedSearchAttributes: found } of client.workflow.list({
    query,
    pageSize: 1_000,
  })) {
    listed += 1;
    if (listed > LISTED_MAX) throw new Error(`more than ${LISTED_MAX} open recoveries`);
    const code = currencyLabel(found.get(currency) ?? "");
    amounts.set(code, (amounts.get(code) ?? 0) + Number(found.get(amountDue) ?? 0));
  }
  return amounts;
}

/** Before the first sweep, since the schedule's creation: it has to run within the hour. */
async function sweepAge(
  client: Client,
  taskQueue: string,
  count: CountBy,
  now: Instant,
): Promise<number | null> {
  const completed = `${typed(RECONCILIATION_SWEEP, taskQueue)} AND ExecutionStatus = "Completed"`;
  const ageMs = await ageOfNewest(count, completed, "CloseTime", now);
  if (ageMs !== null) return seconds(ageMs);
  const { info } = await client.schedule.getHandle(SWEEP_SCHEDULE).describe();
  return seconds(Math.max(now - info.createdAt.getTime(), 0));
}
