import { describe, expect, test } from "vitest";
import { bench, ended, onHold, refusal } from "./support.ts";

describe("a charge", () => {
  test("answers the payment's id alone, and is in process until it ends", async () => {
    const { control, dodo } = await bench({ settings: { settleMs: 60_000 } });
    const { subscriptionId } = await control.createSubscription();
    const answer = await dodo.subscriptions.charge(subscriptionId, { product_price: 2_900 });
    expect(Object.keys(answer)).toEqual(["payment_id"]);
    const payment = await dodo.payments.retrieve(answer.payment_id);
    expect(payment).toMatchObject({ status: "processing", error_code: null, retry_attempt: 0 });
    await control.settlePayment(answer.payment_id, { outcome: "succeed" });
    expect(await dodo.payments.retrieve(answer.payment_id)).toMatchObject({ status: "succeeded" });
  });

  test("succeeds later where the card is good", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId, methodId } = await control.createSubscription();
    const { payment_id } = await dodo.subscriptions.charge(subscriptionId, {
      product_price: 2_900,
      metadata: { recovery_attempt: "pay_1.2" },
    });
    const payment = await ended(dodo, payment_id);
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

  test("fails later with the code of the card", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription({
      card: { declines: "LOST_CARD" },
    });
    const { payment_id } = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    const payment = await ended(dodo, payment_id);
    expect(payment).toMatchObject({ status: "failed", error_code: "LOST_CARD" });
    expect(payment.error_message).toBe("Lost card.");
    expect((await dodo.subscriptions.retrieve(subscriptionId)).status).toBe("on_hold");
  });

  test("plays out as scripted, then by the default, until a new card ends the default", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription();
    await control.script(subscriptionId, [{ decline: "TRY_AGAIN_LATER" }, "succeed"], {
      decline: "GENERIC_DECLINE",
    });
    const codes: unknown[] = [];
    for (let charge = 0; charge < 3; charge += 1) {
      const answer = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
      codes.push((await ended(dodo, answer.payment_id)).error_code);
    }
    expect(codes).toEqual(["TRY_AGAIN_LATER", null, "GENERIC_DECLINE"]);
    await control.changePaymentMethod(subscriptionId);
    const answer = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect((await ended(dodo, answer.payment_id)).status).toBe("succeeded");
  });

  test("copies the subscription's metadata where it brings none", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription({ metadata: { plan: "gold" } });
    const own = await dodo.subscriptions.charge(subscriptionId, {
      product_price: 100,
      metadata: { invoice_id: "in_7" },
    });
    expect((await ended(dodo, own.payment_id)).metadata).toEqual({ invoice_id: "in_7" });
    const copied = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect((await ended(dodo, copied.payment_id)).metadata).toEqual({ plan: "gold" });
  });

  test("stays in process as long as the bank wants", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription({ currency: "INR" });
    await control.script(subscriptionId, [{ processing: true }]);
    const { payment_id } = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect((await dodo.payments.retrieve(payment_id)).status).toBe("processing");
    await control.settlePayment(payment_id, { outcome: { decline: "MANDATE_INVALID" } });
    const payment = await dodo.payments.retrieve(payment_id);
    expect(payment).toMatchObject({ status: "failed", error_code: "MANDATE_INVALID" });
  });

  test("may succeed late, after it was known to have failed", async () => {
    const { control, dodo, sandbox } = await bench();
    const { subscriptionId, failed } = await onHold({ control, dodo, sandbox });
    await expect(control.settlePayment(failed, { outcome: "succeed" })).rejects.toThrow(/409/);
    await control.settlePayment(failed, { outcome: "succeed", force: true });
    expect(await control.ledgerOf(subscriptionId)).toMatchObject({
      status: "active",
      collectedMinor: 2_900,
    });
  });
});

describe("tax", () => {
  test("comes on top of the price where the price does not include it", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription({ taxRate: 0.19 });
    const { payment_id } = await dodo.subscriptions.charge(subscriptionId, { product_price: 999 });
    expect(await ended(dodo, payment_id)).toMatchObject({ total_amount: 1_189, tax: 190 });
  });

  test("is within the price where it is included", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription({
      taxRate: 0.19,
      taxInclusive: true,
    });
    const { payment_id } = await dodo.subscriptions.charge(subscriptionId, {
      product_price: 1_190,
    });
    expect(await ended(dodo, payment_id)).toMatchObject({ total_amount: 1_190, tax: 190 });
  });
});

describe("a failed charge", () => {
  test("puts the subscription on hold, and another charge is still allowed", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at);
    const { payment_id } = await at.dodo.subscriptions.charge(subscriptionId, {
      product_price: 2_900,
    });
    await ended(at.dodo, payment_id);
    expect((await at.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("active");
  });

  test("leaves the subscription active where it is so set", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at, { onFailure: "stay" });
    expect((await at.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("active");
  });

  test("opens a grace period where one is set, which ends in a hold", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at, { onFailure: "past_due", graceDays: 3 });
    expect((await at.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("past_due");
    const later = { headers: { "x-sandbox-now": String(Date.now() + 4 * 86_400_000) } };
    const subscription = await at.dodo.subscriptions.retrieve(subscriptionId, later);
    expect(subscription.status).toBe("on_hold");
  });

  test("may be followed by a success that leaves the hold in place", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at, { onSuccess: "stay" });
    const { payment_id } = await at.dodo.subscriptions.charge(subscriptionId, {
      product_price: 2_900,
    });
    expect((await ended(at.dodo, payment_id)).status).toBe("succeeded");
    expect((await at.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("on_hold");
  });
});

describe("a charge is refused", () => {
  test("while the previous payment is pending", async () => {
    const { control, dodo } = await bench({ settings: { settleMs: 60_000 } });
    const { subscriptionId } = await control.createSubscription();
    await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    const again = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await refusal(again)).toBe("409 PREVIOUS_PAYMENT_PENDING");
  });

  test("while a link is unpaid, until the link has expired", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at);
    await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
      payment_method: { type: "new" },
    });
    const charge = (now: number): Promise<unknown> =>
      at.dodo.subscriptions.charge(
        subscriptionId,
        { product_price: 100 },
        { headers: { "x-sandbox-now": String(now) } },
      );
    expect(await refusal(charge(Date.now()))).toBe("409 PREVIOUS_PAYMENT_PENDING");
    await charge(Date.now() + 25 * 3_600_000);
  });

  test("even after that, where any open payment bars it", async () => {
    const at = await bench({ settings: { pendingGuard: "any_open" } });
    const { subscriptionId } = await onHold(at);
    await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
      payment_method: { type: "new" },
    });
    const later = { headers: { "x-sandbox-now": String(Date.now() + 25 * 3_600_000) } };
    const charge = at.dodo.subscriptions.charge(subscriptionId, { product_price: 100 }, later);
    expect(await refusal(charge)).toBe("409 PREVIOUS_PAYMENT_PENDING");
  });

  test("after a failed one, where the guard is read that way", async () => {
    const at = await bench({ settings: { pendingGuard: "not_succeeded" } });
    const { subscriptionId } = await onHold(at);
    const charge = at.dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await refusal(charge)).toBe("409 PREVIOUS_PAYMENT_PENDING");
  });

  test("on a hold, where Dodo is set to refuse it", async () => {
    const at = await bench({ settings: { chargeOnHold: false } });
    const held = await onHold(at);
    const free = await onHold(at, { chargeOnHold: true });
    const charge = at.dodo.subscriptions.charge(held.subscriptionId, { product_price: 100 });
    expect(await refusal(charge)).toBe("422 SUBSCRIPTION_INACTIVE");
    await at.dodo.subscriptions.charge(free.subscriptionId, { product_price: 100 });
  });

  test("in every status that is not active", async () => {
    const { control, dodo } = await bench();
    const refused: string[] = [];
    for (const status of ["pending", "paused", "cancelled", "failed", "expired"] as const) {
      const { subscriptionId } = await control.createSubscription({ status });
      const charge = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
      refused.push(`${status}: ${await refusal(charge)}`);
    }
    expect(refused).toEqual([
      "pending: 422 SUBSCRIPTION_INACTIVE",
      "paused: 422 SUBSCRIPTION_INACTIVE",
      "cancelled: 422 SUBSCRIPTION_INACTIVE",
      "failed: 422 SUBSCRIPTION_INACTIVE",
      "expired: 422 SUBSCRIPTION_EXPIRED",
    ]);
  });

  test("once the term is over", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription({ expiresAt: Date.now() - 1 });
    const charge = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await refusal(charge)).toBe("422 SUBSCRIPTION_EXPIRED");
  });

  test("of a scheduled subscription", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription({ onDemand: false });
    const charge = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await refusal(charge)).toBe("422 SUBSCRIPTION_NOT_ON_DEMAND");
  });

  test("while a cancellation is scheduled, unless Dodo is set to allow it", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription({ cancelAtNextBillingDate: true });
    const charge = (): Promise<unknown> =>
      dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await refusal(charge())).toBe("422 CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION");
    await control.setSettings({ chargeWhileCancellationScheduled: true });
    await charge();
  });

  test("after ten failed attempts, and again allowed after a success", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription({ card: "generic_decline" });
    const charge = async (): Promise<void> => {
      const answer = await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
      await ended(dodo, answer.payment_id);
    };
    for (let attempt = 0; attempt < 10; attempt += 1) await charge();
    expect(await refusal(charge())).toBe("422 SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED");
    await control.changePaymentMethod(subscriptionId);
    await charge();
  });

  test("for an amount that is too small, or not a 32-bit whole number", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription();
    const charge = (price: number): Promise<string> =>
      refusal(dodo.subscriptions.charge(subscriptionId, { product_price: price }));
    expect(await charge(49)).toBe("422 REQUEST_AMOUNT_BELOW_MINIMUM");
    expect(await charge(2_147_483_648)).toBe("422 INVALID_REQUEST_BODY");
    expect(await charge(29.5)).toBe("422 INVALID_REQUEST_BODY");
    expect(await charge(-100)).toBe("422 INVALID_REQUEST_BODY");
  });

  test("in a currency that is not taken, without a card, or with metadata out of bounds", async () => {
    const { control, dodo } = await bench();
    const { subscriptionId } = await control.createSubscription();
    const price = { product_price: 100 };
    const inDirham = dodo.subscriptions.charge(subscriptionId, {
      ...price,
      product_currency: "AED",
    });
    expect(await refusal(inDirham)).toBe("422 UNSUPPORTED_CURRENCY");
    const metadata = { note: "x".repeat(501) };
    const tooLong = dodo.subscriptions.charge(subscriptionId, { ...price, metadata });
    expect(await refusal(tooLong)).toBe("422 INVALID_REQUEST_BODY");
    const cardless = await control.createSubscription({ card: null });
    const withoutCard = dodo.subscriptions.charge(cardless.subscriptionId, price);
    expect(await refusal(withoutCard)).toBe("422 NO_ELIGIBLE_PAYMENT_METHODS");
  });

  test("for a subscription that does not exist", async () => {
    const { dodo } = await bench();
    const charge = dodo.subscriptions.charge("sub_none", { product_price: 100 });
    expect(await refusal(charge)).toBe("404 NOT_FOUND");
  });

  test("with another HTTP status, where it is set so", async () => {
    const { control, dodo } = await bench({
      settings: { settleMs: 60_000, errorStatus: { PREVIOUS_PAYMENT_PENDING: 422 } },
    });
    const { subscriptionId } = await control.createSubscription();
    await dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    const again = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await refusal(again)).toBe("422 PREVIOUS_PAYMENT_PENDING");
  });

  test("and none of these refusals makes a payment", async () => {
    const at = await bench({ settings: { chargeOnHold: false } });
    const { subscriptionId } = await onHold(at);
    await refusal(at.dodo.subscriptions.charge(subscriptionId, { product_price: 100 }));
    expect((await at.control.ledgerOf(subscriptionId)).payments).toHaveLength(1);
  });
});
