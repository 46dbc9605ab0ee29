import type { WorkflowHandleWithFirstExecutionRunId } from "@temporalio/client";
import { Client } from "@temporalio/client";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from "@temporalio/worker";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  skipTime,
  startAt,
  startFreeRunning,
  untilVirtual,
  virtualNow,
} from "../../dev/temporal/skip-time.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import { connectTemporal, uniqueTaskQueue, withWorker } from "../support/temporal/connection.ts";
import { go, napper, sleeper, waiter } from "./fixture-workflows.ts";

const NAMESPACE = "default";

let environment: TestWorkflowEnvironment;
let workflowBundle: WorkflowBundle;
let taskQueue: string;

beforeAll(async () => {
  const workflowsPath = fileURLToPath(new URL("./fixture-workflows.ts", import.meta.url));
  const logger = new DefaultLogger("WARN");
  environment = await connectTemporal();
  workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
});
afterAll(async () => await environment.teardown());

/** Runs a worker for the fixture workflows while `work` runs. */
async function withSkipping(work: () => Promise<void>): Promise<void> {
  taskQueue = uniqueTaskQueue();
  await withWorker(environment, { taskQueue, workflowBundle }, work);
}

async function start<Args extends unknown[], T>(
  workflow: (...args: Args) => Promise<T>,
  args: Args,
): Promise<WorkflowHandleWithFirstExecutionRunId<(...args: Args) => Promise<T>>> {
  const workflowId = uniqueTaskQueue("workflow");
  // The client's overloads require `args` to be absent if empty, which a generic type cannot express.
  const options = { taskQueue, workflowId, args } as never;
  return await environment.client.workflow.start(workflow, options);
}

describe("skipping the time of one workflow", () => {
  test("ends a sleep of 17 days in less than a thousandth of its time", () =>
    withSkipping(async () => {
      const handle = await start(sleeper, [17]);
      const wallBefore = performance.now();

      const result = await skipTime(environment.connection, NAMESPACE, handle.workflowId, "all");

      expect(result).toEqual({ kind: "free_running" });
      expect(await handle.result()).toBeCloseTo(17, 2);
      expect(performance.now() - wallBefore).toBeLessThan((17 * DAY_MS) / 1_000);
    }));

  test("does not stop at the server's default of 200 skips", () =>
    withSkipping(async () => {
      const handle = await start(napper, [230, 1]);
      await skipTime(environment.connection, NAMESPACE, handle.workflowId, "all");
      expect(await handle.result()).toBeCloseTo(230, 2);
    }));

  test("moves the clock ahead in steps, and the clock stands between them", () =>
    withSkipping(async () => {
      const { connection } = environment;
      const { workflowId, signal, result } = await startWaiter(30);
      const startedAt = await virtualNow(connection, NAMESPACE, workflowId);

      for (const day of [1, 2, 3]) {
        const step = await skipTime(connection, NAMESPACE, workflowId, DAY_MS);
        expect(step.kind).toBe("reached");
        const now = await virtualNow(connection, NAMESPACE, workflowId);
        expect((now - startedAt) / DAY_MS).toBeCloseTo(day, 2);
      }

      await signal();
      expect(await result()).toBeCloseTo(3, 2);
    }));

  test("moves the clock to an instant, and never back", () =>
    withSkipping(async () => {
      const { connection } = environment;
      const { workflowId, signal, result } = await startWaiter(30);
      const target = Date.now() + 5 * DAY_MS;

      const first = await untilVirtual(connection, NAMESPACE, workflowId, target);
      const again = await untilVirtual(connection, NAMESPACE, workflowId, target - DAY_MS);

      expect(first.kind).toBe("reached");
      expect(again.kind).toBe("reached");
      await signal();
      expect(await result()).toBeCloseTo(5, 2);
    }));

  describe.each(["connection", "nativeConnection"] as const)("on a %s", (name) => {
    test("returns the closing time of a workflow that closes before the target", () =>
      withSkipping(async () => {
        const connection = environment[name];
        const handle = await start(sleeper, [2]);
        const startedAt = Date.now();

        const during = await skipTime(connection, NAMESPACE, handle.workflowId, 5 * DAY_MS);
        const after = await skipTime(connection, NAMESPACE, handle.workflowId, DAY_MS);
        const to = await untilVirtual(connection, NAMESPACE, handle.workflowId, Date.now());

        for (const result of [during, after, to]) {
          expect(result.kind).toBe("ended");
          const now = "now" in result ? result.now : Number.NaN;
          expect((now - startedAt) / DAY_MS).toBeCloseTo(2, 2);
        }
      }));

    test("fails within its time limit if the target cannot be reached", async () => {
      taskQueue = uniqueTaskQueue("nobody");
      const handle = await start(sleeper, [2]);
      const connection = environment[name];
      const skip = skipTime(connection, NAMESPACE, handle.workflowId, DAY_MS, 200);
      await expect(skip).rejects.toThrow("did not reach its target within 0.2 s");
      await handle.terminate();
    });
  });

  test("fails for a workflow that does not exist", async () => {
    const skip = skipTime(environment.connection, NAMESPACE, uniqueTaskQueue("none"), DAY_MS);
    await expect(skip).rejects.toThrow(/not found/);
  });

  test("fails if a newer skip replaces it", () =>
    withSkipping(async () => {
      const { connection } = environment;
      const queue = uniqueTaskQueue("nobody");
      const workflowId = uniqueTaskQueue("workflow");
      const options = { taskQueue: queue, workflowId, args: [2] as [number] };
      const handle = await environment.client.workflow.start(sleeper, options);
      const skips = [1, 2].map(() => skipTime(connection, NAMESPACE, workflowId, DAY_MS));
      // Nobody takes the workflow's tasks, so the other one would not end.
      const replaced = await Promise.race(skips).catch((error: unknown) => error);
      expect(String(replaced)).toContain("does not match");
      await handle.terminate();
      await Promise.allSettled(skips);
    }));
});

describe("a client whose workflows are free-running from the start", () => {
  test.each(["connection", "nativeConnection"] as const)(
    "starts them by signalWithStart on a %s",
    (name) =>
      withSkipping(async () => {
        const connection = startFreeRunning(environment[name]);
        const client = new Client({ connection, namespace: NAMESPACE });
        const workflowId = uniqueTaskQueue("workflow");

        const handle = await client.workflow.signalWithStart(sleeper, {
          taskQueue,
          workflowId,
          args: [20],
          signal: "ignored",
          signalArgs: [],
        });

        expect(await handle.result()).toBeCloseTo(20, 2);
      }),
  );

  test("does not change the clock of a workflow that it only signals", () =>
    withSkipping(async () => {
      const connection = startFreeRunning(environment.connection);
      const client = new Client({ connection, namespace: NAMESPACE });
      const { workflowId, result } = await startWaiter(30);

      const options = { taskQueue, workflowId, args: [30] as [number], signal: go, signalArgs: [] };
      await client.workflow.signalWithStart(waiter, options);

      expect(await result()).toBeCloseTo(0, 2);
    }));
});

describe("a client whose workflows start at a virtual time", () => {
  test.each(["connection", "nativeConnection"] as const)("starts them by start on a %s", (name) =>
    withSkipping(async () => {
      const instant = Date.now() + 3 * DAY_MS;
      const connection = startAt(environment[name], () => instant);
      const { workflow } = new Client({ connection, namespace: NAMESPACE });
      const workflowId = uniqueTaskQueue("workflow");
      const handle = await workflow.start(waiter, { taskQueue, workflowId, args: [30] });

      await handle.signal(go);

      expect(await handle.result()).toBeCloseTo(0, 2);
      const { startTime, closeTime } = await handle.describe();
      expect((startTime.getTime() - instant) / DAY_MS).toBeCloseTo(0, 2);
      expect(((closeTime?.getTime() ?? 0) - instant) / DAY_MS).toBeCloseTo(0, 2);
    }),
  );

  test("starts a workflow without a virtual time in real time", () =>
    withSkipping(async () => {
      const connection = startAt(environment.connection, () => null);
      const { workflow } = new Client({ connection, namespace: NAMESPACE });
      const workflowId = uniqueTaskQueue("workflow");
      const handle = await workflow.start(waiter, { taskQueue, workflowId, args: [30] });

      await handle.signal(go);

      expect(await handle.result()).toBeCloseTo(0, 2);
      const { closeTime } = await handle.describe();
      expect(((closeTime?.getTime() ?? 0) - Date.now()) / DAY_MS).toBeCloseTo(0, 2);
    }));

  test("starts a workflow once if two signals arrive at the same time", () =>
    withSkipping(async () => {
      const instant = Date.now() + 3 * DAY_MS;
      const connection = startAt(environment.connection, () => instant);
      const { workflow } = new Client({ connection, namespace: NAMESPACE });
      const workflowId = uniqueTaskQueue("workflow");
      const options = { taskQueue, workflowId, args: [30] as [number], signal: go, signalArgs: [] };
      const [handle] = await Promise.all([
        workflow.signalWithStart(waiter, options),
        workflow.signalWithStart(waiter, options),
      ]);

      expect(await handle.result()).toBeCloseTo(0, 2);
      const { closeTime } = await handle.describe();
      expect(((closeTime?.getTime() ?? 0) - instant) / DAY_MS).toBeCloseTo(0, 2);
    }));
});

async function startWaiter(days: number): Promise<{
  workflowId: string;
  signal: () => Promise<void>;
  result: () => Promise<number | null>;
}> {
  const handle = await start(waiter, [days]);
  return {
    workflowId: handle.workflowId,
    signal: () => handle.signal(go),
    result: () => handle.result(),
  };
}
