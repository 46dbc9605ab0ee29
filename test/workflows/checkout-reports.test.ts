import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { skipTime } from "../../dev/temporal/skip-time.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import type { SweepResult } from "../../domain/sweep/sweep.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/values/time.ts";
import type { PaymentInput } from "../../sandbox/control/inputs.ts";
import type { CheckoutResult } from "../../workflows/checkout/checkout-recovery.ts";
import { type Order, placeOrder, workflowOf } from "../support/merchant/order.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

const NOTIFY = { policy: { ...DEFAULT_POLICY, oneTimePayments: "notify" } } as const;
const RETURNED = { decline: "INSUFFICIENT_FUNDS", afterMs: 0 };

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem(NOTIFY);
});

afterAll(async () => {
  await system.close();
});

async function withoutWebhooks(): Promise<TestSystem> {
  const own = await startTestSystem({ ...NOTIFY, settings: { webhookUrl: null } });
  onTestFinished(() => own.close());
  return own;
}

const order = async (input: PaymentInput, at: TestSystem = system): Promise<Order> =>
  await placeOrder(at, input);

async function isFollowed(one: Order, at: TestSystem = system): Promise<boolean> {
  const handle = at.client.workflow.getHandle(workflowOf(one));
  return await handle.describe().then(
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

async function resultOf(one: Order): Promise<CheckoutResult> {
  return (await system.client.workflow.getHandle(workflowOf(one)).result()) as CheckoutResult;
}

async function report(type: "detected" | "recovered", one: Order, data = {}): Promise<void> {
  const { paymentId } = one;
  const { control } = system.sandbox;
  const { deliveryId } = await control.sendEvent({
    type: `abandoned_checkout.${type}`,
    paymentId,
    data,
  });
  await until(
    async () =>
      (await control.deliveries()).some(
        (delivery) => delivery.deliveryId === deliveryId && delivery.state === "accepted",
      ),
    { what: `abandoned_checkout.${type}` },
  );
}

async function sweep(at: TestSystem): Promise<SweepResult> {
  return (await at.client.workflow.execute("reconciliationSweep", {
    taskQueue: at.taskQueue,
    workflowId: `sweep-${randomUUID()}`,
    args: [],
  })) as SweepResult;
}

describe("a checkout that Dodo reports as abandoned", () => {
  test("is followed, and the operator is told once that Dodo's own emails run too", async () => {
    const [one, other] = [await order({}), await order({})];
    for (const each of [one, other, one]) await report("detected", each);
    expect([await isFollowed(one), await isFollowed(other)]).toEqual([true, true]);
    const isTold = (): boolean => told().length > 0;
    const told = (): readonly string[] =>
      system.inbox.mails
        .map(({ subject }) => subject)
        .filter((text) => /abandoned cart/.test(text));
    await until(isTold, { what: "the operator's mail" });
    const alerts = `alerts-${system.taskQueue}-dodo_cart_recovery`;
    await skipTime(system.environment.nativeConnection, "default", alerts, 7 * DAY_MS);
    expect(told()).toHaveLength(1);
    await skip(one, 2 * HOUR_MS);
    await until(() => system.mailsTo(one.email).length === 1, { what: "the notice" });
  });

  test("ends as recovered without a mail when Dodo reports so and its payment shows it", async () => {
    const one = await order({});
    await report("detected", one);
    expect(await isFollowed(one)).toBe(true);
    const { customerId } = one;
    const { paymentId } = await system.sandbox.control.createPayment({
      customerId,
      outcome: { succeed: true, afterMs: 0 },
      // Older than the abandoned payment: only the report leads to it.
      createdAt: Date.now() - DAY_MS,
    });
    await until(
      async () =>
        (await system.sandbox.control.ledger()).oneTime.some(
          (payment) => payment.paymentId === paymentId && payment.status === "succeeded",
        ),
      { what: "the success" },
    );
    await report("recovered", one, { recovered_payment_id: paymentId });
    expect(await resultOf(one)).toMatchObject({ outcome: "recovered", notices: 0 });
    expect(system.mailsTo(one.email)).toEqual([]);
  });

  test("gets its mail if Dodo reports it as recovered by a payment that did not succeed", async () => {
    const one = await order({});
    const another = await order({ outcome: { succeed: true, afterMs: 0 } });
    await report("detected", one);
    expect(await isFollowed(one)).toBe(true);
    // Another customer's payment shows nothing.
    await report("recovered", one, { recovered_payment_id: another.paymentId });
    await skip(one, HOUR_MS + MINUTE_MS);
    await until(() => system.mailsTo(one.email).length === 1, { what: "the notice" });
    await skip(one, 3 * DAY_MS);
    expect(await resultOf(one)).toMatchObject({ outcome: "unpaid" });
  });
});

describe("a bank debit that is returned days after it was made", () => {
  test("causes a mail an hour after its return", async () => {
    const made = { outcome: { processing: true }, createdAt: Date.now() - 6 * DAY_MS } as const;
    const one = await order(made);
    await system.sandbox.control.settlePayment(one.paymentId, { outcome: RETURNED });
    await followed(one);
    await skip(one, HOUR_MS - MINUTE_MS);
    expect(system.mailsTo(one.email)).toEqual([]);
    await skip(one, 3 * DAY_MS);
    expect(await resultOf(one)).toMatchObject({ outcome: "unpaid", notices: 2 });
    expect(system.mailsTo(one.email)).toHaveLength(2);
  });

  test("is found by the sweep if its webhook is lost, and so is that of a subscription", async () => {
    const own = await withoutWebhooks();
    const { control } = own.sandbox;
    const made = { outcome: { processing: true }, createdAt: Date.now() - 9 * DAY_MS } as const;
    const one = await order(made, own);
    const { subscriptionId } = await control.createSubscription({ createdAt: made.createdAt });
    const ofSubscription = { ...made, subscriptionIds: [subscriptionId] };
    const { paymentId: debit } = await control.createPayment(ofSubscription);
    expect(await sweep(own)).toMatchObject({ checkouts: [], opened: [] });
    for (const id of [one.paymentId, debit]) await control.settlePayment(id, { outcome: RETURNED });
    const found = await sweep(own);
    expect(found.checkouts).toEqual([one.paymentId]);
    expect(found.opened).toMatchObject([{ subscriptionId, paymentId: debit }]);
    await until(async () => (await own.readView(subscriptionId)).recovery.debt, {
      what: "the debt of the returned debit",
    });
  });
});
