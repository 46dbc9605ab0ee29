import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { workflowCodeOf } from "../../worker/bundle/workflow-bundle.ts";
import { SUBSCRIPTION_RECOVERY } from "../../workflows/contract.ts";
import { workflowBundlePath } from "../support/build.ts";
import { connectTemporal, uniqueTaskQueue, withWorker } from "../support/temporal/connection.ts";
import { until } from "../support/until.ts";

let environment: TestWorkflowEnvironment;

beforeAll(async () => {
  environment = await connectTemporal();
});

afterAll(async () => {
  await environment.teardown();
});

/** What Temporal keeps of a workflow task that failed: a recovery without its input cannot begin. */
async function failedTask(
  stackTraces: boolean,
): Promise<{ readonly message: string; readonly stack: string }> {
  const taskQueue = uniqueTaskQueue();
  const code = await workflowCodeOf({ bundlePath: workflowBundlePath() }, stackTraces);
  return await withWorker(environment, { taskQueue, workflowBundle: { code } }, async () => {
    const handle = await environment.client.workflow.start(SUBSCRIPTION_RECOVERY, {
      taskQueue,
      workflowId: taskQueue,
      args: [],
    });
    const failure = await until(
      async () => {
        const { events } = await handle.fetchHistory();
        const failed = events?.find((event) => event.workflowTaskFailedEventAttributes != null);
        return failed?.workflowTaskFailedEventAttributes?.failure ?? null;
      },
      { what: "a failed workflow task" },
    );
    await handle.terminate();
    return { message: failure.message ?? "", stack: failure.stackTrace ?? "" };
  });
}

describe("a failed workflow task", () => {
  test("says what failed, and has no stack", async () => {
    const { message, stack } = await failedTask(false);
    expect(message).toContain("subscriptionId");
    expect(stack).not.toContain("at ");
  });

  test("has a stack with the sources' lines where WORKFLOW_STACK_TRACES is on", async () => {
    const { message, stack } = await failedTask(true);
    expect(message).toContain("subscriptionId");
    expect(stack).toMatch(/subscription-recovery\.ts:\d+/);
  });
});
