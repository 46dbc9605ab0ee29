import { describe, expect, test } from "vitest";
import { chargeRequested, unattributedPayment } from "../../../dev/model/events.ts";
import { paymentStatus, subscriptionStatus } from "../../../dodo/statuses.ts";
import type { Evidence, Payment } from "../../../domain/state/payment.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { RecoveryDriver } from "../../support/domain/recovery-driver.ts";
import { DAY_0, HOUR_MS } from "../../support/domain/scenario.ts";

const CHARGE = `charge-${"a".repeat(64)}`;

/** An attempt of an earlier run, which this one does not know. */
const attempt = (debtId: string, number: number, given: Partial<Payment> = {}): Payment =>
  unattributedPayment(DAY_0 - HOUR_MS + number, {
    paymentId: id(`pay_${number}`),
    attemptKey: `${debtId}.${number}` as never,
    declineCode: "INSUFFICIENT_FUNDS",
    totalMinor: 3_190,
    ...given,
  });
const OPEN = { ...paymentStatus("processing"), declineCode: null };

/** A requested charge whose subscription has these payments. */
function requested(payments: readonly Payment[], given: Partial<Evidence> = {}): RecoveryDriver {
  const driver = new RecoveryDriver();
  driver.receive(chargeRequested(driver.now));
  driver.finishRead(payments, subscriptionStatus("active"), given);
  driver.wake();
  driver.finishRead(payments, subscriptionStatus("active"), given);
  return driver;
}

describe("a requested charge that an earlier run attempted", () => {
  test("continues after the decline of an earlier run", () => {
    const driver = requested([attempt(CHARGE, 1)]);
    expect(driver.recovery).toMatchObject({
      debt: {
        id: CHARGE,
        priceMinor: 2_900,
        totalMinor: 3_190,
        failedPaymentId: "pay_1",
        firstDeclineCode: "INSUFFICIENT_FUNDS",
        methodId: "pm_1",
      },
      attempts: [{ number: 1, trigger: "charge", result: "declined", paymentId: "pay_1" }],
      charge: null,
      plan: { number: 2, trigger: "schedule" },
    });
    expect(driver.decisions.at(-1)?.reason).toContain("an earlier run made attempt 1 (pay_1)");
  });

  test("counts a second decline of an earlier run as a retry", () => {
    const driver = requested([attempt(CHARGE, 1), attempt(CHARGE, 2)]);
    expect(driver.recovery.attempts).toMatchObject([
      { number: 1, trigger: "charge" },
      { number: 2, trigger: "schedule" },
    ]);
    expect(driver.recovery.plan).toMatchObject({ number: 3 });
  });

  test("tries the card on file if an earlier run used another one", () => {
    const driver = requested([attempt(CHARGE, 1, { methodId: "pm_7" })]);
    expect(driver.recovery).toMatchObject({
      debt: { methodId: "pm_7" },
      plan: { number: 2, trigger: "payment_method_update" },
    });
  });

  test("keeps the subscription's card if the earlier payment names none", () => {
    const driver = requested([attempt(CHARGE, 1, { methodId: null })]);
    expect(driver.recovery.debt?.methodId).toBe("pm_1");
  });

  test.each(["processing", "requires_customer_action", "requires_payment_method", null])(
    "follows an earlier attempt that is %s, and charges nothing beside it",
    (status) => {
      const driver = requested([
        attempt(CHARGE, 1, { ...paymentStatus(status), declineCode: null }),
      ]);
      expect(driver.recovery).toMatchObject({
        charge: {
          number: 1,
          trigger: "schedule",
          phase: "accepted",
          paymentId: "pay_1",
          plan: { number: 1, trigger: "schedule", announce: false },
        },
        plan: null,
        followUp: { reason: "charge", since: DAY_0 - HOUR_MS + 1 },
      });
    },
  );

  test("follows the second attempt of an earlier run after the first was declined", () => {
    const driver = requested([attempt(CHARGE, 1), attempt(CHARGE, 2, OPEN)]);
    expect(driver.recovery).toMatchObject({
      attempts: [{ number: 1 }],
      charge: { number: 2, phase: "accepted" },
      plan: null,
    });
  });

  test("ends as collected if an earlier run's attempt succeeded", () => {
    const driver = requested([
      attempt(CHARGE, 1, { ...paymentStatus("succeeded"), declineCode: null }),
    ]);
    expect(driver.recovery.ended).toMatchObject([
      { debtId: CHARGE, outcome: "collected", paymentId: "pay_1" },
    ]);
  });

  test("does not charge again what an earlier run has ended", () => {
    const driver = requested([], { endedDebts: [CHARGE] });
    expect(driver.recovery.ended).toMatchObject([
      {
        debtId: CHARGE,
        outcome: "nothing_owed",
        rule: "requested_charge.ended_earlier",
        reason: "an earlier run ended this charge",
      },
    ]);
    expect(driver.recovery).toMatchObject({ debt: null, charge: null, plan: null });
  });

  test("waits for another debt's open attempt instead of following it as its own", () => {
    const driver = requested([attempt("pay_9", 1, OPEN)]);
    expect(driver.recovery).toMatchObject({
      debt: { id: CHARGE },
      charge: null,
      followUp: { reason: "open_payment" },
    });
  });
});

describe("a requested charge at its first read", () => {
  test("waits for a person if the customer disputed a payment recently", () => {
    const driver = requested([], { disputeId: "dp_1" });
    expect(driver.recovery).toMatchObject({
      debt: { id: CHARGE },
      charge: null,
      attention: [{ cause: "recent_dispute", disputeId: "dp_1" }],
    });
    expect(driver.decisions.at(-1)?.reason).toContain("this customer disputed a payment (dp_1)");
  });

  test("asks nobody about a dispute if an earlier run collected the charge", () => {
    const paid = attempt(CHARGE, 1, { ...paymentStatus("succeeded"), declineCode: null });
    const driver = requested([paid], { disputeId: "dp_1" });
    expect(driver.recovery).toMatchObject({ debt: null, attention: [] });
  });

  test("continues the charge whose own attempt put the subscription on hold", () => {
    const held = subscriptionStatus("on_hold");
    const driver = new RecoveryDriver();
    driver.receive(chargeRequested(driver.now));
    driver.finishRead([attempt(CHARGE, 1)], held);
    driver.wake();
    driver.finishRead([attempt(CHARGE, 1)], held);
    expect(driver.recovery).toMatchObject({
      debt: { id: CHARGE },
      attempts: [{ number: 1 }],
      attention: [],
    });
  });

  test("ends with a subscription that was cancelled meanwhile", () => {
    const driver = new RecoveryDriver();
    driver.receive(chargeRequested(driver.now));
    driver.finishRead([], subscriptionStatus("active"));
    driver.wake();
    driver.finishRead([], subscriptionStatus("cancelled"));
    expect(driver.recovery.ended).toMatchObject([{ debtId: CHARGE, outcome: "cancelled" }]);
    expect(driver.recovery.charge).toBeNull();
  });
});

describe("a failed payment that an earlier run retried", () => {
  const failed = unattributedPayment(DAY_0 - 2 * HOUR_MS, {
    paymentId: id("pay_1"),
    declineCode: "INSUFFICIENT_FUNDS",
  });

  test("follows the open retry of an earlier run", () => {
    const driver = new RecoveryDriver();
    driver.open([failed, attempt("pay_1", 2, OPEN)]);
    expect(driver.recovery).toMatchObject({
      debt: { id: "pay_1" },
      charge: { number: 2, phase: "accepted", paymentId: "pay_2" },
      plan: null,
    });
  });

  test("does not follow the retry of another debt", () => {
    const driver = new RecoveryDriver();
    driver.open([failed, attempt("pay_9", 2, OPEN)]);
    expect(driver.recovery).toMatchObject({ debt: { id: "pay_1" }, charge: null });
  });
});
