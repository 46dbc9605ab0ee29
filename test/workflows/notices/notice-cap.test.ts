import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { createDetachedWorkflows } from "../../../worker/detached-workflows.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  const notices = { ...DEFAULT_POLICY.notices, perCustomerWeek: 2 };
  system = await startTestSystem({ policy: { ...DEFAULT_POLICY, notices } });
});
afterAll(() => system.close());

test("a customer with four failed subscriptions receives two mails in a week, and all four are recovered", async () => {
  const { control } = system.sandbox;
  const email = "grace@example.com";
  const { customerId } = await control.createCustomer({ email, name: "Grace" });
  const ids: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    const { subscriptionId } = await control.createSubscription({ onDemand: true, customerId });
    await control.script(subscriptionId, [{ decline: "INSUFFICIENT_FUNDS" }], "succeed");
    await control.charge(subscriptionId);
    await until(async () => await system.readView(subscriptionId), { what: "the recovery" });
    ids.push(subscriptionId);
  }
  for (const id of ids) await system.skipTime(id, DAY_MS);
  await until(() => system.mailsTo(email).length === 2, { what: "two mails" });
  const deferred: string[] = [];
  for (const id of ids) {
    const { timeline } = await system.readView(id);
    if (timeline.some(({ rule }) => rule === "notice.deferred")) deferred.push(id);
  }
  expect(deferred).toEqual(ids.slice(2));
  for (const id of ids) expect((await system.runToEnd(id)).outcome).toBe("recovered");
  const failed = system.mailsTo(email).filter((subject) => !subject.startsWith("Thank you"));
  expect(failed).toHaveLength(2);
});

test("all workers share one count, and the same notice gets the same answer again", async () => {
  const desks = [1, 2].map(() => createDetachedWorkflows(system.client, system.taskQueue));
  const at = Date.now();
  const ask = async (desk: number, key: string): Promise<boolean> =>
    (await desks[desk]?.reserveNotice("cus_counted", { key, at, perWeek: 2 }))?.granted === true;
  expect(await ask(0, "a")).toBe(true);
  expect(await ask(1, "b")).toBe(true);
  expect(await ask(0, "c")).toBe(false);
  expect(await ask(1, "a")).toBe(true);
  const granted = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const request = { key: `k${index}`, at, perWeek: 5 };
      return (await desks[index % 2]?.reserveNotice("cus_crowd", request))?.granted;
    }),
  );
  expect(granted.filter((one) => one === true)).toHaveLength(5);
});
