import { Client } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createChargingSwitch, type ChargingSwitch } from "../../platform/charging-switch.ts";
import { connectTemporal, uniqueTaskQueue } from "../support/temporal.ts";

let environment: Awaited<ReturnType<typeof connectTemporal>>;

beforeAll(async () => {
  environment = await connectTemporal();
});

afterAll(async () => {
  await environment.teardown();
});

function switchOf(taskQueue: string): ChargingSwitch {
  return createChargingSwitch(new Client({ connection: environment.nativeConnection }), taskQueue);
}

test("charging goes on until it is stopped, and again when it is resumed", async () => {
  const charging = switchOf(uniqueTaskQueue());
  expect(await charging.read()).toEqual({ kind: "goes_on", limitPerSecond: null });
  const { charging: stopped, isNew } = await charging.stop("the key was refused", "anna");
  expect(isNew).toBe(true);
  expect(stopped).toMatchObject({ kind: "stopped", reason: "the key was refused", by: "anna" });
  expect(stopped.kind === "stopped" ? stopped.since : null).toBeGreaterThan(Date.now() - 60_000);
  expect(await charging.read()).toEqual(stopped);
  expect(await charging.resume("mended", "anna")).toEqual({
    kind: "goes_on",
    limitPerSecond: null,
  });
});

test("a limit that an operator had set comes back with the resume", async () => {
  const queue = uniqueTaskQueue();
  await environment.nativeConnection.workflowService.updateTaskQueueConfig({
    namespace: "default",
    taskQueue: queue,
    taskQueueType: 2,
    updateQueueRateLimit: { rateLimit: { requestsPerSecond: 3.9 }, reason: "half of our limit" },
  });
  const charging = switchOf(queue);
  expect(await charging.read()).toEqual({ kind: "goes_on", limitPerSecond: 3.9 });
  expect((await charging.stop("a drill", "anna")).charging).toMatchObject({ reason: "a drill" });
  expect(await charging.resume("done", "anna")).toEqual({ kind: "goes_on", limitPerSecond: 3.9 });
});

test("a stop that stands keeps its reason, and a resume without one changes nothing", async () => {
  const charging = switchOf(uniqueTaskQueue());
  expect((await charging.resume("why not", "bert")).kind).toBe("goes_on");
  await charging.stop("first", "anna");
  const again = await charging.stop("second", "bert");
  expect(again).toMatchObject({ isNew: false, charging: { reason: "first", by: "anna" } });
});
