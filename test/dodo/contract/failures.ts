import { describe, expect, test } from "vitest";
import {
  attemptKeyOf,
  debtIdOf,
  type PaymentId,
  type SubscriptionId,
} from "../../../domain/values/ids.ts";
import { TEST_LIMIT_MS } from "../../support/limits.ts";
import { withTimeEnough } from "../../support/until.ts";
import {
  type Answer,
  answered,
  type Connect,
  failureOf,
  MANDATE_ID,
  ONCE,
  PATIENT,
  paymentIdOf,
  type Subject,
  subscriptionIdOf,
  subscriptionWith,
} from "./subject.ts";

/** The objects of a call. */
type Target = {
  readonly subscription: SubscriptionId;
  readonly payment: PaymentId;
  readonly customerId: string;
};

type Call = (dodo: Subject["dodo"], target?: Target) => Promise<unknown>;

const SUBSCRIPTION = subscriptionIdOf("sub_1");
const PAYMENT = paymentIdOf("pay_1");
const NOBODY: Target = { subscription: SUBSCRIPTION, payment: PAYMENT, customerId: "cus_1" };
const MANDATE = {
  productId: "pdt_1",
  customerId: NOBODY.customerId,
  country: "US",
  mandateOnly: true,
  amountMinor: null,
  currency: null,
  description: null,
  returnUrl: null,
  metadata: {},
};

/** Reads, which may be repeated. */
const READS: Readonly<Record<string, Call>> = {
  subscription: (dodo) => dodo.subscription(SUBSCRIPTION, PATIENT),
  "subscription, once": (dodo) => dodo.subscription(SUBSCRIPTION, ONCE),
  subscriber: (dodo) => dodo.subscriber(SUBSCRIPTION),
  payment: (dodo) => dodo.payment(PAYMENT, PATIENT),
  payments: (dodo) => dodo.payments(SUBSCRIPTION, 0, PATIENT),
  paymentsWithMetadata: (dodo) => dodo.paymentsWithMetadata(SUBSCRIPTION, 0, ONCE),
  paymentDetails: (dodo) => dodo.paymentDetails(PAYMENT),
  paymentMetadata: (dodo) => dodo.paymentMetadata(PAYMENT, "once"),
  latestDispute: (dodo) => dodo.latestDispute("cus_1", 0),
  manualRetryState: (dodo) => dodo.manualRetryState(PAYMENT),
  paymentsPage: (dodo) => dodo.paymentsPage(0, { state: "declined", since: 0, until: 1 }),
  subscriptionsPage: (dodo) => dodo.subscriptionsPage(0, "held"),
  customerPayments: (dodo) => dodo.customerPayments("cus_1", 0, "patient"),
  purchase: (dodo) => dodo.purchase(SUBSCRIPTION, "patient"),
  checkoutPayment: (dodo) => dodo.checkoutPayment("cks_1"),
  subscriptionsOfMandate: (dodo) => dodo.subscriptionsOfMandate(MANDATE_ID, MANDATE),
  checkKey: (dodo) => dodo.checkKey(),
  businessId: (dodo) => dodo.businessId(),
  webhookEndpoints: (dodo) => dodo.webhookEndpoints(),
  webhookSecret: (dodo) => dodo.webhookSecret("whk_1"),
};

/** Calls that may move money or create something. Each is sent once. */
const CHANGES: Readonly<Record<string, Call>> = {
  charge: (dodo, { subscription } = NOBODY) =>
    dodo.charge({
      idempotencyKey: attemptKeyOf(debtIdOf(PAYMENT), 2),
      subscriptionId: subscription,
      amountMinor: 100,
      currency: "USD",
      description: "Seats",
      feesInclusive: true,
      credits: { usage: true, purchase: false },
      metadata: {},
    }),
  manualRetry: (dodo, { payment } = NOBODY) => dodo.manualRetry(payment),
  createPaymentLink: (dodo, { subscription } = NOBODY) =>
    dodo.createPaymentLink(subscription, "https://shop.example"),
  cancel: (dodo, { subscription } = NOBODY) => dodo.cancel(subscription),
  createCheckout: (dodo, { customerId } = NOBODY) =>
    dodo.createCheckout(MANDATE_ID, { ...MANDATE, customerId }),
};

/** After HTTP 409 with an unknown code, their outcome is unknown. */
const MAY_CHARGE = ["charge", "manualRetry", "createPaymentLink"];

const ALL = Object.entries({ ...READS, ...CHANGES });

/** Creates an object at Dodo that the change applies to. */
async function targetOf(subject: Subject, name: string): Promise<Target> {
  const { customerId } = await subject.control.createCustomer({ cards: ["good"] });
  const failed = { decline: "INSUFFICIENT_FUNDS" };
  const given = { customerId, onDemand: name !== "manualRetry" };
  const { id, payments } = await subscriptionWith(subject, [failed], given);
  return { subscription: id, payment: payments[0] ?? PAYMENT, customerId };
}

/** Answers more often than any call retries. */
function answerAlways({ answerNext }: Subject, answer: Answer): void {
  for (let times = 0; times < 5; times += 1) answerNext(answer);
}

export function failures(connect: Connect): void {
  describe.each(ALL)("%s", (_name, call) => {
    test.each([
      [401, { code: "UNAUTHORIZED" }, { kind: "unauthorized", code: "UNAUTHORIZED" }],
      [403, { code: "RBAC_ACCESS_DENIED" }, { kind: "unauthorized", code: "RBAC_ACCESS_DENIED" }],
      [404, { code: "NOT_FOUND" }, { kind: "refused", meaning: "not_found", code: "NOT_FOUND" }],
      [404, "gone", { kind: "refused", meaning: "not_found", code: "HTTP_404" }],
      [422, { code: "A_NEW_CODE" }, { kind: "refused", meaning: "invalid_request" }],
    ])("fails with HTTP %i %j as %j", async (status, body, failure) => {
      const subject = await connect();
      answerAlways(subject, answered(body, status));
      expect(await failureOf(call(subject.dodo))).toMatchObject(failure);
    });

    test("throws an error with only the code of Dodo's answer", async () => {
      const subject = await connect();
      const body = { code: "INVALID_REQUEST_BODY", message: "ada@example.com is no customer" };
      answerAlways(subject, answered(body, 400));
      const error: unknown = await call(subject.dodo).catch((thrown: unknown) => thrown);
      expect(String(error)).toContain("INVALID_REQUEST_BODY (HTTP 400)");
      const { message, stack, cause } = error as Error;
      expect(JSON.stringify([error, message, stack, cause])).not.toContain("ada@example.com");
    });
  });

  test("every call is unsent if nothing listens at Dodo's address", async () => {
    const { dodo } = await connect({ unreachable: true });
    const found = await Promise.all(ALL.map(([, call]) => failureOf(call(dodo))));
    expect(found).toEqual(ALL.map(() => ({ kind: "unsent", detail: "ECONNREFUSED" })));
  });

  describe.each(Object.entries(CHANGES))("%s, which may move money,", (name, call) => {
    test.each([
      [429, { code: "TOO_MANY_REQUESTS" }, { kind: "rate_limited" }],
      [500, { code: "INTERNAL_SERVER_ERROR" }, { kind: "unknown" }],
      [503, "upstream", { kind: "unknown" }],
      [408, {}, { kind: "unknown" }],
      [422, { code: "IDEMPOTENCY_KEY_REUSED" }, { kind: "refused", meaning: "invalid_request" }],
      [409, { code: "UNSUPPORTED_CURRENCY" }, { kind: "refused" }],
      [409, {}, { kind: MAY_CHARGE.includes(name) ? "unknown" : "refused" }],
      [409, { code: "A_NEW_CODE" }, { kind: MAY_CHARGE.includes(name) ? "unknown" : "refused" }],
    ])("is sent once, and fails with HTTP %i %j as %j", async (status, body, failure) => {
      const subject = await connect();
      subject.answerNext(answered(body, status));
      expect(await failureOf(call(subject.dodo))).toMatchObject(failure);
      expect(await subject.control.requests()).toEqual([]);
    });

    test.each([
      ["a broken connection", { kind: "drop_before" }],
      ["a lost answer", { kind: "drop_after" }],
      ["an error after Dodo carried it out", { kind: "error_after", status: 500 }],
    ] as const)("is sent once, and its outcome is unknown after %s", async (_what, fault) => {
      const subject = await connect();
      const target = await targetOf(subject, name);
      const before = (await subject.control.requests()).length;
      await subject.control.addFault({ ...fault, times: 3 });
      expect(await failureOf(call(subject.dodo, target))).toMatchObject({ kind: "unknown" });
      expect(await subject.control.requests()).toHaveLength(before + 1);
    });

    test("is sent once, and its outcome is unknown after a time-out", async () => {
      await withTimeEnough(async (requestTimeoutMs) => {
        const subject = await connect({ requestTimeoutMs });
        const target = await targetOf(subject, name);
        const before = (await subject.control.requests()).length;
        await subject.control.addFault({ kind: "hang_before", ms: TEST_LIMIT_MS, times: 3 });
        expect(await failureOf(call(subject.dodo, target))).toMatchObject({ kind: "unknown" });
        const sent = (await subject.control.requests()).length - before;
        // The time-out passed before the request arrived.
        if (sent === 0) return null;
        expect(sent).toBe(1);
        return sent;
      });
    });

    test.each([
      ["HTML", { body: "<html>", contentType: "text/html" }],
      ["half a JSON text", { body: '{"payment_id": "pay', contentType: "application/json" }],
      ["an empty object", answered({})],
    ])("is unknown if the answer is %s", async (_what, answer) => {
      const subject = await connect();
      subject.answerNext(answer);
      expect(await failureOf(call(subject.dodo))).toMatchObject({ kind: "unknown" });
    });
  });

  describe("a read", () => {
    test("is repeated after an outage if the caller is patient", async () => {
      const subject = await connect();
      const { id } = await subscriptionWith(subject, []);
      await subject.control.addFault({ kind: "drop_before", route: "/subscriptions/:id" });
      await subject.control.addFault({ kind: "error_before", route: "/subscriptions/:id" });
      expect(await subject.dodo.subscription(id, PATIENT)).toMatchObject({ subscriptionId: id });
    });

    test("fails with the error of a lasting outage", async () => {
      const subject = await connect();
      const { id } = await subscriptionWith(subject, []);
      await subject.control.addFault({ kind: "error_before", status: 503, times: 10 });
      expect(await failureOf(subject.dodo.subscription(id, PATIENT))).toMatchObject({
        kind: "unknown",
      });
    });

    test("is sent once if the caller has no time", async () => {
      const subject = await connect();
      const { id } = await subscriptionWith(subject, []);
      await subject.control.addFault({ kind: "error_before", times: 10 });
      const before = (await subject.control.requests()).length;
      await failureOf(subject.dodo.subscription(id, ONCE));
      await failureOf(subject.dodo.payments(id, 0, ONCE));
      expect(await subject.control.requests()).toHaveLength(before + 2);
    });

    test("times out early enough for a charge to leave", async () => {
      const subject = await connect();
      await subject.control.addFault({ kind: "hang_before", ms: TEST_LIMIT_MS, times: 10 });
      // A timer of this process, because a busy machine delays it as it delays the reads.
      const tooLate = new AbortController();
      const timer = setTimeout(() => tooLate.abort(), 8_000);
      const reads = [
        subject.dodo.subscription(SUBSCRIPTION, ONCE),
        subject.dodo.paymentsWithMetadata(SUBSCRIPTION, 0, ONCE),
        subject.dodo.paymentMetadata(PAYMENT, "once"),
        subject.dodo.manualRetryState(PAYMENT),
      ];
      const found = await Promise.all(reads.map(failureOf));
      expect(found.map(({ kind }) => kind)).toEqual(reads.map(() => "unknown"));
      clearTimeout(timer);
      expect(tooLate.signal.aborted).toBe(false);
    });

    test("reports that Dodo limits the rate", async () => {
      const subject = await connect();
      answerAlways(subject, answered({ code: "TOO_MANY_REQUESTS" }, 429));
      expect(await failureOf(subject.dodo.subscription(SUBSCRIPTION, ONCE))).toEqual({
        kind: "rate_limited",
        detail: "TOO_MANY_REQUESTS (HTTP 429)",
        answer: { code: "TOO_MANY_REQUESTS", httpStatus: 429 },
      });
    });
  });
}
