import { describe, expect, test } from "vitest";
import { unattributedPayment } from "../../../dev/model/events.ts";
import { sampleStates } from "../../../dev/model/sample-states.ts";
import { paymentStatus } from "../../../dodo/statuses.ts";
import {
  ABANDONED_PAGE_MS,
  attributePayment,
  blocksCharge,
  canSettle,
  type DebtContext,
  debtContextOf,
  isPageOpen,
} from "../../../domain/debt/attribution.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { newRecovery, type Recovery } from "../../../domain/state/recovery.ts";
import { attemptKeyOf, debtIdOf } from "../../../domain/values/ids.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { DAY_0, DAY_MS } from "../../support/domain/scenario.ts";

const DEBT = debtIdOf(id("pay_first"));

const CONTEXT: DebtContext = {
  debtId: DEBT,
  failedPaymentId: id("pay_first"),
  firstFailedAt: DAY_0,
  methodId: "pm_1",
  wasHeld: false,
  linkPaymentId: id("pay_link"),
  excludedPayments: ["pay_excluded"],
  handledPayments: ["pay_handled"],
  otherPayments: ["pay_other"],
  foreignCharges: "ask",
  debtKeyName: "invoice_id",
  debtKey: "in_1",
  subscriptionKey: "plan_1",
};

const at = DAY_0 + DAY_MS;
const payment = (given: Partial<Payment>): Payment => unattributedPayment(at, given);

describe("attributePayment", () => {
  const table: readonly [what: string, Partial<Payment>, Partial<DebtContext>, kind: string][] = [
    ["the failed payment", { paymentId: id("pay_first") }, {}, "first_failure"],
    ["an attempt under its key", { attemptKey: attemptKeyOf(DEBT, 2) }, {}, "attempt"],
    [
      "an attempt under another debt's key",
      { attemptKey: attemptKeyOf(debtIdOf(id("pay_x")), 2) },
      {},
      "other_debt",
    ],
    ["another debt's first failure", { paymentId: id("pay_other") }, {}, "other_debt"],
    ["the customer's payment page", { paymentId: id("pay_link") }, {}, "payment_link"],
    ["an excluded success", { paymentId: id("pay_excluded") }, {}, "excluded"],
    ["a payment from before the debt", { createdAt: DAY_0 - 1 }, {}, "earlier_payment"],
    [
      "a payment at the very instant of the first failure",
      { createdAt: DAY_0 },
      {},
      "unattributed",
    ],
    ["a payment with the debt's key", { debtKey: "in_1" }, {}, "same_debt"],
    ["a payment with another key", { debtKey: "in_2" }, {}, "other_debt"],
    [
      "a payment with another key when the debt has none",
      { debtKey: "in_2" },
      { debtKey: null },
      "unattributed",
    ],
    ["a payment with the subscription's own key", { debtKey: "plan_1" }, {}, "unattributed"],
    [
      "a payment with the subscription's own key when the debt has it too",
      { debtKey: "plan_1" },
      { debtKey: "plan_1" },
      "unattributed",
    ],
    ["a handled payment", { paymentId: id("pay_handled") }, {}, "handled"],
    [
      "a handled payment that has succeeded since",
      { paymentId: id("pay_handled"), ...paymentStatus("succeeded") },
      {},
      "unattributed",
    ],
    [
      "a success that changed the payment method",
      { ...paymentStatus("succeeded"), isMethodUpdate: true },
      {},
      "dues",
    ],
    [
      "a set-up for an amount of zero",
      { ...paymentStatus("succeeded"), isMethodUpdate: true, totalMinor: 0 },
      {},
      "unattributed",
    ],
    ["a failed change of the payment method", { isMethodUpdate: true }, {}, "unattributed"],
    [
      "a changed payment method of several subscriptions",
      { ...paymentStatus("succeeded"), isMethodUpdate: true, isMultiSubscription: true },
      {},
      "unattributed",
    ],
    [
      "a success with another method, after a hold",
      { ...paymentStatus("succeeded"), methodId: "pm_2" },
      { wasHeld: true },
      "dues",
    ],
    [
      "a success with another method, without a hold",
      { ...paymentStatus("succeeded"), methodId: "pm_2" },
      {},
      "unattributed",
    ],
    [
      "a success with the same method, after a hold",
      paymentStatus("succeeded"),
      { wasHeld: true },
      "unattributed",
    ],
    [
      "a success without a method, after a hold",
      { ...paymentStatus("succeeded"), methodId: null },
      { wasHeld: true },
      "unattributed",
    ],
    [
      "a success with a method when the debt's method is unknown",
      { ...paymentStatus("succeeded"), methodId: "pm_2" },
      { wasHeld: true, methodId: null },
      "unattributed",
    ],
    [
      "another debt's success with another method, after a hold",
      { ...paymentStatus("succeeded"), methodId: "pm_2", debtKey: "in_2" },
      { wasHeld: true },
      "other_debt",
    ],
  ];

  test.each(table)("attributes %s", (_what, given, context, kind) => {
    expect(attributePayment(payment(given), { ...CONTEXT, ...context }).kind).toBe(kind);
  });

  test("takes an attempt's number from its key", () => {
    const own = attributePayment(payment({ attemptKey: attemptKeyOf(DEBT, 3) }), CONTEXT);
    expect(own).toEqual({ kind: "attempt", number: 3 });
  });
});

describe("canSettle", () => {
  const success = paymentStatus("succeeded");
  const table: readonly [what: string, Partial<Payment>, Partial<DebtContext>, settles: boolean][] =
    [
      ["the first failed payment itself", { ...success, paymentId: id("pay_first") }, {}, true],
      ["the customer's payment page", { ...success, paymentId: id("pay_link") }, {}, true],
      ["a payment made elsewhere", success, {}, true],
      [
        "a payment made elsewhere that the policy presumes to be a new debt's",
        success,
        { foreignCharges: "new_debt" },
        false,
      ],
      [
        "a payment with the debt's key, whatever the policy presumes",
        { ...success, debtKey: "in_1" },
        { foreignCharges: "new_debt" },
        true,
      ],
      ["a payment with another key", { ...success, debtKey: "in_2" }, {}, false],
      ["an excluded payment", { ...success, paymentId: id("pay_excluded") }, {}, false],
      ["a payment from before the debt", { ...success, createdAt: DAY_0 - 1 }, {}, false],
      ["a payment of zero", { ...success, totalMinor: 0 }, {}, false],
      ["a failed payment", {}, {}, false],
      ["an open payment", paymentStatus("processing"), {}, false],
    ];

  test.each(table)("for %s", (_what, given, context, settles) => {
    expect(canSettle(payment(given), { ...CONTEXT, ...context })).toBe(settles);
  });
});

describe("blocksCharge", () => {
  const success = paymentStatus("succeeded");
  const page = paymentStatus("requires_payment_method");
  const table: readonly [what: string, Partial<Payment>, Partial<DebtContext>, blocks: boolean][] =
    [
      ["a failed payment", {}, {}, false],
      ["a cancelled payment", paymentStatus("cancelled"), {}, false],
      ["an open payment", paymentStatus("processing"), {}, true],
      [
        "another debt's open payment",
        { ...paymentStatus("processing"), debtKey: "in_2" },
        {},
        true,
      ],
      ["a payment without a status", paymentStatus(null), {}, true],
      ["a success that may have paid the debt", success, {}, true],
      ["a success for another debt", { ...success, debtKey: "in_2" }, {}, false],
      ["an unattributed success", success, { foreignCharges: "new_debt" }, true],
      [
        "an excluded success",
        { ...success, paymentId: id("pay_excluded") },
        { foreignCharges: "new_debt" },
        false,
      ],
      [
        "a set-up for an amount of zero",
        { ...success, totalMinor: 0 },
        { foreignCharges: "new_debt" },
        false,
      ],
      ["an abandoned payment page", page, {}, true],
      ["the customer's own payment page", { ...page, paymentId: id("pay_link") }, {}, true],
      ["a payment page with the debt's key", { ...page, debtKey: "in_1" }, {}, true],
      ["another debt's payment page", { ...page, debtKey: "in_2" }, {}, false],
      ["a handled payment page", { ...page, paymentId: id("pay_handled") }, {}, false],
    ];

  test.each(table)("for %s", (_what, given, context, blocks) => {
    expect(blocksCharge(payment(given), { ...CONTEXT, ...context }, at)).toBe(blocks);
  });

  test("is true for an abandoned payment page for a day and no longer", () => {
    const abandoned = payment(page);
    expect(isPageOpen(abandoned, CONTEXT, at + ABANDONED_PAGE_MS - 1)).toBe(true);
    expect(isPageOpen(abandoned, CONTEXT, at + ABANDONED_PAGE_MS)).toBe(false);
    expect(isPageOpen(payment({}), CONTEXT, at)).toBe(false);
  });
});

describe("the context of a debt", () => {
  test("is null without a debt", () => {
    expect(debtContextOf(newRecovery("sub_1" as never, DAY_0))).toBeNull();
  });

  test("lists the payments of queued and of ended debts", async () => {
    const held = [...(await sampleStates()).values()].flat();
    const queued = held.find(({ recovery }) => recovery.queue.length > 0)?.recovery;
    if (queued === undefined) throw new Error("no sample has a queue");
    const first = queued.attempts[0];
    const ended = {
      attempts: first === undefined ? [] : [{ ...first, paymentId: null }],
      paymentId: id("pay_settled"),
    };
    const recovery = { ...queued, ended: [ended] } as unknown as Recovery;
    expect(debtContextOf(recovery)?.otherPayments).toEqual([
      ...queued.queue.map(({ debt }) => debt.failedPaymentId),
      "pay_settled",
    ]);
  });

  test("has the name of the debt key and the subscription's own value of it", async () => {
    const waiting = (await sampleStates()).get("waiting")?.[0]?.recovery;
    if (waiting?.policy == null || waiting.subscription === null) throw new Error("no sample");
    const recovery: Recovery = {
      ...waiting,
      policy: { ...waiting.policy, debtKey: "invoice_id" },
      subscription: { ...waiting.subscription, debtKey: "plan_1" },
    };
    expect(debtContextOf(recovery)).toMatchObject({
      debtKeyName: "invoice_id",
      subscriptionKey: "plan_1",
      foreignCharges: "ask",
    });
  });
});
