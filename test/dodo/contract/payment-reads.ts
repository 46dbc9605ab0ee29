import { describe, expect, test } from "vitest";
import type { PaymentState } from "../../../domain/state/payment.ts";
import { attemptKeyOf, debtIdOf } from "../../../domain/values/ids.ts";
import { answered, type Connect, ONCE, PATIENT, paymentIdOf, subscriptionWith } from "./subject.ts";

const CREATED_AT = Date.parse("2026-08-05T13:10:00Z");

export function paymentReads(connect: Connect): void {
  describe("a payment", () => {
    test("has every field that a recovery needs, in the domain's terms", async () => {
      const { dodo, control } = await connect();
      const { subscriptionId, methodId } = await control.createSubscription({ taxRate: 0.1 });
      const attemptKey = attemptKeyOf(debtIdOf(paymentIdOf("pay_1")), 2);
      const { paymentId } = await control.charge(subscriptionId, {
        amountMinor: 1_000,
        createdAt: CREATED_AT,
        metadata: { invoice: true, recovery_attempt: attemptKey },
        outcome: { decline: "INSUFFICIENT_FUNDS" },
      });
      await control.settlePayment(paymentId, {
        outcome: { decline: "INSUFFICIENT_FUNDS" },
        force: true,
      });
      const options = { ...PATIENT, debtKeyName: "invoice" };
      expect(await dodo.payment(paymentIdOf(paymentId), options)).toEqual({
        paymentId,
        subscriptionIds: [subscriptionId],
        state: "declined",
        dodoStatus: "failed",
        createdAt: CREATED_AT,
        totalMinor: 1_100,
        // Payments that have not succeeded do not show their tax.
        taxMinor: null,
        currency: "USD",
        declineCode: "INSUFFICIENT_FUNDS",
        retryAttempt: 0,
        isMethodUpdate: false,
        isMultiSubscription: false,
        methodId,
        attemptKey,
        debtKey: "true",
      });
    });

    test.each<[status: string | null, PaymentState]>([
      ["succeeded", "succeeded"],
      ["failed", "declined"],
      ["cancelled", "cancelled"],
      ["requires_payment_method", "abandoned"],
      ["requires_customer_action", "needs_customer"],
      ["processing", "processing"],
      ["requires_capture", "processing"],
      ["a_new_status", "processing"],
      [null, "processing"],
    ])("in status %j is %s, and keeps Dodo's word", async (status, state) => {
      const { dodo, answerNext } = await connect();
      answerNext(answered({ payment_id: "pay_1", status, total_amount: 2_900 }));
      const payment = await dodo.payment(paymentIdOf("pay_1"), ONCE);
      expect(payment).toMatchObject({ state, dodoStatus: status });
    });

    test("is complete even if Dodo's fields are null or missing", async () => {
      const { dodo, answerNext } = await connect();
      answerNext(answered({ payment_id: "pay_1", tax: null, metadata: null, total_amount: null }));
      expect(await dodo.payment(paymentIdOf("pay_1"), ONCE)).toMatchObject({
        subscriptionIds: [],
        // Unknown is not zero.
        totalMinor: null,
        taxMinor: null,
        currency: "",
        declineCode: null,
        retryAttempt: null,
        isMethodUpdate: null,
        methodId: null,
        attemptKey: null,
      });
    });

    test.each([null, undefined, "2900", 29.5, Number.MAX_VALUE])(
      "that succeeded over the amount %j counts as under way, because unknown is not zero",
      async (amount) => {
        const { dodo, answerNext } = await connect();
        const body = { payment_id: "pay_1", status: "succeeded", total_amount: amount };
        answerNext(answered(body));
        const payment = await dodo.payment(paymentIdOf("pay_1"), ONCE);
        expect(payment).toMatchObject({
          state: "processing",
          dodoStatus: "succeeded",
          totalMinor: null,
        });
      },
    );

    test("shows its tax once it has succeeded", async () => {
      const { dodo, control } = await connect();
      const { subscriptionId } = await control.createSubscription({ taxRate: 0.1 });
      const { paymentId } = await control.charge(subscriptionId, { amountMinor: 1_000 });
      await control.settlePayment(paymentId, { outcome: "succeed", force: true });
      expect(await dodo.payment(paymentIdOf(paymentId), PATIENT)).toMatchObject({
        totalMinor: 1_100,
        taxMinor: 100,
      });
    });

    test("shows the sums of its line items", async () => {
      const { dodo, answerNext } = await connect();
      const items = [
        { items_id: "item_1", amount: 2_000, tax: 420, refundable_amount: 0 },
        { items_id: "item_2", amount: 1_509, tax: 317, refundable_amount: 0 },
      ];
      answerNext(answered({ currency: "EUR", items }));
      const payment = { paymentId: paymentIdOf("pay_1"), currency: "EUR" };
      expect(await dodo.lineItems(payment)).toEqual({ amountMinor: 3_509, taxMinor: 737 });
    });

    test.each([
      ["a tax of null", { currency: "EUR", items: [{ amount: 3_509, tax: null }] }],
      ["an amount that is no whole number", { currency: "EUR", items: [{ amount: 0.5, tax: 0 }] }],
      ["another currency", { currency: "USD", items: [{ amount: 3_509, tax: 737 }] }],
      ["no items", { currency: "EUR" }],
    ])("shows no sums of line items with %s", async (_what, body) => {
      const { dodo, answerNext } = await connect();
      answerNext(answered(body));
      const payment = { paymentId: paymentIdOf("pay_1"), currency: "EUR" };
      expect(await dodo.lineItems(payment)).toBeNull();
    });

    test("names each of its subscriptions", async () => {
      const { dodo, control } = await connect();
      for (const subscriptionId of ["sub_1", "sub_2"])
        await control.createSubscription({ subscriptionId });
      const { paymentId } = await control.createPayment({
        subscriptionIds: ["sub_1", "sub_2"],
        outcome: "succeed",
      });
      const payment = await dodo.payment(paymentIdOf(paymentId), ONCE);
      expect(payment).toMatchObject({
        subscriptionIds: ["sub_1", "sub_2"],
        isMultiSubscription: true,
      });
    });

    test("comes with the details for a mail", async () => {
      const { dodo, control } = await connect();
      const { customerId } = await control.createCustomer({
        email: "ada@example.com",
        name: "Ada",
      });
      const { paymentId } = await control.createPayment({
        customerId,
        metadata: { reprise: "off" },
      });
      const details = await dodo.paymentDetails(paymentIdOf(paymentId));
      expect(details).toMatchObject({
        payment: { paymentId, state: "abandoned" },
        customer: { customerId, email: "ada@example.com", name: "Ada" },
        paidWith: null,
        optedOut: true,
      });
      expect(details.pageUrl).toMatch(/^https?:\/\//);
      expect(details.changedAt).toBeGreaterThan(CREATED_AT);
    });

    test("names the card by brand and last four digits", async () => {
      const subject = await connect();
      const { payments } = await subscriptionWith(subject, ["succeed"]);
      const { paidWith } = await subject.dodo.paymentDetails(payments[0] ?? paymentIdOf(""));
      expect(paidWith).toMatchObject({ kind: "card", brand: "Visa", lastFour: "4242" });
    });

    test.each([
      [{ payment_method: "upi_collect" }, { kind: "other", name: "UPI" }],
      [{ payment_method_type: "apple_pay" }, { kind: "other", name: "Apple Pay" }],
      [
        { card_last_four: "0341", card_network: "a_new_one" },
        { kind: "card", brand: null, lastFour: "0341" },
      ],
      [{ card_last_four: "?", payment_method: "a_new_one" }, null],
    ])("names the payment method by a name that customers know: %j", async (fields, paidWith) => {
      const { dodo, answerNext } = await connect();
      answerNext(answered({ payment_id: "pay_1", ...fields }));
      const details = await dodo.paymentDetails(paymentIdOf("pay_1"));
      expect(details.paidWith).toEqual(paidWith);
    });

    test.each(["javascript:alert(1)", "not a link", "", null])(
      "has no page if its link is %j",
      async (link) => {
        const { dodo, answerNext } = await connect();
        answerNext(answered({ payment_id: "pay_1", payment_link: link }));
        expect((await dodo.paymentDetails(paymentIdOf("pay_1"))).pageUrl).toBeNull();
      },
    );

    test("has the merchant's metadata, for the next charge", async () => {
      const { dodo, control } = await connect();
      const metadata = { invoice: "in_1", seats: 3, trial: false };
      const { paymentId } = await control.createPayment({ metadata });
      expect(await dodo.paymentMetadata(paymentIdOf(paymentId), "once")).toEqual(metadata);
    });
  });
}
