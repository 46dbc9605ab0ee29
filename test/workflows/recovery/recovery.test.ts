import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { virtualNow } from "../../../dev/temporal/skip-time.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import type { LedgerSubscription } from "../../../sandbox/control/ledger.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { textOfHistory } from "../../support/temporal/history-text.ts";
import { until } from "../../support/until.ts";

/** The marker of a decision. */
const LOCAL_ACTIVITY = "core_local_activity";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});

afterAll(async () => {
  await system.close();
});

let customers = 0;

type Subject = { readonly id: string; readonly email: string };

/** Creates a subscription with its own customer, authorized two months ago. */
async function subscribe(
  outcomes: Parameters<TestSystem["sandbox"]["control"]["script"]>[1],
  extra: object = {},
): Promise<Subject> {
  customers += 1;
  const email = `customer-${customers}@example.com`;
  const { control } = system.sandbox;
  const { customerId } = await control.createCustomer({ email, name: `Customer ${customers}` });
  const { subscriptionId } = await control.createSubscription({
    customerId,
    onDemand: true,
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
    ...extra,
  });
  await control.script(subscriptionId, outcomes, "succeed");
  return { id: subscriptionId, email };
}

const ledger = async ({ id }: Subject): Promise<LedgerSubscription> =>
  await system.sandbox.control.ledgerOf(id);

async function fail(subject: Subject): Promise<void> {
  await system.sandbox.control.charge(subject.id);
  await until(async () => (await system.readView(subject.id)).recovery.openedAt > 0, {
    what: "its recovery",
  });
}

const SOFT = { decline: "INSUFFICIENT_FUNDS" };

describe("a recovery on a real Temporal server", () => {
  test("charges on days 3, 10 and 17 after soft declines, until the subscription is active again", async () => {
    const subject = await subscribe([SOFT, SOFT, SOFT]);
    const startedAt = performance.now();
    await fail(subject);
    const result = await system.runToEnd(subject.id);
    const wallMs = Math.round(performance.now() - startedAt);
    const { payments, succeeded, status } = await ledger(subject);
    const days = payments.map(({ createdAt }) =>
      Math.round((Date.parse(createdAt) - Date.parse(payments[0]?.createdAt ?? "")) / DAY_MS),
    );
    expect(days).toEqual([0, 3, 10, 17]);
    expect(payments.map(({ attempt }) => attempt?.split(".")[1] ?? "1")).toEqual([
      "1",
      "2",
      "3",
      "4",
    ]);
    expect({ succeeded, status }).toEqual({ succeeded: 1, status: "active" });
    expect(result).toMatchObject({ outcome: "recovered", by: "attempt", reactivated: true });
    const now = await virtualNow(
      system.environment.nativeConnection,
      "default",
      `recovery-${subject.id}`,
    );
    expect(Math.round((now - Date.parse(payments[0]?.createdAt ?? "")) / DAY_MS)).toBe(17);
    expect(system.mailsTo(subject.email)).toHaveLength(5);
    console.log(`a recovery of seventeen days took ${wallMs} ms`);
  });

  test("ends when the customer pays on the page behind the link in the mail after a hard decline", async () => {
    const subject = await subscribe([{ decline: "EXPIRED_CARD" }]);
    await fail(subject);
    await system.skipTime(subject.id, 60_000);
    await until(() => system.mailsTo(subject.email).length > 0, { what: "the mail" });
    const mail = system.inbox.mails.find(({ to }) => to.includes(subject.email));
    const link = /http\S+\/pay\/\S+/.exec(mail?.text ?? "")?.[0] ?? "";
    const page = await fetch(link);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Continue to secure payment");
    const pressed = await fetch(link, { method: "POST", redirect: "manual" });
    expect(pressed.status).toBe(303);
    expect(pressed.headers.get("location")).toContain(system.sandbox.url);
    await system.sandbox.control.payAsCustomer(subject.id, { card: "good" });
    const result = await system.runToEnd(subject.id);
    expect(result).toMatchObject({ outcome: "recovered", by: "link", reactivated: true });
    expect((await ledger(subject)).succeeded).toBe(1);
    const after = await fetch(link, { method: "POST", redirect: "manual" });
    expect(after.status).toBe(409);
  });

  test("is exhausted at the end of the window if every attempt is declined", async () => {
    const subject = await subscribe([SOFT, SOFT, SOFT, SOFT, SOFT]);
    await fail(subject);
    const result = await system.runToEnd(subject.id);
    expect(result).toMatchObject({ outcome: "exhausted", days: 30 });
    expect((await ledger(subject)).payments).toHaveLength(4);
  });

  test("ends as cancelled if the subscription is cancelled", async () => {
    const subject = await subscribe([SOFT]);
    await fail(subject);
    await system.untilState(subject.id, "opening");
    await system.skipTime(subject.id, DAY_MS);
    await system.sandbox.control.cancelAsCustomer(subject.id, { when: "now" });
    const result = await system.runToEnd(subject.id);
    expect(result).toMatchObject({ outcome: "cancelled", by: "dodo" });
    expect((await ledger(subject)).payments).toHaveLength(1);
  });

  test("charges tax only once", async () => {
    const subject = await subscribe([SOFT], {
      taxInclusive: false,
      taxRate: 0.2,
      priceMinor: 2_900,
    });
    await fail(subject);
    await system.runToEnd(subject.id);
    const { payments } = await ledger(subject);
    expect(payments.map(({ totalMinor }) => totalMinor)).toEqual([3_480, 3_480]);
  });

  test.each(["drop_after", "error_after", "hang_after"] as const)(
    "charges once if the payment is made and the answer is lost by %s",
    async (kind) => {
      const subject = await subscribe([SOFT]);
      await fail(subject);
      await system.sandbox.control.addWebhookFault({
        kind: "lost",
        subscriptionId: subject.id,
        times: 100,
      });
      const route = {
        method: "POST",
        route: "/subscriptions/:id/charge",
        subscriptionId: subject.id,
      } as const;
      await system.sandbox.control.addFault(
        kind === "hang_after" ? { kind, ms: 20_000, ...route } : { kind, ...route },
      );
      const result = await system.runToEnd(subject.id);
      expect(result.outcome).toBe("recovered");
      const { succeeded, payments } = await ledger(subject);
      expect({ succeeded, payments: payments.length }).toEqual({ succeeded: 1, payments: 2 });
    },
  );

  test.each(["drop_before", "error_before"] as const)(
    "sends the charge again after a day if it is lost by %s before the payment is made",
    async (kind) => {
      const subject = await subscribe([SOFT]);
      await fail(subject);
      await system.sandbox.control.addFault({
        kind,
        method: "POST",
        route: "/subscriptions/:id/charge",
        subscriptionId: subject.id,
      });
      const result = await system.runToEnd(subject.id);
      expect(result).toMatchObject({ outcome: "recovered", days: 4 });
      expect((await ledger(subject)).succeeded).toBe(1);
    },
  );

  test("records no customer name and no email address in Temporal", async () => {
    const subject = await subscribe([SOFT]);
    await fail(subject);
    await system.runToEnd(subject.id);
    const text = textOfHistory(await system.handle(subject.id).fetchHistory());
    expect(text).toContain("attempt 2");
    expect(text).not.toContain(subject.email);
    expect(text).not.toMatch(/Customer \d/);
  });

  test("has a summary and search attributes in Temporal", async () => {
    const subject = await subscribe([SOFT]);
    await fail(subject);
    await system.runToEnd(subject.id);
    const description = await system.handle(subject.id).describe();
    expect(await description.staticSummary()).toMatch(/^USD \d+\.\d\d failed: INSUFFICIENT_FUNDS$/);
    expect(description.searchAttributes).toMatchObject({
      RecoveryState: ["ended"],
      RecoveryOutcome: ["recovered"],
      DeclineCode: ["INSUFFICIENT_FUNDS"],
      DeclineClass: ["soft"],
      AmountDue: [0],
      Currency: ["USD"],
    });
  });

  test("names what was decided beside each decision in the history", async () => {
    const subject = await subscribe([SOFT]);
    await fail(subject);
    await system.runToEnd(subject.id);
    const { events } = await system.handle(subject.id).fetchHistory();
    const summaries = (events ?? [])
      .filter(({ markerRecordedEventAttributes: marker }) => marker?.markerName === LOCAL_ACTIVITY)
      .map(({ userMetadata }) => Buffer.from(userMetadata?.summary?.data ?? []).toString("utf8"));
    expect(summaries.join("\n")).toMatch(/schedule\.next: .*attempt 2 is due on/);
    expect(summaries.filter((summary) => summary === "")).toEqual([]);
    expect(summaries.filter((summary) => summary.includes(": "))).not.toHaveLength(0);
  });

  test("owes nothing and sends nothing if its webhooks arrive again after its end", async () => {
    const subject = await subscribe([SOFT]);
    await fail(subject);
    await system.runToEnd(subject.id);
    const mails = system.mailsTo(subject.email).length;
    const before = await ledger(subject);
    const { runId } = await system.handle(subject.id).describe();
    await system.sandbox.control.replayDeliveries({ subscriptionId: subject.id });
    await until(async () => (await system.handle(subject.id).describe()).runId !== runId, {
      what: "a second run",
    });
    const result = await system.runToEnd(subject.id);
    expect(result.outcome).toBe("nothing_owed");
    expect(system.mailsTo(subject.email)).toHaveLength(mails);
    expect(await ledger(subject)).toEqual(before);
  });
});
