import { describe, expect, test } from "vitest";
import type { PaymentState, SubscriptionAccess } from "../../../domain/state/payment.ts";
import { attemptKeyOf, debtIdOf } from "../../../domain/values/ids.ts";
import { DAY_MS, formatInstant } from "../../../domain/values/time.ts";
import {
  answered,
  type Connect,
  failureOf,
  ONCE,
  PATIENT,
  paymentIdOf,
  subscriptionIdOf,
  subscriptionWith,
} from "./subject.ts";

const CREATED_AT = Date.parse("2026-08-05T13:10:00Z");

export function reads(connect: Connect): void {
  describe("a subscription", () => {
    test("has every field that a recovery needs, in the domain's terms", async () => {
      const { dodo, control } = await connect();
      const { subscriptionId, customerId, methodId } = await control.createSubscription({
        currency: "EUR",
        taxInclusive: true,
        productId: "pdt_7",
        createdAt: CREATED_AT,
        metadata: { invoice: 7 },
      });
      const id = subscriptionIdOf(subscriptionId);
      expect(await dodo.subscription(id, { ...PATIENT, debtKeyName: "invoice" })).toEqual({
        subscriptionId,
        access: "current",
        dodoStatus: "active",
        onDemand: true,
        createdAt: CREATED_AT,
        currency: "EUR",
        taxInclusive: true,
        customerId,
        productId: "pdt_7",
        methodId,
        pausedAt: null,
        cancelAtNextBillingDate: false,
        debtKey: "7",
        optedOut: false,
      });
      expect(await dodo.subscription(id, ONCE)).toMatchObject({ debtKey: null });
    });

    test("names its product and its brand, and the product has a name", async () => {
      const { dodo, control, answerNext } = await connect();
      const { subscriptionId } = await control.createSubscription({
        productId: "pdt_daily",
        productName: "Lumen Daily",
        brandId: "bus_kids",
      });
      const { offer } = await dodo.subscriber(subscriptionIdOf(subscriptionId));
      expect(offer).toEqual({ productId: "pdt_daily", brandId: "bus_kids" });
      expect(await dodo.productName("pdt_daily")).toBe("Lumen Daily");
      // It is remembered: the next answer is for somebody else.
      answerNext(answered({ name: "Another" }));
      expect(await dodo.productName("pdt_daily")).toBe("Lumen Daily");
      expect(await dodo.productName("pdt_other")).toBe("Another");
    });

    test.each([404, 403, 500])(
      "has a product without a name if Dodo answers %i, which is no error",
      async (status) => {
        const { dodo, answerNext } = await connect();
        answerNext({ status, body: JSON.stringify({ code: "NOT_FOUND", message: "" }) });
        expect(await dodo.productName("pdt_1")).toBeNull();
      },
    );

    test.each<[status: string | null, SubscriptionAccess]>([
      ["pending", "starting"],
      ["failed", "never_started"],
      ["active", "current"],
      ["past_due", "grace"],
      ["on_hold", "held"],
      ["paused", "paused"],
      ["cancelled", "ended"],
      ["expired", "ended"],
      ["a_new_status", "unrecognized"],
      [null, "unrecognized"],
    ])("in status %j is %s, and keeps Dodo's word", async (status, access) => {
      const { dodo, answerNext } = await connect();
      answerNext(answered({ subscription_id: "sub_1", status }));
      const subscription = await dodo.subscription(subscriptionIdOf("sub_1"), ONCE);
      expect(subscription).toMatchObject({ access, dodoStatus: status });
    });

    test("is complete even if Dodo's fields are null or missing", async () => {
      const { dodo, answerNext } = await connect();
      answerNext(answered({ subscription_id: "sub_1", customer: null, metadata: null }));
      expect(await dodo.subscription(subscriptionIdOf("sub_1"), ONCE)).toMatchObject({
        // Absent is not false.
        onDemand: null,
        taxInclusive: null,
        customerId: "",
        productId: null,
        methodId: null,
        pausedAt: null,
        cancelAtNextBillingDate: null,
        debtKey: null,
        optedOut: false,
      });
    });

    test("shows that the merchant has opted out and that its cancellation is scheduled", async () => {
      const subject = await connect();
      const given = { metadata: { reprise: "off" }, cancelAtNextBillingDate: true };
      const { id } = await subscriptionWith(subject, [], given);
      const subscription = await subject.dodo.subscription(id, ONCE);
      expect(subscription).toMatchObject({ optedOut: true, cancelAtNextBillingDate: true });
    });

    test("comes with its customer for mails", async () => {
      const { dodo, control } = await connect();
      const { customerId } = await control.createCustomer({
        email: "ada@example.com",
        name: "Ada Lovelace",
        metadata: { reprise_language: "fr", reprise_timezone: "Europe/Zurich" },
      });
      const { subscriptionId } = await control.createSubscription({
        customerId,
        country: "CH",
        metadata: { reprise_language: "de" },
      });
      const { subscription, customer } = await dodo.subscriber(subscriptionIdOf(subscriptionId));
      expect(subscription).toMatchObject({ subscriptionId, customerId });
      expect(customer).toMatchObject({
        customerId,
        email: "ada@example.com",
        name: "Ada Lovelace",
        country: "CH",
      });
      // The subscription's language takes precedence.
      expect(customer.languages[0]).toBe("de");
    });

    test("has an empty customer if Dodo gives none", async () => {
      const { dodo, answerNext } = await connect();
      answerNext(answered({ subscription_id: "sub_1", customer: { email: null, name: "" } }));
      expect((await dodo.subscriber(subscriptionIdOf("sub_1"))).customer).toEqual({
        customerId: null,
        email: null,
        name: null,
        country: null,
        languages: [],
        timeZone: null,
      });
    });
  });

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
          state: "open",
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

  describe("the latest dispute", () => {
    test("is the customer's newest since the given instant, independent of the order of the list", async () => {
      const { dodo, answerNext } = await connect();
      const rows = [0, 2, 1].map((day) => ({
        dispute_id: `dp_${day}`,
        created_at: formatInstant(CREATED_AT + day * DAY_MS),
      }));
      answerNext(answered({ items: rows }));
      expect(await dodo.latestDispute("cus_1", CREATED_AT)).toBe("dp_2");
    });

    test("belongs to the given customer", async () => {
      const { dodo, control } = await connect();
      const { paymentId, customerId } = await control.createPayment({ outcome: "succeed" });
      const { disputeId } = await control.dispute(paymentId);
      const since = Date.now() - DAY_MS;
      expect(await dodo.latestDispute(customerId, since)).toBe(disputeId);
      expect(await dodo.latestDispute(customerId, Date.now() + DAY_MS)).toBeNull();
      expect(await dodo.latestDispute("cus_nobody", since)).toBeNull();
    });
  });

  describe("an answer about another object", () => {
    test.each([
      ["another subscription", { subscription_id: "sub_2" }],
      ["an empty object", {}],
      ["null", null],
      ["a list", []],
    ])("is no evidence about a subscription (%s)", async (_what, body) => {
      const { dodo, answerNext } = await connect();
      answerNext(answered(body));
      const call = dodo.subscription(subscriptionIdOf("sub_1"), ONCE);
      expect(await failureOf(call)).toMatchObject({ kind: "unknown" });
    });

    test.each([
      ["another payment", { payment_id: "pay_2" }],
      ["an empty object", {}],
    ])("is no evidence about a payment (%s)", async (_what, body) => {
      const { dodo, answerNext } = await connect();
      for (const read of [
        () => dodo.payment(paymentIdOf("pay_1"), ONCE),
        () => dodo.paymentDetails(paymentIdOf("pay_1")),
      ]) {
        answerNext(answered(body));
        expect(await failureOf(read())).toMatchObject({ kind: "unknown" });
      }
    });
  });

  test("the check of the API key fails once the key is refused", async () => {
    const { dodo, rotateKey } = await connect();
    await expect(dodo.checkKey()).resolves.toBeUndefined();
    await rotateKey();
    expect(await failureOf(dodo.checkKey())).toMatchObject({
      kind: "unauthorized",
      httpStatus: 401,
    });
  });

  test("the business of the API key is that of one of its payments, and unknown without one", async () => {
    const { dodo, control, answerNext } = await connect();
    expect(await dodo.businessId()).toBeNull();
    const { subscriptionId } = await control.createSubscription({ onDemand: true });
    await control.charge(subscriptionId, { outcome: { decline: "INSUFFICIENT_FUNDS" } });
    expect(await dodo.businessId()).toBe("bus_sandbox");
    answerNext(answered({ items: [{}] }));
    expect(await dodo.businessId()).toBeNull();
  });
}
