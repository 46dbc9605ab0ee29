import { describe, expect, test } from "vitest";
import { subscriptionAs, unattributedPayment } from "../../../dev/model/events.ts";
import { paymentStatus } from "../../../dodo/statuses.ts";
import { attemptsFromPayments, debtFromPayment } from "../../../domain/debt/debt-of-payments.ts";
import type { PriceFacts } from "../../../domain/debt/price.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { newRecovery } from "../../../domain/state/recovery.ts";
import { attemptKeyOf, debtIdOf } from "../../../domain/values/ids.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { DAY_0, DAY_MS } from "../../support/domain/scenario.ts";

const NOW = DAY_0 + 20 * DAY_MS;
const SUBSCRIPTION = subscriptionAs(newRecovery("sub_1" as never, DAY_0), { methodId: "pm_sub" });
const FIRST = unattributedPayment(DAY_0, { paymentId: id("pay_1"), declineCode: "EXPIRED_CARD" });

const FACTS: PriceFacts = { subscription: SUBSCRIPTION, payments: [], unknownTax: "ask" };

const own = (number: number, given: Partial<Payment>): Payment =>
  unattributedPayment(DAY_0 + number * DAY_MS, {
    paymentId: id(`pay_own_${number}`),
    attemptKey: attemptKeyOf(debtIdOf(FIRST.paymentId), number),
    ...given,
  });

describe("a debt", () => {
  test("has the id and the net amount of its first failed payment", () => {
    const first = { ...FIRST, taxMinor: 400, debtKey: "in_1" };
    expect(debtFromPayment(first, FACTS)).toEqual({
      id: "pay_1",
      firstFailedAt: DAY_0,
      priceMinor: 2_500,
      currency: "USD",
      totalMinor: 2_900,
      failedPaymentId: "pay_1",
      methodId: "pm_1",
      firstDeclineCode: "EXPIRED_CARD",
      debtKey: "in_1",
      isChargeable: true,
    });
  });

  test.each([
    ["in the subscription's currency", {}, {}, true],
    ["in another currency", { currency: "EUR" }, {}, false],
    ["that consists of tax only", { taxMinor: 2_900 }, {}, false],
    [
      "that consists of tax only, which the price includes",
      { taxMinor: 2_900 },
      { taxInclusive: true },
      true,
    ],
  ])("%s: isChargeable is %s", (_what, payment, subscription, chargeable) => {
    const facts = { ...FACTS, subscription: { ...SUBSCRIPTION, ...subscription } };
    const debt = debtFromPayment({ ...FIRST, ...payment }, facts);
    expect(debt.isChargeable).toBe(chargeable);
  });
});

describe("the attempts of a debt", () => {
  const theirs = { first: FIRST, retries: [] };

  test("begin with the first failure, with the method on file when the payment names none", () => {
    const first = { ...FIRST, methodId: null };
    expect(attemptsFromPayments({ first, retries: [] }, [], SUBSCRIPTION, NOW)).toEqual([
      {
        number: 1,
        trigger: "charge",
        startedAt: DAY_0,
        endedAt: NOW,
        paymentId: "pay_1",
        result: "declined",
        declineCode: "EXPIRED_CARD",
        methodId: "pm_sub",
      },
    ]);
  });

  test("of a scheduled subscription have the trigger renewal", () => {
    const scheduled = { ...SUBSCRIPTION, onDemand: false };
    expect(attemptsFromPayments(theirs, [], scheduled, NOW)[0]?.trigger).toBe("renewal");
  });

  test("continue with the merchant's retries and our own attempts, ordered by number", () => {
    const retry = unattributedPayment(DAY_0 + DAY_MS, { paymentId: id("pay_2"), methodId: null });
    const payments = [
      own(4, paymentStatus("succeeded")),
      own(3, { ...paymentStatus("failed"), declineCode: "LIMIT_EXCEEDED" }),
      own(5, paymentStatus("processing")),
      own(6, paymentStatus("requires_payment_method")),
      unattributedPayment(DAY_0, { attemptKey: attemptKeyOf(debtIdOf(id("pay_other")), 2) }),
      unattributedPayment(DAY_0, { paymentId: id("pay_foreign") }),
    ];
    const attempts = attemptsFromPayments(
      { first: FIRST, retries: [retry] },
      payments,
      SUBSCRIPTION,
      NOW,
    );
    expect(
      attempts.map(({ number, trigger, paymentId, result, methodId }) => [
        number,
        trigger,
        paymentId,
        result,
        methodId,
      ]),
    ).toEqual([
      [1, "charge", "pay_1", "declined", "pm_1"],
      [2, "charge", "pay_2", "declined", null],
      [3, "schedule", "pay_own_3", "declined", "pm_1"],
      [4, "schedule", "pay_own_4", "succeeded", "pm_1"],
    ]);
  });

  test("with the same number are ordered by their start", () => {
    const earlier = own(2, { paymentId: id("pay_a"), createdAt: DAY_0 + 1 });
    const later = own(2, { paymentId: id("pay_b"), createdAt: DAY_0 + 2 });
    const attempts = attemptsFromPayments(theirs, [later, earlier], SUBSCRIPTION, NOW);
    expect(attempts.map(({ paymentId }) => paymentId)).toEqual(["pay_1", "pay_a", "pay_b"]);
  });
});
