import { describe, expect, test } from "vitest";
import { until } from "../support/until.ts";
import { bench, type Bench, receiver, type Receiver, refusal, sdk } from "./support.ts";

async function connected(): Promise<Bench & { readonly endpoint: Receiver }> {
  const endpoint = await receiver();
  return { ...(await bench({ settings: { webhookUrl: endpoint.url } })), endpoint };
}

describe("a cancellation", () => {
  test("by the merchant is immediate", async () => {
    const { control, dodo, endpoint } = await connected();
    const { subscriptionId } = await control.createSubscription();
    const subscription = await dodo.subscriptions.update(subscriptionId, {
      status: "cancelled",
      cancel_reason: "cancelled_by_merchant",
    });
    expect(subscription.status).toBe("cancelled");
    expect(subscription.cancelled_at).not.toBeNull();
    await until(() => endpoint.types().includes("subscription.cancelled"));
  });

  test("may be scheduled, which is told as a changed plan, and takes effect in time", async () => {
    const { control, dodo, endpoint, sandbox } = await connected();
    const { subscriptionId } = await control.createSubscription();
    const scheduled = await dodo.subscriptions.update(subscriptionId, {
      cancel_at_next_billing_date: true,
    });
    expect(scheduled).toMatchObject({ status: "active", cancel_at_next_billing_date: true });
    await until(() => endpoint.types().includes("subscription.plan_changed"));
    const later = sdk(sandbox, { now: Date.now() + 32 * 86_400_000 });
    const ended = await later.subscriptions.retrieve(subscriptionId);
    expect(ended).toMatchObject({ status: "cancelled", cancelled_at: scheduled.next_billing_date });
    await until(() => endpoint.types().includes("subscription.cancelled"));
  });

  test("by the customer waits for the next billing date, unless it is made now", async () => {
    const { control } = await connected();
    const { subscriptionId } = await control.createSubscription();
    await control.cancelAsCustomer(subscriptionId);
    expect(await control.ledgerOf(subscriptionId)).toMatchObject({
      status: "active",
      cancelAtNextBillingDate: true,
    });
    expect(await control.cancelAsCustomer(subscriptionId, { when: "now" })).toEqual({
      status: "cancelled",
    });
  });
});

describe("a pause", () => {
  test("is set and ended by the status, sent alone", async () => {
    const { control, dodo, endpoint } = await connected();
    const { subscriptionId } = await control.createSubscription();
    const paused = await dodo.subscriptions.update(subscriptionId, { status: "paused" });
    expect(paused.status).toBe("paused");
    expect(paused.paused_at).not.toBeNull();
    const resumed = await dodo.subscriptions.update(subscriptionId, { status: "active" });
    expect(resumed).toMatchObject({ status: "active", paused_at: null });
    await until(() => endpoint.types().includes("subscription.unpaused"));
  });

  test("is refused together with another field, or in its old form", async () => {
    const { control, dodo } = await connected();
    const { subscriptionId } = await control.createSubscription();
    const mixed = dodo.subscriptions.update(subscriptionId, {
      status: "paused",
      metadata: { a: "b" },
    });
    expect(await refusal(mixed)).toBe("422 INVALID_REQUEST_BODY");
    const old = dodo.subscriptions.update(subscriptionId, { pause: true });
    expect(await refusal(old)).toBe("422 INVALID_REQUEST_BODY");
  });

  test("of a hold that it caused is ended by resuming, which voids the debt", async () => {
    const { control, dodo } = await connected();
    const input = { status: "on_hold", pausedAt: Date.now() } as const;
    const { subscriptionId } = await control.createSubscription(input);
    const resumed = await dodo.subscriptions.update(subscriptionId, { status: "active" });
    expect(resumed).toMatchObject({ status: "active", paused_at: null });
    const plain = await control.createSubscription({ status: "on_hold" });
    const refused = dodo.subscriptions.update(plain.subscriptionId, { status: "active" });
    expect(await refusal(refused)).toBe("422 INVALID_REQUEST_PARAMETERS");
  });
});

test("metadata is replaced, and the change told", async () => {
  const { control, dodo, endpoint } = await connected();
  const { subscriptionId } = await control.createSubscription({ metadata: { old: true } });
  const changed = await dodo.subscriptions.update(subscriptionId, { metadata: { reprise: "off" } });
  expect(changed.metadata).toEqual({ reprise: "off" });
  await until(() => endpoint.types().includes("subscription.updated"));
});

test("the next billing date must lie in the future", async () => {
  const { control, dodo } = await connected();
  const { subscriptionId } = await control.createSubscription();
  const past = dodo.subscriptions.update(subscriptionId, {
    next_billing_date: new Date(Date.now() - 1_000).toISOString(),
  });
  expect(await refusal(past)).toBe("422 INVALID_REQUEST_PARAMETERS");
  const next = new Date(Date.now() + 60_000).toISOString();
  const disabled = await dodo.subscriptions.update(subscriptionId, {
    disable_on_demand: { next_billing_date: next },
  });
  expect(disabled).toMatchObject({ on_demand: false, next_billing_date: next });
});

test("a subscription whose term is over expires, and says so", async () => {
  const { control, dodo, endpoint } = await connected();
  const { subscriptionId } = await control.createSubscription({ expiresAt: Date.now() - 1 });
  expect((await dodo.subscriptions.retrieve(subscriptionId)).status).toBe("expired");
  await until(() => endpoint.types().includes("subscription.expired"));
});
