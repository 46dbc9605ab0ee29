import { activityInfo } from "@temporalio/activity";
import type { Client } from "@temporalio/client";
import type { Log } from "../../platform/log.ts";

/** The first server with fairness keys. */
const FAIR_SINCE = { major: 1, minor: 29 } as const;

const ADVICE =
  "A customer with several due charges may be charged for all of them at once. " +
  "Use Temporal 1.29 or later with matching.enableFairness (deploy/temporal/dynamic-config.yaml)";

/**
 * Warns of a server that is too old for fairness. No call tells whether a newer one has it on: `createPaceWatch` sees it.
 * @source docs/TEMPORAL.md, "Rate limits and fairness"
 */
export async function warnWithoutFairness(client: Client, log: Log): Promise<void> {
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  const [major, minor] = (serverVersion ?? "").split(".").map(Number);
  if (major === undefined || minor === undefined || Number.isNaN(major + minor)) return;
  const isOld =
    major < FAIR_SINCE.major || (major === FAIR_SINCE.major && minor < FAIR_SINCE.minor);
  if (isOld) {
    log.warn(
      { event: "fairness_missing", serverVersion },
      `Temporal ${serverVersion} has no fairness. ${ADVICE}`,
    );
  }
}

/** Customers whose last charge is remembered. */
const CUSTOMERS_MAX = 1_000;

/** Charges that must come too early before the warning: a restart of Temporal's queue can cause one. */
const EARLY_MIN = 2;

/**
 * Watches whether Temporal keeps the pace of one customer's charges, and warns once if it does not.
 *
 * @param readPace reads the queue's rate limit per customer and second; null if none is set
 * @returns to be called when a charge starts, with its fairness key and a monotonic clock
 */
export function createPaceWatch(
  readPace: () => Promise<number | null>,
  log: Log,
): (fairnessKey: string, atMs: number) => Promise<void> {
  const lastStarts = new Map<string, number>();
  let pace: number | null = null;
  let early = 0;
  // Half, because a task may wait in this process before it starts.
  const isEarly = (gapMs: number): boolean => pace !== null && pace > 0 && gapMs < 500 / pace;
  return async (fairnessKey, atMs) => {
    const last = lastStarts.get(fairnessKey);
    if (lastStarts.size >= CUSTOMERS_MAX) lastStarts.clear();
    lastStarts.set(fairnessKey, atMs);
    if (last === undefined || early >= EARLY_MIN) return;
    if (pace !== null && !isEarly(atMs - last)) return;
    // An operator may have changed the limit.
    pace = await readPace().catch(() => null);
    if (!isEarly(atMs - last)) return;
    early += 1;
    if (early !== EARLY_MIN) return;
    log.warn(
      { event: "fairness_missing", perSecond: pace },
      `Charges of one customer start faster than the queue's limit per customer, ${pace} a second: ` +
        `this Temporal server dispatches without fairness. ${ADVICE}`,
    );
  };
}

/** Reports each start of the charge activity to a pace watch. */
export function watchPace<Input, Result>(
  charge: (input: Input) => Promise<Result>,
  watch: ReturnType<typeof createPaceWatch>,
): (input: Input) => Promise<Result> {
  return async (input) => {
    const key = activityInfo().priority?.fairnessKey;
    // No charge waits for it.
    if (key !== undefined) void watch(key, performance.now());
    return await charge(input);
  };
}
