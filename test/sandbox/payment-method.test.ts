import type DodoPayments from "dodopayments";
import { describe, expect, test } from "vitest";
import { until } from "../support/until.ts";
import { bench, ended, onHold, receiver, refusal, sdk } from "./support.ts";

const NEW = { payment_method: { type: "new" } } as const;

describe("a link for a new payment method", () => {
  test("is, on a hold, a payment of what is due that waits for the customer", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at, { taxRate: 0.2, metadata: { plan: "gold" } });
    const before = Date.now();
    const link = await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    expect(link.payment_link).toBe(`${at.sandbox.url}/pay/${link.payment_id}`);
    expect(link.client_secret).toContain(link.payment_id);
    const ttl = Date.parse(link.expires_on ?? "") - before;
    expect(ttl).toBeGreaterThanOrEqual(86_400_000);
    expect(await at.dodo.payments.retrieve(link.payment_id ?? "")).toMatchObject({
      status: "requires_payment_method",
      is_update_payment_method: true,
      total_amount: 3_480,
      tax: 580,
      payment_method_id: null,
      metadata: { plan: "gold" },
    });
  });

  test("makes one payment more each time it is asked for", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at);
    await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    expect((await at.control.ledgerOf(subscriptionId)).open).toBe(2);
  });

  test("when paid, collects the dues, then reactivates and tells of the new method", async () => {
    const endpoint = await receiver();
    const at = await bench({ settings: { webhookUrl: endpoint.url } });
    const { subscriptionId } = await onHold(at);
    const link = await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    await at.control.payPayment(link.payment_id ?? "");
    await until(() => endpoint.received.length === 5);
    expect(endpoint.types().slice(2)).toEqual([
      "payment.succeeded",
      "subscription.active",
      "subscription.update_payment_method",
    ]);
    const payment = await at.dodo.payments.retrieve(link.payment_id ?? "");
    const subscription = await at.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription.status).toBe("active");
    expect(subscription.payment_method_id).toBe(payment.payment_method_id);
    expect(await at.control.ledgerOf(subscriptionId)).toMatchObject({ collectedMinor: 2_900 });
  });

  test("when the new card is declined, leaves the hold and the old method", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at);
    const { payment_method_id: old } = await at.dodo.subscriptions.retrieve(subscriptionId);
    const link = await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    await at.control.payPayment(link.payment_id ?? "", { card: "stolen" });
    expect(await at.dodo.payments.retrieve(link.payment_id ?? "")).toMatchObject({
      status: "failed",
      error_code: "STOLEN_CARD",
      is_update_payment_method: true,
    });
    const subscription = await at.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription).toMatchObject({ status: "on_hold", payment_method_id: old });
  });

  test("on an active subscription costs nothing, and lets later charges use the new card", async () => {
    const at = await bench();
    const { subscriptionId } = await at.control.createSubscription({ card: "insufficient_funds" });
    const link = await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    await at.control.payPayment(link.payment_id ?? "");
    expect(await at.dodo.payments.retrieve(link.payment_id ?? "")).toMatchObject({
      status: "succeeded",
      total_amount: 0,
    });
    const { payment_id } = await at.dodo.subscriptions.charge(subscriptionId, {
      product_price: 100,
    });
    expect((await ended(at.dodo, payment_id)).status).toBe("succeeded");
  });

  test("on an active subscription, when the card is declined, changes nothing", async () => {
    const at = await bench();
    const { subscriptionId, methodId } = await at.control.createSubscription();
    const { status } = await at.control.changePaymentMethod(subscriptionId, { card: "expired" });
    expect(status).toBe("failed");
    const subscription = await at.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription).toMatchObject({ status: "active", payment_method_id: methodId });
  });

  test("may name no end of its validity", async () => {
    const at = await bench({ settings: { linkTtlMs: null } });
    const { subscriptionId } = await onHold(at);
    const link = await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    expect(link.expires_on).toBeNull();
  });

  test("when it expires unpaid, leaves its payment as it is, or cancelled where set so", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at);
    const link = await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    const later = sdk(at.sandbox, { now: Date.now() + 25 * 3_600_000 });
    const status = async (): Promise<unknown> =>
      (await later.payments.retrieve(link.payment_id ?? "")).status;
    expect(await status()).toBe("requires_payment_method");
    await expect(at.control.payPayment(link.payment_id ?? "")).rejects.toThrow(/409/);
    await at.control.setSettings({ expiredLinkPayment: "cancelled" });
    expect(await status()).toBe("cancelled");
  });

  test("is refused once the subscription has ended", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription({ status: "cancelled" });
    const call = dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
    expect(await refusal(call)).toBe("422 SUBSCRIPTION_INACTIVE");
  });

  test("is refused for the empty body that the documentation's example sends", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription();
    const params = { type: "new" } as unknown as DodoPayments.SubscriptionUpdatePaymentMethodParams;
    const call = dodo.subscriptions.updatePaymentMethod(subscriptionId, params);
    expect(await refusal(call)).toBe("422 INVALID_REQUEST_BODY");
  });
});

describe("what is due", () => {
  test("is the last failed charge, by default, and nothing once a charge has succeeded", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at, { onSuccess: "stay" });
    await at.control.charge(subscriptionId, {
      amountMinor: 1_000,
      outcome: { decline: "GENERIC_DECLINE" },
    });
    await until(async () => (await at.control.ledgerOf(subscriptionId)).open === 0);
    expect(await dues(subscriptionId)).toBe(1_000);
    await at.control.charge(subscriptionId, { outcome: "succeed" });
    await until(async () => (await at.control.ledgerOf(subscriptionId)).succeeded === 1);
    expect(await dues(subscriptionId)).toBe(0);

    async function dues(id: string): Promise<unknown> {
      const link = await at.dodo.subscriptions.updatePaymentMethod(id, NEW);
      return (await at.dodo.payments.retrieve(link.payment_id ?? "")).total_amount;
    }
  });

  test("may be every failed charge, even past a success, but each only once", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at, { dues: "all_failed", onSuccess: "stay" });
    await at.control.charge(subscriptionId, { outcome: { decline: "GENERIC_DECLINE" } });
    await at.control.charge(subscriptionId, { outcome: "succeed" });
    await until(async () => (await at.control.ledgerOf(subscriptionId)).open === 0);
    const { paymentId } = await at.control.changePaymentMethod(subscriptionId);
    expect((await at.dodo.payments.retrieve(paymentId)).total_amount).toBe(5_800);
    await at.control.updateSubscription(subscriptionId, { status: "on_hold" });
    const again = await at.control.changePaymentMethod(subscriptionId);
    expect((await at.dodo.payments.retrieve(again.paymentId)).total_amount).toBe(0);
  });

  test("may be nothing, or any amount", async () => {
    const at = await bench();
    const totals: number[] = [];
    for (const dues of ["none", 4_711] as const) {
      const { subscriptionId } = await onHold(at, { dues });
      const link = await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, NEW);
      totals.push((await at.dodo.payments.retrieve(link.payment_id ?? "")).total_amount);
    }
    expect(totals).toEqual([0, 4_711]);
  });
});

describe("a saved payment method", () => {
  test("is charged for the dues at once, off-session", async () => {
    const at = await bench();
    const { subscriptionId, customerId } = await onHold(at);
    const { methodId } = await at.control.addPaymentMethod(customerId);
    const answer = await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
      payment_method: { type: "existing", payment_method_id: methodId },
    });
    expect(answer).toMatchObject({ payment_link: null, client_secret: null, expires_on: null });
    const payment = await ended(at.dodo, answer.payment_id ?? "");
    expect(payment).toMatchObject({ status: "succeeded", total_amount: 2_900 });
    const subscription = await at.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription).toMatchObject({ status: "active", payment_method_id: methodId });
  });

  test("that is declined leaves the subscription on hold", async () => {
    const at = await bench();
    const { subscriptionId, customerId } = await onHold(at);
    const { methodId } = await at.control.addPaymentMethod(customerId, { card: "expired" });
    const answer = await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
      payment_method: { type: "existing", payment_method_id: methodId },
    });
    const payment = await ended(at.dodo, answer.payment_id ?? "");
    expect(payment).toMatchObject({ status: "failed", error_code: "EXPIRED_CARD" });
    expect((await at.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("on_hold");
  });

  test("on an active subscription is only exchanged, without a payment", async () => {
    const at = await bench();
    const { subscriptionId, customerId } = await at.control.createSubscription();
    const { methodId } = await at.control.addPaymentMethod(customerId);
    const answer = await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
      payment_method: { type: "existing", payment_method_id: methodId },
    });
    expect(answer.payment_id).toBeNull();
    const subscription = await at.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription.payment_method_id).toBe(methodId);
    expect((await at.control.ledgerOf(subscriptionId)).payments).toEqual([]);
  });

  test("of somebody else is not found", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at);
    const other = await at.control.createSubscription();
    const call = at.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
      payment_method: { type: "existing", payment_method_id: other.methodId ?? "" },
    });
    expect(await refusal(call)).toBe("404 NOT_FOUND");
  });
});

test("a hold from an unpaid pause settlement returns to paused", async () => {
  const at = await bench();
  const { subscriptionId } = await at.control.createSubscription({
    status: "on_hold",
    pausedAt: Date.now() - 1_000,
    dues: 700,
  });
  const { paymentId } = await at.control.changePaymentMethod(subscriptionId);
  expect((await at.dodo.payments.retrieve(paymentId)).total_amount).toBe(700);
  expect((await at.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("paused");
});
