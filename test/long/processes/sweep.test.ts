import { type Client, type ScheduleHandle, ScheduleOverlapPolicy } from "@temporalio/client";
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { LocalStack } from "../../../dev/local-stack/local-stack.ts";
import { type Service, untilLogged } from "../../../dev/local-stack/services.ts";
import type { SweepResult } from "../../../domain/sweep/sweep.ts";
import { HOUR_MS, parseInstant } from "../../../domain/values/time.ts";
import { TEST_LIMIT_MS, WAIT_LIMIT_MS } from "../../support/limits.ts";
import { type ProcessStack, startProcessStack } from "../../support/system/process-stack.ts";
import { until } from "../../support/until.ts";

let client: Client;
let processes: ProcessStack;
let stack: LocalStack;
let worker: Service;
let schedule: ScheduleHandle;

beforeAll(async () => {
  processes = await startProcessStack("sweep", {
    ownNamespace: true,
    // Without an endpoint every webhook is lost.
    sandbox: { settings: { webhookUrl: null } },
  });
  ({ stack, client } = processes);
  worker = await stack.startWorker("1");
  schedule = client.schedule.getHandle("reprise-reconciliation");
  await until(async () => await schedule.describe(), { what: "the schedule" });
});

afterAll(async () => {
  await processes.close();
});

/** Runs the Temporal CLI as the documents show it. */
function temporal(...args: readonly string[]): string {
  const at = ["--address", inject("temporalAddress"), "--namespace", client.options.namespace];
  const options = { encoding: "utf8", env: {} } as const;
  return execFileSync(inject("temporalCliPath"), [...args, ...at], options);
}

/** Workflow ids of the sweeps so far, oldest first. */
async function sweeps(): Promise<string[]> {
  const { recentActions, runningActions } = (await schedule.describe()).info;
  const started = [...recentActions.map(({ action }) => action), ...runningActions];
  return [...new Set(started.flatMap((one) => ("workflow" in one ? one.workflow.workflowId : [])))];
}

let triggeredAt = 0;

async function trigger(): Promise<string> {
  // Workflow ids contain the second in which they start, and the schedule learns of an end a moment later.
  await until(
    async () =>
      Date.now() > triggeredAt + 1_000 &&
      (await schedule.describe()).info.runningActions.length === 0,
    { what: "a second of its own" },
  );
  const before = await sweeps();
  temporal("schedule", "trigger", "--schedule-id", "reprise-reconciliation");
  triggeredAt = Date.now();
  return await until(async () => (await sweeps()).find((id) => !before.includes(id)), {
    what: "a sweep",
  });
}

const resultOf = async (workflowId: string): Promise<SweepResult> =>
  (await client.workflow.getHandle(workflowId).result()) as SweepResult;

async function failedDebt(): Promise<string> {
  const { control } = stack.sandbox;
  const { subscriptionId } = await control.createSubscription({ onDemand: true });
  await control.charge(subscriptionId, { outcome: { decline: "EXPIRED_CARD", afterMs: 0 } });
  await until(async () => (await control.ledgerOf(subscriptionId)).status === "on_hold", {
    what: "the hold",
  });
  return subscriptionId;
}

describe("the sweep's schedule", () => {
  test("is created by the first worker: hourly, one sweep at a time, without catching up on missed ones", async () => {
    const { spec, policies, action, state } = await schedule.describe();
    expect(spec.intervals).toMatchObject([{ every: HOUR_MS }]);
    expect(policies).toMatchObject({ overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 600_000 });
    expect(action).toMatchObject({
      workflowType: "reconciliationSweep",
      taskQueue: stack.taskQueue,
    });
    expect(state.paused).toBe(false);
  });

  test("completes a sweep whose worker was killed in the middle of a page", async () => {
    const { control } = stack.sandbox;
    const { customerId } = await control.createCustomer();
    const first = await failedDebt();
    for (let made = 0; made < 100; made += 1) {
      await control.createPayment({ customerId, outcome: { decline: "EXPIRED_CARD", afterMs: 0 } });
    }
    const second = await failedDebt();
    await control.addFault({ kind: "hang_before", ms: TEST_LIMIT_MS, route: "/payments", skip: 1 });
    const sweep = await trigger();
    await until(
      async () =>
        (await control.requests()).some(({ fault, end }) => fault !== null && end === "open"),
      { what: "the second page" },
    );
    // A sweep that is triggered in the meantime is skipped.
    temporal("schedule", "trigger", "--schedule-id", "reprise-reconciliation");
    await until(async () => (await schedule.describe()).info.numActionsSkippedOverlap === 1, {
      what: "the skip",
    });
    await worker.kill();
    await until(async () => (await control.requests()).some(({ end }) => end === "client_closed"), {
      what: "the page cut off",
    });
    worker = await stack.startWorker("2");
    const { opened, counts } = await resultOf(sweep);
    expect(opened.map(({ subscriptionId }) => subscriptionId).toSorted()).toEqual(
      [first, second].toSorted(),
    );
    expect(counts.listed).toBe(0);
    for (const id of [first, second]) {
      const runs = await client.workflow.count(`WorkflowId = "recovery-${id}"`);
      expect(runs.count).toBe(1);
    }
  });

  test("starts a sweep where the last one stopped reading", async () => {
    const before = await resultOf((await sweeps()).at(-1) ?? "");
    const after = await resultOf(await trigger());
    const readUpTo = parseInstant(before.readUpTo) ?? 0;
    expect(parseInstant(after.readFrom)).toBe(readUpTo - 2 * HOUR_MS);
    expect(after.counts).toMatchObject({ opened: 0, haveRecovery: 4 });
  });

  test("starts a sweep after a failed one where the last complete one stopped", async () => {
    const before = await resultOf((await sweeps()).at(-1) ?? "");
    const { control } = stack.sandbox;
    await control.addFault({
      kind: "refuse",
      code: "UNAUTHORIZED",
      status: 401,
      route: "/payments",
    });
    await expect(resultOf(await trigger())).rejects.toThrow("Workflow execution failed");
    const after = await resultOf(await trigger());
    const readUpTo = parseInstant(before.readUpTo) ?? 0;
    expect(parseInstant(after.readFrom)).toBe(readUpTo - 2 * HOUR_MS);
  });

  test("keeps an operator's changes when the next worker starts", async () => {
    await schedule.update((now) => ({
      ...now,
      spec: { intervals: [{ every: "6h" }] },
      state: { ...now.state, paused: true, note: "paused by anna" },
    }));
    await worker.stop(WAIT_LIMIT_MS);
    worker = await stack.startWorker("3");
    await untilLogged(worker, "schedule_exists");
    const { spec, state } = await schedule.describe();
    expect(spec.intervals).toMatchObject([{ every: 6 * HOUR_MS }]);
    expect(state).toMatchObject({ paused: true, note: "paused by anna" });
  });

  test("is not required: a sweep can be started by hand after the schedule is deleted", async () => {
    await schedule.delete();
    const debt = await failedDebt();
    const queue = ["--task-queue", stack.taskQueue];
    const sweep = ["--type", "reconciliationSweep", "--workflow-id", "sweep-by-hand"];
    temporal("workflow", "start", ...sweep, ...queue);
    const { opened } = await resultOf("sweep-by-hand");
    expect(opened.map(({ subscriptionId }) => subscriptionId)).toEqual([debt]);
  });
});
