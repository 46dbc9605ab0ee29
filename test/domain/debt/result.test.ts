import { describe, expect, test } from "vitest";
import { unattributedPayment } from "../../../dev/model/events.ts";
import { closedPaymentIds, resultOf } from "../../../domain/debt/result.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { RecoveryDriver } from "../../support/domain/recovery-driver.ts";
import { DAY_0, DAY_MS, HOUR_MS } from "../../support/domain/scenario.ts";

const FAILED = unattributedPayment(DAY_0, {
  paymentId: id("pay_1"),
  declineCode: "INSUFFICIENT_FUNDS",
  totalMinor: 2_900,
});

describe("the result of a closed run", () => {
  function writtenOff(afterMs: number): RecoveryDriver {
    const driver = new RecoveryDriver();
    driver.open([FAILED]);
    driver.now = DAY_0 + afterMs;
    driver.command(WRITE_OFF);
    return driver;
  }

  test("summarizes the debt that ended last", () => {
    const { recovery } = writtenOff(2 * DAY_MS + 12 * HOUR_MS);
    expect(resultOf(recovery)).toMatchObject({
      recoveryId: "recovery-sub_1",
      subscriptionId: "sub_1",
      customerId: "cus_1",
      outcome: "written_off",
      by: "operator",
      reactivated: null,
      amountMinor: 2_900,
      currency: "USD",
      firstDeclineCode: "INSUFFICIENT_FUNDS",
      days: 2.5,
      debts: [{ debtId: "pay_1" }],
    });
  });

  test("has only nulls when there was no debt", () => {
    expect(resultOf(new RecoveryDriver().recovery)).toMatchObject({
      customerId: null,
      outcome: null,
      by: null,
      reactivated: null,
      amountMinor: null,
      currency: null,
      firstDeclineCode: null,
      days: null,
      debts: [],
    });
  });

  test("lists every payment that must not open a debt in a later run", () => {
    const driver = new RecoveryDriver();
    driver.open([FAILED]);
    driver.advanceToCharge();
    driver.finishCharge({ kind: "accepted", paymentId: id("pay_2"), adopted: false });
    driver.wake();
    const declined = { ...FAILED, paymentId: id("pay_2"), attemptKey: "pay_1.2" as never };
    driver.finishRead([FAILED, declined]);
    driver.command(WRITE_OFF);
    const result = resultOf(driver.recovery);
    expect(closedPaymentIds({ ...result, handledPayments: ["pay_7"] })).toEqual([
      "pay_1",
      "pay_1",
      "pay_2",
      "pay_7",
    ]);
    const { handledPayments: _, ...earlierVersion } = result;
    expect(closedPaymentIds(earlierVersion)).toEqual(["pay_1", "pay_1", "pay_2"]);
  });

  test("lists no payment when the opening found none", () => {
    const [ended] = writtenOff(DAY_MS).recovery.ended;
    if (ended === undefined) throw new Error("nothing has ended");
    expect(closedPaymentIds({ debts: [{ ...ended, debtId: null, attempts: [] }] })).toEqual([]);
  });
});
