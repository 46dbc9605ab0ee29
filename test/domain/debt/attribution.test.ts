import { describe, expect, test } from "vitest";
import { foreignPayment } from "../../../dev/model/events.ts";
import { specimens } from "../../../dev/model/sample-states.ts";
import {
  ABANDONED_PAGE_MS,
  barsCharge,
  type DebtView,
  debtViewOf,
  isPageOpen,
  maySettle,
  placeOf,
} from "../../../domain/debt/attribution.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { openRecovery, type Recovery } from "../../../domain/state/recovery.ts";
import { attemptKeyOf, debtIdOf } from "../../../domain/values/ids.ts";
import { paymentIdOf as id } from "../../support/ids.ts";
import { DAY_0, DAY_MS } from "../../support/story.ts";

const DEBT = debtIdOf(id("pay_first"));

const VIEW: DebtView = {
  debtId: DEBT,
  failedPaymentId: id("pay_first"),
  firstFailedAt: DAY_0,
  methodId: "pm_1",
  heldSeen: false,
  linkPaymentId: id("pay_link"),
  answered: ["pay_answered"],
  dealtWith: ["pay_dealt"],
  others: ["pay_other"],
  foreignCharges: "ask",
  debtKeyName: "invoice_id",
  debtKey: "in_1",
  subscriptionKey: "plan_1",
};

const at = DAY_0 + DAY_MS;
const payment = (given: Partial<Payment>): Payment => foreignPayment(at, given);

describe("what a payment is to a debt", () => {
  const table: readonly [what: string, Partial<Payment>, Partial<DebtView>, kind: string][] = [
    ["the failed payment", { paymentId: id("pay_first") }, {}, "first"],
    ["an attempt under its key", { attemptKey: attemptKeyOf(DEBT, 2) }, {}, "own"],
    [
      "an attempt under another debt's key",
      { attemptKey: attemptKeyOf(debtIdOf(id("pay_x")), 2) },
      {},
      "other_debt",
    ],
    ["a payment that another debt began with", { paymentId: id("pay_other") }, {}, "other_debt"],
    ["the customer's page", { paymentId: id("pay_link") }, {}, "link"],
    ["a success that a person placed", { paymentId: id("pay_answered") }, {}, "answered"],
    ["one from before the debt", { createdAt: DAY_0 - 1 }, {}, "before"],
    ["one of the debt's own instant", { createdAt: DAY_0 }, {}, "foreign"],
    ["one with the debt's key", { debtKey: "in_1" }, {}, "same_debt"],
    ["one with another key", { debtKey: "in_2" }, {}, "other_debt"],
    [
      "one with another key, where the debt has none",
      { debtKey: "in_2" },
      { debtKey: null },
      "foreign",
    ],
    ["one with the subscription's own key", { debtKey: "plan_1" }, {}, "foreign"],
    [
      "one with the subscription's own key, which the debt has too",
      { debtKey: "plan_1" },
      { debtKey: "plan_1" },
      "foreign",
    ],
    ["one that was dealt with", { paymentId: id("pay_dealt") }, {}, "dealt_with"],
    [
      "one that was dealt with, and has succeeded since",
      { paymentId: id("pay_dealt"), status: "succeeded" },
      {},
      "foreign",
    ],
    [
      "a success that changed the method",
      { status: "succeeded", isMethodUpdate: true },
      {},
      "collection",
    ],
    [
      "a set-up of nothing",
      { status: "succeeded", isMethodUpdate: true, totalMinor: 0 },
      {},
      "foreign",
    ],
    ["a failure that changed the method", { isMethodUpdate: true }, {}, "foreign"],
    [
      "a changed method, for several subscriptions",
      { status: "succeeded", isMethodUpdate: true, isMultiSubscription: true },
      {},
      "foreign",
    ],
    [
      "a success with another method, after a hold",
      { status: "succeeded", methodId: "pm_2" },
      { heldSeen: true },
      "collection",
    ],
    [
      "a success with another method, without a hold",
      { status: "succeeded", methodId: "pm_2" },
      {},
      "foreign",
    ],
    [
      "a success with the same method, after a hold",
      { status: "succeeded" },
      { heldSeen: true },
      "foreign",
    ],
    [
      "a success without a method, after a hold",
      { status: "succeeded", methodId: null },
      { heldSeen: true },
      "foreign",
    ],
    [
      "a success with a method, where the debt's is not known",
      { status: "succeeded", methodId: "pm_2" },
      { heldSeen: true, methodId: null },
      "foreign",
    ],
    [
      "another debt's success with another method, after a hold",
      { status: "succeeded", methodId: "pm_2", debtKey: "in_2" },
      { heldSeen: true },
      "other_debt",
    ],
  ];

  test.each(table)("%s", (_what, given, view, kind) => {
    expect(placeOf(payment(given), { ...VIEW, ...view }).kind).toBe(kind);
  });

  test("an attempt's number is its key's", () => {
    const own = placeOf(payment({ attemptKey: attemptKeyOf(DEBT, 3) }), VIEW);
    expect(own).toEqual({ kind: "own", number: 3 });
  });
});

describe("what may have paid the debt", () => {
  const success = { status: "succeeded" } as const;
  const table: readonly [what: string, Partial<Payment>, Partial<DebtView>, settles: boolean][] = [
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
    expect(maySettle(payment(given), { ...VIEW, ...view })).toBe(settles);
  });
});

describe("what bars a charge", () => {
  const success = { status: "succeeded" } as const;
  const page = { status: "requires_payment_method" } as const;
  const table: readonly [what: string, Partial<Payment>, Partial<DebtView>, bars: boolean][] = [
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
    expect(barsCharge(payment(given), { ...VIEW, ...view }, at)).toBe(bars);
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
    expect(debtViewOf(openRecovery("sub_1" as never, DAY_0))).toBeNull();
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
    expect(debtViewOf(recovery)?.others).toEqual([
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
    expect(debtViewOf(recovery)).toMatchObject({
      debtKeyName: "invoice_id",
      subscriptionKey: "plan_1",
      foreignCharges: "ask",
    });
  });
});
