import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { skipTime } from "../../dev/temporal/skip-time.ts";
import {
  aheadOfWall,
  createVirtualClock,
  SANDBOX_NOW_HEADER,
} from "../../dev/temporal/virtual-clock.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import { TEST_LIMIT_MS } from "../support/limits.ts";
import { connectTemporal, uniqueTaskQueue, withWorker } from "../support/temporal/connection.ts";
import { type ClockActivities, clockReader, type ClockReadings } from "./fixture-workflows.ts";

/** Real time that may pass between two readings, which skipped days exceed by far. */
const TOLERANCE_MS = TEST_LIMIT_MS;

const workflowsPath = fileURLToPath(new URL("./fixture-workflows.ts", import.meta.url));
const seenHeaders: (string | undefined)[] = [];
let environment: TestWorkflowEnvironment;
let sandbox: Server;
let sandboxUrl: string;

beforeAll(async () => {
  environment = await connectTemporal();
  sandbox = createServer((request, response) => {
    seenHeaders.push(request.headers[SANDBOX_NOW_HEADER]?.toString());
    response.end(request.headers["x-other"]);
  });
  await new Promise<void>((resolve) => sandbox.listen(0, "127.0.0.1", resolve));
  const address = sandbox.address();
  if (typeof address !== "object" || address === null) throw new Error("the sandbox has no port");
  sandboxUrl = `http://127.0.0.1:${address.port}/`;
});

afterAll(async () => {
  await environment.teardown();
  sandbox.close();
});

async function readings(skip: boolean): Promise<ClockReadings> {
  const clock = createVirtualClock();
  const activities: ClockActivities = {
    async readClock({ attempt }) {
      const now = clock.now();
      await clock.fetch(sandboxUrl);
      if (Context.current().info.attempt < attempt) throw ApplicationFailure.create({});
      return now;
    },
  };
  const options = {
    taskQueue: uniqueTaskQueue(),
    workflowsPath,
    activities,
    interceptors: { activity: [clock.activityInterceptor] },
  };
  return await withWorker(environment, options, async () => {
    const { taskQueue } = options;
    const workflowId = uniqueTaskQueue("workflow");
    const days = skip ? 17 : 0.00001;
    const start = { taskQueue, workflowId, args: [days] as [number] };
    const handle = await environment.client.workflow.start(clockReader, start);
    if (skip) await skipTime(environment.connection, "default", workflowId, "all");
    return await handle.result();
  });
}

test("activities see their workflow's time: as local activities, without `at`, and after a skipped back-off", async () => {
  const wall = Date.now();
  seenHeaders.length = 0;

  const { workflow, activity } = await readings(true);

  expectNear(workflow[0], wall + 17 * DAY_MS);
  expectNear(activity[0], wall + 17 * DAY_MS);
  expectNear(activity[1], wall + 17 * DAY_MS);
  // After two back-offs, of 2 and 4 days. `at` alone would give day 17.
  expectNear(activity[2], wall + 23 * DAY_MS);
  expectNear(activity[3], wall + 23 * DAY_MS);
  expect(activity.every((time, index) => time >= (workflow[index] ?? Infinity))).toBe(true);

  const days = seenHeaders.map((header) => Math.round((Number(header) - wall) / DAY_MS));
  expect(days).toEqual([17, 17, 17, 19, 23, 23]);
});

test("activities see real time if nothing is skipped", () => {
  const at = 1_000_000;
  const info = { isLocal: false, currentAttemptScheduledTimestampMs: at };
  const hourInTheQueue = at + 3_600_000;
  expect(aheadOfWall(info, { at }, hourInTheQueue)).toBe(0);
});

test("a local activity sees real time if its input has no usable `at`", () => {
  const info = { isLocal: true, currentAttemptScheduledTimestampMs: 5_000 };
  for (const input of [undefined, null, "text", {}, { at: "1970" }, { at: Number.NaN }]) {
    expect(aheadOfWall(info, input, 1_000)).toBe(0);
  }
});

test("outside an activity the clock shows real time, and fetch adds no header", async () => {
  const clock = createVirtualClock();
  seenHeaders.length = 0;
  await clock.fetch(sandboxUrl);
  expect(seenHeaders).toEqual([undefined]);
  expectNear(clock.now(), Date.now());
});

test("fetch keeps the headers of the request", async () => {
  const clock = createVirtualClock();
  const info = { isLocal: false, currentAttemptScheduledTimestampMs: Date.now() + DAY_MS };
  const { inbound } = clock.activityInterceptor({ info } as never);
  const run = async (input: string | Request, init?: RequestInit): Promise<unknown> => {
    const next = async (): Promise<string> => await (await clock.fetch(input, init)).text();
    return await inbound?.execute?.({ args: [], headers: {} }, next as never);
  };
  seenHeaders.length = 0;

  const answers = [
    await run(sandboxUrl, { headers: { "x-other": "kept" } }),
    await run(new Request(sandboxUrl, { headers: { "x-other": "kept" } })),
  ];

  expect(answers).toEqual(["kept", "kept"]);
  for (const header of seenHeaders) expectNear(Number(header), Date.now() + DAY_MS);
});

function expectNear(actual: number | undefined, expected: number): void {
  expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThan(TOLERANCE_MS);
}
