import { describe, expect, test } from "vitest";
import { DODO_LIMITS } from "../../../dodo/limits.ts";
import { TooManyPaymentsError } from "../../../dodo/port.ts";
import { DAY_MS, HOUR_MS } from "../../../domain/values/time.ts";
import {
  answered,
  type Connect,
  failureOf,
  ONCE,
  PATIENT,
  paymentIdOf,
  type Subject,
  subscriptionIdOf,
  subscriptionWith,
  untilIdle,
} from "./subject.ts";

const NOW = Date.parse("2026-10-05T13:10:00Z");
const { pageSize } = DODO_LIMITS;

/** Payments of one subscription, an hour apart, the oldest first. */
async function paymentsEachHour({ control }: Subject, count: number): Promise<string> {
  const { subscriptionId } = await control.createSubscription();
  for (let made = 0; made < count; made += 1) {
    const createdAt = NOW + made * HOUR_MS;
    await control.charge(subscriptionId, { createdAt, metadata: { made }, outcome: "succeed" });
  }
  await untilIdle(control, subscriptionId);
  return subscriptionId;
}

const row = (number: number): object => ({
  payment_id: `pay_${number}`,
  subscription_id: "sub_1",
  status: "failed",
});

const fullPage = (from: number): object => ({
  items: Array.from({ length: pageSize }, (_, index) => row(from + index)),
});

export function lists(connect: Connect): void {
  describe("the payments of a subscription", () => {
    test("come from all pages, each once", async () => {
      const subject = await connect();
      const count = pageSize + 7;
      const id = subscriptionIdOf(await paymentsEachHour(subject, count));
      const payments = await subject.dodo.payments(id, NOW, PATIENT);
      expect(new Set(payments.map(({ createdAt }) => createdAt)).size).toBe(count);
      expect(payments).toHaveLength(count);
    });

    test("start at the given instant", async () => {
      const subject = await connect();
      const id = subscriptionIdOf(await paymentsEachHour(subject, 5));
      const payments = await subject.dodo.payments(id, NOW + 2 * HOUR_MS, ONCE);
      expect(payments.map(({ createdAt }) => createdAt).toSorted()).toEqual(
        [2, 3, 4].map((hours) => NOW + hours * HOUR_MS),
      );
    });

    test("exclude other subscriptions, and include the metadata on request", async () => {
      const subject = await connect();
      await paymentsEachHour(subject, 1);
      const id = subscriptionIdOf(await paymentsEachHour(subject, 1));
      const found = await subject.dodo.paymentsWithMetadata(id, NOW, {
        ...ONCE,
        debtKeyName: "made",
      });
      expect(found).toMatchObject([
        { payment: { subscriptionIds: [id], debtKey: "0" }, metadata: { made: 0 } },
      ]);
    });

    test("come once even if they shift between two pages", async () => {
      const { dodo, answerNext } = await connect();
      answerNext(answered(fullPage(0)));
      answerNext(answered({ items: [row(pageSize - 1), row(pageSize)] }));
      const payments = await dodo.payments(subscriptionIdOf("sub_1"), NOW, ONCE);
      expect(payments).toHaveLength(pageSize + 1);
    });

    test("are empty if Dodo lists none", async () => {
      const subject = await connect();
      const { id } = await subscriptionWith(subject, []);
      expect(await subject.dodo.payments(id, NOW, ONCE)).toEqual([]);
    });

    test("may lack a new payment, which can be read by its id", async () => {
      const subject = await connect();
      await subject.control.setSettings({ listLagMs: HOUR_MS });
      const { id, payments } = await subscriptionWith(subject, ["succeed"]);
      const since = Date.now() - DAY_MS;
      expect(await subject.dodo.payments(id, since, ONCE)).toEqual([]);
      const payment = await subject.dodo.payment(payments[0] ?? paymentIdOf(""), ONCE);
      expect(payment).toMatchObject({ state: "succeeded" });
    });

    test("exclude rows without an id, and are open without a status", async () => {
      const { dodo, answerNext } = await connect();
      answerNext(answered({ items: [{}, null, { payment_id: "pay_1", status: null }] }));
      const payments = await dodo.payments(subscriptionIdOf("sub_1"), NOW, ONCE);
      expect(payments).toMatchObject([{ paymentId: "pay_1", state: "processing" }]);
    });

    test("are an error if there are too many, because a partial list proves nothing", async () => {
      const { dodo, answerNext } = await connect();
      for (let page = 0; page < 10; page += 1) answerNext(answered(fullPage(page * pageSize)));
      const call = dodo.payments(subscriptionIdOf("sub_1"), NOW, ONCE);
      await expect(call).rejects.toThrow(TooManyPaymentsError);
    });

    test("fail as a whole if one page fails", async () => {
      const { dodo, answerNext } = await connect();
      answerNext(answered(fullPage(0)));
      answerNext(answered({}, 503));
      const call = dodo.payments(subscriptionIdOf("sub_1"), NOW, ONCE);
      expect(await failureOf(call)).toMatchObject({ kind: "unknown" });
    });
  });

  describe("an answer without a list", () => {
    test.each([
      ["an empty object", answered({})],
      ["an object without rows", answered({ items: null })],
      ["a page of a proxy", { body: "<html>Welcome</html>", contentType: "text/html" }],
      ["an empty body", { body: "", contentType: "application/json" }],
    ])("is never an empty list (%s)", async (_what, answer) => {
      const { dodo, answerNext } = await connect();
      for (const read of [
        () => dodo.payments(subscriptionIdOf("sub_1"), NOW, ONCE),
        () => dodo.paymentsWithMetadata(subscriptionIdOf("sub_1"), NOW, ONCE),
        () => dodo.paymentsPage(0, { state: "declined", since: NOW, until: NOW }),
        () => dodo.subscriptionsPage(0, "held"),
        () => dodo.customerPayments("cus_1", NOW, "patient"),
        () => dodo.latestDispute("cus_1", NOW),
      ]) {
        answerNext(answer);
        expect(await failureOf(read())).toMatchObject({ kind: "unknown" });
      }
    });
  });

  describe("a page of the account's payments", () => {
    test("is counted from 0, and says whether it is the last", async () => {
      const subject = await connect();
      await paymentsEachHour(subject, pageSize + 2);
      const filter = { state: "succeeded", since: NOW, until: NOW + 30 * DAY_MS } as const;
      const first = await subject.dodo.paymentsPage(0, filter);
      const second = await subject.dodo.paymentsPage(1, filter);
      expect({ count: first.count, isLast: first.isLast }).toEqual({
        count: pageSize,
        isLast: false,
      });
      expect({ count: second.count, isLast: second.isLast }).toEqual({ count: 2, isLast: true });
      const ids = [...first.rows, ...second.rows].map(({ paymentId }) => paymentId);
      expect(new Set(ids).size).toBe(pageSize + 2);
    });

    test.each([
      ["succeeded", "succeed"],
      ["declined", { decline: "EXPIRED_CARD" }],
      ["abandoned", { stay: "requires_payment_method" }],
      ["needs_customer", { requires_customer_action: true }],
    ] as const)("has only payments that are %s", async (state, outcome) => {
      const subject = await connect();
      await subscriptionWith(subject, [
        "succeed",
        { decline: "EXPIRED_CARD" },
        { processing: true },
      ]);
      await subscriptionWith(subject, [outcome]);
      const filter = { state, since: Date.now() - DAY_MS, until: Date.now() + DAY_MS };
      const { rows } = await subject.dodo.paymentsPage(0, filter);
      expect(rows.length).toBeGreaterThan(0);
      expect(new Set(rows.map((payment) => payment.state))).toEqual(new Set([state]));
    });

    test("has only payments from its period, and counts the rows that cannot be read", async () => {
      const subject = await connect();
      await paymentsEachHour(subject, 4);
      const filter = {
        state: "succeeded",
        since: NOW + HOUR_MS,
        until: NOW + 2 * HOUR_MS,
      } as const;
      expect((await subject.dodo.paymentsPage(0, filter)).rows).toHaveLength(2);
      subject.answerNext(answered({ items: [{}, row(1)] }));
      const page = await subject.dodo.paymentsPage(0, filter);
      expect({ rows: page.rows.length, count: page.count }).toEqual({ rows: 1, count: 2 });
    });
  });

  describe("a page of the account's subscriptions", () => {
    test.each([
      ["held", "on_hold"],
      ["grace", "past_due"],
    ] as const)("has only subscriptions whose access is %s", async (access, status) => {
      const { dodo, control } = await connect();
      const { subscriptionId } = await control.createSubscription({ status });
      await control.createSubscription({ status: "active" });
      const { rows, isLast, count } = await dodo.subscriptionsPage(0, access);
      expect(rows).toMatchObject([{ subscriptionId, access }]);
      expect({ isLast, count }).toEqual({ isLast: true, count: 1 });
    });
  });

  describe("the payments of a customer", () => {
    test("cover all subscriptions since the given instant", async () => {
      const { dodo, control } = await connect();
      const first = await control.createPayment({ createdAt: NOW, outcome: "succeed" });
      const { customerId } = first;
      const later = await control.createPayment({ customerId, createdAt: NOW + HOUR_MS });
      await control.createPayment({ createdAt: NOW + HOUR_MS });
      const ids = async (since: number): Promise<unknown> =>
        (await dodo.customerPayments(customerId, since, "patient"))
          ?.map(({ paymentId }) => paymentId)
          .toSorted();
      expect(await ids(NOW)).toEqual([first.paymentId, later.paymentId].toSorted());
      expect(await ids(NOW + 1)).toEqual([later.paymentId]);
    });

    test("are never those of the whole account", async () => {
      const { dodo, control } = await connect();
      await control.createPayment({ createdAt: NOW });
      expect(await failureOf(dodo.customerPayments("", NOW, "patient"))).toMatchObject({
        kind: "unknown",
      });
    });

    test("name the subscriptions whose product and creation can be read", async () => {
      const subject = await connect();
      const { dodo, control } = subject;
      const { id } = await subscriptionWith(subject, ["succeed"], {
        productId: "pdt_7",
        createdAt: NOW,
      });
      const { customerId } = await control.ledgerOf(id);
      const payments = await dodo.customerPayments(customerId, NOW, "once");
      expect(payments).toMatchObject([{ state: "succeeded", subscriptionIds: [id] }]);
      expect(await dodo.purchase(id, "once")).toMatchObject({ productId: "pdt_7", createdAt: NOW });
    });

    test("are null if there are too many to judge", async () => {
      const { dodo, answerNext } = await connect();
      for (let page = 0; page < 5; page += 1) answerNext(answered(fullPage(page * pageSize)));
      expect(await dodo.customerPayments("cus_1", NOW, "patient")).toBeNull();
    });
  });
}
