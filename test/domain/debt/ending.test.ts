import { describe, expect, test } from "vitest";
import { chargeRequested, paymentReported } from "../../../dev/model/events.ts";
import { paymentStatus } from "../../../dodo/statuses.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";
import {
  failedPayment as failed,
  numberedCharge,
  RecoveryDriver,
} from "../../support/domain/recovery-driver.ts";

/** A current debt and two queued ones. */
function threeDebts(): RecoveryDriver {
  const driver = new RecoveryDriver({ foreignCharges: "new_debt" });
  driver.open([failed(1), failed(2), failed(3)]);
  return driver;
}

const ends = ({ recovery }: RecoveryDriver): string[] =>
  recovery.ended.map(({ debtId, outcome, by }) => `${debtId?.slice(0, 8)} ${outcome} by ${by}`);
const queue = ({ recovery }: RecoveryDriver): string[] => recovery.queue.map(({ debt }) => debt.id);
const requested = ({ recovery }: RecoveryDriver): string[] =>
  recovery.chargeRequests.map(({ chargeId }) => chargeId.slice(0, 8));

describe("queued debts", () => {
  test("stay when the current debt ends, and the next one becomes current", () => {
    const driver = threeDebts();
    expect(queue(driver)).toEqual(["pay_2", "pay_3"]);
    driver.command(WRITE_OFF);
    expect(ends(driver)).toEqual(["pay_1 written_off by operator"]);
    expect(driver.recovery.debt?.id).toBe("pay_2");
    expect(queue(driver)).toEqual(["pay_3"]);
  });

  test("end one by one when each is paid on its own page", () => {
    const driver = threeDebts();
    const paid = failed(3, { ...paymentStatus("succeeded"), declineCode: null });
    driver.receive(paymentReported(paid));
    driver.finishRead([failed(1), failed(2), paid]);
    expect(ends(driver)).toEqual(["pay_3 recovered by customer"]);
    expect(driver.recovery.debt?.id).toBe("pay_1");
    expect(queue(driver)).toEqual(["pay_2"]);
  });

  test("all end together when the workflow is cancelled in Temporal", () => {
    const driver = threeDebts();
    driver.receive({ kind: "cancel_requested" });
    expect(ends(driver).toSorted()).toEqual([
      "pay_1 written_off by operator",
      "pay_2 written_off by operator",
      "pay_3 written_off by operator",
    ]);
    expect(queue(driver)).toEqual([]);
  });
});

describe("requested charges of a subscription that has not been read", () => {
  test("stay when the current debt ends and become debts with the next read", () => {
    const driver = new RecoveryDriver();
    driver.open([failed(1)]);
    driver.receive(chargeRequested(driver.now));
    driver.command(WRITE_OFF);
    expect(requested(driver)).toEqual(["charge-a"]);
    driver.finishRead([failed(1)]);
    expect(requested(driver)).toEqual([]);
    driver.wake();
    driver.finishRead([failed(1)]);
    expect(driver.recovery.debt?.id).toMatch(/^charge-a/);
  });

  test("end when the workflow is cancelled in Temporal", () => {
    const driver = new RecoveryDriver();
    driver.receive(chargeRequested(driver.now));
    driver.receive({ kind: "cancel_requested" });
    expect(requested(driver)).toEqual([]);
    expect(ends(driver)).toContain("charge-a written_off by operator");
    const [, ...others] = ends(driver);
    expect(others.every((end) => !end.includes("charge-a"))).toBe(true);
  });

  test("are refused one by one, and the others stay", () => {
    const driver = new RecoveryDriver();
    driver.open([failed(1)]);
    driver.receive(chargeRequested(driver.now, { digit: "a", currency: "EUR" }));
    driver.receive(chargeRequested(driver.now, { digit: "b" }));
    const decision = driver.finishRead([failed(1)]);
    expect(decision.reason).toContain(
      "the requested charge is refused: the subscription's currency is USD",
    );
    expect(driver.recovery.ended).toMatchObject([
      { refusal: "currency_mismatch", rule: "requested_charge.refused", amountMinor: 2_900 },
    ]);
    expect(queue(driver).map((debtId) => debtId.slice(0, 8))).toEqual(["charge-b"]);
  });

  test("leave the forty latest refusals in the list of ended debts", () => {
    const driver = new RecoveryDriver();
    driver.open([failed(1)]);
    for (let count = 0; count < 43; count += 1) {
      const charge = { amountMinor: count + 1_000, currency: "EUR" };
      driver.receive(numberedCharge(count, driver.now, charge));
      driver.finishRead([failed(1)]);
    }
    const amounts = driver.recovery.ended.map(({ amountMinor }) => amountMinor);
    expect(amounts).toHaveLength(40);
    expect(amounts.at(-1)).toBe(1_042);
  });
});

describe("an end that waits", () => {
  test("for an open payment says so and stops further charges", () => {
    const driver = new RecoveryDriver();
    const open = failed(2, { ...paymentStatus("processing"), declineCode: null });
    driver.open([failed(1)]);
    driver.receive(paymentReported(open));
    const decision = driver.command(WRITE_OFF);
    expect(decision.rule).toBe("closing.waits_for_charge");
    expect(decision.reason).toContain(
      "an open payment has to end first, and nothing more is charged",
    );
    expect(driver.recovery).toMatchObject({ plan: null, closing: { outcome: "written_off" } });
    const declined = { ...open, ...paymentStatus("failed"), declineCode: "EXPIRED_CARD" };
    driver.receive(paymentReported(declined));
    driver.wake();
    driver.finishRead([failed(1), declined]);
    expect(ends(driver)).toContain("pay_1 written_off by operator");
  });

  test("for a charge in flight names it and withdraws it", () => {
    const driver = new RecoveryDriver();
    driver.open([failed(1)]);
    driver.advanceToCharge();
    const decision = driver.command(WRITE_OFF);
    expect(decision.reason).toContain("attempt 2 has to end first");
    expect(decision.effects).toContainEqual({ kind: "withdraw_charge" });
    driver.finishCharge({ kind: "not_attempted", why: "withdrawn", detail: "taken back" });
    expect(ends(driver)).toEqual(["pay_1 written_off by operator"]);
  });
});

test("a debt that is paid twice stays paid by the first payment, and the operator is notified once", () => {
  const driver = new RecoveryDriver();
  driver.open([failed(1)]);
  const success = { ...paymentStatus("succeeded"), declineCode: null } as const;
  driver.receive(paymentReported(failed(1, success)));
  expect(driver.recovery.settlement).toMatchObject({ by: "customer", paymentId: "pay_1" });
  const attempt = failed(2, { ...success, totalMinor: 1_000, attemptKey: "pay_1.2" as never });
  const decision = driver.receive(paymentReported(attempt));
  expect(decision.rule).toBe("payment.overcharged");
  expect(decision.reason).toContain("pay_2 succeeded although the debt was already paid");
  expect(driver.recovery.settlement).toMatchObject({ by: "customer", paymentId: "pay_1" });
  expect(driver.receive(paymentReported(attempt)).effects).toEqual([]);
});
