import { Client, type ScheduleHandle, ScheduleOverlapPolicy } from "@temporalio/client";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Machine, startMachine } from "../../dev/local-stack/local-stack.ts";
import { type Service, untilLogged } from "../../dev/local-stack/processes.ts";
import type { SweepResult } from "../../domain/sweep/sweep.ts";
import { HOUR_MS, parseInstant } from "../../domain/values/time.ts";
import { build } from "../support/build.ts";
import { connectTemporal, createNamespace, uniqueTaskQueue } from "../support/temporal/connection.ts";
import { until } from "../support/until.ts";

let environment: TestWorkflowEnvironment;
let namespace: string;
let client: Client;
let machine: Machine;
let folder: string;
let worker: Service;
let schedule: ScheduleHandle;

beforeAll(async () => {
  environment = await connectTemporal();
  namespace = await createNamespace(environment);
  client = new Client({ connection: environment.nativeConnection, namespace });
  folder = mkdtempSync(join(tmpdir(), "reprise-sweep-"));
  machine = await startMachine({
    temporal: { address: inject("temporalAddress"), namespace },
    taskQueue: uniqueTaskQueue(),
    folder,
    build: build(),
    // No endpoint: every webhook is lost.
    sandbox: { settings: { webhookUrl: null } },
  });
  worker = await machine.startWorker("1");
  schedule = client.schedule.getHandle("reprise-reconciliation");
  await until(async () => await schedule.describe(), { what: "the schedule" });
}, 120_000);

afterAll(async () => {
  await machine.stop();
  await environment.teardown();
  rmSync(folder, { recursive: true, force: true });
});

/** The Temporal CLI, as the documents say it. */
function temporal(...args: readonly string[]): string {
  const at = ["--address", inject("temporalAddress"), "--namespace", namespace];
  const options = { encoding: "utf8", env: {} } as const;
  return execFileSync(inject("temporalCliPath"), [...args, ...at], options);
}

/** Sweeps so far, oldest first. */
async function sweeps(): Promise<string[]> {
  const { recentActions, runningActions } = (await schedule.describe()).info;
  const started = [...recentActions.map(({ action }) => action), ...runningActions];
  return [...new Set(started.flatMap((one) => ("workflow" in one ? one.workflow.workflowId : [])))];
}

let triggeredAt = 0;

async function trigger(): Promise<string> {
  // The schedule calls its workflows after the second in which they start, and knows a moment later that one ended.
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
  const { control } = machine.sandbox;
  const { subscriptionId } = await control.createSubscription({ onDemand: true });
  await control.charge(subscriptionId, { outcome: { decline: "EXPIRED_CARD", afterMs: 0 } });
  await until(async () => (await control.ledgerOf(subscriptionId)).status === "on_hold", {
    what: "the hold",
  });
  return subscriptionId;
}

describe("the sweep's schedule", () => {
  test("is made by a worker that finds none: hourly, one at a time, and not caught up with", async () => {
    const { spec, policies, action, state } = await schedule.describe();
    expect(spec.intervals).toMatchObject([{ every: HOUR_MS }]);
    expect(policies).toMatchObject({ overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 600_000 });
    expect(action).toMatchObject({
      workflowType: "reconciliationSweep",
      taskQueue: machine.taskQueue,
    });
    expect(state.paused).toBe(false);
  });

  test("runs a sweep that a killed worker left in the middle of a page to its end", async () => {
    const { control } = machine.sandbox;
    const { customerId } = await control.createCustomer();
    const first = await failedDebt();
    for (let made = 0; made < 100; made += 1) {
      await control.createPayment({ customerId, outcome: { decline: "EXPIRED_CARD", afterMs: 0 } });
    }
    const second = await failedDebt();
    await control.addFault({ kind: "hang_before", ms: 30_000, route: "/payments", skip: 1 });
    const sweep = await trigger();
    await until(
      async () =>
        (await control.requests()).some(({ fault, end }) => fault !== null && end === "open"),
      { what: "the second page" },
    );
    // Another one meanwhile is skipped.
    temporal("schedule", "trigger", "--schedule-id", "reprise-reconciliation");
    await until(async () => (await schedule.describe()).info.numActionsSkippedOverlap === 1, {
      what: "the skip",
    });
    await worker.kill();
    await until(async () => (await control.requests()).some(({ end }) => end === "client_closed"), {
      what: "the page cut off",
    });
    worker = await machine.startWorker("2");
    const { opened, counts } = await resultOf(sweep);
    expect(opened.map(({ subscriptionId }) => subscriptionId).toSorted()).toEqual(
      [first, second].toSorted(),
    );
    expect(counts.listed).toBe(0);
    for (const id of [first, second]) {
      const runs = await client.workflow.count(`WorkflowId = "recovery-${id}"`);
      expect(runs.count).toBe(1);
    }
  }, 120_000);

  test("hands a sweep the place of the one before", async () => {
    const before = await resultOf((await sweeps()).at(-1) ?? "");
    const after = await resultOf(await trigger());
    const place = parseInstant(before.readUpTo) ?? 0;
    expect(parseInstant(after.readFrom)).toBe(place - 2 * HOUR_MS);
    expect(after.counts).toMatchObject({ opened: 0, haveRecovery: 4 });
  }, 60_000);

  test("keeps its place over a sweep that failed", async () => {
    const before = await resultOf((await sweeps()).at(-1) ?? "");
    const { control } = machine.sandbox;
    await control.addFault({
      kind: "refuse",
      code: "UNAUTHORIZED",
      status: 401,
      route: "/payments",
    });
    await expect(resultOf(await trigger())).rejects.toThrow("Workflow execution failed");
    const after = await resultOf(await trigger());
    const place = parseInstant(before.readUpTo) ?? 0;
    expect(parseInstant(after.readFrom)).toBe(place - 2 * HOUR_MS);
  }, 60_000);

  test("changed by an operator is left as it is by the next worker", async () => {
    await schedule.update((now) => ({
      ...now,
      spec: { intervals: [{ every: "6h" }] },
      state: { ...now.state, paused: true, note: "paused by anna" },
    }));
    await worker.stop(30_000);
    worker = await machine.startWorker("3");
    await untilLogged(worker, "schedule_kept");
    const { spec, state } = await schedule.describe();
    expect(spec.intervals).toMatchObject([{ every: 6 * HOUR_MS }]);
    expect(state).toMatchObject({ paused: true, note: "paused by anna" });
  }, 60_000);

  test("deleted is not missed: a sweep can be started by hand", async () => {
    await schedule.delete();
    const debt = await failedDebt();
    const queue = ["--task-queue", machine.taskQueue];
    const sweep = ["--type", "reconciliationSweep", "--workflow-id", "sweep-by-hand"];
    temporal("workflow", "start", ...sweep, ...queue);
    const { opened } = await resultOf("sweep-by-hand");
    expect(opened.map(({ subscriptionId }) => subscriptionId)).toEqual([debt]);
  }, 60_000);
});
