import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { isGrpcServiceError } from "@temporalio/client";
import { defaultPayloadConverter } from "@temporalio/common";
import { msToTs, optionalTsToMs, tsToMs } from "@temporalio/common/lib/time.js";
import { DAY_MS, SECOND_MS } from "../../../domain/time.ts";
import { SUBSCRIPTION_RECOVERY } from "../../../workflows/contract.ts";
import type { Stage } from "../stage.ts";

/** A recovery as the server describes it. */
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

/** A moment at which the recovery waits for `dueAt`, or for an event. */
type Quiet = Moment & { readonly dueAt: number };

const NEVER = Number.POSITIVE_INFINITY;
const NOT_FOUND = 5;
const STATUS_RUNNING = 1;
const POLL_MS = 10;
const NAMESPACE = "default";

/** Wall time is added to a workflow's: more than this, and minutes would no longer be told apart. */
const LAG_MAX_MS = 30 * SECOND_MS;

/**
 * Time is skipped to just before a timer, and passes by itself from there: a skip that ends while something is under
 * way may go on to the next timer.
 */
const CLOSE_MS = 100;

/** A start is held back for as long as any story takes; the first webhook ends it. */
const HELD_BACK_MS = 1_000 * DAY_MS;

/**
 * Lets one recovery's time pass on the real server, from one of its timers to the next: at each of them all
 * activities, webhooks and payments come to rest first, so that what takes milliseconds here takes none of the
 * story's minutes. Asks the server and the sandbox alone.
 */
export class StoryClock {
  /** Runs of the recovery, in the order they were seen. */
  readonly runIds: string[] = [];
  readonly #stage: Stage;
  readonly #subscriptionId: string;
  readonly #workflowId: string;

  constructor(stage: Stage, subscriptionId: string) {
    this.#stage = stage;
    this.#subscriptionId = subscriptionId;
    this.#workflowId = `recovery-${subscriptionId}`;
  }

  /**
   * Starts a run whose time is `instant` when the gateway's webhook reaches it: the server holds its first task
   * back, and its clock is moved ahead meanwhile. The gateway itself could only start one at wall time.
   */
  async openAt(instant: number): Promise<void> {
    const input = { subscriptionId: this.#subscriptionId };
    await this.#service.startWorkflowExecution({
      namespace: NAMESPACE,
      requestId: randomUUID(),
      workflowId: this.#workflowId,
      workflowType: { name: SUBSCRIPTION_RECOVERY },
      taskQueue: { name: this.#stage.taskQueue },
      input: { payloads: [defaultPayloadConverter.toPayload(input)] },
      workflowStartDelay: msToTs(HELD_BACK_MS),
      timeSkippingConfig: {
        enabled: true,
        fastForwardConfig: {
          id: `open-${randomUUID()}`,
          duration: msToTs(Math.max(instant - Date.now(), 1)),
        },
      },
    });
  }

  async isOpen(): Promise<boolean> {
    return (await this.#look()).isRunning;
  }

  /** Nothing is under way any more: no payment about to end, no webhook, no task, no activity. */
  async untilQuiet(): Promise<Quiet> {
    const began = performance.now();
    for (;;) {
      const before = await this.#look();
      if (before.isIdle && (await this.#stage.sandbox.control.isQuiet(this.#subscriptionId))) {
        const timerAt = before.isRunning ? await this.#timerAt() : null;
        const after = await this.#look();
        if (after.isIdle && after.events === before.events) {
          const dueAt = Math.min(timerAt ?? NEVER, after.triedAgainAt ?? NEVER);
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

  /** Lets time pass until `instant`, or until the recovery ends. @returns whether it is still open */
  async until(instant: number): Promise<boolean> {
    for (;;) {
      const moment = await this.untilQuiet();
      if (!moment.isRunning) return false;
      if (moment.dueAt <= moment.now + CLOSE_MS) {
        await delay(POLL_MS);
        continue;
      }
      if (moment.now >= instant) return true;
      const durationMs = Math.min(moment.dueAt - CLOSE_MS, instant) - moment.now;
      await this.#stage.skip(this.#subscriptionId, Math.max(durationMs, 1));
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

  /** When the open timer fires: the loop has one at most. @returns null where none is open */
  async #timerAt(): Promise<number | null> {
    // Most often it is among the last few events; a run of any length has one soon.
    for (const maximumPageSize of [8, 200]) {
      const { history } = await this.#service.getWorkflowExecutionHistoryReverse({
        namespace: NAMESPACE,
        execution: { workflowId: this.#workflowId },
        maximumPageSize,
      });
      for (const event of history?.events ?? []) {
        if (event.timerFiredEventAttributes != null) return null;
        if (event.timerCanceledEventAttributes != null) return null;
        const started = event.timerStartedEventAttributes;
        if (started?.startToFireTimeout != null && event.eventTime != null) {
          return tsToMs(event.eventTime) + tsToMs(started.startToFireTimeout);
        }
      }
    }
    return null;
  }
}
