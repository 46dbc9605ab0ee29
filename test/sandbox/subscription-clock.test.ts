import { expect, test } from "vitest";
import { sdk, setUpSandbox, untilEnded } from "./support.ts";

test("a request that claims a time runs at that time", async () => {
  const { control, dodo, sandbox } = await setUpSandbox();
  const { subscriptionId } = await control.createSubscription();
  const now = Date.now() + 3 * 86_400_000;
  const { payment_id } = await sdk(sandbox, { now }).subscriptions.charge(subscriptionId, {
    product_price: 100,
  });
  const payment = await untilEnded(dodo, payment_id);
  expect(payment.created_at).toBe(new Date(now).toISOString());
  expect(payment.updated_at).toBe(new Date(now).toISOString());
});

test("a subscription's clock never goes back and moves no other subscription's clock", async () => {
  const { control, dodo, sandbox } = await setUpSandbox();
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

test("the clock offset applies to requests that claim no time", async () => {
  const { control, dodo } = await setUpSandbox({ settings: { clockOffsetMs: 86_400_000 } });
  const { subscriptionId } = await control.createSubscription();
  const { created_at } = await dodo.subscriptions.retrieve(subscriptionId);
  expect(Date.parse(created_at)).toBeGreaterThan(Date.now() + 80_000_000);
});
