import { describe, expect, test } from "vitest";
import { chargeRequested, paymentReported } from "../../../dev/model/events.ts";
import {
  Deciding,
  failedPayment as failed,
  numberedCharge,
} from "../../support/domain/recovery-driver.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";

/** A current debt and two queued ones. */
function threeDebts(): Deciding {
  const deciding = new Deciding({ foreignCharges: "new_debt" });
  deciding.open([failed(1), failed(2), failed(3)]);
  return deciding;
}

const ends = ({ recovery }: Deciding): string[] =>
  recovery.ended.map(({ debtId, outcome, by }) => `${debtId?.slice(0, 8)} ${outcome} by ${by}`);
const queue = ({ recovery }: Deciding): string[] => recovery.queue.map(({ debt }) => debt.id);
const requested = ({ recovery }: Deciding): string[] =>
  recovery.chargeRequests.map(({ chargeId }) => chargeId.slice(0, 8));

describe("queued debts", () => {
  test("stay when the current debt ends, and the next one becomes current", () => {
    const deciding = threeDebts();
    expect(queue(deciding)).toEqual(["pay_2", "pay_3"]);
    deciding.command(WRITE_OFF);
    expect(ends(deciding)).toEqual(["pay_1 written_off by operator"]);
    expect(deciding.recovery.debt?.id).toBe("pay_2");
    expect(queue(deciding)).toEqual(["pay_3"]);
  });

  test("end one by one when each is paid on its own page", () => {
    const deciding = threeDebts();
    const paid = failed(3, { status: "succeeded", declineCode: null });
    deciding.tell(paymentReported(paid));
    deciding.read([failed(1), failed(2), paid]);
    expect(ends(deciding)).toEqual(["pay_3 recovered by customer"]);
    expect(deciding.recovery.debt?.id).toBe("pay_1");
    expect(queue(deciding)).toEqual(["pay_2"]);
  });

  test("all end together when the workflow is cancelled in Temporal", () => {
    const deciding = threeDebts();
    deciding.tell({ kind: "cancel_requested" });
    expect(ends(deciding).toSorted()).toEqual([
      "pay_1 written_off by operator",
      "pay_2 written_off by operator",
      "pay_3 written_off by operator",
    ]);
    expect(queue(deciding)).toEqual([]);
  });
});

describe("requested charges of a subscription that has not been read", () => {
  test("stay when the current debt ends and become debts with the next read", () => {
    const deciding = new Deciding();
    deciding.open([failed(1)]);
    deciding.tell(chargeRequested(deciding.now));
    deciding.command(WRITE_OFF);
    expect(requested(deciding)).toEqual(["charge-a"]);
    deciding.read([failed(1)]);
    expect(requested(deciding)).toEqual([]);
    deciding.wake();
    deciding.read([failed(1)]);
    expect(deciding.recovery.debt?.id).toMatch(/^charge-a/);
  });

  test("end when the workflow is cancelled in Temporal", () => {
    const deciding = new Deciding();
    deciding.tell(chargeRequested(deciding.now));
    deciding.tell({ kind: "cancel_requested" });
    expect(requested(deciding)).toEqual([]);
    expect(ends(deciding)).toContain("charge-a written_off by operator");
    const [, ...others] = ends(deciding);
    expect(others.every((end) => !end.includes("charge-a"))).toBe(true);
  });

  test("are refused one by one, and the others stay", () => {
    const deciding = new Deciding();
    deciding.open([failed(1)]);
    deciding.tell(chargeRequested(deciding.now, { digit: "a", currency: "EUR" }));
    deciding.tell(chargeRequested(deciding.now, { digit: "b" }));
    const decision = deciding.read([failed(1)]);
    expect(decision.reason).toContain(
      "the requested charge is refused: the subscription's currency is USD",
    );
    expect(deciding.recovery.ended).toMatchObject([
      { refusal: "currency_mismatch", rule: "requested_charge.refused", amountMinor: 2_900 },
    ]);
    expect(queue(deciding).map((debtId) => debtId.slice(0, 8))).toEqual(["charge-b"]);
  });

  test("leave the forty latest refusals in the list of ended debts", () => {
    const deciding = new Deciding();
    deciding.open([failed(1)]);
    for (let count = 0; count < 43; count += 1) {
      const charge = { amountMinor: count + 1_000, currency: "EUR" };
      deciding.tell(numberedCharge(count, deciding.now, charge));
      deciding.read([failed(1)]);
    }
    const amounts = deciding.recovery.ended.map(({ amountMinor }) => amountMinor);
    expect(amounts).toHaveLength(40);
    expect(amounts.at(-1)).toBe(1_042);
  });
});

describe("an end that waits", () => {
  test("for an open payment says so and stops further charges", () => {
    const deciding = new Deciding();
    const open = failed(2, { status: "processing", declineCode: null });
    deciding.open([failed(1)]);
    deciding.tell(paymentReported(open));
    const decision = deciding.command(WRITE_OFF);
    expect(decision.rule).toBe("closing.waits_for_charge");
    expect(decision.reason).toContain(
      "an open payment has to end first, and nothing more is charged",
    );
    expect(deciding.recovery).toMatchObject({ plan: null, closing: { outcome: "written_off" } });
    const declined = { ...open, status: "failed", declineCode: "EXPIRED_CARD" };
    deciding.tell(paymentReported(declined));
    deciding.wake();
    deciding.read([failed(1), declined]);
    expect(ends(deciding)).toContain("pay_1 written_off by operator");
  });

  test("for a charge in flight names it and withdraws it", () => {
    const deciding = new Deciding();
    deciding.open([failed(1)]);
    deciding.charge();
    const decision = deciding.command(WRITE_OFF);
    expect(decision.reason).toContain("attempt 2 has to end first");
    expect(decision.effects).toContainEqual({ kind: "withdraw_charge" });
    deciding.charged({ kind: "not_attempted", why: "withdrawn", detail: "taken back" });
    expect(ends(deciding)).toEqual(["pay_1 written_off by operator"]);
  });
});

test("a debt that is paid twice stays paid by the first payment, and the operator is notified once", () => {
  const deciding = new Deciding();
  deciding.open([failed(1)]);
  const success = { status: "succeeded", declineCode: null } as const;
  deciding.tell(paymentReported(failed(1, success)));
  expect(deciding.recovery.settlement).toMatchObject({ by: "customer", paymentId: "pay_1" });
  const attempt = failed(2, { ...success, totalMinor: 1_000, attemptKey: "pay_1.2" as never });
  const decision = deciding.tell(paymentReported(attempt));
  expect(decision.rule).toBe("payment.overcharged");
  expect(decision.reason).toContain("pay_2 succeeded although the debt was already paid");
  expect(deciding.recovery.settlement).toMatchObject({ by: "customer", paymentId: "pay_1" });
  expect(deciding.tell(paymentReported(attempt)).effects).toEqual([]);
});
