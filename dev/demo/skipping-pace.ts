import { type Client, type Connection, WorkflowNotFoundError } from "@temporalio/client";
import { setTimeout as delay } from "node:timers/promises";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { RecoveryView } from "../../workflows/contract.ts";
import { skipTime } from "../temporal/skip-time.ts";
import type { Pace } from "./demo-runner.ts";

const DAY_MS = 86_400_000;
const POLL_MS = 60;

/** How long what just happened may be looked at before time goes on. */
export const WATCHABLE_MS = 500;

export type SkippingPace = Pace & {
  /** Skips to what a recovery waits for. @returns what happened, in words */
  readonly skipToNext: (subscriptionId: string) => Promise<string>;
};

/**
 * Weeks in a minute: each recovery's time is skipped to its next step as soon as it waits, and what happens in
 * between is given a moment to be seen.
 */
export function createSkippingPace(
  connection: Connection,
  namespace: string,
  client: Client,
  sandbox: Sandbox,
): SkippingPace {
  const clocks = new Map<string, number>();
  const view = async (id: string): Promise<RecoveryView | null> =>
    await client.workflow
      .getHandle(`recovery-${id}`)
      .query<RecoveryView>("recovery")
      .catch(() => null);
  const now = (id: string): number => Math.max(clocks.get(id) ?? 0, Date.now());
  const skipTo = async (id: string, until: number): Promise<void> => {
    const durationMs = Math.max(until - now(id), 1);
    // What happens on the way belongs to the day it leads to.
    clocks.set(id, Math.max(until, clocks.get(id) ?? 0));
    const skipped = await skipTime(connection, namespace, `recovery-${id}`, durationMs);
    if (skipped.kind !== "free_running") clocks.set(id, Math.max(skipped.now, clocks.get(id) ?? 0));
  };
  return {
    dayMs: DAY_MS,
    now,
    pass: async (id, until) => {
      await delay(POLL_MS);
      if (!(await isQuiet(sandbox, id))) return;
      const seen = await view(id);
      if (seen === null || Object.keys(seen.recovery.pendingEffects).length > 0) return;
      const next = Math.min(
        seen.next.at ?? Number.POSITIVE_INFINITY,
        until ?? Number.POSITIVE_INFINITY,
      );
      if (!Number.isFinite(next)) return;
      await skipTo(id, next + 1).catch(ignoreEnded);
      await delay(WATCHABLE_MS);
    },
    skipToNext: async (id) => {
      const seen = await view(id);
      if (seen === null) return "no recovery is open";
      if (seen.next.at === null) return `it waits for ${seen.next.what}`;
      await skipTo(id, seen.next.at + 1);
      return `skipped to: ${seen.next.what}`;
    },
  };
}

/** A recovery that ended meanwhile has no time to skip. */
function ignoreEnded(error: unknown): void {
  if (error instanceof WorkflowNotFoundError) return;
  if (error instanceof Error && /not found|completed/i.test(error.message)) return;
  throw error;
}

/** No payment is about to end by itself, and no webhook is under way. */
async function isQuiet(sandbox: Sandbox, subscriptionId: string): Promise<boolean> {
  const [deliveries, ledger] = await Promise.all([
    sandbox.control.deliveries({ subscriptionId }),
    sandbox.control.ledgerOf(subscriptionId),
  ]);
  const isEnding = ledger.payments.some(({ status }) => status === "processing");
  return !isEnding && !deliveries.some(({ state }) => state === "waiting");
}
