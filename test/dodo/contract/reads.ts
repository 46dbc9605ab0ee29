import { describe, expect, test } from "vitest";
import type { SubscriptionAccess } from "../../../domain/state/payment.ts";
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

  test("the webhook endpoints are as Dodo has them, with the secret that signs", async () => {
    const { dodo, control, answerNext } = await connect();
    expect(await dodo.webhookEndpoints()).toEqual([]);
    const types = ["payment.failed", "subscription.on_hold"];
    const url = "https://shop.example/webhooks/dodo";
    await control.setSettings({ webhookUrl: url, webhookTypes: types, webhookDisabled: true });
    const [endpoint] = await dodo.webhookEndpoints();
    expect(endpoint).toEqual({ id: "whk_sandbox", url, isDisabled: true, types });
    expect(await dodo.webhookSecret("whk_sandbox")).toMatch(/^whsec_/);
    answerNext(answered({ data: [{ id: "whk_1" }, { id: "whk_2", url }], done: true }));
    expect(await dodo.webhookEndpoints()).toEqual([
      { id: "whk_2", url, isDisabled: false, types: null },
    ]);
    for (const body of [{}, { data: {} }]) {
      answerNext(answered(body));
      expect(await failureOf(dodo.webhookEndpoints())).toMatchObject({ kind: "unknown" });
    }
    answerNext(answered({}));
    expect(await failureOf(dodo.webhookSecret("whk_sandbox"))).toMatchObject({ kind: "unknown" });
  });

  test("the webhook endpoints are read page by page, until Dodo says that there are no more", async () => {
    const { dodo, answerNext } = await connect();
    const row = (id: string): object => ({ id, url: `https://shop.example/${id}` });
    answerNext(answered({ data: [row("whk_1")], iterator: "next", done: false }));
    answerNext(answered({ data: [row("whk_2")], iterator: "next", done: true }));
    const found = await dodo.webhookEndpoints();
    expect(found.map(({ id }) => id)).toEqual(["whk_1", "whk_2"]);
  });
}
