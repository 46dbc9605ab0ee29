import { afterAll, beforeAll, expect, test } from "vitest";
import { createLog } from "../../platform/log.ts";
import { NO_METRICS } from "../../platform/metrics/metrics.ts";
import { createAccountAlerts } from "../../worker/account-alerts.ts";
import { createDetachedWorkflows } from "../../worker/detached-workflows.ts";
import { watchFailingTasks } from "../../worker/namespace/failing-tasks.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});

afterAll(async () => {
  await system.close();
});

test("the operator gets one mail about workflows whose tasks fail, which names them and asks for no answer", async () => {
  const { client, taskQueue, inbox } = system;
  const workflows = await Promise.all(
    ["recovery-sub_stuck1", "recovery-sub_stuck2"].map(
      async (workflowId) =>
        await client.workflow.start("aTypeOfNoRelease", { workflowId, taskQueue }),
    ),
  );
  const query = `TaskQueue = "${taskQueue}" AND TemporalReportedProblems IS NOT NULL`;
  await until(async () => (await client.workflow.count(query)).count === 2, {
    what: "two marked workflows",
  });
  const { report } = createDetachedWorkflows(client, taskQueue);
  const operator = { operatorEmail: "operator@merchant.example" };
  const alertAccount = createAccountAlerts(
    operator,
    report,
    Date.now,
    NO_METRICS,
    createLog("fatal", "worker"),
  );
  let alerts = 0;
  const stop = new AbortController();
  watchFailingTasks(
    {
      client,
      taskQueue,
      alertOperator: async (alert, waits) => {
        alerts += 1;
        await alertAccount(alert, waits);
      },
    },
    stop.signal,
    100,
  );
  const [mail] = await until(() => (inbox.mails.length > 0 ? inbox.mails : null), {
    what: "the mail",
  });
  expect(mail?.subject).toBe("Reprise needs you: workflows stand still until a release mends them");
  expect(mail?.text).toMatch(/recovery-sub_stuck\d, recovery-sub_stuck\d/);
  expect(mail?.text).toContain("Deploy the previous release, or a fix.");
  expect(mail?.text).not.toContain("How to answer");
  // Some looks later, nothing is reported again.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(alerts).toBe(1);
  stop.abort();
  await Promise.all(workflows.map((workflow) => workflow.terminate()));
});
