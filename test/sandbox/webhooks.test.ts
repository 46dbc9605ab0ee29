import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { describe, expect, onTestFinished, test } from "vitest";

import { RETRY_DELAYS_MS } from "../../sandbox/webhooks/delivery-attempt.ts";
import {
  bench,
  ended,
  NEVER,
  onHold,
  receiver,
  type Bench,
  type Received,
  type Receiver,
} from "./support.ts";
import { until } from "../support/until.ts";

type WithReceiver = Bench & { readonly endpoint: Receiver };

async function connected(
  settings: NonNullable<Parameters<typeof bench>[0]>["settings"] = {},
): Promise<WithReceiver> {
  const endpoint = await receiver();
  return { ...(await bench({ settings: { webhookUrl: endpoint.url, ...settings } })), endpoint };
}

function verify({ body, headers }: Received, key: string): unknown {
  return new Webhook(key).verify(body, headers as Record<string, string>);
}

/** As many as were expected, and then some time for one too many: the last one's answer. */
async function arrived({ endpoint, control }: WithReceiver, count: number): Promise<string[]> {
  await until(() => endpoint.received.length >= count);
  await until(async () => (await control.deliveries()).every(({ state }) => state !== "waiting"));
  return endpoint.types();
}

describe("the events", () => {
  test("of a failed charge are payment.failed, then subscription.on_hold", async () => {
    const at = await connected();
    const { subscriptionId, failed } = await onHold(at);
    expect(await arrived(at, 2)).toEqual(["payment.failed", "subscription.on_hold"]);
    const [payment, subscription] = at.endpoint.received;
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

  test("of the success after it are payment.succeeded, then subscription.active", async () => {
    const at = await connected();
    const { subscriptionId } = await onHold(at);
    await at.dodo.subscriptions.charge(subscriptionId, { product_price: 2_900 });
    const types = await arrived(at, 4);
    expect(types.slice(2)).toEqual(["payment.succeeded", "subscription.active"]);
  });

  test("of a success on an active subscription tell of the payment alone, unless set otherwise", async () => {
    const at = await connected();
    const { subscriptionId } = await at.control.createSubscription();
    await at.control.charge(subscriptionId);
    expect(await arrived(at, 1)).toEqual(["payment.succeeded"]);
    await at.control.setSettings({ activeEvents: "always", renewedEvents: true });
    await at.control.charge(subscriptionId);
    const types = await arrived(at, 4);
    expect(types.slice(1)).toEqual([
      "payment.succeeded",
      "subscription.active",
      "subscription.renewed",
    ]);
  });

  test("are told of a payment in process only where the bank keeps it there, unless set otherwise", async () => {
    const at = await connected();
    const { subscriptionId } = await at.control.createSubscription();
    const { paymentId } = await at.control.charge(subscriptionId, {
      outcome: { processing: true },
    });
    await arrived(at, 1);
    await at.control.settlePayment(paymentId, { outcome: { cancelled: true } });
    expect(await arrived(at, 2)).toEqual(["payment.processing", "payment.cancelled"]);
  });

  test("none tells of a payment that waits for the customer", async () => {
    const at = await connected();
    const { subscriptionId } = await at.control.createSubscription();
    const { paymentId } = await at.control.charge(subscriptionId, {
      outcome: { requires_customer_action: true },
    });
    await until(
      async () =>
        (await at.dodo.payments.retrieve(paymentId)).status === "requires_customer_action",
    );
    expect(await at.control.deliveries()).toEqual([]);
  });

  test("that the endpoint did not choose are not sent", async () => {
    const at = await connected({ webhookTypes: ["subscription.on_hold"] });
    await onHold(at);
    expect(await arrived(at, 1)).toEqual(["subscription.on_hold"]);
    expect(await at.control.deliveries()).toMatchObject([
      { state: "unsent" },
      { state: "accepted" },
    ]);
  });
});

describe("a delivery", () => {
  test("is signed as Standard Webhooks asks, so that the real SDK opens it", async () => {
    const at = await connected();
    await onHold(at);
    await arrived(at, 2);
    for (const delivery of at.endpoint.received) {
      expect(verify(delivery, at.sandbox.webhookKey)).toEqual(JSON.parse(delivery.body));
      const opened = at.dodo.webhooks.unwrap(delivery.body, {
        headers: delivery.headers as Record<string, string>,
        key: at.sandbox.webhookKey,
      });
      expect(opened.type).toBe(delivery.type);
      expect(opened.business_id).toBe("bus_sandbox");
    }
  });

  test("is signed over id, time and body, by a hand's own reckoning", async () => {
    const at = await connected();
    await onHold(at);
    await arrived(at, 2);
    const [delivery] = at.endpoint.received;
    const key = Buffer.from(at.sandbox.webhookKey.slice("whsec_".length), "base64");
    const text = `${delivery?.id}.${String(delivery?.headers["webhook-timestamp"])}.${delivery?.body}`;
    const signature = createHmac("sha256", key).update(text).digest("base64");
    expect(delivery?.headers["webhook-signature"]).toBe(`v1,${signature}`);
  });

  test("is sent again under its id until the receiver takes it, newly signed each time", async () => {
    const at = await connected({ webhookRetryScale: 0.2 / 60, webhookTypes: ["payment.failed"] });
    at.endpoint.answers.push(503, 302, 200);
    await onHold(at);
    await until(async () => (await at.control.deliveries())[0]?.state === "accepted");
    const [first, second, third] = at.endpoint.received;
    expect(at.endpoint.received).toHaveLength(3);
    expect(second?.id).toBe(first?.id);
    expect(third?.id).toBe(first?.id);
    const [delivery] = await at.control.deliveries();
    expect(delivery?.attempts).toMatchObject([{ status: 503 }, { status: 302 }, { status: 200 }]);
    // 5 s and 5 min, scaled: the second gap spans at least one second, and so another time stamp.
    expect(third?.headers["webhook-timestamp"]).not.toBe(first?.headers["webhook-timestamp"]);
    expect(third?.headers["webhook-signature"]).not.toBe(first?.headers["webhook-signature"]);
  });

  test("is given up after eight attempts over 27 hours and 35 minutes", async () => {
    const at = await connected({ webhookRetryScale: 0, webhookTypes: ["payment.failed"] });
    at.endpoint.answers.push(...Array.from({ length: 20 }, () => 500));
    await onHold(at);
    await until(async () => (await at.control.deliveries())[0]?.state === "failed");
    expect(at.endpoint.received).toHaveLength(8);
    expect(RETRY_DELAYS_MS.reduce((sum, gapMs) => sum + gapMs, 0)).toBe(99_305_000);
  });

  test("that was never answered counts as failed", async () => {
    const at = await connected({ webhookRetryScale: 0 });
    await at.control.setSettings({ webhookUrl: "http://127.0.0.1:9/" });
    await onHold(at);
    await until(async () => (await at.control.deliveries()).at(0)?.state === "failed");
    const [delivery] = await at.control.deliveries();
    expect(delivery?.attempts[0]).toMatchObject({ status: null, error: "TypeError" });
  });

  test("carries the latest state, not that of its event", async () => {
    const at = await connected();
    await at.control.addWebhookFault({ kind: "lost", types: ["payment.failed"] });
    const { failed } = await onHold(at);
    await at.control.settlePayment(failed, { outcome: "succeed", force: true });
    await at.control.replayDeliveries({ state: "lost" });
    const delivery = await until(() =>
      at.endpoint.received.find(({ type }) => type === "payment.failed"),
    );
    expect(delivery.data).toMatchObject({ status: "succeeded", error_code: null });
    const [sent] = await at.control.deliveries();
    expect(sent?.attempts).toMatchObject([{ kind: "resend", dataStatus: "succeeded" }]);
  });

  test("tells in its envelope when the event occurred", async () => {
    const at = await connected();
    const now = Date.now() + 3 * 86_400_000;
    const { subscriptionId } = await at.control.createSubscription();
    const { payment_id } = await at.dodo.subscriptions.charge(
      subscriptionId,
      { product_price: 100 },
      { headers: { "x-sandbox-now": String(now) } },
    );
    await ended(at.dodo, payment_id);
    await arrived(at, 1);
    const [delivery] = at.endpoint.received;
    expect(JSON.parse(delivery?.body ?? "").timestamp).toBe(new Date(now).toISOString());
    expect(
      Math.abs(Number(delivery?.headers["webhook-timestamp"]) - Date.now() / 1_000),
    ).toBeLessThan(60);
  });

  test("can be resent, alone or with all others, under the same id", async () => {
    const at = await connected();
    await onHold(at);
    await arrived(at, 2);
    const [first] = await at.control.deliveries();
    await at.control.resendDelivery(first?.deliveryId ?? "");
    await until(() => at.endpoint.received.length === 3);
    expect(at.endpoint.received[2]?.id).toBe(at.endpoint.received[0]?.id);
    expect(await at.control.replayDeliveries()).toEqual({ resent: 2 });
    await until(() => at.endpoint.received.length === 5);
    expect(new Set(at.endpoint.received.map(({ id }) => id)).size).toBe(2);
  });

  test("that is not answered in time has failed, and is sent again", async () => {
    const at = await connected({
      webhookTimeoutMs: 50,
      webhookRetryScale: 0,
      webhookTypes: ["payment.failed"],
    });
    at.endpoint.answers.push(NEVER);
    await onHold(at);
    await until(async () => (await at.control.deliveries())[0]?.state === "accepted");
    const [delivery] = await at.control.deliveries();
    expect(delivery?.attempts).toMatchObject([
      { status: null, error: "AbortError" },
      { status: 200, error: null },
    ]);
  });

  test("that still waits for its turn is not sent after a reset", async () => {
    const at = await connected();
    at.endpoint.answers.push(NEVER);
    await onHold(at);
    await until(() => at.endpoint.received.length === 1);
    await at.control.reset();
    const before = at.endpoint.received.length;
    const { subscriptionId } = await at.control.createSubscription();
    await at.control.charge(subscriptionId);
    await until(() => at.endpoint.types().includes("payment.succeeded"));
    expect(at.endpoint.types().slice(before)).toEqual(["payment.succeeded"]);
  });
});

describe("a fault of webhooks", () => {
  test("loses an event, which can be recovered by replaying what was lost", async () => {
    const at = await connected();
    await at.control.addWebhookFault({ kind: "lost", types: ["payment.failed"] });
    await onHold(at);
    expect(await arrived(at, 1)).toEqual(["subscription.on_hold"]);
    expect((await at.control.deliveries())[0]?.state).toBe("lost");
    await at.control.replayDeliveries({ state: "lost" });
    await until(() => at.endpoint.types().includes("payment.failed"));
  });

  test("is over only once what was lost has been sent again: until then its subscription is not quiet", async () => {
    let answer: () => void = () => undefined;
    const slow = createServer((_request, response) => {
      answer = () => response.end();
    });
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void slow.close());
    const { port } = slow.address() as AddressInfo;
    const { control } = await bench({ settings: { webhookUrl: `http://127.0.0.1:${port}` } });
    const { subscriptionId } = await control.createSubscription();
    await control.addWebhookFault({ kind: "lost" });
    await control.charge(subscriptionId);
    await until(() => control.isIdle(subscriptionId));
    await control.replayDeliveries({ state: "lost" });
    expect(await control.isIdle(subscriptionId)).toBe(false);
    await until(() => {
      answer();
      return control.isIdle(subscriptionId);
    });
  });

  test("holds an event back for a time", async () => {
    const at = await connected();
    await at.control.addWebhookFault({ kind: "delayed", ms: 300, types: ["payment.failed"] });
    const { failed } = await onHold(at);
    expect(await arrived(at, 2)).toEqual(["subscription.on_hold", "payment.failed"]);
    const { updated_at } = await at.dodo.payments.retrieve(failed);
    const [late] = await at.control.deliveries();
    const waitedMs = (late?.attempts[0]?.startedAt ?? 0) - Date.parse(updated_at ?? "");
    expect(waitedMs).toBeGreaterThanOrEqual(295);
  });

  test("delivers one event several times under one id", async () => {
    const at = await connected();
    await at.control.addWebhookFault({ kind: "duplicated", copies: 3, types: ["payment.failed"] });
    await onHold(at);
    await until(() => at.endpoint.received.length === 4);
    const copies = at.endpoint.received.filter(({ type }) => type === "payment.failed");
    expect(new Set(copies.map(({ id }) => id)).size).toBe(1);
    expect(copies).toHaveLength(3);
  });

  test("delivers a batch in another order than its own", async () => {
    const at = await connected();
    await at.control.addWebhookFault({ kind: "shuffled", ms: 300 });
    const { subscriptionId } = await onHold(at);
    await at.dodo.subscriptions.charge(subscriptionId, { product_price: 2_900 });
    const types = await arrived(at, 4);
    const inOrder = [
      "payment.failed",
      "subscription.on_hold",
      "payment.succeeded",
      "subscription.active",
    ];
    expect(types).not.toEqual(inOrder);
    expect(types.toSorted()).toEqual(inOrder.toSorted());
  });

  test("forges the signature, which the receiver can tell", async () => {
    const at = await connected();
    await at.control.addWebhookFault({ kind: "forged", times: 1 });
    await onHold(at);
    await arrived(at, 2);
    const [forged, genuine] = at.endpoint.received;
    if (forged === undefined || genuine === undefined) throw new Error("two were expected");
    expect(() => verify(forged, at.sandbox.webhookKey)).toThrow(WebhookVerificationError);
    expect(() => verify(genuine, at.sandbox.webhookKey)).not.toThrow();
  });

  test("may strike one subscription alone", async () => {
    const at = await connected();
    const silent = await at.control.createSubscription();
    const heard = await at.control.createSubscription();
    await at.control.addWebhookFault({ kind: "lost", subscriptionId: silent.subscriptionId });
    await at.control.charge(silent.subscriptionId);
    await at.control.charge(heard.subscriptionId);
    await arrived(at, 1);
    await until(async () => (await at.control.deliveries()).length === 2);
    expect(at.endpoint.received.map(({ data }) => data["subscription_id"])).toEqual([
      heard.subscriptionId,
    ]);
  });
});

describe("an event of the tester's own", () => {
  test("is built from the books, whatever its type", async () => {
    const at = await connected();
    const { subscriptionId, failed } = await onHold(at);
    await arrived(at, 2);
    await at.control.sendEvent({ type: "dunning.started", subscriptionId });
    await at.control.sendEvent({ type: "abandoned_checkout.detected", paymentId: failed });
    await at.control.sendEvent({ type: "subscription.unheard_of", subscriptionId });
    await at.control.sendEvent({ type: "payout.created", data: { payload_type: "Payout" } });
    await until(() => at.endpoint.received.length === 6);
    expect(new Set(at.endpoint.received.slice(2).map(({ data }) => data["payload_type"]))).toEqual(
      new Set(["AbandonedCheckout", "DunningAttempt", "Payout", "Subscription"]),
    );
  });

  test("may contradict the books, be forged, or be signed too long ago", async () => {
    const at = await connected();
    const { subscriptionId, failed } = await onHold(at);
    await arrived(at, 2);
    const data = { status: "succeeded", error_code: null };
    await at.control.sendEvent({ type: "payment.failed", paymentId: failed, data });
    await until(() => at.endpoint.received.length === 3);
    expect(at.endpoint.received[2]?.data).toMatchObject({
      payment_id: failed,
      status: "succeeded",
    });
    await at.control.sendEvent({ type: "subscription.active", subscriptionId, forged: true });
    await until(() => at.endpoint.received.length === 4);
    const type = "subscription.active";
    await at.control.sendEvent({ type, subscriptionId, signedOffsetMs: -600_000 });
    await until(() => at.endpoint.received.length === 5);
    for (const refused of at.endpoint.received.slice(3)) {
      expect(() => verify(refused, at.sandbox.webhookKey)).toThrow(WebhookVerificationError);
    }
  });

  test("about a payment needs one", async () => {
    const { control } = await connected();
    await expect(control.sendEvent({ type: "payment.failed" })).rejects.toThrow(/paymentId/);
  });
});
