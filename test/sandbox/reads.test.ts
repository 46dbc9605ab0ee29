import type DodoPayments from "dodopayments";
import { describe, expect, test } from "vitest";
import type { Outcome } from "../../sandbox/model/state/outcome.ts";
import { until, withTimeEnough } from "../support/until.ts";
import {
  apiErrorOf,
  type SandboxSetup,
  sdk,
  setUpSandbox,
  subscriptionOnHold,
  untilEnded,
} from "./support.ts";

async function paid({ control }: SandboxSetup, count: number): Promise<string> {
  const { subscriptionId } = await control.createSubscription();
  for (let made = 0; made < count; made += 1) {
    await control.charge(subscriptionId, { metadata: { number: made } });
  }
  await until(async () => (await control.ledgerOf(subscriptionId)).open === 0);
  return subscriptionId;
}

describe("the list of payments", () => {
  test("payments are listed newest first, ten a page, from page 0", async () => {
    const setup = await setUpSandbox();
    const subscription_id = await paid(setup, 25);
    const numbers = async (page?: number): Promise<unknown[]> => {
      const query = { subscription_id, ...(page === undefined ? {} : { page_number: page }) };
      const { items } = await setup.dodo.payments.list(query);
      return items.map(({ metadata }) => metadata["number"]);
    };
    const down = (from: number, to: number): number[] =>
      Array.from({ length: from - to + 1 }, (_, index) => from - index);
    expect(await numbers()).toEqual(down(24, 15));
    expect(await numbers(0)).toEqual(down(24, 15));
    expect(await numbers(1)).toEqual(down(14, 5));
    expect(await numbers(2)).toEqual(down(4, 0));
    expect(await numbers(3)).toEqual([]);
  });

  test("the SDK's own paging skips ten payments because it expects page 1 first", async () => {
    const setup = await setUpSandbox();
    const subscription_id = await paid(setup, 25);
    const count = async (query: DodoPayments.PaymentListParams): Promise<number> => {
      let found = 0;
      for await (const _payment of setup.dodo.payments.list(query)) found += 1;
      return found;
    };
    expect(await count({ subscription_id })).toBe(15);
    expect(await count({ subscription_id, page_number: 0 })).toBe(25);
  });

  test("a page holds up to a hundred payments", async () => {
    const setup = await setUpSandbox();
    const subscription_id = await paid(setup, 12);
    const all = await setup.dodo.payments.list({ subscription_id, page_size: 100 });
    expect(all.items).toHaveLength(12);
    const tooMany = setup.dodo.payments.list({ page_size: 101 }).then((page) => page);
    expect(await apiErrorOf(tooMany)).toBe("422 INVALID_REQUEST_PARAMETERS");
  });

  test("payments are filtered by subscription, customer, status and time", async () => {
    const setup = await setUpSandbox();
    const held = await subscriptionOnHold(setup);
    await subscriptionOnHold(setup);
    const since = new Date(Date.now() + 60_000).toISOString();
    const found = async (query: DodoPayments.PaymentListParams): Promise<number> =>
      (await setup.dodo.payments.list(query)).items.length;
    expect(await found({})).toBe(2);
    expect(await found({ subscription_id: held.subscriptionId })).toBe(1);
    expect(await found({ customer_id: held.customerId })).toBe(1);
    expect(await found({ status: "failed" })).toBe(2);
    expect(await found({ status: "succeeded" })).toBe(0);
    expect(await found({ created_at_gte: since })).toBe(0);
    expect(await found({ created_at_lte: since })).toBe(2);
    expect(await found({ subscription_id: "sub_none" })).toBe(0);
  });

  test("payments without a subscription are listed by customer, status and time", async () => {
    const { control, dodo } = await setUpSandbox();
    const { customerId } = await control.createCustomer();
    const dayAgo = Date.now() - 86_400_000;
    const make = async (outcome?: Outcome): Promise<string> => {
      const made = { customerId, createdAt: dayAgo };
      return (await control.createPayment({ ...made, ...(outcome && { outcome }) })).paymentId;
    };
    const declined = await make({ decline: "EXPIRED_CARD" });
    const left = await make();
    const unconfirmed = await make({ requires_customer_action: true });
    await control.createPayment();
    await untilEnded(dodo, declined);
    const of = async (query: DodoPayments.PaymentListParams): Promise<string[]> =>
      (await dodo.payments.list({ customer_id: customerId, ...query })).items.map(
        ({ payment_id }) => payment_id,
      );
    await until(async () => (await of({ status: "requires_customer_action" })).length === 1);
    expect(await of({ status: "failed" })).toEqual([declined]);
    expect(await of({ status: "requires_payment_method" })).toEqual([left]);
    expect(await of({ status: "requires_customer_action" })).toEqual([unconfirmed]);
    expect(await of({ created_at_gte: new Date(dayAgo + 1).toISOString() })).toEqual([]);
    expect(await dodo.payments.retrieve(declined)).toMatchObject({
      subscription_id: null,
      subscription_ids: [],
      error_code: "EXPIRED_CARD",
      created_at: new Date(dayAgo).toISOString(),
      payment_link: expect.stringContaining(`/pay/${declined}`) as string,
    });
  });

  test("list items lack the decline code, the retry number, the method and the time of the last change", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId, failed } = await subscriptionOnHold(setup);
    const { items } = await setup.dodo.payments.list({ subscription_id: subscriptionId });
    const whole = await setup.dodo.payments.retrieve(failed);
    const lacking = Object.keys(whole).filter((name) => !Object.hasOwn(items[0] ?? {}, name));
    expect(lacking).toEqual(
      expect.arrayContaining([
        "error_code",
        "error_message",
        "retry_attempt",
        "updated_at",
        "is_update_payment_method",
        "payment_method_id",
        "tax",
      ]),
    );
    expect(items[0]).toMatchObject({ payment_id: failed, status: "failed", metadata: {} });
  });

  test("the list lags behind while the payment itself can be read", async () => {
    await withTimeEnough(async (listLagMs) => {
      const { control, dodo } = await setUpSandbox({ settings: { listLagMs } });
      const { subscriptionId } = await control.createSubscription();
      const charge = { product_price: 100 };
      const { payment_id } = await dodo.subscriptions.charge(subscriptionId, charge);
      const list = async (): Promise<unknown[]> =>
        (await dodo.payments.list({ subscription_id: subscriptionId })).items;
      const first = await list();
      const { created_at, payment_id: read } = await dodo.payments.retrieve(payment_id);
      // The lag was over before the answer.
      if (Date.now() - Date.parse(created_at) >= listLagMs) return null;
      expect(first).toEqual([]);
      expect(read).toBe(payment_id);
      return await until(async () => (await list()).length === 1);
    });
  });

  test("the list catches up once a request claims a time past the lag", async () => {
    const { control, dodo, sandbox } = await setUpSandbox({ settings: { listLagMs: 60_000 } });
    const { subscriptionId } = await control.createSubscription();
    await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    const later = sdk(sandbox, { now: Date.now() + 61_000 });
    expect((await dodo.payments.list({ subscription_id: subscriptionId })).items).toEqual([]);
    expect((await later.payments.list({ subscription_id: subscriptionId })).items).toHaveLength(1);
  });
});

describe("subscriptions", () => {
  test("a subscription is read with Dodo's fields and without a decline code", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId, customerId } = await subscriptionOnHold(setup, {
      email: "ann@example.test",
      name: "Ann",
      metadata: { reprise: "off" },
      createdAt: "2026-08-05T13:10:00Z",
    });
    const subscription = await setup.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription).toMatchObject({
      subscription_id: subscriptionId,
      status: "on_hold",
      on_demand: true,
      created_at: "2026-08-05T13:10:00.000Z",
      customer: { customer_id: customerId, email: "ann@example.test", name: "Ann" },
      metadata: { reprise: "off" },
      cancelled_at: null,
      paused_at: null,
      cancel_at_next_billing_date: false,
    });
    expect(Object.keys(subscription).filter((name) => name.startsWith("error"))).toEqual([]);
  });

  test("subscriptions are listed by status and customer, from page 0", async () => {
    const setup = await setUpSandbox();
    const held = await subscriptionOnHold(setup);
    await setup.control.createSubscription();
    const ids = async (query: DodoPayments.SubscriptionListParams): Promise<string[]> =>
      (await setup.dodo.subscriptions.list(query)).items.map((one) => one.subscription_id);
    expect(await ids({})).toHaveLength(2);
    expect(await ids({ status: "on_hold" })).toEqual([held.subscriptionId]);
    expect(await ids({ customer_id: held.customerId })).toEqual([held.subscriptionId]);
    expect(await ids({ cancel_at_next_billing_date: true })).toEqual([]);
    expect(await ids({ page_number: 1 })).toEqual([]);
  });

  test("an unknown subscription, payment or customer is not found", async () => {
    const { dodo } = await setUpSandbox();
    expect(await apiErrorOf(dodo.subscriptions.retrieve("sub_none"))).toBe("404 NOT_FOUND");
    expect(await apiErrorOf(dodo.payments.retrieve("pay_none"))).toBe("404 NOT_FOUND");
    expect(await apiErrorOf(dodo.customers.retrieve("cus_none"))).toBe("404 NOT_FOUND");
  });

  test("an unknown route is not found, and the request is logged", async () => {
    const { control, dodo } = await setUpSandbox();
    expect(await apiErrorOf(dodo.discounts.retrieve("dsc_none"))).toBe("404 NOT_FOUND");
    expect(await control.requests()).toMatchObject([
      { method: "GET", path: "/discounts/dsc_none", route: null, status: 404, end: "answered" },
    ]);
  });
});

test("a customer is read with the saved payment methods", async () => {
  const { control, dodo } = await setUpSandbox();
  const { customerId } = await control.createCustomer({
    email: "bo@example.test",
    cards: ["good"],
  });
  expect(await dodo.customers.retrieve(customerId)).toMatchObject({ email: "bo@example.test" });
  const { methodId } = await control.addPaymentMethod(customerId, { card: "expired" });
  const { items } = await dodo.customers.retrievePaymentMethods(customerId);
  expect(items).toMatchObject([
    { recurring_enabled: true, card: { last4_digits: "4242" } },
    { payment_method_id: methodId, card: { last4_digits: "0069" } },
  ]);
});

test("the webhook endpoint is listed", async () => {
  const { dodo } = await setUpSandbox({ settings: { webhookUrl: "http://127.0.0.1:9/hook" } });
  const { data, done } = await dodo.webhooks.list();
  expect(data).toMatchObject([{ url: "http://127.0.0.1:9/hook", disabled: false }]);
  expect(done).toBe(true);
});
