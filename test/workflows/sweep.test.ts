import type { WorkflowHandle } from "@temporalio/client";
import { WorkflowFailedError } from "@temporalio/client";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { RecoveryResult } from "../../domain/debt/result.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import type { SweepResult } from "../../domain/sweep/sweep.ts";
import { parseSubscriptionId } from "../../domain/values/ids.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/values/time.ts";
import { createSweepClient } from "../../worker/recovery-client.ts";
import { textOfHistory } from "../support/temporal/history-text.ts";
import { openStage, type Stage, type StageOptions } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

/** Dodo has no endpoint: every webhook is lost. The second look comes soon, so that no time need be skipped. */
const LOST = {
  settings: { webhookUrl: null },
  policy: { ...DEFAULT_POLICY, openingRereadMs: 200 },
} as const satisfies StageOptions;
const SOFT = { decline: "INSUFFICIENT_FUNDS", afterMs: 0 };

let stage: Stage;

beforeAll(async () => {
  stage = await openStage(LOST);
});

afterAll(async () => {
  await stage.close();
});

async function ownStage(options: StageOptions = {}): Promise<Stage> {
  const own = await openStage({ ...LOST, ...options });
  onTestFinished(() => own.close());
  return own;
}

async function start(at: Stage = stage): Promise<WorkflowHandle> {
  return await at.client.workflow.start("reconciliationSweep", {
    taskQueue: at.taskQueue,
    workflowId: `sweep-${randomUUID()}`,
    args: [],
  });
}

const sweep = async (at: Stage = stage): Promise<SweepResult> => await (await start(at)).result();

type Failed = { readonly id: string; readonly paymentId: string };

type FailOptions = {
  readonly at?: Stage;
  /** How long ago the payment was made. */
  readonly agoMs?: number;
  readonly subscription?: Parameters<Stage["sandbox"]["control"]["createSubscription"]>[0];
};

/** A charge failed, and nobody was told. */
async function fail({
  at = stage,
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

async function settled(at: Stage, id: string): Promise<void> {
  await until(async () => (await at.sandbox.control.ledgerOf(id)).open === 0, {
    what: `the end of ${id}'s payments`,
  });
}

/** Null where the recovery was never opened. */
async function runOf({ id }: Failed, at: Stage = stage): Promise<string | null> {
  return await at
    .handle(id)
    .describe()
    .then(
      ({ runId }) => runId,
      () => null,
    );
}

async function historyLength({ id }: Failed, at: Stage = stage): Promise<number> {
  return (await at.handle(id).describe()).historyLength;
}

const ids = (found: SweepResult["opened"]): string[] =>
  found.map(({ subscriptionId }) => subscriptionId);

/** Until nothing is pending: the recovery waits for days. */
async function untilWaiting({ id }: Failed, at: Stage = stage): Promise<void> {
  await until(
    async () => {
      const { recovery } = await at.view(id);
      return recovery.debt !== null && Object.keys(recovery.pendingEffects).length === 0;
    },
    { what: `${id} waits` },
  );
}

describe("a debt of which no webhook came", () => {
  test("is found by the sweep, and recovered", async () => {
    const debt = await fail();
    const found = await sweep();
    expect(ids(found.opened)).toContain(debt.id);
    const result = await stage.play(debt.id);
    expect(result).toMatchObject({ outcome: "recovered", by: "attempt" });
    expect(result.debts[0]?.debtId).toBe(debt.paymentId);
    expect((await stage.sandbox.control.ledgerOf(debt.id)).succeeded).toBe(1);
    const { staticSummary } = await stage.handle(debt.id).describe();
    expect(await staticSummary()).toBe("USD 29.00 failed: found by the sweep");
  });

  test("older than max_debt_age is listed, and not opened", async () => {
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

  test("is one of many at a first start: some are opened in each sweep, and none is forgotten", async () => {
    const own = await ownStage({ policy: { ...LOST.policy, maxOpenedPerSweep: 2 } });
    const all: string[] = [];
    for (let count = 0; count < 5; count += 1) all.push((await fail({ at: own })).id);
    const opened: string[] = [];
    for (const [count, waiting] of [
      [2, 3],
      [2, 1],
      [1, 0],
    ] as const) {
      const found = await sweep(own);
      expect(found.counts).toMatchObject({ opened: count, waiting });
      expect(found.listed).toEqual([]);
      expect(found.deferredSince === null).toBe(waiting === 0);
      opened.push(...ids(found.opened));
    }
    expect(opened.toSorted()).toEqual(all.toSorted());
  });

  test("is opened once by two sweeps at the same time", async () => {
    const debt = await fail();
    await Promise.all([sweep(), sweep()]);
    const run = await runOf(debt);
    expect(run).not.toBeNull();
    await sweep();
    expect(await runOf(debt)).toBe(run);
  });

  test("is opened in shadow mode too, and watched there", async () => {
    const shadow = await ownStage({ mode: "shadow" });
    const debt = await fail({ at: shadow });
    expect(ids((await sweep(shadow)).opened)).toEqual([debt.id]);
    await untilWaiting(debt, shadow);
    expect((await shadow.view(debt.id)).recovery.mode).toBe("shadow");
    expect(shadow.inbox.mails).toEqual([]);
  });
});

describe("a recovery that is open", () => {
  test("is left alone by a sweep while its debt is not gone, however many there are", async () => {
    const own = await ownStage();
    const debts = await Promise.all(Array.from({ length: 40 }, () => fail({ at: own })));
    expect((await sweep(own)).counts.opened).toBe(40);
    for (const debt of debts) await untilWaiting(debt, own);
    const before = await Promise.all(debts.map((debt) => historyLength(debt, own)));
    const found = await sweep(own);
    expect(found.counts).toMatchObject({ opened: 0, told: 0, listed: 0 });
    // Each is met twice: as a failed payment, and as a hold.
    expect(found.counts.haveRecovery).toBe(80);
    expect(await Promise.all(debts.map((debt) => historyLength(debt, own)))).toEqual(before);
  }, 60_000);

  test("is told once its debt is gone, reads, and ends", async () => {
    const paid = await fail();
    const unpaid = await fail();
    await sweep();
    await untilWaiting(paid);
    await untilWaiting(unpaid);
    await stage.sandbox.control.payAsCustomer(paid.id, { card: "good" });
    await settled(stage, paid.id);
    const before = await historyLength(unpaid);
    const found = await sweep();
    expect(ids(found.notified)).toEqual([paid.id]);
    const result = (await stage.handle(paid.id).result()) as RecoveryResult;
    expect(result).toMatchObject({ outcome: "recovered" });
    expect(await historyLength(unpaid)).toBe(before);
  });

  test("is told of a success once, however many sweeps see it", async () => {
    const debt = await fail();
    await sweep();
    await untilWaiting(debt);
    // Another price: a person is asked whether it is this debt's, so that the recovery stays open.
    await stage.sandbox.control.charge(debt.id, {
      amountMinor: 500,
      outcome: { succeed: true, afterMs: 0 },
    });
    await settled(stage, debt.id);
    expect(ids((await sweep()).notified)).toContain(debt.id);
    const { timeline } = await until(
      async () => {
        const view = await stage.view(debt.id);
        const isQuiet = Object.keys(view.recovery.pendingEffects).length === 0;
        return view.recovery.state === "needs_attention" && isQuiet ? view : null;
      },
      { what: "the question" },
    );
    const before = await historyLength(debt);
    await sweep();
    await until(async () => (await historyLength(debt)) > before, { what: "the second hint" });
    expect((await stage.view(debt.id)).timeline).toEqual(timeline);
  });
});

describe("a debt that ended", () => {
  test("is not opened again: recovered, written off though still on hold, or nothing owed", async () => {
    const { control } = stage.sandbox;
    const recovered = await fail();
    const writtenOff = await fail();
    const paidBefore = await fail();
    await control.payAsCustomer(paidBefore.id, { card: "good" });
    await settled(stage, paidBefore.id);
    await sweep();
    await untilWaiting(writtenOff);
    await stage.handle(writtenOff.id).executeUpdate("writeOff", { args: [{ by: "anna" }] });
    await stage.play(recovered.id);
    expect((await stage.play(paidBefore.id)).outcome).toBe("nothing_owed");
    expect((await stage.play(writtenOff.id)).outcome).toBe("written_off");
    expect((await control.ledgerOf(writtenOff.id)).status).toBe("on_hold");
    const all = [recovered, writtenOff, paidBefore];
    const before = await Promise.all(all.map((one) => runOf(one)));
    const found = await sweep();
    expect(await Promise.all(all.map((one) => runOf(one)))).toEqual(before);
    for (const { id } of all)
      expect([...ids(found.opened), ...ids(found.listed)]).not.toContain(id);
  });

  test("before this payment failed does not hide it", async () => {
    const { control } = stage.sandbox;
    const { subscriptionId } = await control.createSubscription({ onDemand: true });
    const { paymentId } = await control.charge(subscriptionId, { outcome: { processing: true } });
    const id = parseSubscriptionId(subscriptionId);
    if (id === null) throw new Error("no id");
    // A run that found the payment open, and nothing owed.
    const hint = {
      kind: "subscription_reported",
      webhookId: "w1",
      type: "x",
      status: null,
    } as const;
    await createSweepClient(stage.client, stage.taskQueue).open(id, hint, "");
    expect((await stage.play(id)).outcome).toBe("nothing_owed");
    await control.settlePayment(paymentId, { outcome: SOFT });
    const found = await sweep();
    expect(ids(found.opened)).toContain(subscriptionId);
  });

  test("by being terminated in Temporal is listed, and not opened: somebody meant it", async () => {
    const debt = await fail();
    await sweep();
    await stage.handle(debt.id).terminate("by hand");
    const run = await runOf(debt);
    const found = await sweep();
    expect(ids(found.listed)).toContain(debt.id);
    expect(await runOf(debt)).toBe(run);
  });
});

describe("what is no debt", () => {
  test("is passed over: opted-out holds, method changes, payments of nothing, one-time payments", async () => {
    const own = await ownStage();
    const { control } = own.sandbox;
    await control.createSubscription({ status: "on_hold", metadata: { reprise: "off" } });
    const { customerId, paymentId } = await control.createPayment({ outcome: SOFT });
    await control.createPayment({ customerId });
    await control.createPayment({ totalMinor: 0, outcome: SOFT });
    await until(
      async () => (await control.ledger()).oneTime.some(({ status }) => status === "failed"),
      {
        what: paymentId,
      },
    );
    const found = await sweep(own);
    expect(found).toMatchObject({ opened: [], told: [], listed: [], checkouts: [] });
    expect(found.rows).toBeGreaterThan(1);
  });
});

describe("a long list", () => {
  test("of thousands is gone through page by page, continued as new, and nothing in it is missed", async () => {
    const own = await ownStage();
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

  test("that moves while its pages are turned opens a row that comes twice once", async () => {
    const own = await ownStage();
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
    // One more row before it: the hundredth becomes the first of the second page.
    await control.settlePayment(moved.paymentId, { outcome: SOFT, force: true });
    const found = (await handle.result()) as SweepResult;
    expect(found.rows).toBeGreaterThan(101);
    expect(ids(found.opened).filter((id) => id === boundary.id)).toHaveLength(1);
  });
});

describe("Dodo's bad days", () => {
  test("are waited for: 5xx, 429 and lost answers", async () => {
    const own = await ownStage();
    const debt = await fail({ at: own });
    const { control } = own.sandbox;
    await control.addFault({ kind: "error_before", status: 503, route: "/payments", times: 2 });
    await control.addFault({ kind: "refuse", code: "TOO_MANY_REQUESTS", route: "/subscriptions" });
    await control.addFault({ kind: "drop_before", route: "/subscriptions" });
    expect(ids((await sweep(own)).opened)).toEqual([debt.id]);
  });

  test("a key that is refused ends the sweep at once, with the reason and without a storm", async () => {
    const own = await ownStage();
    await own.sandbox.control.setSettings({ apiKey: "dodo_test_rotated" });
    const error: unknown = await sweep(own).catch((failed: unknown) => failed);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause?.message).toBe(
      "Dodo refuses the API key: UNAUTHORIZED (HTTP 401). Nothing is swept until it is mended",
    );
    expect(await own.sandbox.control.requests()).toHaveLength(1);
  });
});

test("the sweep puts no name and no address into Temporal", async () => {
  const own = await ownStage();
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
