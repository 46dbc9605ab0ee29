import { WebhookVerificationError } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { until } from "../support/until.ts";
import {
  setUpWithReceiver,
  subscriptionOnHold,
  untilDelivered,
  verifySignature,
} from "./support.ts";

describe("events", () => {
  test("a failed charge emits payment.failed, then subscription.on_hold", async () => {
    const setup = await setUpWithReceiver();
    const { subscriptionId, failed } = await subscriptionOnHold(setup);
    expect(await untilDelivered(setup, 2)).toEqual(["payment.failed", "subscription.on_hold"]);
    const [payment, subscription] = setup.endpoint.received;
    expect(payment?.data).toMatchObject({
      payload_type: "Payment",
      payment_id: failed,
      status: "failed",
      error_code: "INSUFFICIENT_FUNDS",
    });
    expect(subscription?.data).toMatchObject({
      payload_type: "Subscription",
      subscription_id: subscriptionId,
      status: "on_hold",
      past_due_ends_at: null,
    });
  });

  test("a success on a hold emits payment.succeeded, then subscription.active", async () => {
    const setup = await setUpWithReceiver();
    const { subscriptionId } = await subscriptionOnHold(setup);
    await setup.dodo.subscriptions.charge(subscriptionId, { product_price: 2_900 });
    const types = await untilDelivered(setup, 4);
    expect(types.slice(2)).toEqual(["payment.succeeded", "subscription.active"]);
  });

  test("a success on an active subscription emits only the payment's event, unless the settings say otherwise", async () => {
    const setup = await setUpWithReceiver();
    const { subscriptionId } = await setup.control.createSubscription();
    await setup.control.charge(subscriptionId);
    expect(await untilDelivered(setup, 1)).toEqual(["payment.succeeded"]);
    await setup.control.setSettings({ activeEvents: "always", renewedEvents: true });
    await setup.control.charge(subscriptionId);
    const types = await untilDelivered(setup, 4);
    expect(types.slice(1)).toEqual([
      "payment.succeeded",
      "subscription.active",
      "subscription.renewed",
    ]);
  });

  test("payment.processing is emitted when the bank keeps a payment processing", async () => {
    const setup = await setUpWithReceiver();
    const { subscriptionId } = await setup.control.createSubscription();
    const { paymentId } = await setup.control.charge(subscriptionId, {
      outcome: { processing: true },
    });
    await untilDelivered(setup, 1);
    await setup.control.settlePayment(paymentId, { outcome: { cancelled: true } });
    expect(await untilDelivered(setup, 2)).toEqual(["payment.processing", "payment.cancelled"]);
  });

  test("a payment that waits for the customer emits no event", async () => {
    const setup = await setUpWithReceiver();
    const { subscriptionId } = await setup.control.createSubscription();
    const { paymentId } = await setup.control.charge(subscriptionId, {
      outcome: { requires_customer_action: true },
    });
    await until(
      async () =>
        (await setup.dodo.payments.retrieve(paymentId)).status === "requires_customer_action",
    );
    expect(await setup.control.deliveries()).toEqual([]);
  });

  test("events that the endpoint does not subscribe to are not sent", async () => {
    const setup = await setUpWithReceiver({ webhookTypes: ["subscription.on_hold"] });
    await subscriptionOnHold(setup);
    expect(await untilDelivered(setup, 1)).toEqual(["subscription.on_hold"]);
    expect(await setup.control.deliveries()).toMatchObject([
      { state: "unsent" },
      { state: "accepted" },
    ]);
  });
});

describe("custom events", () => {
  test("a custom event of any type shows the sandbox's state", async () => {
    const setup = await setUpWithReceiver();
    const { subscriptionId, failed } = await subscriptionOnHold(setup);
    await untilDelivered(setup, 2);
    await setup.control.sendEvent({ type: "dunning.started", subscriptionId });
    await setup.control.sendEvent({ type: "abandoned_checkout.detected", paymentId: failed });
    await setup.control.sendEvent({ type: "subscription.unheard_of", subscriptionId });
    await setup.control.sendEvent({ type: "payout.created", data: { payload_type: "Payout" } });
    await until(() => setup.endpoint.received.length === 6);
    expect(
      new Set(setup.endpoint.received.slice(2).map(({ data }) => data["payload_type"])),
    ).toEqual(new Set(["AbandonedCheckout", "DunningAttempt", "Payout", "Subscription"]));
  });

  test("a custom event can contradict the state, be forged or be signed too long ago", async () => {
    const setup = await setUpWithReceiver();
    const { subscriptionId, failed } = await subscriptionOnHold(setup);
    await untilDelivered(setup, 2);
    const data = { status: "succeeded", error_code: null };
    await setup.control.sendEvent({ type: "payment.failed", paymentId: failed, data });
    await until(() => setup.endpoint.received.length === 3);
    expect(setup.endpoint.received[2]?.data).toMatchObject({
      payment_id: failed,
      status: "succeeded",
    });
    await setup.control.sendEvent({ type: "subscription.active", subscriptionId, forged: true });
    await until(() => setup.endpoint.received.length === 4);
    const type = "subscription.active";
    await setup.control.sendEvent({ type, subscriptionId, signedOffsetMs: -600_000 });
    await until(() => setup.endpoint.received.length === 5);
    for (const refused of setup.endpoint.received.slice(3)) {
      expect(() => verifySignature(refused, setup.sandbox.webhookKey)).toThrow(
        WebhookVerificationError,
      );
    }
  });

  test("a custom event about a payment needs the payment's id", async () => {
    const { control } = await setUpWithReceiver();
    await expect(control.sendEvent({ type: "payment.failed" })).rejects.toThrow(/paymentId/);
  });
});
