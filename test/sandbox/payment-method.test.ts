import type DodoPayments from "dodopayments";
import { describe, expect, test } from "vitest";
import { until } from "../support/until.ts";
import {
  apiErrorOf,
  sdk,
  setUpSandbox,
  startReceiver,
  subscriptionOnHold,
  untilEnded,
} from "./support.ts";

const NEW = { payment_method: { type: "new" } } as const;

describe("a link for a new payment method", () => {
  test("a link on a hold creates a payment of the dues that waits for the customer", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup, {
      taxRate: 0.2,
      metadata: { plan: "gold" },
    });
    const before = Date.now();
    const link = await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    expect(link.payment_link).toBe(`${setup.sandbox.url}/pay/${link.payment_id}`);
    expect(link.client_secret).toContain(link.payment_id);
    const ttl = Date.parse(link.expires_on ?? "") - before;
    expect(ttl).toBeGreaterThanOrEqual(86_400_000);
    expect(await setup.dodo.payments.retrieve(link.payment_id ?? "")).toMatchObject({
      status: "requires_payment_method",
      is_update_payment_method: true,
      total_amount: 3_480,
      tax: null,
      payment_method_id: null,
      metadata: { plan: "gold" },
    });
  });

  test("each request for a link creates another payment", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup);
    await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    expect((await setup.control.ledgerOf(subscriptionId)).open).toBe(2);
  });

  test("a paid link collects the dues, reactivates the subscription and announces the new method", async () => {
    const endpoint = await startReceiver();
    const setup = await setUpSandbox({ settings: { webhookUrl: endpoint.url } });
    const { subscriptionId } = await subscriptionOnHold(setup);
    const link = await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    await setup.control.payPayment(link.payment_id ?? "");
    await until(() => endpoint.received.length === 5);
    expect(endpoint.types().slice(2)).toEqual([
      "payment.succeeded",
      "subscription.active",
      "subscription.update_payment_method",
    ]);
    const payment = await setup.dodo.payments.retrieve(link.payment_id ?? "");
    const subscription = await setup.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription.status).toBe("active");
    expect(subscription.payment_method_id).toBe(payment.payment_method_id);
    expect(await setup.control.ledgerOf(subscriptionId)).toMatchObject({ collectedMinor: 2_900 });
  });

  test("a declined new card leaves the hold and the old method in place", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup);
    const { payment_method_id: old } = await setup.dodo.subscriptions.retrieve(subscriptionId);
    const link = await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    await setup.control.payPayment(link.payment_id ?? "", { card: "stolen" });
    expect(await setup.dodo.payments.retrieve(link.payment_id ?? "")).toMatchObject({
      status: "failed",
      error_code: "STOLEN_CARD",
      is_update_payment_method: true,
    });
    const subscription = await setup.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription).toMatchObject({ status: "on_hold", payment_method_id: old });
  });

  test("a new card on an active subscription costs nothing and later charges use it", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await setup.control.createSubscription({
      card: "insufficient_funds",
    });
    const link = await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    await setup.control.payPayment(link.payment_id ?? "");
    expect(await setup.dodo.payments.retrieve(link.payment_id ?? "")).toMatchObject({
      status: "succeeded",
      total_amount: 0,
    });
    const { payment_id } = await setup.dodo.subscriptions.charge(subscriptionId, {
      product_price: 100,
    });
    expect((await untilEnded(setup.dodo, payment_id)).status).toBe("succeeded");
  });

  test("a declined new card on an active subscription changes nothing", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId, methodId } = await setup.control.createSubscription();
    const { status } = await setup.control.changePaymentMethod(subscriptionId, { card: "expired" });
    expect(status).toBe("failed");
    const subscription = await setup.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription).toMatchObject({ status: "active", payment_method_id: methodId });
  });

  test("a link can have no expiry", async () => {
    const setup = await setUpSandbox({ settings: { linkTtlMs: null } });
    const { subscriptionId } = await subscriptionOnHold(setup);
    const link = await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    expect(link.expires_on).toBeNull();
  });

  test("an expired unpaid link leaves its payment open, or cancels it if the setting says so", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup);
    const link = await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    const later = sdk(setup.sandbox, { now: Date.now() + 25 * 3_600_000 });
    const status = async (): Promise<unknown> =>
      (await later.payments.retrieve(link.payment_id ?? "")).status;
    expect(await status()).toBe("requires_payment_method");
    await expect(setup.control.payPayment(link.payment_id ?? "")).rejects.toThrow(/409/);
    await setup.control.setSettings({ expiredLinkPayment: "cancelled" });
    expect(await status()).toBe("cancelled");
  });

  test("an ended subscription gets no link", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription({ status: "cancelled" });
    const call = dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    expect(await apiErrorOf(call)).toBe("422 SUBSCRIPTION_INACTIVE");
  });

  test("a link request with the empty body of the documentation's example is refused", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription();
    const params = { type: "new" } as unknown as DodoPayments.SubscriptionUpdatePaymentMethodParams;
    const call = dodo.subscriptions.updatePaymentMethod(subscriptionId, params);
    expect(await apiErrorOf(call)).toBe("422 INVALID_REQUEST_BODY");
  });
});

describe("remaining dues", () => {
  test("the dues are the last failed charge by default, and zero after a success", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup, { onSuccess: "stay" });
    await setup.control.charge(subscriptionId, {
      amountMinor: 1_000,
      outcome: { decline: "GENERIC_DECLINE" },
    });
    await until(async () => (await setup.control.ledgerOf(subscriptionId)).open === 0);
    expect(await dues(subscriptionId)).toBe(1_000);
    await setup.control.charge(subscriptionId, { outcome: "succeed" });
    await until(async () => (await setup.control.ledgerOf(subscriptionId)).succeeded === 1);
    expect(await dues(subscriptionId)).toBe(0);

    async function dues(id: string): Promise<unknown> {
      const link = await setup.dodo.subscriptions.updatePaymentMethod(id, NEW);
      return (await setup.dodo.payments.retrieve(link.payment_id ?? "")).total_amount;
    }
  });

  test("the dues can be all failed charges, even after a success, and each is collected once", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup, {
      dues: "all_failed",
      onSuccess: "stay",
    });
    await setup.control.charge(subscriptionId, { outcome: { decline: "GENERIC_DECLINE" } });
    await setup.control.charge(subscriptionId, { outcome: "succeed" });
    await until(async () => (await setup.control.ledgerOf(subscriptionId)).open === 0);
    const { paymentId } = await setup.control.changePaymentMethod(subscriptionId);
    expect((await setup.dodo.payments.retrieve(paymentId)).total_amount).toBe(5_800);
    await setup.control.updateSubscription(subscriptionId, { status: "on_hold" });
    const again = await setup.control.changePaymentMethod(subscriptionId);
    expect((await setup.dodo.payments.retrieve(again.paymentId)).total_amount).toBe(0);
  });

  test("the dues can be zero or a fixed amount", async () => {
    const setup = await setUpSandbox();
    const totals: number[] = [];
    for (const dues of ["none", 4_711] as const) {
      const { subscriptionId } = await subscriptionOnHold(setup, { dues });
      const link = await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
      totals.push((await setup.dodo.payments.retrieve(link.payment_id ?? "")).total_amount);
    }
    expect(totals).toEqual([0, 4_711]);
  });
});

describe("a saved payment method", () => {
  test("a saved method is charged off-session for the dues of a hold", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId, customerId } = await subscriptionOnHold(setup);
    const { methodId } = await setup.control.addPaymentMethod(customerId);
    const answer = await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
      payment_method: { type: "existing", payment_method_id: methodId },
    });
    expect(answer).toMatchObject({ payment_link: null, client_secret: null, expires_on: null });
    const payment = await untilEnded(setup.dodo, answer.payment_id ?? "");
    expect(payment).toMatchObject({ status: "succeeded", total_amount: 2_900 });
    const subscription = await setup.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription).toMatchObject({ status: "active", payment_method_id: methodId });
  });

  test("a declined saved method leaves the subscription on hold", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId, customerId } = await subscriptionOnHold(setup);
    const { methodId } = await setup.control.addPaymentMethod(customerId, { card: "expired" });
    const answer = await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
      payment_method: { type: "existing", payment_method_id: methodId },
    });
    const payment = await untilEnded(setup.dodo, answer.payment_id ?? "");
    expect(payment).toMatchObject({ status: "failed", error_code: "EXPIRED_CARD" });
    expect((await setup.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("on_hold");
  });

  test("a saved method on an active subscription replaces the old one without a payment", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId, customerId } = await setup.control.createSubscription();
    const { methodId } = await setup.control.addPaymentMethod(customerId);
    const answer = await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
      payment_method: { type: "existing", payment_method_id: methodId },
    });
    expect(answer.payment_id).toBeNull();
    const subscription = await setup.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription.payment_method_id).toBe(methodId);
    expect((await setup.control.ledgerOf(subscriptionId)).payments).toEqual([]);
  });

  test("another customer's saved method is not found", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup);
    const other = await setup.control.createSubscription();
    const call = setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
      payment_method: { type: "existing", payment_method_id: other.methodId ?? "" },
    });
    expect(await apiErrorOf(call)).toBe("404 NOT_FOUND");
  });
});

test("a paid hold from an unpaid pause settlement returns to paused", async () => {
  const setup = await setUpSandbox();
  const { subscriptionId } = await setup.control.createSubscription({
    status: "on_hold",
    pausedAt: Date.now() - 1_000,
    dues: 700,
  });
  const { paymentId } = await setup.control.changePaymentMethod(subscriptionId);
  expect((await setup.dodo.payments.retrieve(paymentId)).total_amount).toBe(700);
  expect((await setup.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("paused");
});
