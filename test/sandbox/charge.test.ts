import { describe, expect, test } from "vitest";
import { apiErrorOf, setUpSandbox, subscriptionOnHold, untilEnded } from "./support.ts";

describe("charge results", () => {
  test("a charge returns only the payment's id and is processing until it settles", async () => {
    const { control, dodo } = await setUpSandbox({ settings: { settleMs: 60_000 } });
    const { subscriptionId } = await control.createSubscription();
    const answer = await dodo.subscriptions.charge(subscriptionId, { product_price: 2_900 });
    expect(Object.keys(answer)).toEqual(["payment_id"]);
    const payment = await dodo.payments.retrieve(answer.payment_id);
    expect(payment).toMatchObject({ status: "processing", error_code: null, retry_attempt: 0 });
    await control.settlePayment(answer.payment_id, { outcome: "succeed" });
    expect(await dodo.payments.retrieve(answer.payment_id)).toMatchObject({ status: "succeeded" });
  });

  test("a charge of a good card succeeds later", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId, methodId } = await control.createSubscription();
    const { payment_id } = await dodo.subscriptions.charge(subscriptionId, {
      product_price: 2_900,
      metadata: { recovery_attempt: "pay_1.2" },
    });
    const payment = await untilEnded(dodo, payment_id);
    expect(payment).toMatchObject({
      status: "succeeded",
      total_amount: 2_900,
      subscription_id: subscriptionId,
      subscription_ids: [subscriptionId],
      is_update_payment_method: false,
      payment_method_id: methodId,
      metadata: { recovery_attempt: "pay_1.2" },
    });
    const entry = await control.ledgerOf(subscriptionId);
    expect(entry).toMatchObject({ collectedMinor: 2_900, succeeded: 1, open: 0 });
    expect(entry.payments[0]).toMatchObject({ attempt: "pay_1.2", origin: "charge" });
  });

  test("a charge of a declining card fails later with the card's code", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription({
      card: { declines: "LOST_CARD" },
    });
    const { payment_id } = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    const payment = await untilEnded(dodo, payment_id);
    expect(payment).toMatchObject({ status: "failed", error_code: "LOST_CARD" });
    expect(payment.error_message).toBe("Lost card.");
    expect((await dodo.subscriptions.retrieve(subscriptionId)).status).toBe("on_hold");
  });

  test("charges follow the scripted outcomes, then the default, until a new card clears the default", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription();
    await control.script(subscriptionId, [{ decline: "TRY_AGAIN_LATER" }, "succeed"], {
      decline: "GENERIC_DECLINE",
    });
    const codes: unknown[] = [];
    for (let charge = 0; charge < 3; charge += 1) {
      const answer = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
      codes.push((await untilEnded(dodo, answer.payment_id)).error_code);
    }
    expect(codes).toEqual(["TRY_AGAIN_LATER", null, "GENERIC_DECLINE"]);
    await control.changePaymentMethod(subscriptionId);
    const answer = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect((await untilEnded(dodo, answer.payment_id)).status).toBe("succeeded");
  });

  test("a charge without metadata copies the subscription's metadata", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription({ metadata: { plan: "gold" } });
    const own = await dodo.subscriptions.charge(subscriptionId, {
      product_price: 100,
      metadata: { invoice_id: "in_7" },
    });
    expect((await untilEnded(dodo, own.payment_id)).metadata).toEqual({ invoice_id: "in_7" });
    const copied = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect((await untilEnded(dodo, copied.payment_id)).metadata).toEqual({ plan: "gold" });
  });

  test("a charge stays processing until something settles it", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription({ currency: "INR" });
    await control.script(subscriptionId, [{ processing: true }]);
    const { payment_id } = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect((await dodo.payments.retrieve(payment_id)).status).toBe("processing");
    await control.settlePayment(payment_id, { outcome: { decline: "MANDATE_INVALID" } });
    const payment = await dodo.payments.retrieve(payment_id);
    expect(payment).toMatchObject({ status: "failed", error_code: "MANDATE_INVALID" });
  });

  test("a failed charge can succeed late", async () => {
    const { control, dodo, sandbox } = await setUpSandbox();
    const { subscriptionId, failed } = await subscriptionOnHold({ control, dodo, sandbox });
    await expect(control.settlePayment(failed, { outcome: "succeed" })).rejects.toThrow(/409/);
    await control.settlePayment(failed, { outcome: "succeed", force: true });
    expect(await control.ledgerOf(subscriptionId)).toMatchObject({
      status: "active",
      collectedMinor: 2_900,
    });
  });
});

describe("tax", () => {
  test("tax is added to a price that does not include it", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription({ taxRate: 0.19 });
    const { payment_id } = await dodo.subscriptions.charge(subscriptionId, { product_price: 999 });
    expect(await untilEnded(dodo, payment_id)).toMatchObject({ total_amount: 1_189, tax: 190 });
  });

  test("tax is part of a price that includes it", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription({
      taxRate: 0.19,
      taxInclusive: true,
    });
    const { payment_id } = await dodo.subscriptions.charge(subscriptionId, {
      product_price: 1_190,
    });
    expect(await untilEnded(dodo, payment_id)).toMatchObject({ total_amount: 1_190, tax: 190 });
  });
});

describe("after a failed charge", () => {
  test("a failed charge puts the subscription on hold and another charge is allowed", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup);
    const { payment_id } = await setup.dodo.subscriptions.charge(subscriptionId, {
      product_price: 2_900,
    });
    await untilEnded(setup.dodo, payment_id);
    expect((await setup.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("active");
  });

  test("a failed charge leaves the subscription active if onFailure is stay", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup, { onFailure: "stay" });
    expect((await setup.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("active");
  });

  test("a failed charge opens a grace period that ends in a hold if onFailure is past_due", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup, {
      onFailure: "past_due",
      graceDays: 3,
    });
    expect((await setup.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("past_due");
    const later = { headers: { "x-sandbox-now": String(Date.now() + 4 * 86_400_000) } };
    const subscription = await setup.dodo.subscriptions.retrieve(subscriptionId, later);
    expect(subscription.status).toBe("on_hold");
  });

  test("a success leaves the hold in place if onSuccess is stay", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup, { onSuccess: "stay" });
    const { payment_id } = await setup.dodo.subscriptions.charge(subscriptionId, {
      product_price: 2_900,
    });
    expect((await untilEnded(setup.dodo, payment_id)).status).toBe("succeeded");
    expect((await setup.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("on_hold");
  });
});

describe("refused charges", () => {
  test("refuses a charge while the previous payment is pending", async () => {
    const { control, dodo } = await setUpSandbox({ settings: { settleMs: 60_000 } });
    const { subscriptionId } = await control.createSubscription();
    await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    const again = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await apiErrorOf(again)).toBe("409 PREVIOUS_PAYMENT_PENDING");
  });

  test("refuses a charge while a payment link is unpaid and accepts it once the link expires", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup);
    await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
      payment_method: { type: "new" },
    });
    const charge = (now: number): Promise<unknown> =>
      setup.dodo.subscriptions.charge(
        subscriptionId,
        { product_price: 100 },
        { headers: { "x-sandbox-now": String(now) } },
      );
    expect(await apiErrorOf(charge(Date.now()))).toBe("409 PREVIOUS_PAYMENT_PENDING");
    await charge(Date.now() + 25 * 3_600_000);
  });

  test("refuses a charge after the link expires if any open payment counts as pending", async () => {
    const setup = await setUpSandbox({ settings: { pendingGuard: "any_open" } });
    const { subscriptionId } = await subscriptionOnHold(setup);
    await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
      payment_method: { type: "new" },
    });
    const later = { headers: { "x-sandbox-now": String(Date.now() + 25 * 3_600_000) } };
    const charge = setup.dodo.subscriptions.charge(subscriptionId, { product_price: 100 }, later);
    expect(await apiErrorOf(charge)).toBe("409 PREVIOUS_PAYMENT_PENDING");
  });

  test("refuses a charge after a failed payment if pendingGuard is not_succeeded", async () => {
    const setup = await setUpSandbox({ settings: { pendingGuard: "not_succeeded" } });
    const { subscriptionId } = await subscriptionOnHold(setup);
    const charge = setup.dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await apiErrorOf(charge)).toBe("409 PREVIOUS_PAYMENT_PENDING");
  });

  test("refuses a charge on a hold if chargeOnHold is off", async () => {
    const setup = await setUpSandbox({ settings: { chargeOnHold: false } });
    const held = await subscriptionOnHold(setup);
    const free = await subscriptionOnHold(setup, { chargeOnHold: true });
    const charge = setup.dodo.subscriptions.charge(held.subscriptionId, { product_price: 100 });
    expect(await apiErrorOf(charge)).toBe("422 SUBSCRIPTION_INACTIVE");
    await setup.dodo.subscriptions.charge(free.subscriptionId, { product_price: 100 });
  });

  test("refuses a charge in every status other than active", async () => {
    const { control, dodo } = await setUpSandbox();
    const refused: string[] = [];
    for (const status of ["pending", "paused", "cancelled", "failed", "expired"] as const) {
      const { subscriptionId } = await control.createSubscription({ status });
      const charge = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
      refused.push(`${status}: ${await apiErrorOf(charge)}`);
    }
    expect(refused).toEqual([
      "pending: 422 SUBSCRIPTION_INACTIVE",
      "paused: 422 SUBSCRIPTION_INACTIVE",
      "cancelled: 422 SUBSCRIPTION_INACTIVE",
      "failed: 422 SUBSCRIPTION_INACTIVE",
      "expired: 422 SUBSCRIPTION_EXPIRED",
    ]);
  });

  test("refuses a charge once the subscription's term is over", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription({ expiresAt: Date.now() - 1 });
    const charge = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await apiErrorOf(charge)).toBe("422 SUBSCRIPTION_EXPIRED");
  });

  test("refuses a charge of a scheduled subscription", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription({ onDemand: false });
    const charge = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await apiErrorOf(charge)).toBe("422 SUBSCRIPTION_NOT_ON_DEMAND");
  });

  test("refuses a charge while a cancellation is scheduled, unless the setting allows it", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription({ cancelAtNextBillingDate: true });
    const charge = (): Promise<unknown> =>
      dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await apiErrorOf(charge())).toBe("422 CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION");
    await control.setSettings({ chargeWhileCancellationScheduled: true });
    await charge();
  });

  test("refuses a charge after ten failed attempts and accepts it after a success", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription({ card: "generic_decline" });
    const charge = async (): Promise<void> => {
      const answer = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
      await untilEnded(dodo, answer.payment_id);
    };
    for (let attempt = 0; attempt < 10; attempt += 1) await charge();
    expect(await apiErrorOf(charge())).toBe("422 SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED");
    await control.changePaymentMethod(subscriptionId);
    await charge();
  });

  test("refuses an amount that is too small or not a 32-bit whole number", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription();
    const charge = (price: number): Promise<string> =>
      apiErrorOf(dodo.subscriptions.charge(subscriptionId, { product_price: price }));
    expect(await charge(49)).toBe("422 REQUEST_AMOUNT_BELOW_MINIMUM");
    expect(await charge(2_147_483_648)).toBe("422 INVALID_REQUEST_BODY");
    expect(await charge(29.5)).toBe("422 INVALID_REQUEST_BODY");
    expect(await charge(-100)).toBe("422 INVALID_REQUEST_BODY");
  });

  test("refuses an unsupported currency, a missing card and metadata out of bounds", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription();
    const price = { product_price: 100 };
    const inDirham = dodo.subscriptions.charge(subscriptionId, {
      ...price,
      product_currency: "AED",
    });
    expect(await apiErrorOf(inDirham)).toBe("422 UNSUPPORTED_CURRENCY");
    const metadata = { note: "x".repeat(501) };
    const tooLong = dodo.subscriptions.charge(subscriptionId, { ...price, metadata });
    expect(await apiErrorOf(tooLong)).toBe("422 INVALID_REQUEST_BODY");
    const cardless = await control.createSubscription({ card: null });
    const withoutCard = dodo.subscriptions.charge(cardless.subscriptionId, price);
    expect(await apiErrorOf(withoutCard)).toBe("422 NO_ELIGIBLE_PAYMENT_METHODS");
  });

  test("answers 404 to a charge of an unknown subscription", async () => {
    const { dodo } = await setUpSandbox();
    const charge = dodo.subscriptions.charge("sub_none", { product_price: 100 });
    expect(await apiErrorOf(charge)).toBe("404 NOT_FOUND");
  });

  test("answers a refusal with the HTTP status from the settings", async () => {
    const { control, dodo } = await setUpSandbox({
      settings: { settleMs: 60_000, errorStatus: { PREVIOUS_PAYMENT_PENDING: 422 } },
    });
    const { subscriptionId } = await control.createSubscription();
    await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    const again = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await apiErrorOf(again)).toBe("422 PREVIOUS_PAYMENT_PENDING");
  });

  test("creates no payment when it refuses a charge", async () => {
    const setup = await setUpSandbox({ settings: { chargeOnHold: false } });
    const { subscriptionId } = await subscriptionOnHold(setup);
    await apiErrorOf(setup.dodo.subscriptions.charge(subscriptionId, { product_price: 100 }));
    expect((await setup.control.ledgerOf(subscriptionId)).payments).toHaveLength(1);
  });
});
