import { describe, expect, test } from "vitest";
import type { ChargeOrder } from "../../../dodo/port.ts";
import type { RefusalMeaning } from "../../../domain/state/event.ts";
import {
  attemptKeyOf,
  debtIdOf,
  type PaymentId,
  type SubscriptionId,
} from "../../../domain/values/ids.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import {
  answered,
  type Connect,
  failureOf,
  ONCE,
  paymentIdOf,
  type Subject,
  subscriptionIdOf,
  subscriptionWith,
  untilIdle,
} from "./subject.ts";

const KEY = attemptKeyOf(debtIdOf(paymentIdOf("pay_1")), 2);

const order = (subscriptionId: SubscriptionId, given: Partial<ChargeOrder> = {}): ChargeOrder => ({
  idempotencyKey: KEY,
  subscriptionId,
  amountMinor: 1_234,
  currency: "USD",
  description: null,
  feesInclusive: null,
  credits: null,
  metadata: { recovery_attempt: "pay_1.2", invoice: "in_1" },
  ...given,
});

const CHARGE = { method: "POST", route: "/subscriptions/:id/charge" } as const;

/** A scheduled subscription on hold, and its failed renewal. */
async function failedRenewal(subject: Subject): Promise<PaymentId> {
  const failed = { decline: "INSUFFICIENT_FUNDS" };
  const { payments } = await subscriptionWith(subject, [failed], { onDemand: false });
  return payments[0] ?? paymentIdOf("");
}

export function changes(connect: Connect): void {
  describe("a charge", () => {
    test("returns the accepted payment, which has the order's amount, currency and metadata", async () => {
      const subject = await connect();
      const { id } = await subscriptionWith(subject, []);
      const paymentId = await subject.dodo.charge(order(id));
      await untilIdle(subject.control, id);
      expect(await subject.dodo.payment(paymentId, ONCE)).toMatchObject({
        subscriptionIds: [id],
        state: "succeeded",
        totalMinor: 1_234,
        currency: "USD",
        attemptKey: "pay_1.2",
      });
      expect(await subject.dodo.paymentMetadata(paymentId, "once")).toEqual({
        recovery_attempt: "pay_1.2",
        invoice: "in_1",
      });
    });

    test.each<[code: string, RefusalMeaning]>([
      ["SUBSCRIPTION_INACTIVE", "customer_must_pay"],
      ["SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED", "customer_must_pay"],
      ["CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION", "customer_must_pay"],
      ["NO_ELIGIBLE_PAYMENT_METHODS", "customer_must_pay"],
      ["SUBSCRIPTION_EXPIRED", "subscription_expired"],
      ["NOT_FOUND", "not_found"],
      ["TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT", "invalid_request"],
      ["A_NEW_CODE", "invalid_request"],
    ])("that is refused with %s means %s", async (code, meaning) => {
      const subject = await connect();
      const { id } = await subscriptionWith(subject, []);
      await subject.control.addFault({ kind: "refuse", code, status: 422, ...CHARGE });
      const failure = await failureOf(subject.dodo.charge(order(id)));
      const requestId = expect.stringMatching(/^req_/) as string;
      expect(failure).toEqual({ kind: "refused", meaning, code, httpStatus: 422, requestId });
    });

    test("carries the attempt's key as Idempotency-Key header", async () => {
      const subject = await connect();
      const { id } = await subscriptionWith(subject, []);
      await subject.dodo.charge(order(id));
      const posts = (await subject.control.requests()).filter(({ mutating }) => mutating);
      expect(posts).toMatchObject([{ idempotencyKey: "pay_1.2" }]);
    });

    test("is one payment if an account that honours the key gets it twice", async () => {
      const subject = await connect();
      const { id } = await subscriptionWith(subject, []);
      await subject.control.setSettings({ idempotencyKeys: "honoured", pendingGuard: "off" });
      const paymentId = await subject.dodo.charge(order(id));
      expect(await subject.dodo.charge(order(id))).toBe(paymentId);
      expect((await subject.control.ledgerOf(id)).payments).toHaveLength(1);
    });

    test("is unknown if an account that honours the key still processes it", async () => {
      const subject = await connect();
      const { id } = await subscriptionWith(subject, []);
      const code = "IDEMPOTENCY_KEY_IN_PROGRESS";
      await subject.control.addFault({ kind: "error_after", status: 409, code, ...CHARGE });
      expect(await failureOf(subject.dodo.charge(order(id)))).toMatchObject({
        kind: "unknown",
        answer: { code, httpStatus: 409 },
      });
      expect((await subject.control.ledgerOf(id)).payments).toHaveLength(1);
    });

    test("is refused as payment_pending while another payment is open", async () => {
      const subject = await connect();
      const { id } = await subscriptionWith(subject, [{ processing: true }]);
      const failure = await failureOf(subject.dodo.charge(order(id)));
      expect(failure).toMatchObject({
        kind: "payment_pending",
        answer: { code: "PREVIOUS_PAYMENT_PENDING", httpStatus: 409 },
      });
    });

    test("is refused as not_found if the subscription does not exist", async () => {
      const { dodo } = await connect();
      const failure = await failureOf(dodo.charge(order(subscriptionIdOf("sub_nobody"))));
      expect(failure).toMatchObject({ kind: "refused", meaning: "not_found", httpStatus: 404 });
    });
  });

  describe("a manual retry", () => {
    test("is accepted for a failed renewal, and cools down afterwards", async () => {
      const subject = await connect();
      const failed = await failedRenewal(subject);
      expect(await subject.dodo.manualRetryState(failed)).toEqual({ kind: "ready" });
      const paymentId = await subject.dodo.manualRetry(failed);
      const payment = await subject.dodo.payment(paymentId, ONCE);
      expect(payment).toMatchObject({ retryAttempt: 1, attemptKey: null });
    });

    test.each([
      [
        {
          can_retry: false,
          reason: "MANUAL_RETRY_LIMIT_REACHED",
          retry_available_at: "2026-10-05T13:10:00Z",
        },
        {
          kind: "cooling_down",
          until: Date.parse("2026-10-05T13:10:00Z"),
          reason: "MANUAL_RETRY_LIMIT_REACHED",
        },
      ],
      [
        { can_retry: false, reason: "PREVIOUS_PAYMENT_PENDING", retry_available_at: null },
        { kind: "payment_pending", reason: "PREVIOUS_PAYMENT_PENDING" },
      ],
      [
        { can_retry: false, reason: "A_NEW_REASON" },
        { kind: "not_retryable", reason: "A_NEW_REASON" },
      ],
      [{ can_retry: false }, { kind: "not_retryable", reason: "no reason given" }],
      [{}, { kind: "not_retryable", reason: "no reason given" }],
      [null, { kind: "not_retryable", reason: "no reason given" }],
    ])("that Dodo describes as %j is %j", async (body, state) => {
      const { dodo, answerNext } = await connect();
      answerNext(answered(body));
      expect(await dodo.manualRetryState(paymentIdOf("pay_1"))).toEqual(state);
    });

    test("is not possible for an on-demand charge", async () => {
      const subject = await connect();
      const { payments } = await subscriptionWith(subject, [{ decline: "GENERIC_DECLINE" }]);
      const failed = payments[0] ?? paymentIdOf("");
      expect(await subject.dodo.manualRetryState(failed)).toMatchObject({ kind: "not_retryable" });
      expect(await failureOf(subject.dodo.manualRetry(failed))).toMatchObject({ kind: "refused" });
    });
  });

  describe("a payment link", () => {
    test("has the address of a page, its payment and its expiry", async () => {
      const subject = await connect();
      const { id } = await subscriptionWith(subject, [{ decline: "EXPIRED_CARD" }]);
      const link = await subject.dodo.createPaymentLink(id, "https://shop.example/back");
      expect(link.url).toMatch(/^https?:\/\//);
      expect(link.expiresAt).toBeGreaterThan(Date.now());
      expect(link.expiresAt).toBeLessThanOrEqual(Date.now() + 2 * DAY_MS);
      const payment = await subject.dodo.payment(link.paymentId ?? paymentIdOf(""), ONCE);
      expect(payment).toMatchObject({ state: "abandoned", subscriptionIds: [id] });
    });

    test("may lack a payment and an expiry", async () => {
      const { dodo, answerNext } = await connect();
      answerNext(answered({ payment_link: "https://dodo.example/p", payment_id: null }));
      expect(
        await dodo.createPaymentLink(subscriptionIdOf("sub_1"), "https://shop.example"),
      ).toEqual({
        url: "https://dodo.example/p",
        paymentId: null,
        expiresAt: null,
      });
    });

    test.each([{}, null, { payment_link: null }, { payment_link: "javascript:alert(1)" }])(
      "is unknown where the answer has no page: %j",
      async (body) => {
        const { dodo, answerNext } = await connect();
        answerNext(answered(body));
        const call = dodo.createPaymentLink(subscriptionIdOf("sub_1"), "https://shop.example");
        expect(await failureOf(call)).toMatchObject({ kind: "unknown" });
      },
    );
  });

  describe("a cancellation", () => {
    test("returns the cancelled subscription", async () => {
      const subject = await connect();
      const { id } = await subscriptionWith(subject, [{ decline: "EXPIRED_CARD" }]);
      expect(await subject.dodo.cancel(id)).toMatchObject({
        subscriptionId: id,
        access: "ended",
        dodoStatus: "cancelled",
      });
    });

    test("is unknown if the answer is about another subscription", async () => {
      const { dodo, answerNext } = await connect();
      answerNext(answered({ subscription_id: "sub_2", status: "cancelled" }));
      expect(await failureOf(dodo.cancel(subscriptionIdOf("sub_1")))).toMatchObject({
        kind: "unknown",
      });
    });
  });
}
