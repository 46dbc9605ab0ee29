import { describe, expect, test } from "vitest";
import { unattributedPayment } from "../../../dev/model/events.ts";
import {
  type ChargeRecord,
  type DebtRecord,
  prove,
  type RecoveryRecord,
} from "../../../domain/reporting/proof.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import {
  attemptKeyOf,
  debtIdOf,
  parsePaymentId,
  type PaymentId,
} from "../../../domain/values/ids.ts";
import { DAY_MS } from "../../../domain/values/time.ts";

const DAY_0 = Date.UTC(2026, 9, 5, 13, 10);
const day = (number: number): number => DAY_0 + number * DAY_MS;

function idOf(name: string): PaymentId {
  const id = parsePaymentId(name);
  if (id === null) throw new Error(name);
  return id;
}

const FIRST = idOf("pay_1");
const DEBT = debtIdOf(FIRST);

const payment = (name: string, given: Partial<Payment> = {}): Payment =>
  unattributedPayment(day(3), { paymentId: idOf(name), status: "succeeded", ...given });

const attempt = (name: string, number: number, patch: Partial<Payment> = {}): Payment =>
  payment(name, { attemptKey: attemptKeyOf(DEBT, number), ...patch });

const charge = (
  number: number,
  paymentId: string | null,
  patch: Partial<ChargeRecord> = {},
): ChargeRecord => ({
  key: attemptKeyOf(DEBT, number),
  number,
  at: day(3),
  amountMinor: 2_900,
  currency: "USD",
  via: null,
  outcome:
    paymentId === null ? null : { kind: "accepted", paymentId: idOf(paymentId), adopted: false },
  rule: "schedule.due",
  reason: "attempt 2",
  ...patch,
});

type End = NonNullable<DebtRecord["end"]>;

const recovered = (paymentId: string | null, patch: Partial<End> = {}): End => ({
  outcome: "recovered",
  by: "attempt",
  paymentId: paymentId === null ? null : idOf(paymentId),
  rule: "subscription.reactivated",
  reason: "paid by attempt",
  endedAt: day(4),
  ...patch,
});

const debt = (end: End | null, patch: Partial<DebtRecord> = {}): DebtRecord => ({
  debtId: DEBT,
  firstFailedAt: DAY_0,
  currency: "USD",
  owedMinor: 2_900,
  end,
  ...patch,
});

const record = (patch: Partial<RecoveryRecord>): RecoveryRecord => ({
  runs: 1,
  debts: [],
  charges: [],
  payments: [],
  excludedPayments: [],
  ...patch,
});

const FAILED = payment("pay_1", { status: "failed", createdAt: DAY_0 });
const PAID = attempt("pay_2", 2);

const kinds = (given: RecoveryRecord, listed: readonly Payment[]): string[] =>
  prove(given, listed).findings.map(({ kind }) => kind);

describe("the proof of a debt that an attempt collected", () => {
  const given = record({
    debts: [debt(recovered("pay_2"))],
    charges: [charge(2, "pay_2")],
    payments: [FAILED, PAID],
  });

  test("finds nothing where Temporal and Dodo agree", () => {
    const { debts, findings, runs } = prove(given, [FAILED, PAID]);
    const sum = { amountMinor: 2_900, paymentIds: ["pay_2"] };
    expect(findings).toEqual([]);
    expect(runs).toBe(1);
    expect(debts).toHaveLength(1);
    expect(debts[0]).toMatchObject({ collected: sum, collectedAtDodo: sum });
    expect(debts[0]?.attempts).toEqual([{ ...charge(2, "pay_2"), atDodo: [PAID] }]);
  });

  test("finds a collected payment that Dodo does not list as a success", () => {
    expect(kinds(given, [FAILED])).toEqual(["not_at_dodo"]);
    expect(kinds(given, [FAILED, attempt("pay_2", 2, { status: "failed" })])).toEqual([
      "not_at_dodo",
    ]);
    expect(kinds(given, [FAILED, attempt("pay_2", 2, { totalMinor: 0 })])).toEqual(["not_at_dodo"]);
  });

  test("finds a second successful attempt", () => {
    const twice = { ...given, charges: [charge(2, "pay_2"), charge(3, "pay_3")] };
    const { findings } = prove(twice, [FAILED, PAID, attempt("pay_3", 3)]);
    expect(findings).toEqual([
      { kind: "double_charge", detail: "pay_1: pay_2, pay_3" },
      { kind: "more_than_owed", detail: "pay_1: owed 2900, collected 5800" },
      { kind: "not_in_history", detail: "pay_1: pay_3" },
    ]);
  });

  test("finds two open or successful payments with one key", () => {
    const open = attempt("pay_3", 2, { status: "processing" });
    const { findings } = prove(given, [FAILED, PAID, open]);
    expect(findings).toEqual([{ kind: "one_key_twice", detail: "pay_1.2: pay_2, pay_3" }]);
    for (const status of ["failed", "cancelled"]) {
      expect(kinds(given, [FAILED, PAID, { ...open, status }])).toEqual([]);
    }
  });

  test("finds a payment with a key that was never sent", () => {
    const unknown = attempt("pay_9", 7, { status: "failed" });
    expect(prove(given, [FAILED, PAID, unknown]).findings).toEqual([
      { kind: "unknown_attempt", detail: "pay_9 carries pay_1.7" },
    ]);
  });

  test("finds a total above what is owed", () => {
    const more = attempt("pay_2", 2, { totalMinor: 3_480 });
    const seen = { ...given, payments: [FAILED, more] };
    expect(kinds(seen, [FAILED, more])).toEqual(["more_than_owed"]);
    const unknown = { ...seen, debts: [debt(recovered("pay_2"), { owedMinor: null })] };
    expect(kinds(unknown, [FAILED, more])).toEqual([]);
  });

  test("finds another success of the same amount that no person has judged", () => {
    const beside = payment("pay_5");
    expect(prove(given, [FAILED, PAID, beside]).findings).toEqual([
      { kind: "paid_beside", detail: "pay_1: pay_5" },
    ]);
    expect(kinds({ ...given, excludedPayments: ["pay_5"] }, [FAILED, PAID, beside])).toEqual([]);
    const others = [
      payment("pay_5", { totalMinor: 1_000 }),
      payment("pay_5", { createdAt: day(4) + 1 }),
      payment("pay_5", { createdAt: DAY_0 }),
      payment("pay_5", { status: "processing" }),
    ];
    for (const other of others) expect(kinds(given, [FAILED, PAID, other])).toEqual([]);
  });

  test("counts a payment beside the debt up to its end, and no other debt's attempt", () => {
    const atTheEnd = payment("pay_5", { createdAt: day(4) });
    expect(kinds(given, [FAILED, PAID, atTheEnd])).toEqual(["paid_beside"]);
    const ofAnother = payment("pay_5", { attemptKey: attemptKeyOf(debtIdOf(idOf("pay_4")), 2) });
    expect(kinds(given, [FAILED, PAID, ofAnother])).toEqual(["unknown_attempt"]);
    const undated = { ...given, debts: [debt(recovered("pay_2"), { firstFailedAt: null })] };
    expect(kinds(undated, [FAILED, PAID, payment("pay_5")])).toEqual([]);
  });

  test("counts the payment of each accepted charge, even without a key", () => {
    const second = payment("pay_3");
    const both = {
      ...given,
      charges: [charge(2, "pay_2"), charge(3, "pay_3"), charge(4, "pay_8"), charge(5, null)],
      payments: [FAILED, PAID, second, payment("pay_8", { status: "failed" }), payment("pay_9")],
    };
    expect(prove(both, [FAILED, PAID, second]).debts[0]?.collected).toEqual({
      amountMinor: 5_800,
      paymentIds: ["pay_2", "pay_3"],
    });
  });

  test("keeps the attempts and payments of two debts apart", () => {
    const other = debtIdOf(idOf("pay_4"));
    const theirs = payment("pay_6", { attemptKey: attemptKeyOf(other, 2) });
    const both = {
      ...given,
      debts: [...given.debts, debt(recovered("pay_6"), { debtId: other })],
      charges: [charge(2, "pay_2"), charge(2, "pay_6", { key: attemptKeyOf(other, 2) })],
      payments: [FAILED, PAID, theirs],
    };
    const { debts, findings } = prove(both, [FAILED, PAID, theirs]);
    expect(findings).toEqual([]);
    expect(debts.map(({ attempts }) => attempts.map(({ key }) => key))).toEqual([
      ["pay_1.2"],
      ["pay_4.2"],
    ]);
    expect(debts.map(({ collected }) => collected.paymentIds)).toEqual([["pay_2"], ["pay_6"]]);
  });

  test("wants a payment for a collected requested charge too", () => {
    const requested = { ...given, debts: [debt(recovered("pay_2", { outcome: "collected" }))] };
    expect(kinds(requested, [FAILED, PAID])).toEqual([]);
    expect(kinds(requested, [FAILED])).toEqual(["not_at_dodo"]);
  });

  test("finds an attempt that succeeded beside the merchant's own payment", () => {
    const own = payment("pay_6");
    const ended = { ...given, debts: [debt(recovered("pay_6", { by: "merchant" }))] };
    const seen = { ...ended, payments: [FAILED, PAID, own] };
    expect(kinds(seen, [FAILED, PAID, own])).toEqual(["more_than_owed"]);
    // A payment elsewhere, of whatever amount, is not our charge.
    const more = payment("pay_6", { totalMinor: 9_900 });
    expect(kinds({ ...ended, charges: [] }, [FAILED, more])).toEqual([]);
  });

  test("does not count the payment of the next debt", () => {
    const next = debt(recovered("pay_6", { by: "merchant" }), { debtId: debtIdOf(idOf("pay_4")) });
    const both = { ...given, debts: [...given.debts, next] };
    const paidNext = payment("pay_6");
    expect(
      kinds({ ...both, payments: [FAILED, PAID, paidNext] }, [FAILED, PAID, paidNext]),
    ).toEqual([]);
  });
});

describe("the proof of a debt that others settled", () => {
  test("finds the dues that Dodo collected with a new card", () => {
    const dues = payment("pay_3", { isMethodUpdate: true });
    const given = record({
      debts: [debt(recovered("pay_3", { by: "customer" }))],
      payments: [dues],
    });
    const { debts, findings } = prove(given, [FAILED, dues]);
    expect(findings).toEqual([]);
    expect(debts[0]?.collectedAtDodo).toEqual({ amountMinor: 2_900, paymentIds: ["pay_3"] });
    expect(debts[0]?.collected).toEqual({ amountMinor: 2_900, paymentIds: ["pay_3"] });
  });

  test("finds a collection of dues that the history does not record", () => {
    const dues = payment("pay_3", { isMethodUpdate: true });
    const given = record({
      debts: [debt(recovered("pay_2"))],
      charges: [charge(2, "pay_2")],
      payments: [FAILED, PAID],
    });
    expect(kinds(given, [FAILED, PAID, dues])).toEqual(["not_in_history"]);
    expect(kinds(given, [FAILED, PAID, { ...dues, createdAt: DAY_0 - 1 }])).toEqual([]);
    expect(kinds(given, [FAILED, PAID, { ...dues, createdAt: day(4) + 1 }])).toEqual([]);
    expect(kinds({ ...given, excludedPayments: ["pay_3"] }, [FAILED, PAID, dues])).toEqual([]);
  });

  test("counts dues from the first failure to the end of the debt", () => {
    const dues = payment("pay_3", { isMethodUpdate: true });
    const collectedAtDodo = (
      end: End | null,
      given: Partial<Payment>,
      patch: Partial<DebtRecord> = {},
    ): readonly string[] =>
      prove(record({ debts: [debt(end, patch)] }), [{ ...dues, ...given }]).debts[0]
        ?.collectedAtDodo.paymentIds ?? [];
    const end = recovered("pay_3");
    expect(collectedAtDodo(end, { createdAt: DAY_0 })).toEqual(["pay_3"]);
    expect(collectedAtDodo(end, { createdAt: day(4) })).toEqual(["pay_3"]);
    expect(collectedAtDodo(null, { createdAt: day(90) })).toEqual(["pay_3"]);
    expect(collectedAtDodo(end, {}, { firstFailedAt: null })).toEqual([]);
    const ofAnother = attemptKeyOf(debtIdOf(idOf("pay_4")), 2);
    expect(collectedAtDodo(end, { attemptKey: ofAnother })).toEqual([]);
  });

  test("needs no payment for a debt that an operator marked as paid", () => {
    const given = record({ debts: [debt(recovered(null, { by: "operator" }))] });
    expect(kinds(given, [FAILED])).toEqual([]);
    const claimed = record({ debts: [debt(recovered(null, { by: "merchant" }))] });
    expect(prove(claimed, [FAILED]).findings).toEqual([
      { kind: "not_at_dodo", detail: "pay_1: the end names no payment" },
    ]);
  });
});

describe("the proof of a debt that was not collected", () => {
  test.each([null, recovered(null, { outcome: "exhausted", by: "reprise" })])(
    "finds nothing where Dodo lists no success (%#)",
    (end) => {
      const given = record({ debts: [debt(end)], charges: [charge(2, null)] });
      const { debts, findings } = prove(given, [FAILED, attempt("pay_2", 2, { status: "failed" })]);
      expect(findings).toEqual([]);
      expect(debts[0]).toMatchObject({
        collected: { amountMinor: 0 },
        collectedAtDodo: { amountMinor: 0 },
      });
    },
  );

  test("finds a success with the key of a debt that ended unpaid", () => {
    const ended = debt(recovered(null, { outcome: "exhausted", by: "reprise" }));
    const given = record({ debts: [ended], charges: [charge(2, null)] });
    const second = attempt("pay_3", 2);
    expect(prove(given, [FAILED, PAID, second]).findings.at(-1)).toEqual({
      kind: "not_in_history",
      detail: "pay_1: pay_2, pay_3",
    });
    expect(kinds(given, [FAILED, PAID])).toEqual(["not_in_history"]);
    // While the debt is open, the next read finds it.
    expect(kinds({ ...given, debts: [debt(null)] }, [FAILED, PAID])).toEqual([]);
  });
});
