import { describe, expect, test } from "vitest";
import { bench, ended, onHold, refusal, sdk } from "./support.ts";

const HOUR_MS = 3_600_000;

describe("Dodo's manual retry", () => {
  test("charges the invoice of a failed renewal again", async () => {
    const at = await bench();
    const { subscriptionId, failed } = await onHold(at, { onDemand: false, taxRate: 0.1 });
    expect(await at.dodo.payments.retrieveRetryState(failed)).toEqual({
      can_retry: true,
      reason: null,
      sends_allowed: 3,
      sends_used: 0,
      retry_available_at: null,
    });
    const retry = await at.dodo.payments.retry(failed);
    expect(retry).toMatchObject({
      is_manual_retry: true,
      retry_attempt: 1,
      sends_used: 1,
      status: "processing",
    });
    const payment = await ended(at.dodo, retry.payment_id);
    const first = await at.dodo.payments.retrieve(failed);
    expect(payment).toMatchObject({
      status: "succeeded",
      retry_attempt: 1,
      invoice_id: first.invoice_id,
      total_amount: first.total_amount,
    });
    expect((await at.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("active");
  });

  test("cools down after each send, and ends after three", async () => {
    const at = await bench();
    const { subscriptionId, failed } = await onHold(at, {
      onDemand: false,
      card: "insufficient_funds",
    });
    let now = Date.now();
    for (let send = 1; send <= 3; send += 1) {
      const dodo = sdk(at.sandbox, { now });
      const retry = await dodo.payments.retry(failed);
      expect(retry.sends_used).toBe(send);
      await ended(dodo, retry.payment_id);
      expect(await refusal(dodo.payments.retry(failed))).toBe("429 MANUAL_RETRY_LIMIT_REACHED");
      const state = await dodo.payments.retrieveRetryState(failed);
      expect(state.reason).toBe("MANUAL_RETRY_LIMIT_REACHED");
      expect(state.retry_available_at === null).toBe(send === 3);
      now += 2 * HOUR_MS;
    }
    expect((await at.control.ledgerOf(subscriptionId)).payments).toHaveLength(4);
  });

  test("is not for hard declines, on-demand charges or subscriptions that are not on hold", async () => {
    const at = await bench();
    const onDemand = await onHold(at);
    expect(await refusal(at.dodo.payments.retry(onDemand.failed))).toBe(
      "422 MANUAL_RETRY_NOT_ELIGIBLE",
    );
    const pastDue = await onHold(at, { onDemand: false, onFailure: "past_due" });
    expect(await refusal(at.dodo.payments.retry(pastDue.failed))).toMatch(/^422 /);
    const { subscriptionId } = await at.control.createSubscription({ onDemand: false });
    const { paymentId } = await at.control.charge(subscriptionId, {
      outcome: { decline: "STOLEN_CARD" },
    });
    await ended(at.dodo, paymentId);
    expect(await refusal(at.dodo.payments.retry(paymentId))).toBe("422 MANUAL_RETRY_HARD_DECLINE");
  });
});

test("Dodo's own retry of a renewal counts up on the same invoice", async () => {
  const at = await bench();
  const { subscriptionId, failed } = await onHold(at, { onDemand: false });
  const { paymentId } = await at.control.charge(subscriptionId, {
    retryAttempt: 1,
    invoiceOf: failed,
  });
  const first = await at.dodo.payments.retrieve(failed);
  expect(await ended(at.dodo, paymentId)).toMatchObject({
    retry_attempt: 1,
    invoice_id: first.invoice_id,
    status: "succeeded",
  });
});
