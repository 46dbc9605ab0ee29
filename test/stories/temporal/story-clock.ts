import { isGrpcServiceError } from "@temporalio/client";
import { optionalTsToMs, tsToMs } from "@temporalio/common/lib/time.js";
import { setTimeout as delay } from "node:timers/promises";
import { skipTime } from "../../../dev/temporal/skip-time.ts";
import { SECOND_MS } from "../../../domain/values/time.ts";
import type { Stage } from "../../support/system/test-system.ts";

/** A workflow as the server describes it. */
type Moment = {
  /** Null where there was none yet. */
  readonly runId: string | null;
  readonly isRunning: boolean;
  /** The workflow's own time. */
  readonly now: number;
  readonly events: string;
  /** Nothing is under way but timers and back-offs. */
  readonly isIdle: boolean;
  /** When an activity is tried again. */
  readonly triedAgainAt: number | null;
};

/** A moment at which the workflow waits for `dueAt`, or for an event. */
type Quiet = Moment & { readonly dueAt: number };

const NEVER = Number.POSITIVE_INFINITY;
const NOT_FOUND = 5;
const STATUS_RUNNING = 1;
const POLL_MS = 20;
const NAMESPACE = "default";

/** Wall time is added to a workflow's: more than this, and minutes would no longer be told apart. */
const LAG_MAX_MS = 30 * SECOND_MS;

/**
 * Time is skipped to just before a timer, and passes by itself from there: a skip that ends while something is under
 * way may go on to the next timer.
 */
const CLOSE_MS = 100;

/**
 * Lets one workflow's time pass on the real server, from one of its timers to the next: at each of them all
 * activities, webhooks and payments come to rest first, so that what takes milliseconds here takes none of the
 * story's minutes. Asks the server and the sandbox alone.
 */
export class StoryClock {
  /** Its runs, in the order they were seen. */
  readonly runIds: string[] = [];
  readonly #stage: Stage;
  readonly #workflowId: string;
  readonly #worldIsQuiet: () => Promise<boolean>;

  /** @param worldIsQuiet whether no payment that concerns it is about to end, and no webhook is under way */
  constructor(stage: Stage, workflowId: string, worldIsQuiet: () => Promise<boolean>) {
    this.#stage = stage;
    this.#workflowId = workflowId;
    this.#worldIsQuiet = worldIsQuiet;
  }

  /** Nothing is under way any more: no payment about to end, no webhook, no task, no activity. */
  async untilQuiet(): Promise<Quiet> {
    const began = performance.now();
    for (;;) {
      const before = await this.#look();
      if (before.isIdle && (await this.#worldIsQuiet())) {
        const timerAt = before.isRunning ? await this.#timerAt() : NEVER;
        const after = await this.#look();
        if (timerAt !== null && after.isIdle && after.events === before.events) {
          const dueAt = Math.min(timerAt, after.triedAgainAt ?? NEVER);
          return { ...after, dueAt };
        }
      }
      if (performance.now() - began > LAG_MAX_MS) {
        throw new Error(
          `${this.#workflowId} was not quiet within ${LAG_MAX_MS / SECOND_MS} s: too slow a machine, or a step that never ends`,
        );
      }
      await delay(POLL_MS);
    }
  }

  /** Lets time pass until `instant`, or until the workflow ends. @returns whether it is still open */
  async until(instant: number): Promise<boolean> {
    for (;;) {
      const moment = await this.untilQuiet();
      if (!moment.isRunning) return false;
      if (moment.dueAt <= moment.now + CLOSE_MS) {
        // As fast as the wall's from here.
        await delay(Math.max(moment.dueAt - moment.now, POLL_MS));
        continue;
      }
      if (moment.now >= instant) return true;
      const durationMs = Math.min(moment.dueAt - CLOSE_MS, instant) - moment.now;
      const { nativeConnection } = this.#stage.environment;
      await skipTime(nativeConnection, NAMESPACE, this.#workflowId, Math.max(durationMs, 1));
    }
  }

  get #service(): Stage["environment"]["nativeConnection"]["workflowService"] {
    return this.#stage.environment.nativeConnection.workflowService;
  }

  async #look(): Promise<Moment> {
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
        triedAgainAt: waiting.length === 0 ? null : Math.min(...waiting.map((at) => at ?? 0)),
      };
    } catch (error) {
      if (!isGrpcServiceError(error) || Number(error.code) !== NOT_FOUND) throw error;
      return {
        runId: null,
        isRunning: false,
        now: 0,
        events: "",
        isIdle: true,
        triedAgainAt: null,
      };
    }
  }

  /**
   * When the open timer fires: there is one at most.
   *
   * @returns `NEVER` where none is open; null while the first task is held back
   */
  async #timerAt(): Promise<number | null> {
    let hasBegun = false;
    // Most often it is among the last few events; a run of any length has one soon.
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
