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

/** A change is seen a moment later. */
async function untilRead(charging: ChargingSwitch, expected: Charging): Promise<void> {
  await until(
    async () => {
      expect(await charging.read()).toEqual(expected);
      return true;
    },
    { what: `to read ${expected.kind}` },
  );
}

test("charging goes on until it is stopped, and again when it is resumed", async () => {
  const charging = switchOf(uniqueTaskQueue());
  expect(await charging.read()).toEqual({ kind: "goes_on", limitPerSecond: null });
  const { charging: stopped, isNew } = await charging.stop("the key was refused", "anna");
  expect(isNew).toBe(true);
  expect(stopped).toMatchObject({ kind: "stopped", reason: "the key was refused", by: "anna" });
  expect(stopped.kind === "stopped" ? stopped.since : null).toBeGreaterThan(Date.now() - 60_000);
  await untilRead(charging, stopped);
  expect(await charging.resume("mended", "anna")).toEqual({
    kind: "goes_on",
    limitPerSecond: null,
  });
});

test("a limit that an operator had set comes back with the resume", async () => {
  const queue = uniqueTaskQueue();
  await queueOf(queue).limit({ queue: { perSecond: 3.9, reason: "half of our limit" } }, "anna");
  const charging = switchOf(queue);
  await untilRead(charging, { kind: "goes_on", limitPerSecond: 3.9 });
  const { charging: stopped } = await charging.stop("a drill", "anna");
  expect(stopped).toMatchObject({ reason: "a drill" });
  await untilRead(charging, stopped);
  expect(await charging.resume("done", "anna")).toEqual({ kind: "goes_on", limitPerSecond: 3.9 });
});

test("the commands of the documents do the same as the switch", async () => {
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
    const kind = command.includes("limit default") ? "goes_on" : "stopped";
    await until(async () => (await charging.read()).kind === kind, { what: kind });
  }
});

test("a stop that stands keeps its reason, and a resume without one changes nothing", async () => {
  const charging = switchOf(uniqueTaskQueue());
  expect((await charging.resume("why not", "bert")).kind).toBe("goes_on");
  const { charging: first } = await charging.stop("first", "anna");
  await untilRead(charging, first);
  const again = await charging.stop("second", "bert");
  expect(again).toMatchObject({ isNew: false, charging: { reason: "first", by: "anna" } });
});
