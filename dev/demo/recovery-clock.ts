import type { Client, Connection } from "@temporalio/client";
import { setTimeout as delay } from "node:timers/promises";
import type { Instant } from "../../domain/values/time.ts";
import { nullIfNotFound } from "../../platform/temporal/null-if-not-found.ts";
import type { SandboxClient } from "../../sandbox/control/client.ts";
import { RECOVERY_QUERY, type RecoveryView } from "../../workflows/contract.ts";
import { isNotFound, skipTime } from "../temporal/skip-time.ts";

/** A recovery in which nothing is under way: no webhook, no payment that settles, no activity, no decision. */
export type Settled = {
  readonly runId: string;
  readonly hasEnded: boolean;
  readonly view: RecoveryView;
};

/** The time of each recovery. It runs with real time, and is skipped only while nothing is under way. */
export type RecoveryClock = {
  /** The recovery's own time, milliseconds since 1970. */
  readonly now: (subscriptionId: string) => Instant;
  /**
   * Waits until the recovery has handled everything that has happened.
   * @param runId absent: the latest run
   * @returns null if the subscription has no recovery
   * @throws if something is still under way after three minutes
   */
  readonly settle: (subscriptionId: string, runId?: string) => Promise<Settled | null>;
  /** The latest run as it is now; something may be under way. Null: there is none, or no worker answers. */
  readonly peek: (subscriptionId: string) => Promise<Settled | null>;
  /** Skips the time of a settled recovery. */
  readonly skipTo: (subscriptionId: string, instant: Instant) => Promise<void>;
};

const POLL_MS = 40;
/** A machine may be busy with other things: nothing here depends on how long a step takes. */
const SETTLE_TIMEOUT_MS = 180_000;

type Ahead = { readonly runId: string | null; readonly ms: number };

export function createRecoveryClock(
  connection: Connection,
  namespace: string,
  client: Client,
  control: SandboxClient,
): RecoveryClock {
  const aheads = new Map<string, Ahead>();
  const now = (id: string): Instant => Date.now() + (aheads.get(id)?.ms ?? 0);

  async function skip(id: string, durationMs: number): Promise<void> {
    const { runId = null, ms = 0 } = aheads.get(id) ?? {};
    const workflowId = `recovery-${id}`;
    const skipped = await skipTime(
      connection,
      namespace,
      workflowId,
      durationMs,
      SETTLE_TIMEOUT_MS,
    ).catch((error: unknown) => {
      // A recovery that has ended in the meantime has no time to skip.
      if (isNotFound(error)) return null;
      throw error;
    });
    if (skipped === null || skipped.kind === "free_running") return;
    aheads.set(id, { runId, ms: Math.max(skipped.now - Date.now(), ms) });
  }

  async function settle(id: string, runId?: string): Promise<Settled | null> {
    const deadline = performance.now() + SETTLE_TIMEOUT_MS;
    for (let seen = ""; ; await delay(POLL_MS)) {
      const run = await describe(client, id, runId);
      if (run !== null) await followRun(id, run.runId);
      const isIdle = await control.isIdle(id);
      // A webhook may have opened the recovery after `describe`, but none is under way now.
      if (run === null && isIdle && (await describe(client, id, runId)) === null) return null;
      if (run !== null && isIdle && run.underWay === null) {
        const view = await read(client, id, run.runId);
        const step = stepUnderWay(view, run.hasEnded, now(id));
        const after = await describe(client, id, run.runId);
        const isSame = after?.underWay === null && after.historyLength === run.historyLength;
        if (view !== null && step === null && isSame) return { ...run, view };
        seen = step ?? "the history has just grown";
      } else seen = run?.underWay ?? (isIdle ? seen : "a payment settles, or a webhook is sent");
      if (performance.now() > deadline) {
        throw new Error(`after ${SETTLE_TIMEOUT_MS / 1_000} s something is under way: ${seen}`);
      }
    }
  }

  /** A new run starts in real time. Its subscription's time does not go back, so the new run follows. */
  async function followRun(id: string, runId: string): Promise<void> {
    const ahead = aheads.get(id);
    aheads.set(id, { runId, ms: ahead?.ms ?? 0 });
    const isNewRun = ahead !== undefined && ahead.runId !== null && ahead.runId !== runId;
    if (isNewRun && ahead.ms > 0) await skip(id, ahead.ms);
  }

  async function peek(id: string): Promise<Settled | null> {
    const run = await describe(client, id);
    const view = run === null ? null : await read(client, id, run.runId);
    return run === null || view === null ? null : { ...run, view };
  }

  return { now, settle, peek, skipTo: (id, instant) => skip(id, Math.max(instant - now(id), 1)) };
}

type Run = {
  readonly runId: string;
  readonly hasEnded: boolean;
  readonly historyLength: number;
  /** What Temporal has in progress; null: nothing. */
  readonly underWay: string | null;
};

async function describe(client: Client, id: string, runId?: string): Promise<Run | null> {
  const handle = client.workflow.getHandle(`recovery-${id}`, runId);
  const found = await nullIfNotFound(handle.describe());
  if (found === null) return null;
  const { pendingActivities = [], pendingWorkflowTask } = found.raw;
  const activity = pendingActivities?.[0]?.activityType?.name;
  const task = pendingWorkflowTask == null ? null : "a workflow task";
  return {
    runId: found.runId,
    hasEnded: found.status.name !== "RUNNING",
    historyLength: found.historyLength,
    underWay: activity == null ? task : `the activity ${activity}`,
  };
}

async function read(client: Client, id: string, runId: string): Promise<RecoveryView | null> {
  return await client.workflow
    .getHandle(`recovery-${id}`, runId)
    .query<RecoveryView>(RECOVERY_QUERY)
    .catch(() => null);
}

function stepUnderWay(view: RecoveryView | null, hasEnded: boolean, now: Instant): string | null {
  if (view === null) return "no answer of the worker";
  if (hasEnded) return null;
  const [effect] = Object.values(view.recovery.pendingEffects);
  if (effect !== undefined) return `the effect ${effect.kind}`;
  return view.next.at !== null && view.next.at <= now ? view.next.what : null;
}
