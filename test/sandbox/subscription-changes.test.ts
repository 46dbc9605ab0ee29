import { describe, expect, test } from "vitest";
import { until } from "../support/until.ts";
import { apiErrorOf, sdk, setUpWithReceiver } from "./support.ts";

describe("cancellation", () => {
  test("the merchant's cancellation is immediate", async () => {
    const { control, dodo, endpoint } = await setUpWithReceiver();
    const { subscriptionId } = await control.createSubscription();
    const subscription = await dodo.subscriptions.update(subscriptionId, {
      status: "cancelled",
      cancel_reason: "cancelled_by_merchant",
    });
    expect(subscription.status).toBe("cancelled");
    expect(subscription.cancelled_at).not.toBeNull();
    await until(() => endpoint.types().includes("subscription.cancelled"));
  });

  test("a scheduled cancellation emits plan_changed and takes effect on the billing date", async () => {
    const { control, dodo, endpoint, sandbox } = await setUpWithReceiver();
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

  test("the customer's cancellation waits for the next billing date unless it is immediate", async () => {
    const { control } = await setUpWithReceiver();
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

describe("pause", () => {
  test("the status, sent alone, pauses and resumes a subscription", async () => {
    const { control, dodo, endpoint } = await setUpWithReceiver();
    const { subscriptionId } = await control.createSubscription();
    const paused = await dodo.subscriptions.update(subscriptionId, { status: "paused" });
    expect(paused.status).toBe("paused");
    expect(paused.paused_at).not.toBeNull();
    const resumed = await dodo.subscriptions.update(subscriptionId, { status: "active" });
    expect(resumed).toMatchObject({ status: "active", paused_at: null });
    await until(() => endpoint.types().includes("subscription.unpaused"));
  });

  test("a pause with another field, or in its old form, is refused", async () => {
    const { control, dodo } = await setUpWithReceiver();
    const { subscriptionId } = await control.createSubscription();
    const mixed = dodo.subscriptions.update(subscriptionId, {
      status: "paused",
      metadata: { a: "b" },
    });
    expect(await apiErrorOf(mixed)).toBe("422 INVALID_REQUEST_BODY");
    const old = dodo.subscriptions.update(subscriptionId, { pause: true });
    expect(await apiErrorOf(old)).toBe("422 INVALID_REQUEST_BODY");
  });

  test("resuming ends a hold from an unpaid pause settlement and voids the debt", async () => {
    const { control, dodo } = await setUpWithReceiver();
    const input = { status: "on_hold", pausedAt: Date.now() } as const;
    const { subscriptionId } = await control.createSubscription(input);
    const resumed = await dodo.subscriptions.update(subscriptionId, { status: "active" });
    expect(resumed).toMatchObject({ status: "active", paused_at: null });
    const plain = await control.createSubscription({ status: "on_hold" });
    const refused = dodo.subscriptions.update(plain.subscriptionId, { status: "active" });
    expect(await apiErrorOf(refused)).toBe("422 INVALID_REQUEST_PARAMETERS");
  });
});

test("new metadata replaces the old and emits subscription.updated", async () => {
  const { control, dodo, endpoint } = await setUpWithReceiver();
  const { subscriptionId } = await control.createSubscription({ metadata: { old: true } });
  const changed = await dodo.subscriptions.update(subscriptionId, { metadata: { reprise: "off" } });
  expect(changed.metadata).toEqual({ reprise: "off" });
  await until(() => endpoint.types().includes("subscription.updated"));
});

test("the next billing date must be in the future", async () => {
  const { control, dodo } = await setUpWithReceiver();
  const { subscriptionId } = await control.createSubscription();
  const past = dodo.subscriptions.update(subscriptionId, {
    next_billing_date: new Date(Date.now() - 1_000).toISOString(),
  });
  expect(await apiErrorOf(past)).toBe("422 INVALID_REQUEST_PARAMETERS");
  const next = new Date(Date.now() + 60_000).toISOString();
  const disabled = await dodo.subscriptions.update(subscriptionId, {
    disable_on_demand: { next_billing_date: next },
  });
  expect(disabled).toMatchObject({ on_demand: false, next_billing_date: next });
});

test("a subscription whose term is over expires and emits subscription.expired", async () => {
  const { control, dodo, endpoint } = await setUpWithReceiver();
  const { subscriptionId } = await control.createSubscription({ expiresAt: Date.now() - 1 });
  expect((await dodo.subscriptions.retrieve(subscriptionId)).status).toBe("expired");
  await until(() => endpoint.types().includes("subscription.expired"));
});
