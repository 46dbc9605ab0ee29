import type DodoPayments from "dodopayments";
import { AuthenticationError, PermissionDeniedError } from "dodopayments";
import { describe, expect, test } from "vitest";

import type { Outcome } from "../../sandbox/model/state/outcome.ts";
import { bench, ended, onHold, refusal, sdk, type Bench } from "./support.ts";
import { until } from "../support/until.ts";

async function paid({ control }: Bench, count: number): Promise<string> {
  const { subscriptionId } = await control.createSubscription();
  for (let made = 0; made < count; made += 1) {
    await control.charge(subscriptionId, { metadata: { number: made } });
  }
  await until(async () => (await control.ledgerOf(subscriptionId)).open === 0);
  return subscriptionId;
}

describe("the key", () => {
  test("is asked for, and a wrong one is unauthorized", async () => {
    const { sandbox } = await bench();
    const read = sdk(sandbox, { bearerToken: "dodo_test_other" }).payments.list();
    await expect(read).rejects.toThrow(AuthenticationError);
    const again = sdk(sandbox, { bearerToken: "dodo_test_other" }).payments.list();
    expect(await refusal(again.then((page) => page))).toBe("401 UNAUTHORIZED");
  });

  test("may be one that only reads", async () => {
    const { control, dodo } = await bench({ settings: { readOnlyKey: true } });
    const { subscriptionId } = await control.createSubscription();
    expect((await dodo.subscriptions.retrieve(subscriptionId)).status).toBe("active");
    const charge = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    await expect(charge).rejects.toThrow(PermissionDeniedError);
    expect((await control.ledgerOf(subscriptionId)).payments).toEqual([]);
  });

  test("may be exchanged while the sandbox runs", async () => {
    const { control, dodo } = await bench();
    await control.setSettings({ apiKey: "dodo_test_new" });
    expect(await refusal(dodo.webhooks.list().then((page) => page))).toBe("401 UNAUTHORIZED");
  });
});

describe("the list of payments", () => {
  test("is of ten, newest first, in pages that begin at 0", async () => {
    const at = await bench();
    const subscription_id = await paid(at, 25);
    const numbers = async (page?: number): Promise<unknown[]> => {
      const query = { subscription_id, ...(page === undefined ? {} : { page_number: page }) };
      const { items } = await at.dodo.payments.list(query);
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

  test("loses ten payments to the SDK's own paging, which takes pages to begin at 1", async () => {
    const at = await bench();
    const subscription_id = await paid(at, 25);
    const count = async (query: DodoPayments.PaymentListParams): Promise<number> => {
      let found = 0;
      for await (const _payment of at.dodo.payments.list(query)) found += 1;
      return found;
    };
    expect(await count({ subscription_id })).toBe(15);
    expect(await count({ subscription_id, page_number: 0 })).toBe(25);
  });

  test("gives up to a hundred a page, and no more", async () => {
    const at = await bench();
    const subscription_id = await paid(at, 12);
    const all = await at.dodo.payments.list({ subscription_id, page_size: 100 });
    expect(all.items).toHaveLength(12);
    const tooMany = at.dodo.payments.list({ page_size: 101 }).then((page) => page);
    expect(await refusal(tooMany)).toBe("422 INVALID_REQUEST_PARAMETERS");
  });

  test("is filtered by subscription, customer, status and time", async () => {
    const at = await bench();
    const held = await onHold(at);
    await onHold(at);
    const since = new Date(Date.now() + 60_000).toISOString();
    const found = async (query: DodoPayments.PaymentListParams): Promise<number> =>
      (await at.dodo.payments.list(query)).items.length;
    expect(await found({})).toBe(2);
    expect(await found({ subscription_id: held.subscriptionId })).toBe(1);
    expect(await found({ customer_id: held.customerId })).toBe(1);
    expect(await found({ status: "failed" })).toBe(2);
    expect(await found({ status: "succeeded" })).toBe(0);
    expect(await found({ created_at_gte: since })).toBe(0);
    expect(await found({ created_at_lte: since })).toBe(2);
    expect(await found({ subscription_id: "sub_none" })).toBe(0);
  });

  test("has the payments of no subscription: declined, left, unconfirmed, of today or the past", async () => {
    const { control, dodo } = await bench();
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
    await ended(dodo, declined);
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

  test("shows rows without decline code, retry number, method or time of change", async () => {
    const at = await bench();
    const { subscriptionId, failed } = await onHold(at);
    const { items } = await at.dodo.payments.list({ subscription_id: subscriptionId });
    const whole = await at.dodo.payments.retrieve(failed);
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

  test("lags behind, while the payment itself can be read", async () => {
    const { control, dodo } = await bench({ settings: { listLagMs: 1_500 } });
    const { subscriptionId } = await control.createSubscription();
    const { payment_id } = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    const list = async (): Promise<unknown[]> =>
      (await dodo.payments.list({ subscription_id: subscriptionId })).items;
    expect(await list()).toEqual([]);
    expect((await dodo.payments.retrieve(payment_id)).payment_id).toBe(payment_id);
    await until(async () => (await list()).length === 1);
  });

  test("catches up when a request's own clock has passed the lag", async () => {
    const { control, dodo, sandbox } = await bench({ settings: { listLagMs: 60_000 } });
    const { subscriptionId } = await control.createSubscription();
    await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    const later = sdk(sandbox, { now: Date.now() + 61_000 });
    expect((await dodo.payments.list({ subscription_id: subscriptionId })).items).toEqual([]);
    expect((await later.payments.list({ subscription_id: subscriptionId })).items).toHaveLength(1);
  });
});

describe("a subscription", () => {
  test("is read with all that Dodo tells, and no decline code", async () => {
    const at = await bench();
    const { subscriptionId, customerId } = await onHold(at, {
      email: "ann@example.test",
      name: "Ann",
      metadata: { reprise: "off" },
      createdAt: "2026-08-05T13:10:00Z",
    });
    const subscription = await at.dodo.subscriptions.retrieve(subscriptionId);
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

  test("is listed by status and customer, in pages that begin at 0", async () => {
    const at = await bench();
    const held = await onHold(at);
    await at.control.createSubscription();
    const ids = async (query: DodoPayments.SubscriptionListParams): Promise<string[]> =>
      (await at.dodo.subscriptions.list(query)).items.map((one) => one.subscription_id);
    expect(await ids({})).toHaveLength(2);
    expect(await ids({ status: "on_hold" })).toEqual([held.subscriptionId]);
    expect(await ids({ customer_id: held.customerId })).toEqual([held.subscriptionId]);
    expect(await ids({ cancel_at_next_billing_date: true })).toEqual([]);
    expect(await ids({ page_number: 1 })).toEqual([]);
  });

  test("that does not exist is not found, as any other thing", async () => {
    const { dodo } = await bench();
    expect(await refusal(dodo.subscriptions.retrieve("sub_none"))).toBe("404 NOT_FOUND");
    expect(await refusal(dodo.payments.retrieve("pay_none"))).toBe("404 NOT_FOUND");
    expect(await refusal(dodo.customers.retrieve("cus_none"))).toBe("404 NOT_FOUND");
  });

  test("of a kind that the sandbox does not know is not found, and the request is logged", async () => {
    const { control, dodo } = await bench();
    expect(await refusal(dodo.discounts.retrieve("dsc_none"))).toBe("404 NOT_FOUND");
    expect(await control.requests()).toMatchObject([
      { method: "GET", path: "/discounts/dsc_none", route: null, status: 404, end: "answered" },
    ]);
  });
});

test("a customer is read, with the saved payment methods", async () => {
  const { control, dodo } = await bench();
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

test("the endpoint for webhooks is listed", async () => {
  const { dodo } = await bench({ settings: { webhookUrl: "http://127.0.0.1:9/hook" } });
  const { data, done } = await dodo.webhooks.list();
  expect(data).toMatchObject([{ url: "http://127.0.0.1:9/hook", disabled: false }]);
  expect(done).toBe(true);
});

describe("the clock", () => {
  test("is the request's own where it tells the time", async () => {
    const { control, dodo, sandbox } = await bench();
    const { subscriptionId } = await control.createSubscription();
    const now = Date.now() + 3 * 86_400_000;
    const { payment_id } = await sdk(sandbox, { now }).subscriptions.charge(subscriptionId, {
      product_price: 100,
    });
    const payment = await ended(dodo, payment_id);
    expect(payment.created_at).toBe(new Date(now).toISOString());
    expect(payment.updated_at).toBe(new Date(now).toISOString());
  });

  test("never goes back for a subscription, and is no other's", async () => {
    const { control, dodo, sandbox } = await bench();
    const ahead = await control.createSubscription();
    const behind = await control.createSubscription();
    const now = Date.now() + 3 * 86_400_000;
    await sdk(sandbox, { now }).subscriptions.retrieve(ahead.subscriptionId);
    const charge = async (id: string): Promise<number> => {
      const { payment_id } = await dodo.subscriptions.charge(id, { product_price: 100 });
      return Date.parse((await dodo.payments.retrieve(payment_id)).created_at);
    };
    expect(await charge(ahead.subscriptionId)).toBe(now);
    expect(await charge(behind.subscriptionId)).toBeLessThan(now - 86_400_000);
  });

  test("can be set ahead for all that tell no time", async () => {
    const { control, dodo } = await bench({ settings: { clockOffsetMs: 86_400_000 } });
    const { subscriptionId } = await control.createSubscription();
    const { created_at } = await dodo.subscriptions.retrieve(subscriptionId);
    expect(Date.parse(created_at)).toBeGreaterThan(Date.now() + 80_000_000);
  });
});

describe("the rate limit", () => {
  test("is not there until it is switched on", async () => {
    const at = await bench();
    const reads = Array.from({ length: 60 }, () => at.dodo.webhooks.list());
    expect(await Promise.all(reads)).toHaveLength(60);
  });

  test("of a second refuses what is beyond, and says how much is left", async () => {
    const { sandbox, dodo } = await bench({
      settings: { rateLimit: { perSecond: 3, perMinute: 240, windowScale: 60 } },
    });
    const headers = { authorization: `Bearer ${sandbox.apiKey}` };
    const left: (string | null)[] = [];
    for (let read = 0; read < 3; read += 1) {
      const response = await fetch(`${sandbox.url}/webhooks`, { headers });
      left.push(response.headers.get("x-ratelimit-remaining"));
      expect(response.headers.get("x-ratelimit-limit")).toBe("3");
      expect(Number(response.headers.get("x-ratelimit-reset"))).toBeGreaterThan(0);
    }
    expect(left).toEqual(["2", "1", "0"]);
    expect(await refusal(dodo.webhooks.list().then((page) => page))).toBe("429 TOO_MANY_REQUESTS");
  });

  test("of a minute holds over several seconds, until the minute has passed", async () => {
    const { dodo } = await bench({
      settings: { rateLimit: { perSecond: 100, perMinute: 2, windowScale: 0.03 } },
    });
    await dodo.webhooks.list();
    await dodo.webhooks.list();
    expect(await refusal(dodo.webhooks.list().then((page) => page))).toBe("429 TOO_MANY_REQUESTS");
    await until(async () => {
      try {
        return await dodo.webhooks.list();
      } catch {
        return null;
      }
    });
  });

  test("refuses a charge before anything is made", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription();
    await control.setSettings({ rateLimit: { perSecond: 1, perMinute: 1 } });
    await dodo.subscriptions.retrieve(subscriptionId);
    const charge = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await refusal(charge)).toBe("429 TOO_MANY_REQUESTS");
    expect((await control.ledgerOf(subscriptionId)).payments).toEqual([]);
  });
});
