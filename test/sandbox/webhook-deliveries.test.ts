import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebhookVerificationError } from "standardwebhooks";
import { describe, expect, onTestFinished, test } from "vitest";
import { RETRY_DELAYS_MS } from "../../sandbox/webhooks/delivery-attempt.ts";
import { TEST_LIMIT_MS } from "../support/limits.ts";
import { until, withTimeEnough } from "../support/until.ts";
import {
  NO_ANSWER,
  setUpSandbox,
  setUpWithReceiver,
  subscriptionOnHold,
  untilDelivered,
  untilEnded,
  verifySignature,
} from "./support.ts";

describe("deliveries", () => {
  test("a delivery is signed as Standard Webhooks specifies and Dodo's SDK verifies it", async () => {
    const setup = await setUpWithReceiver();
    await subscriptionOnHold(setup);
    await untilDelivered(setup, 2);
    for (const delivery of setup.endpoint.received) {
      expect(verifySignature(delivery, setup.sandbox.webhookKey)).toEqual(
        JSON.parse(delivery.body),
      );
      const opened = setup.dodo.webhooks.unwrap(delivery.body, {
        headers: delivery.headers as Record<string, string>,
        key: setup.sandbox.webhookKey,
      });
      expect(opened.type).toBe(delivery.type);
      expect(opened.business_id).toBe("bus_sandbox");
    }
  });

  test("the signature is an HMAC over id, timestamp and body", async () => {
    const setup = await setUpWithReceiver();
    await subscriptionOnHold(setup);
    await untilDelivered(setup, 2);
    const [delivery] = setup.endpoint.received;
    const key = Buffer.from(setup.sandbox.webhookKey.slice("whsec_".length), "base64");
    const text = `${delivery?.id}.${String(delivery?.headers["webhook-timestamp"])}.${delivery?.body}`;
    const signature = createHmac("sha256", key).update(text).digest("base64");
    expect(delivery?.headers["webhook-signature"]).toBe(`v1,${signature}`);
  });

  test("a rejected delivery is sent again under its id, with a new signature, until it is accepted", async () => {
    const setup = await setUpWithReceiver({
      webhookRetryScale: 0.2 / 60,
      webhookTypes: ["payment.failed"],
    });
    setup.endpoint.answers.push(503, 302, 200);
    await subscriptionOnHold(setup);
    await until(async () => (await setup.control.deliveries())[0]?.state === "accepted");
    const [first, second, third] = setup.endpoint.received;
    expect(setup.endpoint.received).toHaveLength(3);
    expect(second?.id).toBe(first?.id);
    expect(third?.id).toBe(first?.id);
    const [delivery] = await setup.control.deliveries();
    expect(delivery?.attempts).toMatchObject([{ status: 503 }, { status: 302 }, { status: 200 }]);
    // Scaled from 5 s and 5 min: the second delay is at least a second long, so the timestamps differ.
    expect(third?.headers["webhook-timestamp"]).not.toBe(first?.headers["webhook-timestamp"]);
    expect(third?.headers["webhook-signature"]).not.toBe(first?.headers["webhook-signature"]);
  });

  test("a delivery fails after eight attempts over 27 hours and 35 minutes", async () => {
    const setup = await setUpWithReceiver({
      webhookRetryScale: 0,
      webhookTypes: ["payment.failed"],
    });
    setup.endpoint.answers.push(...Array.from({ length: 20 }, () => 500));
    await subscriptionOnHold(setup);
    await until(async () => (await setup.control.deliveries())[0]?.state === "failed");
    expect(setup.endpoint.received).toHaveLength(8);
    expect(RETRY_DELAYS_MS.reduce((sum, gapMs) => sum + gapMs, 0)).toBe(99_305_000);
  });

  test("a delivery to an unreachable endpoint fails", async () => {
    const setup = await setUpWithReceiver({ webhookRetryScale: 0 });
    await setup.control.setSettings({ webhookUrl: "http://127.0.0.1:9/" });
    await subscriptionOnHold(setup);
    await until(async () => (await setup.control.deliveries()).at(0)?.state === "failed");
    const [delivery] = await setup.control.deliveries();
    expect(delivery?.attempts[0]).toMatchObject({ status: null, error: "TypeError" });
  });

  test("a delivery carries the latest state, not the state at the event", async () => {
    const setup = await setUpWithReceiver();
    await setup.control.addWebhookFault({ kind: "lost", types: ["payment.failed"] });
    const { failed } = await subscriptionOnHold(setup);
    await setup.control.settlePayment(failed, { outcome: "succeed", force: true });
    await setup.control.replayDeliveries({ state: "lost" });
    const delivery = await until(() =>
      setup.endpoint.received.find(({ type }) => type === "payment.failed"),
    );
    expect(delivery.data).toMatchObject({ status: "succeeded", error_code: null });
    const [sent] = await setup.control.deliveries();
    expect(sent?.attempts).toMatchObject([{ kind: "resend", dataStatus: "succeeded" }]);
  });

  test("the envelope states when the event occurred", async () => {
    const setup = await setUpWithReceiver();
    const now = Date.now() + 3 * 86_400_000;
    const { subscriptionId } = await setup.control.createSubscription();
    const { payment_id } = await setup.dodo.subscriptions.charge(
      subscriptionId,
      { product_price: 100 },
      { headers: { "x-sandbox-now": String(now) } },
    );
    await untilEnded(setup.dodo, payment_id);
    await untilDelivered(setup, 1);
    const [delivery] = setup.endpoint.received;
    expect(JSON.parse(delivery?.body ?? "").timestamp).toBe(new Date(now).toISOString());
    expect(
      Math.abs(Number(delivery?.headers["webhook-timestamp"]) - Date.now() / 1_000),
    ).toBeLessThan(TEST_LIMIT_MS / 1_000);
  });

  test("one delivery or all deliveries can be resent under the same id", async () => {
    const setup = await setUpWithReceiver();
    await subscriptionOnHold(setup);
    await untilDelivered(setup, 2);
    const [first] = await setup.control.deliveries();
    await setup.control.resendDelivery(first?.deliveryId ?? "");
    await until(() => setup.endpoint.received.length === 3);
    expect(setup.endpoint.received[2]?.id).toBe(setup.endpoint.received[0]?.id);
    expect(await setup.control.replayDeliveries()).toEqual({ resent: 2 });
    await until(() => setup.endpoint.received.length === 5);
    expect(new Set(setup.endpoint.received.map(({ id }) => id)).size).toBe(2);
  });

  test("a delivery that times out is sent again", async () => {
    await withTimeEnough(async (webhookTimeoutMs) => {
      const setup = await setUpWithReceiver({
        webhookTimeoutMs,
        webhookRetryScale: 0,
        webhookTypes: ["payment.failed"],
      });
      setup.endpoint.answers.push(NO_ANSWER);
      await subscriptionOnHold(setup);
      const { state, attempts } = await until(async () => {
        const [found] = await setup.control.deliveries();
        return found?.state === "waiting" ? null : found;
      });
      const [first, ...others] = attempts;
      expect(first).toMatchObject({ status: null, error: "AbortError" });
      // The answer to another attempt came too late as well.
      if (others.some(({ error }) => error === "AbortError")) return null;
      expect(others).toMatchObject([{ status: 200, error: null }]);
      expect(state).toBe("accepted");
      return attempts;
    });
  });

  test("a reset discards queued deliveries", async () => {
    const setup = await setUpWithReceiver();
    setup.endpoint.answers.push(NO_ANSWER);
    await subscriptionOnHold(setup);
    await until(() => setup.endpoint.received.length === 1);
    await setup.control.reset();
    const before = setup.endpoint.received.length;
    const { subscriptionId } = await setup.control.createSubscription();
    await setup.control.charge(subscriptionId);
    await until(() => setup.endpoint.types().includes("payment.succeeded"));
    expect(setup.endpoint.types().slice(before)).toEqual(["payment.succeeded"]);
  });
});

describe("webhook faults", () => {
  test("a lost event arrives once it is replayed", async () => {
    const setup = await setUpWithReceiver();
    await setup.control.addWebhookFault({ kind: "lost", types: ["payment.failed"] });
    await subscriptionOnHold(setup);
    expect(await untilDelivered(setup, 1)).toEqual(["subscription.on_hold"]);
    expect((await setup.control.deliveries())[0]?.state).toBe("lost");
    await setup.control.replayDeliveries({ state: "lost" });
    await until(() => setup.endpoint.types().includes("payment.failed"));
  });

  test("a subscription is not idle until its replayed event has arrived", async () => {
    let answer: () => void = () => undefined;
    const slow = createServer((_request, response) => {
      answer = () => response.end();
    });
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void slow.close());
    const { port } = slow.address() as AddressInfo;
    const { control } = await setUpSandbox({
      settings: { webhookUrl: `http://127.0.0.1:${port}` },
    });
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

  test("a delayed event arrives late", async () => {
    await withTimeEnough(async (ms) => {
      const setup = await setUpWithReceiver();
      await setup.control.addWebhookFault({ kind: "delayed", ms, types: ["payment.failed"] });
      const { failed } = await subscriptionOnHold(setup);
      const types = await untilDelivered(setup, 2);
      const { updated_at } = await setup.dodo.payments.retrieve(failed);
      const [late, punctual] = await setup.control.deliveries();
      const since = Date.parse(updated_at ?? "");
      const waitedMs = (late?.attempts[0]?.startedAt ?? 0) - since;
      expect(waitedMs).toBeGreaterThanOrEqual(ms - 5);
      // The other one took as long as the delay.
      if ((punctual?.attempts[0]?.endedAt ?? Number.POSITIVE_INFINITY) - since >= ms) return null;
      expect(types).toEqual(["subscription.on_hold", "payment.failed"]);
      return types;
    });
  });

  test("a duplicated event arrives several times under one id", async () => {
    const setup = await setUpWithReceiver();
    await setup.control.addWebhookFault({
      kind: "duplicated",
      copies: 3,
      types: ["payment.failed"],
    });
    await subscriptionOnHold(setup);
    await until(() => setup.endpoint.received.length === 4);
    const copies = setup.endpoint.received.filter(({ type }) => type === "payment.failed");
    expect(new Set(copies.map(({ id }) => id)).size).toBe(1);
    expect(copies).toHaveLength(3);
  });

  test("a shuffled batch arrives in a different order", async () => {
    const inOrder = [
      "payment.failed",
      "subscription.on_hold",
      "payment.succeeded",
      "subscription.active",
    ];
    await withTimeEnough(async (ms) => {
      const setup = await setUpWithReceiver();
      await setup.control.addWebhookFault({ kind: "shuffled", ms });
      const { subscriptionId } = await subscriptionOnHold(setup);
      await setup.dodo.subscriptions.charge(subscriptionId, { product_price: 2_900 });
      const types = await untilDelivered(setup, 4);
      expect(types.toSorted()).toEqual(inOrder.toSorted());
      // Events further apart than the batch waits are batches of their own.
      return types.join() === inOrder.join() ? null : types;
    });
  });

  test("a forged signature fails verification", async () => {
    const setup = await setUpWithReceiver();
    await setup.control.addWebhookFault({ kind: "forged", times: 1 });
    await subscriptionOnHold(setup);
    await untilDelivered(setup, 2);
    const [forged, genuine] = setup.endpoint.received;
    if (forged === undefined || genuine === undefined) throw new Error("expected two deliveries");
    expect(() => verifySignature(forged, setup.sandbox.webhookKey)).toThrow(
      WebhookVerificationError,
    );
    expect(() => verifySignature(genuine, setup.sandbox.webhookKey)).not.toThrow();
  });

  test("a webhook fault can affect a single subscription", async () => {
    const setup = await setUpWithReceiver();
    const silent = await setup.control.createSubscription();
    const heard = await setup.control.createSubscription();
    await setup.control.addWebhookFault({ kind: "lost", subscriptionId: silent.subscriptionId });
    await setup.control.charge(silent.subscriptionId);
    await setup.control.charge(heard.subscriptionId);
    await untilDelivered(setup, 1);
    await until(async () => (await setup.control.deliveries()).length === 2);
    expect(setup.endpoint.received.map(({ data }) => data["subscription_id"])).toEqual([
      heard.subscriptionId,
    ]);
  });
});
