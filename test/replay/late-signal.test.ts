import type { WorkflowHandle } from "@temporalio/client";
import { historyFromJSON, historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { Worker } from "@temporalio/worker";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ReadInput } from "../../activities/evidence/read-dodo.ts";
import type { DecideInput } from "../../activities/index.ts";
import { subscriptionAs, subscriptionReported } from "../../dev/model/events.ts";
import type { FoldedDecision } from "../../domain/decision/decision.ts";
import { decideEach, joined } from "../../domain/fold.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import type { ReadOutcome, WebhookEvent } from "../../domain/state/event.ts";
import { newRecovery } from "../../domain/state/recovery.ts";
import { parseSubscriptionId, type SubscriptionId } from "../../domain/values/ids.ts";
import { HOUR_MS } from "../../domain/values/time.ts";
import { dodoQueueOf, recoveryStartOf, SUBSCRIPTION_RECOVERY } from "../../workflows/contract.ts";
import { workflowBundlePath } from "../support/build.ts";
import { connectTemporal, uniqueTaskQueue } from "../support/temporal/connection.ts";
import { until } from "../support/until.ts";

/** An event of a history as JSON; its attributes have a name that depends on the type. */
type Event = {
  readonly eventId: string;
  readonly eventType: string;
  readonly [attributes: string]: unknown;
};

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await connectTemporal();
});
afterAll(() => environment.teardown());

const webhook = (webhookId: string): WebhookEvent =>
  ({ ...subscriptionReported("subscription.on_hold", "on_hold"), webhookId }) as WebhookEvent;

/** An opening waits an hour before it reads Dodo again, so that a timer is pending. */
const POLICY = { ...DEFAULT_POLICY, openingRereadMs: HOUR_MS };

/** Decides with the real rules. Every read finds a subscription on hold and no payment. */
async function createWorkers(taskQueue: string): Promise<Worker[]> {
  const { nativeConnection: connection } = environment;
  const decideRecovery = ({ recovery, waiting, at }: DecideInput): FoldedDecision =>
    joined(decideEach(recovery, waiting, { policy: POLICY, mode: "act" }, at), waiting, at);
  const readDodo = ({ subscriptionId, since, at }: ReadInput): ReadOutcome => {
    const subscription = subscriptionAs(newRecovery(subscriptionId, at), { subscriptionId });
    const evidence = { readAt: at, since, subscription, payments: [], endedDebts: [] };
    return { kind: "read", evidence };
  };
  return [
    await Worker.create({
      connection,
      taskQueue,
      workflowBundle: { codePath: workflowBundlePath() },
      activities: { decideRecovery },
    }),
    await Worker.create({
      connection,
      taskQueue: dodoQueueOf(taskQueue),
      activities: { readDodo },
    }),
  ];
}

function subscriptionIdOf(text: string): SubscriptionId {
  const id = parseSubscriptionId(text);
  if (id === null) throw new Error(`${text} is not an id`);
  return id;
}

async function whileWorking(taskQueue: string, act: () => Promise<void>): Promise<void> {
  const workers = await createWorkers(taskQueue);
  const running = Promise.all(workers.map((worker) => worker.run()));
  await act();
  for (const worker of workers) worker.shutdown();
  await running;
}

/** A recovery that waits for a timer, receives webhooks while no worker runs, and decides on them in one task. */
async function recordWebhooks(count: number): Promise<Event[]> {
  const taskQueue = uniqueTaskQueue("late-signal");
  const subscriptionId = subscriptionIdOf(`sub_${randomUUID()}`);
  const { workflow } = environment.client;
  const handle = workflow.getHandle(`recovery-${subscriptionId}`);
  const signal = async (id: string): Promise<void> => {
    const start = recoveryStartOf(subscriptionId, webhook(id), "a test");
    await workflow.signalWithStart(SUBSCRIPTION_RECOVERY, { ...start, taskQueue });
  };
  await signal("msg_0");
  await whileWorking(taskQueue, async () => {
    await until(async () => (await eventsOf(handle)).some(isOf("TIMER_STARTED")), {
      what: "the timer",
    });
  });
  for (let number = 1; number <= count; number += 1) await signal(`msg_${number}`);
  await whileWorking(taskQueue, async () => {
    await until(async () => (await eventsOf(handle)).filter(isOf("TIMER_STARTED")).length === 2, {
      what: "the next timer",
    });
  });
  return await eventsOf(handle);
}

async function eventsOf(handle: WorkflowHandle): Promise<Event[]> {
  const json = historyToJSON(await handle.fetchHistory());
  return (JSON.parse(json) as { events: Event[] }).events;
}

const isOf = (type: string) => (event: Event) => event.eventType.endsWith(type);

/**
 * The history as Temporal records it when a webhook arrives after the decision on a read was recorded, and before the
 * workflow used that decision, which happens if the worker also answers a query: the decision's marker closes one task,
 * and all that follows from both is in the next. The timer that the first decision asks for starts and ends in that task,
 * so there is no trace of it.
 *
 * @param events a history in which the webhook arrived later, and interrupted the timer
 */
function withLateSignal(events: readonly Event[]): Event[] {
  const [started] = events.filter(isOf("TIMER_STARTED"));
  const [canceled] = events.filter(isOf("TIMER_CANCELED"));
  const signal = events.findLast(isOf("WORKFLOW_EXECUTION_SIGNALED"));
  if (started === undefined || canceled === undefined || signal === undefined) {
    throw new Error("no timer was interrupted");
  }
  const isTrace = (event: Event): boolean => event === started || event === canceled;
  const marker = events.slice(0, events.indexOf(started)).findLastIndex(isOf("MARKER_RECORDED"));
  const task = events.slice(events.indexOf(signal), events.indexOf(canceled));
  const commands = events.slice(marker + 1, events.indexOf(signal));
  const rest = events.slice(events.indexOf(canceled));
  const all = [...events.slice(0, marker + 1), ...task, ...commands, ...rest];
  return renumbered(all.filter((event) => !isTrace(event)));
}

/** The same history, in which the last webhook arrives in a task of its own after the decision that names it. */
function withSignalAtEnd(events: readonly Event[]): Event[] {
  const signal = events.findLast(isOf("WORKFLOW_EXECUTION_SIGNALED"));
  const task = ["SCHEDULED", "STARTED", "COMPLETED"].map((end) =>
    events.findLast(isOf(`WORKFLOW_TASK_${end}`)),
  );
  if (signal === undefined) throw new Error("no webhook came");
  const others = events.filter((event) => event !== signal);
  return renumbered([...others, signal, ...task].filter((event) => event !== undefined));
}

const REFERENCES = ["scheduledEventId", "startedEventId", "workflowTaskCompletedEventId"] as const;

/** Gives each event its position as its id, and mends references: an event refers to the latest copy before it. */
function renumbered(events: readonly Event[]): Event[] {
  const idOf = new Map<unknown, string>();
  return events.map((event, index) => {
    const eventId = String(index + 1);
    idOf.set(event.eventId, eventId);
    const fields = Object.entries(event).map(([name, value]) => {
      if (typeof value !== "object" || value === null) return [name, value] as const;
      const attributes: Readonly<Record<string, unknown>> = { ...value };
      const mended = REFERENCES.filter((reference) => reference in attributes).map(
        (reference) => [reference, idOf.get(attributes[reference]) ?? "0"] as const,
      );
      return [name, { ...attributes, ...Object.fromEntries(mended) }] as const;
    });
    return { ...Object.fromEntries(fields), eventId, eventType: event.eventType };
  });
}

async function replayed(events: readonly Event[]): Promise<void> {
  const workflowBundle = { codePath: workflowBundlePath() };
  await Worker.runReplayHistory(
    { workflowBundle },
    historyFromJSON({ events }),
    "recovery-late-signal",
  );
}

const timerIdsOf = (events: readonly Event[]): unknown[] =>
  events
    .filter(isOf("TIMER_STARTED"))
    .map((event) => (event["timerStartedEventAttributes"] as { timerId: string }).timerId);

describe("a webhook that arrives while a decision is recorded", () => {
  test("can be replayed", async () => {
    const events = await recordWebhooks(1);
    await expect(replayed(events)).resolves.toBeUndefined();
    await expect(replayed(withLateSignal(events))).resolves.toBeUndefined();
  });

  test("is decided on together with another one, by one decision with one timer", async () => {
    const events = await recordWebhooks(2);
    expect(timerIdsOf(events)).toEqual(["2", "3"]);
    await expect(replayed(events)).resolves.toBeUndefined();
  });

  test("may arrive after the decision that was recorded for it", async () => {
    await expect(replayed(withSignalAtEnd(await recordWebhooks(2)))).resolves.toBeUndefined();
  });
});
