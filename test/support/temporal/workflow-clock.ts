import { type ConnectionLike, isGrpcServiceError } from "@temporalio/client";
import { optionalTsToMs, tsToMs } from "@temporalio/common/lib/time.js";
import { setTimeout as delay } from "node:timers/promises";
import { skipTime } from "../../../dev/temporal/skip-time.ts";
import { SECOND_MS } from "../../../domain/values/time.ts";
import { WAIT_LIMIT_MS } from "../limits.ts";

/** A workflow as the server describes it. */
type Moment = {
  /** Null before the workflow's first run. */
  readonly runId: string | null;
  readonly isRunning: boolean;
  /** The workflow's own time. */
  readonly now: number;
  readonly events: string;
  /** Nothing is in progress but timers and retry back-offs. */
  readonly isIdle: boolean;
  /** When the next activity retry is due. */
  readonly nextRetryAt: number | null;
};

/** A moment in which the workflow only waits: for `dueAt`, or for an event. */
type Quiet = Moment & { readonly dueAt: number };

const NEVER = Number.POSITIVE_INFINITY;
const NOT_FOUND = 5;
const STATUS_RUNNING = 1;
const POLL_MS = 20;
const NAMESPACE = "default";

/**
 * Time is skipped to this long before a timer and then passes in real time. A skip that ends while something is in
 * progress could continue to the next timer.
 */
const CLOSE_MS = 100;

/** Something was in progress for longer than the limit. */
export class NotQuiet extends Error {}

export type WorkflowClockOptions = {
  readonly connection: ConnectionLike;
  readonly workflowId: string;
  /** Resolves to true if no payment is about to end and no webhook is in flight. */
  readonly isSandboxQuiet: () => Promise<boolean>;
  /** The longest real time for what is in progress between two timers. It adds to the workflow's time. */
  readonly lagMaxMs?: number;
};

/**
 * Advances one workflow's time on the real server from timer to timer. At each timer it waits until all activities,
 * webhooks and payments have finished, however long that takes, so that only their real milliseconds add to the
 * workflow's time. It reads only the server and the sandbox.
 */
export class WorkflowClock {
  /** The workflow's run ids, in the order in which they were seen. */
  readonly runIds: string[] = [];
  readonly #connection: ConnectionLike;
  readonly #workflowId: string;
  readonly #isSandboxQuiet: () => Promise<boolean>;
  readonly #lagMaxMs: number;

  constructor({ connection, workflowId, isSandboxQuiet, lagMaxMs }: WorkflowClockOptions) {
    this.#connection = connection;
    this.#workflowId = workflowId;
    this.#isSandboxQuiet = isSandboxQuiet;
    this.#lagMaxMs = lagMaxMs ?? WAIT_LIMIT_MS;
  }

  /**
   * Waits until nothing is in progress: no payment about to end, no webhook, no workflow task and no activity.
   * @throws NotQuiet
   */
  async untilQuiet(): Promise<Quiet> {
    const began = performance.now();
    for (;;) {
      const before = await this.#describe();
      if (before.isIdle && (await this.#isSandboxQuiet())) {
        const timerAt = before.isRunning ? await this.#timerAt() : NEVER;
        const after = await this.#describe();
        if (timerAt !== null && after.isIdle && after.events === before.events) {
          const dueAt = Math.min(timerAt, after.nextRetryAt ?? NEVER);
          return { ...after, dueAt };
        }
      }
      if (performance.now() - began > this.#lagMaxMs) {
        throw new NotQuiet(
          `${this.#workflowId} was not quiet within ${this.#lagMaxMs / SECOND_MS} s: the machine is too slow, or a step does not end`,
        );
      }
      await delay(POLL_MS);
    }
  }

  /** Advances time to `instant`, or to the end of the workflow. @returns whether the workflow is still open */
  async until(instant: number): Promise<boolean> {
    for (;;) {
      const moment = await this.untilQuiet();
      if (!moment.isRunning) return false;
      if (moment.now >= instant && moment.dueAt > moment.now) return true;
      if (moment.dueAt <= moment.now + CLOSE_MS) {
        // In real time from here.
        await delay(Math.max(moment.dueAt - moment.now, POLL_MS));
        continue;
      }
      const durationMs = Math.min(moment.dueAt - CLOSE_MS, instant) - moment.now;
      const skipped = await skipTime(
        this.#connection,
        NAMESPACE,
        this.#workflowId,
        Math.max(durationMs, 1),
        WAIT_LIMIT_MS,
      );
      // In real time from here.
      if (skipped.kind === "reached" && skipped.now >= moment.dueAt - CLOSE_MS) {
        await delay(Math.max(moment.dueAt - skipped.now, 0));
      }
    }
  }

  get #service(): ConnectionLike["workflowService"] {
    return this.#connection.workflowService;
  }

  async #describe(): Promise<Moment> {
    try {
      const answer = await this.#service.describeWorkflowExecution({
        namespace: NAMESPACE,
        execution: { workflowId: this.#workflowId },
      });
      const { workflowExecutionInfo: info, workflowExtendedInfo, pendingActivities } = answer;
      const runId = info?.execution?.runId ?? "";
      if (!this.runIds.includes(runId)) this.runIds.push(runId);
      const isRunning = info?.status === STATUS_RUNNING;
      const now = optionalTsToMs(workflowExtendedInfo?.timeSkippingInfo?.currentTime) ?? Date.now();
      const waiting = (pendingActivities ?? []).map(
        ({ nextAttemptScheduleTime }) => optionalTsToMs(nextAttemptScheduleTime) ?? null,
      );
      const isBackingOff = waiting.every((at) => at !== null && at > now);
      return {
        runId,
        isRunning,
        now,
        events: `${runId} ${String(info?.historyLength)}`,
        isIdle: !isRunning || (answer.pendingWorkflowTask == null && isBackingOff),
        nextRetryAt: waiting.length === 0 ? null : Math.min(...waiting.map((at) => at ?? 0)),
      };
    } catch (error) {
      if (!isGrpcServiceError(error) || Number(error.code) !== NOT_FOUND) throw error;
      return {
        runId: null,
        isRunning: false,
        now: 0,
        events: "",
        isIdle: true,
        nextRetryAt: null,
      };
    }
  }

  /**
   * When the open timer fires. A workflow has at most one.
   *
   * @returns `NEVER` if none is open; null before the first workflow task is scheduled
   */
  async #timerAt(): Promise<number | null> {
    let hasBegun = false;
    // The timer is usually among the last few events.
    for (const maximumPageSize of [8, 200]) {
      const { history } = await this.#service.getWorkflowExecutionHistoryReverse({
        namespace: NAMESPACE,
        execution: { workflowId: this.#workflowId },
        maximumPageSize,
      });
      for (const event of history?.events ?? []) {
        if (event.timerFiredEventAttributes != null) return NEVER;
        if (event.timerCanceledEventAttributes != null) return NEVER;
        hasBegun ||= event.workflowTaskScheduledEventAttributes != null;
        const started = event.timerStartedEventAttributes;
        if (started?.startToFireTimeout != null && event.eventTime != null) {
          return tsToMs(event.eventTime) + tsToMs(started.startToFireTimeout);
        }
      }
    }
    return hasBegun ? NEVER : null;
  }
}
