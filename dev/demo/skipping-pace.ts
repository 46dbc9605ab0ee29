import { type Client, type Connection } from "@temporalio/client";
import { setTimeout as delay } from "node:timers/promises";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { RECOVERY_QUERY, type RecoveryView } from "../../workflows/contract.ts";
import { isNotFound, skipTime } from "../temporal/skip-time.ts";
import type { Pace } from "./demo-runner.ts";

const DAY_MS = 86_400_000;
const POLL_MS = 60;

/** Pause after each skip, so that a person can follow the output. */
const READING_PAUSE_MS = 500;

export type SkippingPace = Pace & {
  /** Skips to the recovery's next step. @returns a line that says what happened */
  readonly skipToNext: (subscriptionId: string) => Promise<string>;
};

/** Weeks in a minute: as soon as a recovery waits, its time is skipped to its next step. */
export function createSkippingPace(
  connection: Connection,
  namespace: string,
  client: Client,
  sandbox: Sandbox,
): SkippingPace {
  const clocks = new Map<string, number>();
  const read = async (id: string): Promise<RecoveryView | null> =>
    await client.workflow
      .getHandle(`recovery-${id}`)
      .query<RecoveryView>(RECOVERY_QUERY)
      .catch(() => null);
  const now = (id: string): number => Math.max(clocks.get(id) ?? 0, Date.now());
  const skipTo = async (id: string, until: number): Promise<void> => {
    const durationMs = Math.max(until - now(id), 1);
    // Set first: what happens during the skip belongs to the day at its end.
    clocks.set(id, Math.max(until, clocks.get(id) ?? 0));
    const skipped = await skipTime(connection, namespace, `recovery-${id}`, durationMs);
    if (skipped.kind !== "free_running") clocks.set(id, Math.max(skipped.now, clocks.get(id) ?? 0));
  };
  return {
    dayMs: DAY_MS,
    now,
    advance: async (id, until) => {
      await delay(POLL_MS);
      if (!(await isQuiet(sandbox, id))) return;
      const view = await read(id);
      if (view === null || Object.keys(view.recovery.pendingEffects).length > 0) return;
      const next = Math.min(
        view.next.at ?? Number.POSITIVE_INFINITY,
        until ?? Number.POSITIVE_INFINITY,
      );
      if (!Number.isFinite(next)) return;
      await skipTo(id, next + 1).catch(ignoreEnded);
      await delay(READING_PAUSE_MS);
    },
    skipToNext: async (id) => {
      const view = await read(id);
      if (view === null) return "no recovery is open";
      if (view.next.at === null) return `no time to skip: the recovery waits for ${view.next.what}`;
      await skipTo(id, view.next.at + 1);
      return `skipped to: ${view.next.what}`;
    },
  };
}

/** A recovery that has ended in the meantime has no time to skip. */
function ignoreEnded(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

/** Whether no payment is about to settle and no webhook is under way. */
async function isQuiet(sandbox: Sandbox, subscriptionId: string): Promise<boolean> {
  const [deliveries, ledger] = await Promise.all([
    sandbox.control.deliveries({ subscriptionId }),
    sandbox.control.ledgerOf(subscriptionId),
  ]);
  const isSettling = ledger.payments.some(({ status }) => status === "processing");
  return !isSettling && !deliveries.some(({ state }) => state === "waiting");
}
