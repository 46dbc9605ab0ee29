import { Client } from "@temporalio/client";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type ActivityQueue, createActivityQueue } from "../../platform/temporal/activity-queue.ts";
import {
  type Charging,
  type ChargingSwitch,
  createChargingSwitch,
} from "../../platform/temporal/charging-switch.ts";
import { commandsOf } from "../support/documents.ts";
import { TEST_LIMIT_MS } from "../support/limits.ts";
import { connectTemporal, uniqueTaskQueue } from "../support/temporal/connection.ts";
import { until } from "../support/until.ts";

let environment: Awaited<ReturnType<typeof connectTemporal>>;

beforeAll(async () => {
  environment = await connectTemporal();
});

afterAll(async () => {
  await environment.teardown();
});

function queueOf(name: string): ActivityQueue {
  return createActivityQueue(new Client({ connection: environment.nativeConnection }), name);
}

const switchOf = (name: string): ChargingSwitch => createChargingSwitch(queueOf(name));

/** A change becomes visible after a moment. */
async function untilRead(charging: ChargingSwitch, expected: Charging): Promise<void> {
  await until(
    async () => {
      expect(await charging.read()).toEqual(expected);
      return true;
    },
    { what: `to read ${expected.kind}` },
  );
}

test("a stop stops charging with its reason, and a resume ends the stop", async () => {
  const charging = switchOf(uniqueTaskQueue());
  expect(await charging.read()).toEqual({ kind: "running", limitPerSecond: null });
  const { charging: stopped, isNew } = await charging.stop("the key was rejected", "anna");
  expect(isNew).toBe(true);
  expect(stopped).toMatchObject({ kind: "stopped", reason: "the key was rejected", by: "anna" });
  expect(stopped.kind === "stopped" ? stopped.since : null).toBeGreaterThan(
    Date.now() - TEST_LIMIT_MS,
  );
  await untilRead(charging, stopped);
  expect(await charging.resume("corrected", "anna")).toEqual({
    kind: "running",
    limitPerSecond: null,
  });
});

test("a resume restores the rate limit that an operator had set before the stop", async () => {
  const queue = uniqueTaskQueue();
  await queueOf(queue).setRateLimits(
    { queue: { perSecond: 3.9, reason: "half of our limit" } },
    "anna",
  );
  const charging = switchOf(queue);
  await untilRead(charging, { kind: "running", limitPerSecond: 3.9 });
  const { charging: stopped } = await charging.stop("a drill", "anna");
  expect(stopped).toMatchObject({ reason: "a drill" });
  await untilRead(charging, stopped);
  expect(await charging.resume("done", "anna")).toEqual({ kind: "running", limitPerSecond: 3.9 });
});

test("the documented Temporal commands stop and resume charging", async () => {
  const charging = switchOf("reprise-charges");
  const commands = commandsOf("docs/ARCHITECTURE.md").filter((one) => one.includes("task-queue"));
  expect(commands).toHaveLength(2);
  for (const command of commands) {
    const [, ...args] = command.match(/"[^"]*"|\S+/g) ?? [];
    await promisify(execFile)(inject("temporalCliPath"), [
      ...args.map((one) => one.replaceAll('"', "")),
      "--address",
      inject("temporalAddress"),
    ]);
    const kind = command.includes("limit default") ? "running" : "stopped";
    await until(async () => (await charging.read()).kind === kind, { what: kind });
  }
});

test("a second stop keeps the first reason, and a resume without a stop changes nothing", async () => {
  const charging = switchOf(uniqueTaskQueue());
  expect((await charging.resume("why not", "bert")).kind).toBe("running");
  const { charging: first } = await charging.stop("first", "anna");
  await untilRead(charging, first);
  const again = await charging.stop("second", "bert");
  expect(again).toMatchObject({ isNew: false, charging: { reason: "first", by: "anna" } });
});
