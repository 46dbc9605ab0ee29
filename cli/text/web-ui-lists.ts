import { DAY_MS, formatInstant } from "../../domain/values/time.ts";
import { SEARCH_ATTRIBUTES, SUBSCRIPTION_RECOVERY } from "../../workflows/contract.ts";

/** A list of recoveries in the Temporal Web UI. */
export type WebUiList = {
  readonly name: string;
  /** As typed into the Web UI, or after `temporal workflow list --query`. */
  readonly query: string;
  readonly url: string;
};

const { state, chargeUnknownSince, nextAttemptAt } = SEARCH_ATTRIBUTES;

/**
 * The ready-made lists. Temporal's queries know no "today", so the last one is about the day of `now`, in UTC, and what was due before.
 * @param uiUrl the address of the Web UI
 */
export function webUiLists(uiUrl: string, namespace: string, now: number): readonly WebUiList[] {
  const open = `WorkflowType = "${SUBSCRIPTION_RECOVERY}" AND ExecutionStatus = "Running"`;
  const tomorrow = formatInstant((Math.floor(now / DAY_MS) + 1) * DAY_MS);
  const queries = [
    ["needs attention", `${open} AND ${state.name} = "needs_attention"`],
    ["charge unknown", `${open} AND ${chargeUnknownSince.name} IS NOT NULL`],
    ["due today", `${open} AND ${nextAttemptAt.name} < "${tomorrow}"`],
  ] as const;
  const base = `${uiUrl.replace(/\/+$/, "")}/namespaces/${encodeURIComponent(namespace)}/workflows`;
  return queries.map(([name, query]) => ({
    name,
    query,
    url: `${base}?query=${encodeURIComponent(query)}`,
  }));
}
