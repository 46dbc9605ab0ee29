import { describe, expect, test } from "vitest";
import {
  paymentReported,
  subscriptionReported,
  unattributedPayment,
} from "../../../dev/model/events.ts";
import { paymentStatus, subscriptionStatus } from "../../../dodo/statuses.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { RecoveryDriver, retryPolicy } from "../../support/domain/recovery-driver.ts";
import { DAY_0, DAY_MS, HOUR_MS, MINUTE_MS } from "../../support/domain/scenario.ts";
import { ACCEPTED, charging, FAILED, secondAttempt, waiting } from "../charging.ts";

describe("a payment that blocks attempts", () => {
  const POLICY = retryPolicy({ followUpMs: [HOUR_MS], outcomeDeadlineMs: 3 * HOUR_MS });
  const OPEN = unattributedPayment(DAY_0 + MINUTE_MS, {
    paymentId: id("pay_9"),
    ...paymentStatus("processing"),
  });

  test("follows an open payment, and asks about it after the deadline", () => {
    const driver = waiting(POLICY);
    driver.receive(paymentReported(OPEN));
    expect(driver.recovery.followUp).toMatchObject({ reason: "open_payment", reads: 0 });
    const since = driver.now;
    while (driver.recovery.attention.length === 0) {
      const decision = driver.wake();
      if (decision.effects.some(({ kind }) => kind === "read")) driver.finishRead([FAILED, OPEN]);
      else driver.now += 1;
      expect(driver.now - since).toBeLessThan(6 * HOUR_MS);
    }
    expect(driver.recovery.attention).toMatchObject([
      { cause: "outcome_deadline", paymentId: "pay_9" },
    ]);
    expect(driver.now - since).toBeGreaterThanOrEqual(3 * HOUR_MS);
    driver.wake();
    driver.finishRead([FAILED, { ...OPEN, ...paymentStatus("failed"), totalMinor: 0 }]);
    expect(driver.recovery).toMatchObject({ attention: [], followUp: null });
  });

  test("treats a payment without a status as open, and says so", () => {
    const driver = waiting(POLICY);
    const decision = driver.receive(paymentReported({ ...OPEN, ...paymentStatus(null) }));
    expect(decision.reason).toContain("pay_9 is without a status");
    driver.now += HOUR_MS;
    driver.wake();
    const still = driver.finishRead([FAILED, { ...OPEN, ...paymentStatus(null) }]);
    expect(still.reason).toContain("pay_9 is still without a status");
  });
});

describe("a payment of this debt that is none of our open attempts", () => {
  test("counts the failed payment, paid on its own page, as paid by the customer", () => {
    const driver = waiting();
    driver.receive(paymentReported({ ...FAILED, ...paymentStatus("succeeded") }));
    expect(driver.recovery.settlement).toMatchObject({ by: "customer", paymentId: "pay_1" });
  });

  test("counts an attempt that succeeds after it had failed, once", () => {
    const driver = charging();
    driver.finishCharge(ACCEPTED);
    const payment = secondAttempt(driver, {
      ...paymentStatus("failed"),
      declineCode: "GENERIC_DECLINE",
    });
    driver.receive(paymentReported(payment));
    expect(driver.recovery.settlement).toBeNull();
    driver.receive(paymentReported({ ...payment, ...paymentStatus("succeeded") }));
    expect(driver.recovery.settlement).toMatchObject({ by: "attempt", paymentId: "pay_2" });
    const { alertsSent } = driver.recovery;
    driver.receive(paymentReported({ ...payment, ...paymentStatus("succeeded") }));
    expect(driver.recovery.alertsSent).toEqual(alertsSent);
  });

  test("waits for an open attempt that this run does not know", () => {
    const driver = waiting();
    driver.receive(paymentReported(secondAttempt(driver, paymentStatus("processing"))));
    expect(driver.recovery.followUp).toMatchObject({ reason: "open_payment" });
  });

  test("notifies the operator if Dodo collects more than is owed", () => {
    const driver = waiting();
    const given = {
      paymentId: id("pay_5"),
      ...paymentStatus("succeeded"),
      isMethodUpdate: true,
    } as const;
    driver.receive(
      paymentReported(unattributedPayment(driver.now, { ...given, totalMinor: 3_000 })),
    );
    expect(driver.recovery.settlement).toMatchObject({ by: "customer", paymentId: "pay_5" });
    expect(driver.recovery.alertsSent).toContainEqual({
      cause: "overcharged",
      paymentId: "pay_5",
      totals: { collectedMinor: 3_000, owedMinor: 2_900, currency: "USD" },
    });
    const exact = waiting();
    exact.receive(paymentReported(unattributedPayment(exact.now, given)));
    expect(exact.recovery.alertsSent).toEqual([]);
  });

  test.each([
    ["the merchant", 0, "merchant"],
    ["Dodo", 1, "dodo"],
  ])("under same_debt, attributes a success elsewhere to %s", (_payer, retryAttempt, by) => {
    const driver = waiting({ foreignCharges: "same_debt" });
    const given = { paymentId: id("pay_6"), ...paymentStatus("succeeded"), retryAttempt } as const;
    driver.receive(paymentReported(unattributedPayment(driver.now, { ...given, totalMinor: 0 })));
    expect(driver.recovery.settlement).toBeNull();
    driver.receive(paymentReported(unattributedPayment(driver.now, given)));
    expect(driver.recovery.settlement).toMatchObject({ by, paymentId: "pay_6" });
  });

  test("reports a second success of a paid debt once", () => {
    const driver = waiting();
    driver.receive(paymentReported({ ...FAILED, ...paymentStatus("succeeded") }));
    const other = unattributedPayment(driver.now, {
      paymentId: id("pay_7"),
      ...paymentStatus("succeeded"),
    });
    driver.receive(paymentReported({ ...other, totalMinor: 0 }));
    expect(driver.recovery.alertsSent).toEqual([]);
    driver.receive(paymentReported(other));
    const { alertsSent } = driver.recovery;
    expect(alertsSent).toHaveLength(1);
    driver.receive(paymentReported(other));
    expect(driver.recovery.alertsSent).toEqual(alertsSent);
  });
});

describe("a paid debt whose subscription is still on hold", () => {
  test("reads a subscription that stays on hold for a day, then ends without reactivation", () => {
    const driver = waiting(retryPolicy({ followUpMs: [5 * HOUR_MS] }));
    const paid = { ...FAILED, ...paymentStatus("succeeded") };
    driver.receive(paymentReported(paid));
    const since = driver.now;
    let last = driver.now;
    while (driver.recovery.ended.length === 0) {
      driver.finishRead([paid], subscriptionStatus("on_hold"));
      last = driver.now;
      if (driver.recovery.ended.length === 0) driver.wake();
    }
    expect(last - since).toBeGreaterThanOrEqual(DAY_MS);
    expect(last - since).toBeLessThan(DAY_MS + MINUTE_MS);
    expect(driver.recovery.ended).toMatchObject([
      { outcome: "recovered", rule: "subscription.not_reactivated", reactivated: false },
    ]);
  });

  test("waits for another open payment before a paid debt ends", () => {
    const driver = waiting();
    const paid = { ...FAILED, ...paymentStatus("succeeded") };
    driver.receive(paymentReported(paid));
    const open = unattributedPayment(driver.now, {
      paymentId: id("pay_8"),
      ...paymentStatus("processing"),
    });
    const decision = driver.finishRead([paid, open], subscriptionStatus("active"));
    expect(decision.reason).toContain("another payment is open");
    driver.wake();
    driver.finishRead(
      [paid, { ...open, ...paymentStatus("failed"), totalMinor: 0 }],
      subscriptionStatus("active"),
    );
    expect(driver.recovery.ended).toMatchObject([{ outcome: "recovered", reactivated: true }]);
  });
});

describe("a scheduled cancellation or a changed card", () => {
  test("plans no attempt while a cancellation is scheduled, and says why", () => {
    const driver = new RecoveryDriver();
    const decision = driver.open([FAILED], { cancelAtNextBillingDate: true });
    expect(driver.recovery).toMatchObject({
      plan: null,
      customerAction: { reason: "cancellation_scheduled" },
    });
    expect(decision.reason).toContain("a cancellation is scheduled, so Dodo refuses charges");
  });

  test("drops the attempt when a blocked card is on file again", () => {
    const driver = waiting();
    const stolen = unattributedPayment(DAY_0 - MINUTE_MS, {
      paymentId: id("pay_0"),
      declineCode: "STOLEN_CARD",
      methodId: "pm_9",
    });
    driver.receive(subscriptionReported("subscription.updated", "on_hold"));
    const decision = driver.finishRead([stolen, FAILED], { methodId: "pm_9" });
    expect(driver.recovery).toMatchObject({ plan: null, customerAction: { reason: "decline" } });
    expect(decision.rule).toBe("decline.never");
  });

  test("restores the schedule when the card is changed back before the attempt", () => {
    const driver = waiting();
    const { plan } = driver.recovery;
    driver.receive(subscriptionReported("subscription.update_payment_method", "active"));
    driver.finishRead([FAILED], { ...subscriptionStatus("active"), methodId: "pm_2" });
    expect(driver.recovery.plan).toMatchObject({ trigger: "payment_method_update", number: 2 });
    driver.receive(subscriptionReported("subscription.update_payment_method", "active"));
    driver.finishRead([FAILED], { ...subscriptionStatus("active"), methodId: "pm_1" });
    expect(driver.recovery.plan).toMatchObject({ trigger: "schedule", at: plan?.at });
  });

  test("does not charge a new card when the window's quiet end is near", () => {
    const driver = waiting();
    const before = driver.recovery.plan;
    driver.now = (driver.recovery.windowEndsAt ?? 0) - DEFAULT_POLICY.quietEndMs - HOUR_MS;
    driver.receive(subscriptionReported("subscription.update_payment_method", "active"));
    driver.finishRead([FAILED], { ...subscriptionStatus("active"), methodId: "pm_2" });
    expect(driver.recovery.plan).toEqual(before);
  });
});
