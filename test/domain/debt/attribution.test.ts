import { describe, expect, test } from "vitest";
import { foreignPayment } from "../../../dev/model/events.ts";
import { specimens } from "../../../dev/model/sample-states.ts";
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

const VIEW: DebtContext = {
  debtId: DEBT,
  failedPaymentId: id("pay_first"),
  firstFailedAt: DAY_0,
  methodId: "pm_1",
  wasHeld: false,
  linkPaymentId: id("pay_link"),
  excludedPayments: ["pay_answered"],
  handledPayments: ["pay_dealt"],
  otherPayments: ["pay_other"],
  foreignCharges: "ask",
  debtKeyName: "invoice_id",
  debtKey: "in_1",
  subscriptionKey: "plan_1",
};

const at = DAY_0 + DAY_MS;
const payment = (given: Partial<Payment>): Payment => foreignPayment(at, given);

describe("what a payment is to a debt", () => {
  const table: readonly [what: string, Partial<Payment>, Partial<DebtContext>, kind: string][] = [
    ["the failed payment", { paymentId: id("pay_first") }, {}, "first_failure"],
    ["an attempt under its key", { attemptKey: attemptKeyOf(DEBT, 2) }, {}, "attempt"],
    [
      "an attempt under another debt's key",
      { attemptKey: attemptKeyOf(debtIdOf(id("pay_x")), 2) },
      {},
      "other_debt",
    ],
    ["a payment that another debt began with", { paymentId: id("pay_other") }, {}, "other_debt"],
    ["the customer's page", { paymentId: id("pay_link") }, {}, "payment_link"],
    ["a success that a person placed", { paymentId: id("pay_answered") }, {}, "excluded"],
    ["one from before the debt", { createdAt: DAY_0 - 1 }, {}, "earlier_payment"],
    ["one of the debt's own instant", { createdAt: DAY_0 }, {}, "unattributed"],
    ["one with the debt's key", { debtKey: "in_1" }, {}, "same_debt"],
    ["one with another key", { debtKey: "in_2" }, {}, "other_debt"],
    [
      "one with another key, where the debt has none",
      { debtKey: "in_2" },
      { debtKey: null },
      "unattributed",
    ],
    ["one with the subscription's own key", { debtKey: "plan_1" }, {}, "unattributed"],
    [
      "one with the subscription's own key, which the debt has too",
      { debtKey: "plan_1" },
      { debtKey: "plan_1" },
      "unattributed",
    ],
    ["one that was dealt with", { paymentId: id("pay_dealt") }, {}, "handled"],
    [
      "one that was dealt with, and has succeeded since",
      { paymentId: id("pay_dealt"), status: "succeeded" },
      {},
      "unattributed",
    ],
    [
      "a success that changed the method",
      { status: "succeeded", isMethodUpdate: true },
      {},
      "dues",
    ],
    [
      "a set-up of nothing",
      { status: "succeeded", isMethodUpdate: true, totalMinor: 0 },
      {},
      "unattributed",
    ],
    ["a failure that changed the method", { isMethodUpdate: true }, {}, "unattributed"],
    [
      "a changed method, for several subscriptions",
      { status: "succeeded", isMethodUpdate: true, isMultiSubscription: true },
      {},
      "unattributed",
    ],
    [
      "a success with another method, after a hold",
      { status: "succeeded", methodId: "pm_2" },
      { wasHeld: true },
      "dues",
    ],
    [
      "a success with another method, without a hold",
      { status: "succeeded", methodId: "pm_2" },
      {},
      "unattributed",
    ],
    [
      "a success with the same method, after a hold",
      { status: "succeeded" },
      { wasHeld: true },
      "unattributed",
    ],
    [
      "a success without a method, after a hold",
      { status: "succeeded", methodId: null },
      { wasHeld: true },
      "unattributed",
    ],
    [
      "a success with a method, where the debt's is not known",
      { status: "succeeded", methodId: "pm_2" },
      { wasHeld: true, methodId: null },
      "unattributed",
    ],
    [
      "another debt's success with another method, after a hold",
      { status: "succeeded", methodId: "pm_2", debtKey: "in_2" },
      { wasHeld: true },
      "other_debt",
    ],
  ];

  test.each(table)("%s", (_what, given, view, kind) => {
    expect(attributePayment(payment(given), { ...VIEW, ...view }).kind).toBe(kind);
  });

  test("an attempt's number is its key's", () => {
    const own = attributePayment(payment({ attemptKey: attemptKeyOf(DEBT, 3) }), VIEW);
    expect(own).toEqual({ kind: "attempt", number: 3 });
  });
});

describe("what may have paid the debt", () => {
  const success = { status: "succeeded" } as const;
  const table: readonly [what: string, Partial<Payment>, Partial<DebtContext>, settles: boolean][] =
    [
      ["the first payment itself", { ...success, paymentId: id("pay_first") }, {}, true],
      ["its page", { ...success, paymentId: id("pay_link") }, {}, true],
      ["a payment made elsewhere", success, {}, true],
      [
        "a payment made elsewhere, presumed a new debt's",
        success,
        { foreignCharges: "new_debt" },
        false,
      ],
      [
        "one with its key, whatever is presumed",
        { ...success, debtKey: "in_1" },
        { foreignCharges: "new_debt" },
        true,
      ],
      ["one with another key", { ...success, debtKey: "in_2" }, {}, false],
      ["one that a person placed", { ...success, paymentId: id("pay_answered") }, {}, false],
      ["one from before", { ...success, createdAt: DAY_0 - 1 }, {}, false],
      ["one of nothing", { ...success, totalMinor: 0 }, {}, false],
      ["one that failed", {}, {}, false],
      ["one that is open", { status: "processing" }, {}, false],
    ];

  test.each(table)("%s", (_what, given, view, settles) => {
    expect(canSettle(payment(given), { ...VIEW, ...view })).toBe(settles);
  });
});

describe("what bars a charge", () => {
  const success = { status: "succeeded" } as const;
  const page = { status: "requires_payment_method" } as const;
  const table: readonly [what: string, Partial<Payment>, Partial<DebtContext>, bars: boolean][] = [
    ["a payment that failed", {}, {}, false],
    ["a payment that was cancelled", { status: "cancelled" }, {}, false],
    ["an open payment", { status: "processing" }, {}, true],
    ["another debt's open payment", { status: "processing", debtKey: "in_2" }, {}, true],
    ["a payment without a status", { status: null }, {}, true],
    ["a success that may have paid it", success, {}, true],
    ["a success for another debt", { ...success, debtKey: "in_2" }, {}, false],
    ["a success that no read has placed", success, { foreignCharges: "new_debt" }, true],
    [
      "a success that a read has placed",
      { ...success, paymentId: id("pay_answered") },
      { foreignCharges: "new_debt" },
      false,
    ],
    ["a set-up of nothing", { ...success, totalMinor: 0 }, { foreignCharges: "new_debt" }, false],
    ["a page that was left", page, {}, true],
    ["its own page", { ...page, paymentId: id("pay_link") }, {}, true],
    ["a page with its key", { ...page, debtKey: "in_1" }, {}, true],
    ["another debt's page", { ...page, debtKey: "in_2" }, {}, false],
    ["a page that was dealt with", { ...page, paymentId: id("pay_dealt") }, {}, false],
  ];

  test.each(table)("%s", (_what, given, view, bars) => {
    expect(blocksCharge(payment(given), { ...VIEW, ...view }, at)).toBe(bars);
  });

  test("a page that was left bars for a day and no longer", () => {
    const page_ = payment(page);
    expect(isPageOpen(page_, VIEW, at + ABANDONED_PAGE_MS - 1)).toBe(true);
    expect(isPageOpen(page_, VIEW, at + ABANDONED_PAGE_MS)).toBe(false);
    expect(isPageOpen(payment({}), VIEW, at)).toBe(false);
  });
});

describe("what an activity is told of a debt", () => {
  test("is nothing where none is open", () => {
    expect(debtContextOf(newRecovery("sub_1" as never, DAY_0))).toBeNull();
  });

  test("names the payments of the debts that wait and of those that ended", async () => {
    const held = [...(await specimens()).values()].flat();
    const queued = held.find(({ recovery }) => recovery.queue.length > 0)?.recovery;
    if (queued === undefined) throw new Error("no specimen has a queue");
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

  test("has the key's name and the subscription's own value", async () => {
    const waiting = (await specimens()).get("waiting")?.[0]?.recovery;
    if (waiting?.policy == null || waiting.subscription === null) throw new Error("no specimen");
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
