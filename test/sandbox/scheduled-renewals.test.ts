import { describe, expect, test } from "vitest";
import { apiErrorOf, sdk, setUpSandbox, subscriptionOnHold, untilEnded } from "./support.ts";

const HOUR_MS = 3_600_000;

describe("manual retry", () => {
  test("a manual retry charges the invoice of a failed renewal again", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId, failed } = await subscriptionOnHold(setup, {
      onDemand: false,
      taxRate: 0.1,
    });
    expect(await setup.dodo.payments.retrieveRetryState(failed)).toEqual({
      can_retry: true,
      reason: null,
      sends_allowed: 3,
      sends_used: 0,
      retry_available_at: null,
    });
    const retry = await setup.dodo.payments.retry(failed);
    expect(retry).toMatchObject({
      is_manual_retry: true,
      retry_attempt: 1,
      sends_used: 1,
      status: "processing",
    });
    const payment = await untilEnded(setup.dodo, retry.payment_id);
    const first = await setup.dodo.payments.retrieve(failed);
    expect(payment).toMatchObject({
      status: "succeeded",
      retry_attempt: 1,
      invoice_id: first.invoice_id,
      total_amount: first.total_amount,
    });
    expect((await setup.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("active");
  });

  test("manual retries cool down after each send and end after three", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId, failed } = await subscriptionOnHold(setup, {
      onDemand: false,
      card: "insufficient_funds",
    });
    let now = Date.now();
    for (let send = 1; send <= 3; send += 1) {
      const dodo = sdk(setup.sandbox, { now });
      const retry = await dodo.payments.retry(failed);
      expect(retry.sends_used).toBe(send);
      await untilEnded(dodo, retry.payment_id);
      expect(await apiErrorOf(dodo.payments.retry(failed))).toBe("429 MANUAL_RETRY_LIMIT_REACHED");
      const state = await dodo.payments.retrieveRetryState(failed);
      expect(state.reason).toBe("MANUAL_RETRY_LIMIT_REACHED");
      expect(state.retry_available_at === null).toBe(send === 3);
      now += 2 * HOUR_MS;
    }
    expect((await setup.control.ledgerOf(subscriptionId)).payments).toHaveLength(4);
  });

  test("a manual retry is refused for hard declines, on-demand charges and subscriptions that are not on hold", async () => {
    const setup = await setUpSandbox();
    const onDemand = await subscriptionOnHold(setup);
    expect(await apiErrorOf(setup.dodo.payments.retry(onDemand.failed))).toBe(
      "422 MANUAL_RETRY_NOT_ELIGIBLE",
    );
    const pastDue = await subscriptionOnHold(setup, { onDemand: false, onFailure: "past_due" });
    expect(await apiErrorOf(setup.dodo.payments.retry(pastDue.failed))).toMatch(/^422 /);
    const { subscriptionId } = await setup.control.createSubscription({ onDemand: false });
    const { paymentId } = await setup.control.charge(subscriptionId, {
      outcome: { decline: "STOLEN_CARD" },
    });
    await untilEnded(setup.dodo, paymentId);
    expect(await apiErrorOf(setup.dodo.payments.retry(paymentId))).toBe(
      "422 MANUAL_RETRY_HARD_DECLINE",
    );
  });
});

test("Dodo's own retry of a renewal counts up on the same invoice", async () => {
  const setup = await setUpSandbox();
  const { subscriptionId, failed } = await subscriptionOnHold(setup, { onDemand: false });
  const { paymentId } = await setup.control.charge(subscriptionId, {
    retryAttempt: 1,
    invoiceOf: failed,
  });
  const first = await setup.dodo.payments.retrieve(failed);
  expect(await untilEnded(setup.dodo, paymentId)).toMatchObject({
    retry_attempt: 1,
    invoice_id: first.invoice_id,
    status: "succeeded",
  });
});
