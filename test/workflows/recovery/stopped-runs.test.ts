import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skipTime, virtualNow } from "../../../dev/temporal/skip-time.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../../../domain/values/time.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

/** How long Dodo's lists omit a new payment. */
const LAG_MS = 5 * MINUTE_MS;

/** How long the answer to a charge does not come: longer than any of these tests. */
const HANG_MS = 50 * SECOND_MS;

let system: TestSystem;

/** When the next run of a workflow starts, by its id. */
const starts = new Map<string, number>();

beforeAll(async () => {
  const { retry } = DEFAULT_POLICY;
  system = await startTestSystem({
    // The attempt that hangs is due again at once in the next run.
    policy: { ...DEFAULT_POLICY, retry: { ...retry, align: "none" } },
    settings: { listLagMs: LAG_MS, pendingGuard: "off" },
    requestTimeoutMs: 60_000,
    startsAt: (workflowId) => starts.get(workflowId) ?? null,
  });
});

afterAll(async () => {
  // Ends the charges that still wait for their answers, so that the workers stop at once.
  await system.sandbox.close();
  await system.close();
});

const workflowIdOf = (id: string): string => `recovery-${id}`;

const nowOf = async (id: string): Promise<number> =>
  await virtualNow(system.environment.nativeConnection, "default", workflowIdOf(id));

const runIdOf = async (id: string): Promise<string> => (await system.handle(id).describe()).runId;

/** A recovery whose second attempt has been sent and is not answered. No list shows its payment. */
async function hangingCharge(): Promise<string> {
  const { control } = system.sandbox;
  const { subscriptionId: id } = await control.createSubscription({
    onDemand: true,
    // Nothing but a list shows that it was paid.
    onFailure: "stay",
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
  });
  await control.script(id, [{ decline: "INSUFFICIENT_FUNDS" }], "succeed");
  await control.charge(id, { createdAt: Date.now() - 2 * LAG_MS });
  await until(async () => (await system.readView(id)).recovery.openedAt > 0, { what: "its run" });
  await system.skipTime(id, DAY_MS);
  await system.untilState(id, "waiting");
  // The webhooks of the second payment are lost.
  await control.addWebhookFault({ kind: "lost", subscriptionId: id, times: 20 });
  await control.addFault({
    kind: "hang_after",
    ms: HANG_MS,
    method: "POST",
    route: "/subscriptions/:id/charge",
    subscriptionId: id,
  });
  // Until the charge: time stands still while it is not answered.
  const workflow = [system.environment.nativeConnection, "default", workflowIdOf(id)] as const;
  void skipTime(...workflow, 2 * DAY_MS).catch(() => undefined);
  await until(async () => (await control.ledgerOf(id)).payments.length === 2, {
    what: "the second payment",
  });
  // Its success is another webhook to lose.
  await until(async () => await control.isIdle(id), { what: "its success" });
  return id;
}

type TakeUp = (id: string) => Promise<void>;

const byWebhook: TakeUp = async (id) => {
  const { control } = system.sandbox;
  await control.clearWebhookFaults({ subscriptionId: id });
  await control.sendEvent({ type: "subscription.on_hold", subscriptionId: id });
};

const bySweep: TakeUp = async (id) => {
  const workflowId = `sweep-${randomUUID()}`;
  starts.set(workflowId, await nowOf(id));
  const { taskQueue, client } = system;
  await client.workflow.execute("reconciliationSweep", { taskQueue, workflowId, args: [] });
};

const TAKEN_UP = [
  ["a webhook", byWebhook],
  ["the sweep", bySweep],
] as const;

/** Runs the recovery to its end. */
async function endOf(id: string): Promise<Readonly<Record<string, unknown>>> {
  const { outcome, by } = await system.runToEnd(id);
  const { payments, succeeded } = await system.sandbox.control.ledgerOf(id);
  return { payments: payments.length, succeeded, outcome, by };
}

/** The first payment failed, and the second, which hung, is the only other one. */
const PAID_ONCE = { payments: 2, succeeded: 1, outcome: "recovered", by: "attempt" };

describe("a run that follows one which was terminated while a charge was not answered", () => {
  test.each(TAKEN_UP)("charges nothing more when %s opens it", async (_by, takeUp) => {
    const id = await hangingCharge();
    const first = await runIdOf(id);
    starts.set(workflowIdOf(id), (await nowOf(id)) + SECOND_MS);
    await system.handle(id).terminate("by mistake");
    await takeUp(id);
    await until(async () => (await runIdOf(id)) !== first, { what: "a second run" });
    await until(async () => (await system.readView(id)).recovery.readAt !== null, {
      what: "its first read",
    });
    expect(await endOf(id)).toEqual(PAID_ONCE);
  });
});

/**
 * Resets the open run to the end of a workflow task: the last one before the charge was scheduled, or the first one after.
 */
async function reset(id: string, where: "before" | "after"): Promise<void> {
  const { workflowService } = system.client;
  const handle = system.handle(id);
  if (where === "after") {
    const event = { kind: "subscription_reported", webhookId: "w1", type: "subscription.updated" };
    await handle.signal("recoveryEvent", { ...event, access: "held", dodoStatus: "on_hold" });
  }
  const target = await until(
    async () => {
      const { scheduled, tasks } = await tasksOf(id);
      const found =
        where === "before"
          ? tasks.findLast((task) => task < scheduled)
          : tasks.find((task) => task > scheduled);
      return found ?? null;
    },
    { what: `a workflow task ${where} the charge` },
  );
  await workflowService.resetWorkflowExecution({
    namespace: "default",
    workflowExecution: { workflowId: workflowIdOf(id), runId: await runIdOf(id) },
    reason: "a test",
    requestId: randomUUID(),
    workflowTaskFinishEventId: target as never,
  });
}

/** The event ids of the completed workflow tasks, and of the one that scheduled the last charge. */
async function tasksOf(
  id: string,
): Promise<{ readonly scheduled: number; readonly tasks: readonly number[] }> {
  const { events } = await system.handle(id).fetchHistory();
  const all = events ?? [];
  const charge = all.findLast(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === "charge",
  );
  return {
    scheduled: Number(charge?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId),
    tasks: all
      .filter(({ workflowTaskCompletedEventAttributes: completed }) => completed != null)
      .map(({ eventId }) => Number(eventId)),
  };
}

describe("a run that was reset while a charge was not answered", () => {
  test.each(
    (["before", "after"] as const).flatMap((where) =>
      TAKEN_UP.map(([by, takeUp]) => [where, by, takeUp] as const),
    ),
  )(
    "to %s the charge was scheduled charges nothing more, and %s is its next news",
    async (where, _by, takeUp) => {
      const id = await hangingCharge();
      await reset(id, where);
      await takeUp(id);
      expect(await endOf(id)).toEqual(PAID_ONCE);
    },
  );
});
