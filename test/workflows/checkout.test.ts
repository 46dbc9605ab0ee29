import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { skipTime } from "../../dev/temporal/skip-time.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import type { SweepResult } from "../../domain/sweep/sweep.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/values/time.ts";
import type { PaymentInput } from "../../sandbox/control/inputs.ts";
import type { CheckoutResult } from "../../workflows/checkout/checkout-recovery.ts";
import { type Order, placeOrder, workflowOf } from "../support/merchant/order.ts";
import {
  startTestSystem,
  type TestSystem,
  type TestSystemOptions,
} from "../support/system/test-system.ts";
import { textOfHistory } from "../support/temporal/history-text.ts";
import { until } from "../support/until.ts";

const NOTIFY = { policy: { ...DEFAULT_POLICY, oneTimePayments: "notify" } } as const;

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem(NOTIFY);
});

afterAll(async () => {
  await system.close();
});

async function ownSystem(options: TestSystemOptions): Promise<TestSystem> {
  const own = await startTestSystem(options);
  onTestFinished(() => own.close());
  return own;
}

const order = async (input: PaymentInput, at: TestSystem = system): Promise<Order> =>
  await placeOrder(at, input);

async function isFollowed(one: Order, at: TestSystem = system): Promise<boolean> {
  return await at.client.workflow
    .getHandle(workflowOf(one))
    .describe()
    .then(
      () => true,
      () => false,
    );
}

async function followed(one: Order, at: TestSystem = system): Promise<void> {
  await until(() => isFollowed(one, at), { what: `the checkout of ${one.paymentId}` });
}

async function skip(one: Order, durationMs: number, at: TestSystem = system): Promise<void> {
  await skipTime(at.environment.nativeConnection, "default", workflowOf(one), durationMs);
}

async function resultOf(one: Order, at: TestSystem = system): Promise<CheckoutResult> {
  return (await at.client.workflow.getHandle(workflowOf(one)).result()) as CheckoutResult;
}

async function sweep(at: TestSystem = system): Promise<SweepResult> {
  return (await at.client.workflow.execute("reconciliationSweep", {
    taskQueue: at.taskQueue,
    workflowId: `sweep-${randomUUID()}`,
    args: [],
  })) as SweepResult;
}

const EMPTY = { decline: "INSUFFICIENT_FUNDS" };

describe("a one-time payment", () => {
  test("causes a mail an hour after its decline and one reminder, and is never charged", async () => {
    const one = await order({ outcome: EMPTY });
    await followed(one);
    await skip(one, HOUR_MS - MINUTE_MS);
    expect(system.mailsTo(one.email)).toEqual([]);
    await skip(one, 2 * MINUTE_MS);
    await until(() => system.mailsTo(one.email).length === 1, { what: "the first notice" });
    const mail = system.inbox.mails.find(({ to }) => to.includes(one.email));
    expect(mail?.subject).toBe("Your payment of $29.00 did not go through");
    expect(mail?.text).toContain("There were not enough funds available.");
    expect(mail?.text).toContain(`${system.sandbox.url}/pay/${one.paymentId}`);
    expect(mail?.text).not.toContain("INSUFFICIENT");
    await skip(one, 3 * DAY_MS);
    expect(system.mailsTo(one.email)).toHaveLength(2);
    expect(await resultOf(one)).toMatchObject({ outcome: "unpaid", notices: 2 });
    const requests = await system.sandbox.control.requests();
    expect(requests.filter(({ mutating }) => mutating)).toEqual([]);
  });

  test("causes no mail if the customer pays within the hour", async () => {
    const one = await order({ outcome: EMPTY });
    await followed(one);
    const again = await system.sandbox.control.createPayment({
      customerId: one.customerId,
      outcome: "succeed",
    });
    await until(
      async () =>
        (await system.sandbox.control.ledger()).oneTime.some(
          ({ paymentId, status }) => paymentId === again.paymentId && status === "succeeded",
        ),
      { what: "the success" },
    );
    await skip(one, 2 * HOUR_MS);
    expect(await resultOf(one)).toMatchObject({ outcome: "paid", notices: 0 });
    expect(system.mailsTo(one.email)).toEqual([]);
  });

  test("causes no reminder if it is paid after the first mail", async () => {
    const one = await order({ outcome: EMPTY });
    await followed(one);
    await skip(one, 2 * HOUR_MS);
    await until(() => system.mailsTo(one.email).length === 1, { what: "the first notice" });
    await system.sandbox.control.settlePayment(one.paymentId, { outcome: "succeed", force: true });
    await skip(one, 2 * DAY_MS);
    expect(await resultOf(one)).toMatchObject({ outcome: "paid", notices: 1 });
    expect(system.mailsTo(one.email)).toHaveLength(1);
  });

  test("causes one mail for four declined payments by one customer", async () => {
    const first = await order({ outcome: EMPTY });
    await followed(first);
    const more: Order[] = [];
    for (let number = 0; number < 3; number += 1) {
      const { customerId, email } = first;
      const input = { customerId, outcome: EMPTY };
      const { paymentId } = await system.sandbox.control.createPayment(input);
      more.push({ paymentId, customerId, email });
    }
    const last = more.at(-1) ?? first;
    for (const one of more) await followed(one);
    for (const one of [first, ...more]) await skip(one, 2 * HOUR_MS);
    expect(system.mailsTo(first.email)).toHaveLength(1);
    expect(await resultOf(first)).toMatchObject({ rule: "checkout.superseded" });
    await skip(last, 3 * DAY_MS);
    expect(await resultOf(last)).toMatchObject({ outcome: "unpaid", notices: 2 });
  });

  test("causes a mail even if the customer cancelled a later payment", async () => {
    const one = await order({ outcome: EMPTY });
    await followed(one);
    const { customerId } = one;
    await system.sandbox.control.createPayment({ customerId, outcome: { cancelled: true } });
    await until(
      async () =>
        (await system.sandbox.control.ledger()).oneTime.some(
          ({ status }) => status === "cancelled",
        ),
      { what: "the cancelled payment" },
    );
    await skip(one, 2 * HOUR_MS);
    await until(() => system.mailsTo(one.email).length === 1, { what: "the notice" });
  });

  test.each([
    ["left on the payment page", {}, "Your payment of $29.00 is not complete"],
    [
      "left on the bank's page",
      { outcome: { requires_customer_action: true } },
      "Please confirm your payment of $29.00",
    ],
  ] as const)("that was %s has no webhook, so the sweep finds it", async (_, input, subject) => {
    const one = await order({ ...input, createdAt: Date.now() - 2 * HOUR_MS });
    const old = await order({ ...input, createdAt: Date.now() - 25 * HOUR_MS });
    const found = await until(
      async () => {
        const { checkouts } = await sweep();
        return (checkouts as readonly string[]).includes(one.paymentId) ? checkouts : null;
      },
      { what: "the sweep to find the payment" },
    );
    expect(found).not.toContain(old.paymentId);
    await until(() => system.mailsTo(one.email).length === 1, { what: "the notice" });
    expect(system.mailsTo(one.email)).toEqual([subject]);
    expect((await sweep()).checkouts).not.toContain(one.paymentId);
    await skip(one, 3 * DAY_MS);
    expect(await resultOf(one)).toMatchObject({ outcome: "unpaid" });
    expect((await sweep()).checkouts).not.toContain(one.paymentId);
    expect(await isFollowed(old)).toBe(false);
  });

  test("is found by the sweep if the webhook of its decline is lost", async () => {
    const own = await ownSystem({ ...NOTIFY, settings: { webhookUrl: null } });
    const one = await order({ outcome: { ...EMPTY, afterMs: 0 } }, own);
    await until(async () => (await own.sandbox.control.ledger()).oneTime[0]?.status === "failed", {
      what: "the failure",
    });
    expect((await sweep(own)).checkouts).toEqual([one.paymentId]);
    expect((await sweep(own)).checkouts).toEqual([]);
  });

  test("causes its mail even if Dodo fails for a while", async () => {
    const one = await order({ outcome: EMPTY });
    await followed(one);
    await system.sandbox.control.addFault({
      kind: "error_before",
      route: "/payments/:id",
      times: 4,
    });
    await skip(one, 3 * HOUR_MS);
    await until(() => system.mailsTo(one.email).length === 1, { what: "the notice" });
  });

  test("causes no mail in shadow mode", async () => {
    const own = await ownSystem({ ...NOTIFY, mode: "shadow" });
    const one = await order({ outcome: EMPTY }, own);
    await followed(one, own);
    await skip(one, 4 * DAY_MS, own);
    expect(await resultOf(one, own)).toMatchObject({ outcome: "unpaid", notices: 2 });
    expect(own.inbox.mails).toEqual([]);
  });

  test("records no customer name, no email address and no payment page in Temporal", async () => {
    const one = await order({ outcome: EMPTY });
    await followed(one);
    await skip(one, 4 * DAY_MS);
    const handle = system.client.workflow.getHandle(workflowOf(one));
    const text = textOfHistory(await handle.fetchHistory());
    expect(text).toContain(one.paymentId);
    expect(text).not.toMatch(/Buyer \d|buyer-\d|\/pay\//);
  });
});

describe("the policy one_time_payments: ignore", () => {
  test("starts one workflow for many declined payments, which ends at once", async () => {
    const own = await ownSystem({});
    const first = await order({ outcome: EMPTY }, own);
    await followed(first, own);
    expect(await resultOf(first, own)).toMatchObject({ outcome: "ignored", notices: 0 });
    const others: Order[] = [];
    // The gateway reads the result a moment after the workflow has ended.
    await until(
      async () => {
        const one = await order({ outcome: EMPTY }, own);
        others.push(one);
        await until(
          async () =>
            (await own.sandbox.control.deliveries()).some(
              ({ paymentId, state }) => paymentId === one.paymentId && state === "accepted",
            ),
          { what: "its webhook" },
        );
        return !(await isFollowed(one, own));
      },
      { what: "a declined payment without a workflow" },
    );
    expect(others.length).toBeLessThan(10);
    expect((await sweep(own)).checkouts).toEqual([]);
    expect(own.inbox.mails).toEqual([]);
  });
});
