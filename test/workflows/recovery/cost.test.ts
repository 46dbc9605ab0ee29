import { afterAll, beforeAll, expect, test } from "vitest";
import { DAY_MS } from "../../../domain/values/time.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { costOf, type HistoryCost } from "../../support/temporal/history-cost.ts";
import { until } from "../../support/until.ts";

/** Of version 0.1.0 before decisions were folded, counted by this test. */
const BEFORE = { events: 196, actions: 70, bytes: 76_807, noticeActions: 8 };

/** Webhooks that come a moment earlier or later make a decision more or less. */
const MOST = { events: 172, actions: 55, bytes: 56_000, noticeActions: 6 };

const EMAIL = "customer@example.com";
const SOFT = { decline: "INSUFFICIENT_FUNDS" };

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});

afterAll(async () => {
  await system.close();
});

/** Charges that are declined three times and then paid, with a notice before each attempt and one after the payment. */
async function recover(): Promise<{ readonly id: string; readonly customerId: string }> {
  const { control } = system.sandbox;
  const { customerId } = await control.createCustomer({ email: EMAIL, name: "Customer" });
  const { subscriptionId: id } = await control.createSubscription({
    customerId,
    onDemand: true,
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
  });
  await control.script(id, [SOFT, SOFT, SOFT], "succeed");
  await control.charge(id);
  await until(async () => (await system.readView(id)).recovery.openedAt > 0, {
    what: "its recovery",
  });
  await system.runToEnd(id);
  return { id, customerId };
}

async function costOfNotices(customerId: string): Promise<HistoryCost | null> {
  const handle = system.client.workflow.getHandle(`notices-${customerId}`);
  return await handle.fetchHistory().then(costOf, () => null);
}

test("a recovery of four attempts and five mails stays within its events, Actions and bytes", async () => {
  const { id, customerId } = await recover();
  expect(system.mailsTo(EMAIL)).toHaveLength(5);
  const { byType, ...cost } = costOf(await system.handle(id).fetchHistory());
  const noticeActions = (await costOfNotices(customerId))?.actions ?? 0;
  const now = { ...cost, noticeActions };
  console.table({ before: BEFORE, now, most: MOST });
  console.table(byType);
  for (const [what, most] of Object.entries(MOST)) {
    expect(now[what as keyof typeof MOST], what).toBeLessThanOrEqual(most);
  }
});
