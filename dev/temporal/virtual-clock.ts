/**
 * Gives activities the time of their workflow when that time is skipped. The production code does not know about it:
 * activities receive `now` and `fetch`, and the worker receives an interceptor.
 */
import { AsyncLocalStorage } from "node:async_hooks";

import type { Info } from "@temporalio/activity";
import type { ActivityInterceptorsFactory } from "@temporalio/worker";

export type VirtualClock = {
  /** Milliseconds since 1970: in an activity the workflow's time, elsewhere real time. */
  readonly now: () => number;
  /** In an activity it adds `now()` to each request, as `SANDBOX_NOW_HEADER`, for the sandbox Dodo. */
  readonly fetch: typeof fetch;
  /** For the worker's `interceptors.activity`. */
  readonly activityInterceptor: ActivityInterceptorsFactory;
};

/** Milliseconds since 1970, as a decimal integer. */
export const SANDBOX_NOW_HEADER = "x-sandbox-now";

export function createVirtualClock(): VirtualClock {
  const aheadMs = new AsyncLocalStorage<number>();

  function now(): number {
    return Date.now() + (aheadMs.getStore() ?? 0);
  }

  async function fetchAt(
    input: Parameters<typeof fetch>[0],
    init?: Parameters<typeof fetch>[1],
  ): Promise<Response> {
    if (aheadMs.getStore() === undefined) return await fetch(input, init);
    const headers = new Headers(
      init?.headers ?? (input instanceof Request ? input.headers : undefined),
    );
    headers.set(SANDBOX_NOW_HEADER, String(now()));
    return await fetch(input, { ...init, headers });
  }

  function activityInterceptor({
    info,
  }: {
    readonly info: Info;
  }): ReturnType<ActivityInterceptorsFactory> {
    return {
      inbound: {
        execute: (input, next) =>
          aheadMs.run(aheadOfWall(info, input.args[0], Date.now()), () => next(input)),
      },
    };
  }

  return { now, fetch: fetchAt, activityInterceptor };
}

/**
 * How far the workflow's clock is ahead of real time, in milliseconds; 0 if nothing was skipped.
 *
 * Observed on server 1.32: an activity's `currentAttemptScheduledTimestampMs` is virtual, so it includes the back-offs
 * skipped before this attempt, which `at` in the input does not. For a local activity the worker sets the timestamps
 * from real time, so only `at` counts. Skipping only moves a clock ahead: a clock that seems behind is time spent in
 * the task queue.
 */
export function aheadOfWall(
  info: Pick<Info, "isLocal" | "currentAttemptScheduledTimestampMs">,
  input: unknown,
  wallNow: number,
): number {
  const at = instantIn(input) ?? 0;
  const scheduledAt = info.isLocal ? 0 : info.currentAttemptScheduledTimestampMs;
  return Math.max(0, Math.max(at, scheduledAt) - wallNow);
}

function instantIn(input: unknown): number | null {
  if (typeof input !== "object" || input === null || !("at" in input)) return null;
  return typeof input.at === "number" && Number.isFinite(input.at) ? input.at : null;
}
