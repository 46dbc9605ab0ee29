import { WorkflowFailedError, type WorkflowHandle } from "@temporalio/client";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { subscriptionStatus } from "../../dodo/statuses.ts";
import type { RecoveryResult } from "../../domain/debt/result.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import type { SweepResult } from "../../domain/sweep/sweep.ts";
import { parseSubscriptionId } from "../../domain/values/ids.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/values/time.ts";
import { createSweepClient } from "../../worker/recovery-client.ts";
import {
  startTestSystem,
  type TestSystem,
  type TestSystemOptions,
} from "../support/system/test-system.ts";
import { textOfHistory } from "../support/temporal/history-text.ts";
import { until } from "../support/until.ts";

/** Dodo has no webhook endpoint, so every webhook is lost. The second read comes soon, so that no time has to be skipped. */
const LOST = {
  settings: { webhookUrl: null },
  policy: { ...DEFAULT_POLICY, openingRereadMs: 200 },
} as const satisfies TestSystemOptions;
const SOFT = { decline: "INSUFFICIENT_FUNDS", afterMs: 0 };

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem(LOST);
});

afterAll(async () => {
  await system.close();
});

async function ownSystem(options: TestSystemOptions = {}): Promise<TestSystem> {
  const own = await startTestSystem({ ...LOST, ...options });
  onTestFinished(() => own.close());
  return own;
}

async function start(at: TestSystem = system): Promise<WorkflowHandle> {
  return await at.client.workflow.start("reconciliationSweep", {
    taskQueue: at.taskQueue,
    workflowId: `sweep-${randomUUID()}`,
    args: [],
  });
}

const sweep = async (at: TestSystem = system): Promise<SweepResult> =>
  await (await start(at)).result();

type Failed = { readonly id: string; readonly paymentId: string };

type FailOptions = {
  readonly at?: TestSystem;
  /** How long ago the payment was made. */
  readonly agoMs?: number;
  readonly subscription?: Parameters<TestSystem["sandbox"]["control"]["createSubscription"]>[0];
};

/** Fails a charge; its webhook is lost. */
async function fail({
  at = system,
  agoMs = 0,
  subscription = {},
}: FailOptions = {}): Promise<Failed> {
  const { control } = at.sandbox;
  const { subscriptionId } = await control.createSubscription({
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
    ...subscription,
  });
  const { paymentId } = await control.charge(subscriptionId, {
    outcome: SOFT,
    createdAt: Date.now() - agoMs,
  });
  await settled(at, subscriptionId);
  return { id: subscriptionId, paymentId };
}

async function settled(at: TestSystem, id: string): Promise<void> {
  await until(async () => (await at.sandbox.control.ledgerOf(id)).open === 0, {
    what: `the end of ${id}'s payments`,
  });
}

/** Null if no recovery was opened. */
async function runOf({ id }: Failed, at: TestSystem = system): Promise<string | null> {
  return await at
    .handle(id)
    .describe()
    .then(
      ({ runId }) => runId,
      () => null,
    );
}

async function historyLength({ id }: Failed, at: TestSystem = system): Promise<number> {
  return (await at.handle(id).describe()).historyLength;
}

const ids = (found: SweepResult["opened"]): string[] =>
  found.map(({ subscriptionId }) => subscriptionId);

/** Waits until no effect is pending. */
async function untilWaiting({ id }: Failed, at: TestSystem = system): Promise<void> {
  await until(
    async () => {
      const { recovery } = await at.readView(id);
      return recovery.debt !== null && Object.keys(recovery.pendingEffects).length === 0;
    },
    { what: `${id} to wait` },
  );
}

describe("a debt whose webhook is lost", () => {
  test("is found by the sweep and recovered", async () => {
    const debt = await fail();
    const found = await sweep();
    expect(ids(found.opened)).toContain(debt.id);
    const result = await system.runToEnd(debt.id);
    expect(result).toMatchObject({ outcome: "recovered", by: "attempt" });
    expect(result.debts[0]?.debtId).toBe(debt.paymentId);
    expect((await system.sandbox.control.ledgerOf(debt.id)).succeeded).toBe(1);
    const { staticSummary } = await system.handle(debt.id).describe();
    expect(await staticSummary()).toBe("USD 29.00 failed: found by the sweep");
  });

  test("is listed and not opened if it is older than max_debt_age", async () => {
    const old = await fail({ agoMs: 10 * DAY_MS });
    const young = await fail({ agoMs: 6 * DAY_MS });
    const found = await sweep();
    expect(found.listed).toContainEqual({
      subscriptionId: old.id,
      paymentId: null,
      since: null,
      why: "subscriptions_on_hold",
    });
    expect(ids(found.opened)).toContain(young.id);
    expect(ids(found.listed)).not.toContain(young.id);
    expect(await runOf(old)).toBeNull();
  });

  test("is opened by a later sweep if there are more debts than one sweep may open", async () => {
    const own = await ownSystem({ policy: { ...LOST.policy, maxOpenedPerSweep: 2 } });
    const all: string[] = [];
    for (let count = 0; count < 5; count += 1) all.push((await fail({ at: own })).id);
    const opened: string[] = [];
    for (const [count, deferred] of [
      [2, 3],
      [2, 1],
      [1, 0],
    ] as const) {
      const found = await sweep(own);
      expect(found.counts).toMatchObject({ opened: count, deferred });
      expect(found.listed).toEqual([]);
      expect(found.deferredSince === null).toBe(deferred === 0);
      opened.push(...ids(found.opened));
    }
    expect(opened.toSorted()).toEqual(all.toSorted());
  });

  test("is opened once by two sweeps that run at the same time", async () => {
    const debt = await fail();
    await Promise.all([sweep(), sweep()]);
    const run = await runOf(debt);
    expect(run).not.toBeNull();
    await sweep();
    expect(await runOf(debt)).toBe(run);
  });

  test("is opened in shadow mode without sending anything", async () => {
    const shadow = await ownSystem({ mode: "shadow" });
    const debt = await fail({ at: shadow });
    expect(ids((await sweep(shadow)).opened)).toEqual([debt.id]);
    await untilWaiting(debt, shadow);
    expect((await shadow.readView(debt.id)).recovery.mode).toBe("shadow");
    expect(shadow.inbox.mails).toEqual([]);
  });
});

describe("an open recovery", () => {
  test("is left alone by the sweep while its debt is unpaid", async () => {
    const own = await ownSystem();
    const debts = await Promise.all(Array.from({ length: 40 }, () => fail({ at: own })));
    expect((await sweep(own)).counts.opened).toBe(40);
    for (const debt of debts) await untilWaiting(debt, own);
    const before = await Promise.all(debts.map((debt) => historyLength(debt, own)));
    const found = await sweep(own);
    expect(found.counts).toMatchObject({ opened: 0, notified: 0, listed: 0 });
    // Each is found twice: as a failed payment and as a hold.
    expect(found.counts.haveRecovery).toBe(80);
    expect(await Promise.all(debts.map((debt) => historyLength(debt, own)))).toEqual(before);
  }, 60_000);

  test("is notified when its debt is paid, reads Dodo and ends", async () => {
    const paid = await fail();
    const unpaid = await fail();
    await sweep();
    await untilWaiting(paid);
    await untilWaiting(unpaid);
    await system.sandbox.control.payAsCustomer(paid.id, { card: "good" });
    await settled(system, paid.id);
    const before = await historyLength(unpaid);
    const found = await sweep();
    expect(ids(found.notified)).toEqual([paid.id]);
    const result = (await system.handle(paid.id).result()) as RecoveryResult;
    expect(result).toMatchObject({ outcome: "recovered" });
    expect(await historyLength(unpaid)).toBe(before);
  });

  test("acts on a success once, even if several sweeps find it", async () => {
    const debt = await fail();
    await sweep();
    await untilWaiting(debt);
    // Another price: the operator decides whether it pays this debt, so the recovery stays open.
    await system.sandbox.control.charge(debt.id, {
      amountMinor: 500,
      outcome: { succeed: true, afterMs: 0 },
    });
    await settled(system, debt.id);
    expect(ids((await sweep()).notified)).toContain(debt.id);
    const { timeline } = await until(
      async () => {
        const view = await system.readView(debt.id);
        const isQuiet = Object.keys(view.recovery.pendingEffects).length === 0;
        return view.recovery.state === "needs_attention" && isQuiet ? view : null;
      },
      { what: "the open question" },
    );
    const before = await historyLength(debt);
    await sweep();
    await until(async () => (await historyLength(debt)) > before, {
      what: "the second notification",
    });
    expect((await system.readView(debt.id)).timeline).toEqual(timeline);
  });
});

describe("an ended debt", () => {
  test("is not opened again, whether it was recovered, written off or never owed", async () => {
    const { control } = system.sandbox;
    const recovered = await fail();
    const writtenOff = await fail();
    const paidBefore = await fail();
    await control.payAsCustomer(paidBefore.id, { card: "good" });
    await settled(system, paidBefore.id);
    await sweep();
    await untilWaiting(writtenOff);
    await system.handle(writtenOff.id).executeUpdate("writeOff", { args: [{ by: "anna" }] });
    await system.runToEnd(recovered.id);
    expect((await system.runToEnd(paidBefore.id)).outcome).toBe("nothing_owed");
    expect((await system.runToEnd(writtenOff.id)).outcome).toBe("written_off");
    expect((await control.ledgerOf(writtenOff.id)).status).toBe("on_hold");
    const all = [recovered, writtenOff, paidBefore];
    const before = await Promise.all(all.map((one) => runOf(one)));
    const found = await sweep();
    expect(await Promise.all(all.map((one) => runOf(one)))).toEqual(before);
    for (const { id } of all)
      expect([...ids(found.opened), ...ids(found.listed)]).not.toContain(id);
  });

  test("does not hide a payment that fails later", async () => {
    const { control } = system.sandbox;
    const { subscriptionId } = await control.createSubscription({ onDemand: true });
    const { paymentId } = await control.charge(subscriptionId, { outcome: { processing: true } });
    const id = parseSubscriptionId(subscriptionId);
    if (id === null) throw new Error("no id");
    // This run finds the payment open, so nothing is owed.
    const hint = { kind: "subscription_reported", webhookId: "w1", type: "x" } as const;
    const event = { ...hint, ...subscriptionStatus(null) };
    await createSweepClient(system.client, system.taskQueue).open(id, event, "");
    expect((await system.runToEnd(id)).outcome).toBe("nothing_owed");
    await control.settlePayment(paymentId, { outcome: SOFT });
    const found = await sweep();
    expect(ids(found.opened)).toContain(subscriptionId);
  });

  test("is opened again if its workflow was terminated in Temporal", async () => {
    const debt = await fail();
    await sweep();
    await system.handle(debt.id).terminate("by hand");
    const run = await runOf(debt);
    const found = await sweep();
    expect(ids(found.opened)).toContain(debt.id);
    expect(await runOf(debt)).not.toBe(run);
  });
});

describe("a payment or a hold without a debt", () => {
  test("is ignored: an opted-out hold, a method change, a payment of zero, a one-time payment", async () => {
    const own = await ownSystem();
    const { control } = own.sandbox;
    await control.createSubscription({ status: "on_hold", metadata: { reprise: "off" } });
    const { customerId, paymentId } = await control.createPayment({ outcome: SOFT });
    await control.createPayment({ customerId });
    await control.createPayment({ totalMinor: 0, outcome: SOFT });
    await until(
      async () => (await control.ledger()).oneTime.some(({ status }) => status === "failed"),
      { what: `the end of ${paymentId}` },
    );
    const found = await sweep(own);
    expect(found).toMatchObject({ opened: [], notified: [], listed: [], checkouts: [] });
    expect(found.rows).toBeGreaterThan(1);
  });
});

describe("a long list", () => {
  test("with thousands of rows is read completely, page by page, across continue-as-new", async () => {
    const own = await ownSystem();
    const { control } = own.sandbox;
    const debts: Failed[] = [];
    const { customerId } = await control.createCustomer();
    for (let made = 0; made < 2_700; made += 45) {
      await Promise.all(
        Array.from({ length: 45 }, () => control.createPayment({ customerId, outcome: SOFT })),
      );
      if (made % 900 === 0) debts.push(await fail({ at: own }));
    }
    await until(
      async () => (await control.ledger()).oneTime.every(({ status }) => status === "failed"),
      { what: "all failures" },
    );
    const startedAt = performance.now();
    const handle = await start(own);
    const found = (await handle.result()) as SweepResult;
    console.log(`${found.rows} rows took ${Math.round(performance.now() - startedAt)} ms`);
    expect(found.rows).toBeGreaterThan(2_700);
    expect(found.pages).toBeGreaterThan(27);
    expect(ids(found.opened).toSorted()).toEqual(debts.map(({ id }) => id).toSorted());
    const chain = await own.client.workflow.count(`WorkflowId = "${handle.workflowId}"`);
    expect(chain.count).toBeGreaterThan(1);
    const { historyLength: events } = await handle.describe();
    expect(events).toBeLessThan(300);
  }, 90_000);

  test("that changes between pages opens a debt once, even if its row is read twice", async () => {
    const own = await ownSystem();
    const { control } = own.sandbox;
    const { customerId } = await control.createCustomer();
    const boundary = await fail({ at: own, agoMs: HOUR_MS });
    for (let made = 0; made < 99; made += 1) {
      await control.createPayment({ customerId, outcome: SOFT });
    }
    await until(
      async () => (await control.ledger()).oneTime.every(({ status }) => status === "failed"),
      { what: "all failures" },
    );
    const moved = await fail({ at: own, agoMs: MINUTE_MS });
    await control.settlePayment(moved.paymentId, { outcome: "succeed", force: true });
    await control.addFault({ kind: "slow", ms: 1_500, route: "/payments", skip: 1 });
    const handle = await start(own);
    await until(async () => (await runOf(boundary, own)) !== null, { what: "the first page" });
    // One more row before it moves the hundredth row to the second page.
    await control.settlePayment(moved.paymentId, { outcome: SOFT, force: true });
    const found = (await handle.result()) as SweepResult;
    expect(found.rows).toBeGreaterThan(101);
    expect(ids(found.opened).filter((id) => id === boundary.id)).toHaveLength(1);
  });
});

describe("an error of Dodo", () => {
  test("is retried by the sweep: HTTP 503, HTTP 429 and a lost answer", async () => {
    const own = await ownSystem();
    const debt = await fail({ at: own });
    const { control } = own.sandbox;
    await control.addFault({ kind: "error_before", status: 503, route: "/payments", times: 2 });
    await control.addFault({ kind: "refuse", code: "TOO_MANY_REQUESTS", route: "/subscriptions" });
    await control.addFault({ kind: "drop_before", route: "/subscriptions" });
    expect(ids((await sweep(own)).opened)).toEqual([debt.id]);
  });

  test("ends the sweep at once, with a reason and a single request, if the API key is refused", async () => {
    const own = await ownSystem();
    await own.sandbox.control.setSettings({ apiKey: "dodo_test_rotated" });
    const error: unknown = await sweep(own).catch((failed: unknown) => failed);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause?.message).toMatch(
      /^Dodo refuses the API key: UNAUTHORIZED \(HTTP 401, request req_\w+\)\. Nothing is swept until the key works; check DODO_PAYMENTS_API_KEY$/,
    );
    expect(await own.sandbox.control.requests()).toHaveLength(1);
  });
});

test("the sweep records no customer name and no email address in Temporal", async () => {
  const own = await ownSystem();
  const { customerId } = await own.sandbox.control.createCustomer({
    name: "Ada Lovelace",
    email: "ada@example.com",
  });
  const debt = await fail({ at: own, subscription: { customerId } });
  const handle = await start(own);
  await handle.result();
  const text = textOfHistory(await handle.fetchHistory());
  expect(text).toContain(debt.id);
  expect(text).not.toMatch(/Lovelace|ada@example/);
});
