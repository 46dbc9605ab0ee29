import { APIConnectionError } from "dodopayments";
import { describe, expect, test } from "vitest";

import { createSandboxClient } from "../../sandbox/control/client.ts";
import { bench, ended, errorOf, onHold, receiver } from "./support.ts";
import { until } from "../support/until.ts";

describe("the ledger", () => {
  test("tells what was really collected, of each subscription", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at);
    const { payment_id } = await at.dodo.subscriptions.charge(subscriptionId, {
      product_price: 2_900,
      metadata: { recovery_attempt: "pay_1.2" },
    });
    await ended(at.dodo, payment_id);
    const other = await at.control.createSubscription();
    const { subscriptions } = await at.control.ledger();
    expect(subscriptions.map((one) => [one.subscriptionId, one.collectedMinor])).toEqual([
      [subscriptionId, 2_900],
      [other.subscriptionId, 0],
    ]);
    expect(subscriptions[0]?.payments).toMatchObject([
      { origin: "merchant", status: "failed", errorCode: "INSUFFICIENT_FUNDS", attempt: null },
      { origin: "charge", status: "succeeded", attempt: "pay_1.2", totalMinor: 2_900 },
    ]);
    await expect(at.control.ledgerOf("sub_none")).rejects.toThrow("sub_none");
  });

  test("counts refunds apart", async () => {
    const endpoint = await receiver();
    const at = await bench({ settings: { webhookUrl: endpoint.url } });
    const { subscriptionId } = await at.control.createSubscription();
    const { paymentId } = await at.control.charge(subscriptionId);
    await ended(at.dodo, paymentId);
    await at.control.refund(paymentId, { amountMinor: 900 });
    expect(await at.dodo.payments.retrieve(paymentId)).toMatchObject({
      status: "succeeded",
      refund_status: "partial",
      refunds: [{ amount: 900, is_partial: true }],
    });
    await at.control.refund(paymentId);
    expect((await at.dodo.payments.retrieve(paymentId)).refund_status).toBe("full");
    await expect(at.control.refund(paymentId)).rejects.toThrow(/409/);
    expect(await at.control.ledgerOf(subscriptionId)).toMatchObject({
      collectedMinor: 2_900,
      refundedMinor: 2_900,
    });
    await until(() => endpoint.types().filter((type) => type === "refund.succeeded").length === 2);
    expect(endpoint.received.at(-1)?.data).toMatchObject({
      payload_type: "Refund",
      payment_id: paymentId,
    });
  });
});

test("a payment of no subscription ends when its request claims to be", async () => {
  const at = await bench();
  const { paymentId } = await at.control.createPayment();
  const later = Date.now() + 3 * 86_400_000;
  const then = createSandboxClient(at.sandbox.url, { now: () => later });
  await then.settlePayment(paymentId, { outcome: "succeed" });
  const [payment] = (await at.control.ledger()).oneTime;
  expect(payment?.ends).toEqual([{ at: later, status: "succeeded", errorCode: null }]);
});

test("a dispute opens and ends, and is seen on the payment", async () => {
  const endpoint = await receiver();
  const at = await bench({ settings: { webhookUrl: endpoint.url } });
  const { subscriptionId } = await at.control.createSubscription();
  const { paymentId } = await at.control.charge(subscriptionId);
  await ended(at.dodo, paymentId);
  await at.control.dispute(paymentId);
  await at.control.dispute(paymentId, { status: "dispute_lost" });
  const { disputes } = await at.dodo.payments.retrieve(paymentId);
  expect(disputes).toMatchObject([{ dispute_status: "dispute_lost", amount: "2900" }]);
  const { items } = await at.dodo.payments.list({ subscription_id: subscriptionId });
  expect(items[0]?.dispute_status).toBe("dispute_lost");
  await until(() => endpoint.received.length === 3);
  expect(endpoint.types()).toEqual(["payment.succeeded", "dispute.opened", "dispute.lost"]);
});

test("a payment may belong to no subscription, and waits on its page", async () => {
  const at = await bench();
  const { paymentId } = await at.control.createPayment({ totalMinor: 1_200 });
  const payment = await at.dodo.payments.retrieve(paymentId);
  expect(payment).toMatchObject({
    status: "requires_payment_method",
    subscription_id: null,
    subscription_ids: [],
    payment_link: `${at.sandbox.url}/pay/${paymentId}`,
  });
  await at.control.payPayment(paymentId);
  expect((await at.control.ledger()).oneTime).toMatchObject([{ paymentId, status: "succeeded" }]);
});

test("a payment may belong to several subscriptions, and then names none as its own", async () => {
  const at = await bench();
  const { customerId, subscriptionId } = await at.control.createSubscription();
  const other = await at.control.createSubscription({ customerId });
  const subscriptionIds = [subscriptionId, other.subscriptionId];
  const { paymentId } = await at.control.createPayment({
    subscriptionIds,
    outcome: { decline: "GENERIC_DECLINE" },
  });
  expect(await ended(at.dodo, paymentId)).toMatchObject({
    subscription_id: null,
    subscription_ids: subscriptionIds,
    is_multi_subscription: true,
  });
  for (const id of subscriptionIds) {
    expect((await at.dodo.subscriptions.retrieve(id)).status).toBe("on_hold");
  }
});

test("the customer pays on the page that is open, else on a new one", async () => {
  const at = await bench();
  const { subscriptionId } = await onHold(at);
  const link = await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
    payment_method: { type: "new" },
  });
  const failed = await at.control.payAsCustomer(subscriptionId, {
    card: { declines: "FRAUDULENT" },
  });
  expect(failed).toEqual({ paymentId: link.payment_id, status: "failed" });
  const paid = await at.control.payAsCustomer(subscriptionId);
  expect(paid.status).toBe("succeeded");
  expect(paid.paymentId).not.toBe(link.payment_id);
});

test("a subscription may be changed without an event", async () => {
  const at = await bench();
  const { subscriptionId } = await at.control.createSubscription();
  await at.control.updateSubscription(subscriptionId, { status: "on_hold", taxRate: 0.2 });
  expect((await at.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("on_hold");
  expect(await at.control.deliveries()).toEqual([]);
});

test("a debt may lie in the past", async () => {
  const at = await bench();
  const { subscriptionId } = await at.control.createSubscription();
  const { paymentId } = await at.control.charge(subscriptionId, {
    createdAt: "2026-01-02T03:04:05Z",
    outcome: { decline: "GENERIC_DECLINE" },
  });
  const payment = await ended(at.dodo, paymentId);
  expect(payment.created_at).toBe("2026-01-02T03:04:05.000Z");
});

test("ids may be chosen", async () => {
  const at = await bench();
  await at.control.createCustomer({ customerId: "cus_1" });
  const made = await at.control.createSubscription({
    subscriptionId: "sub_1",
    customerId: "cus_1",
  });
  expect(made).toMatchObject({ subscriptionId: "sub_1", customerId: "cus_1" });
});

test("control calls may claim a time too", async () => {
  const at = await bench();
  const now = Date.parse("2027-03-01T10:00:00Z");
  const control = createSandboxClient(at.sandbox.url, { now: () => now });
  const { subscriptionId } = await control.createSubscription();
  const { paymentId } = await control.charge(subscriptionId);
  const payment = await at.dodo.payments.retrieve(paymentId);
  expect(payment.created_at).toBe("2027-03-01T10:00:00.000Z");
});

test("a wrong input is refused with its name", async () => {
  const { sandbox } = await bench();
  const response = await fetch(`${sandbox.url}/sandbox/subscriptions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ pirce: 5 }),
  });
  expect(response.status).toBe(422);
  expect(await response.text()).toContain("pirce");
});

test("a reset empties the books, drops what hangs, and goes back to the first settings", async () => {
  const at = await bench({ settings: { settleMs: 60_000 } });
  const { subscriptionId } = await at.control.createSubscription();
  await at.control.setSettings({ listLagMs: 99, settleMs: 1 });
  await at.control.addFault({ kind: "hang_before", ms: 600_000 });
  const hung = errorOf(at.dodo.subscriptions.retrieve(subscriptionId));
  await until(async () => (await at.control.requests()).length === 1);
  await at.control.addFault({ kind: "drop_before", times: 5 });
  await at.control.addWebhookFault({ kind: "lost" });
  await at.control.charge(subscriptionId);
  await at.control.reset();
  expect(await hung).toBeInstanceOf(APIConnectionError);
  expect(await at.control.ledger()).toEqual({ subscriptions: [], oneTime: [] });
  expect(await at.control.requests()).toEqual([]);
  expect(await at.control.deliveries()).toEqual([]);
  expect(await at.control.faults()).toEqual({ faults: [], webhookFaults: [] });
  expect(await at.control.settings()).toMatchObject({ listLagMs: 0, settleMs: 60_000 });
});
