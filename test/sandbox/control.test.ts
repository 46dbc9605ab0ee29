import { APIConnectionError } from "dodopayments";
import { describe, expect, test } from "vitest";
import { createSandboxClient } from "../../sandbox/control/client.ts";
import { until } from "../support/until.ts";
import { errorOf, setUpSandbox, startReceiver, subscriptionOnHold, untilEnded } from "./support.ts";

describe("the ledger", () => {
  test("the ledger shows what each subscription really paid", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup);
    const { payment_id } = await setup.dodo.subscriptions.charge(subscriptionId, {
      product_price: 2_900,
      metadata: { recovery_attempt: "pay_1.2" },
    });
    await untilEnded(setup.dodo, payment_id);
    const other = await setup.control.createSubscription();
    const { subscriptions } = await setup.control.ledger();
    expect(subscriptions.map((one) => [one.subscriptionId, one.collectedMinor])).toEqual([
      [subscriptionId, 2_900],
      [other.subscriptionId, 0],
    ]);
    expect(subscriptions[0]?.payments).toMatchObject([
      { origin: "merchant", status: "failed", errorCode: "INSUFFICIENT_FUNDS", attempt: null },
      { origin: "charge", status: "succeeded", attempt: "pay_1.2", totalMinor: 2_900 },
    ]);
    await expect(setup.control.ledgerOf("sub_none")).rejects.toThrow("sub_none");
  });

  test("the ledger counts refunds separately", async () => {
    const endpoint = await startReceiver();
    const setup = await setUpSandbox({ settings: { webhookUrl: endpoint.url } });
    const { subscriptionId } = await setup.control.createSubscription();
    const { paymentId } = await setup.control.charge(subscriptionId);
    await untilEnded(setup.dodo, paymentId);
    await setup.control.refund(paymentId, { amountMinor: 900 });
    expect(await setup.dodo.payments.retrieve(paymentId)).toMatchObject({
      status: "succeeded",
      refund_status: "partial",
      refunds: [{ amount: 900, is_partial: true }],
    });
    await setup.control.refund(paymentId);
    expect((await setup.dodo.payments.retrieve(paymentId)).refund_status).toBe("full");
    await expect(setup.control.refund(paymentId)).rejects.toThrow(/409/);
    expect(await setup.control.ledgerOf(subscriptionId)).toMatchObject({
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

test("a payment without a subscription ends at the time that the request claims", async () => {
  const setup = await setUpSandbox();
  const { paymentId } = await setup.control.createPayment();
  const later = Date.now() + 3 * 86_400_000;
  const laterControl = createSandboxClient(setup.sandbox.url, { now: () => later });
  await laterControl.settlePayment(paymentId, { outcome: "succeed" });
  const [payment] = (await setup.control.ledger()).oneTime;
  expect(payment?.ends).toEqual([{ at: later, status: "succeeded", errorCode: null }]);
});

test("a dispute opens, ends and shows on the payment", async () => {
  const endpoint = await startReceiver();
  const setup = await setUpSandbox({ settings: { webhookUrl: endpoint.url } });
  const { subscriptionId } = await setup.control.createSubscription();
  const { paymentId } = await setup.control.charge(subscriptionId);
  await untilEnded(setup.dodo, paymentId);
  await setup.control.dispute(paymentId);
  await setup.control.dispute(paymentId, { status: "dispute_lost" });
  const { disputes } = await setup.dodo.payments.retrieve(paymentId);
  expect(disputes).toMatchObject([{ dispute_status: "dispute_lost", amount: "2900" }]);
  const { items } = await setup.dodo.payments.list({ subscription_id: subscriptionId });
  expect(items[0]?.dispute_status).toBe("dispute_lost");
  await until(() => endpoint.received.length === 3);
  expect(endpoint.types()).toEqual(["payment.succeeded", "dispute.opened", "dispute.lost"]);
});

test("a payment without a subscription waits on its hosted page", async () => {
  const setup = await setUpSandbox();
  const { paymentId } = await setup.control.createPayment({ totalMinor: 1_200 });
  const payment = await setup.dodo.payments.retrieve(paymentId);
  expect(payment).toMatchObject({
    status: "requires_payment_method",
    subscription_id: null,
    subscription_ids: [],
    payment_link: `${setup.sandbox.url}/pay/${paymentId}`,
  });
  await setup.control.payPayment(paymentId);
  expect((await setup.control.ledger()).oneTime).toMatchObject([
    { paymentId, status: "succeeded" },
  ]);
});

test("a payment of several subscriptions names no single subscription", async () => {
  const setup = await setUpSandbox();
  const { customerId, subscriptionId } = await setup.control.createSubscription();
  const other = await setup.control.createSubscription({ customerId });
  const subscriptionIds = [subscriptionId, other.subscriptionId];
  const { paymentId } = await setup.control.createPayment({
    subscriptionIds,
    outcome: { decline: "GENERIC_DECLINE" },
  });
  expect(await untilEnded(setup.dodo, paymentId)).toMatchObject({
    subscription_id: null,
    subscription_ids: subscriptionIds,
    is_multi_subscription: true,
  });
  for (const id of subscriptionIds) {
    expect((await setup.dodo.subscriptions.retrieve(id)).status).toBe("on_hold");
  }
});

test("the customer pays on the open page, or on a new one if none is open", async () => {
  const setup = await setUpSandbox();
  const { subscriptionId } = await subscriptionOnHold(setup);
  const link = await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
    payment_method: { type: "new" },
  });
  const failed = await setup.control.payAsCustomer(subscriptionId, {
    card: { declines: "FRAUDULENT" },
  });
  expect(failed).toEqual({ paymentId: link.payment_id, status: "failed" });
  const paid = await setup.control.payAsCustomer(subscriptionId);
  expect(paid.status).toBe("succeeded");
  expect(paid.paymentId).not.toBe(link.payment_id);
});

test("updating a subscription through the control API emits no event", async () => {
  const setup = await setUpSandbox();
  const { subscriptionId } = await setup.control.createSubscription();
  await setup.control.updateSubscription(subscriptionId, { status: "on_hold", taxRate: 0.2 });
  expect((await setup.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("on_hold");
  expect(await setup.control.deliveries()).toEqual([]);
});

test("a charge can be backdated", async () => {
  const setup = await setUpSandbox();
  const { subscriptionId } = await setup.control.createSubscription();
  const { paymentId } = await setup.control.charge(subscriptionId, {
    createdAt: "2026-01-02T03:04:05Z",
    outcome: { decline: "GENERIC_DECLINE" },
  });
  const payment = await untilEnded(setup.dodo, paymentId);
  expect(payment.created_at).toBe("2026-01-02T03:04:05.000Z");
});

test("a caller can choose the ids", async () => {
  const setup = await setUpSandbox();
  await setup.control.createCustomer({ customerId: "cus_1" });
  const made = await setup.control.createSubscription({
    subscriptionId: "sub_1",
    customerId: "cus_1",
  });
  expect(made).toMatchObject({ subscriptionId: "sub_1", customerId: "cus_1" });
});

test("a control call can claim a time", async () => {
  const setup = await setUpSandbox();
  const now = Date.parse("2027-03-01T10:00:00Z");
  const control = createSandboxClient(setup.sandbox.url, { now: () => now });
  const { subscriptionId } = await control.createSubscription();
  const { paymentId } = await control.charge(subscriptionId);
  const payment = await setup.dodo.payments.retrieve(paymentId);
  expect(payment.created_at).toBe("2027-03-01T10:00:00.000Z");
});

test("the control API rejects an unknown field and names it", async () => {
  const { sandbox } = await setUpSandbox();
  const response = await fetch(`${sandbox.url}/sandbox/subscriptions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ pirce: 5 }),
  });
  expect(response.status).toBe(422);
  expect(await response.text()).toContain("pirce");
});

test("a reset discards all data, drops hanging requests and restores the initial settings", async () => {
  const setup = await setUpSandbox({ settings: { settleMs: 60_000 } });
  const { subscriptionId } = await setup.control.createSubscription();
  await setup.control.setSettings({ listLagMs: 99, settleMs: 1 });
  await setup.control.addFault({ kind: "hang_before", ms: 600_000 });
  const hung = errorOf(setup.dodo.subscriptions.retrieve(subscriptionId));
  await until(async () => (await setup.control.requests()).length === 1);
  await setup.control.addFault({ kind: "drop_before", times: 5 });
  await setup.control.addWebhookFault({ kind: "lost" });
  await setup.control.charge(subscriptionId);
  await setup.control.reset();
  expect(await hung).toBeInstanceOf(APIConnectionError);
  expect(await setup.control.ledger()).toEqual({ subscriptions: [], oneTime: [] });
  expect(await setup.control.requests()).toEqual([]);
  expect(await setup.control.deliveries()).toEqual([]);
  expect(await setup.control.faults()).toEqual({ faults: [], webhookFaults: [] });
  expect(await setup.control.settings()).toMatchObject({ listLagMs: 0, settleMs: 60_000 });
});
