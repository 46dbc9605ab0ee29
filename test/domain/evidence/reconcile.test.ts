import { describe, expect, test } from "vitest";
import {
  unattributedPayment,
  paymentReported,
  subscriptionReported,
} from "../../../dev/model/events.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { Deciding, retryPolicy } from "../../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { DAY_0, DAY_MS, HOUR_MS, MINUTE_MS } from "../../support/domain/scenario.ts";
import { ACCEPTED, charging, FAILED, secondAttempt, waiting } from "../charging.ts";

describe("a payment that blocks attempts", () => {
  const POLICY = retryPolicy({ followUpMs: [HOUR_MS], outcomeDeadlineMs: 3 * HOUR_MS });
  const OPEN = unattributedPayment(DAY_0 + MINUTE_MS, {
    paymentId: id("pay_9"),
    status: "processing",
  });

  test("follows an open payment, and asks about it after the deadline", () => {
    const deciding = waiting(POLICY);
    deciding.tell(paymentReported(OPEN));
    expect(deciding.recovery.followUp).toMatchObject({ reason: "open_payment", reads: 0 });
    const since = deciding.now;
    while (deciding.recovery.attention.length === 0) {
      const decision = deciding.wake();
      if (decision.effects.some(({ kind }) => kind === "read")) deciding.read([FAILED, OPEN]);
      else deciding.now += 1;
      expect(deciding.now - since).toBeLessThan(6 * HOUR_MS);
    }
    expect(deciding.recovery.attention).toMatchObject([
      { cause: "outcome_deadline", paymentId: "pay_9" },
    ]);
    expect(deciding.now - since).toBeGreaterThanOrEqual(3 * HOUR_MS);
    deciding.wake();
    deciding.read([FAILED, { ...OPEN, status: "failed", totalMinor: 0 }]);
    expect(deciding.recovery).toMatchObject({ attention: [], followUp: null });
  });

  test("treats a payment without a status as open, and says so", () => {
    const deciding = waiting(POLICY);
    const decision = deciding.tell(paymentReported({ ...OPEN, status: null }));
    expect(decision.reason).toContain("pay_9 is without a status");
    deciding.now += HOUR_MS;
    deciding.wake();
    const still = deciding.read([FAILED, { ...OPEN, status: null }]);
    expect(still.reason).toContain("pay_9 is still without a status");
  });
});

describe("a payment of this debt that is none of our open attempts", () => {
  test("counts the failed payment, paid on its own page, as paid by the customer", () => {
    const deciding = waiting();
    deciding.tell(paymentReported({ ...FAILED, status: "succeeded" }));
    expect(deciding.recovery.settlement).toMatchObject({ by: "customer", paymentId: "pay_1" });
  });

  test("counts an attempt that succeeds after it had failed, once", () => {
    const deciding = charging();
    deciding.charged(ACCEPTED);
    const payment = secondAttempt(deciding, { status: "failed", declineCode: "GENERIC_DECLINE" });
    deciding.tell(paymentReported(payment));
    expect(deciding.recovery.settlement).toBeNull();
    deciding.tell(paymentReported({ ...payment, status: "succeeded" }));
    expect(deciding.recovery.settlement).toMatchObject({ by: "attempt", paymentId: "pay_2" });
    const { alertsSent } = deciding.recovery;
    deciding.tell(paymentReported({ ...payment, status: "succeeded" }));
    expect(deciding.recovery.alertsSent).toEqual(alertsSent);
  });

  test("waits for an open attempt that this run does not know", () => {
    const deciding = waiting();
    deciding.tell(paymentReported(secondAttempt(deciding, { status: "processing" })));
    expect(deciding.recovery.followUp).toMatchObject({ reason: "open_payment" });
  });

  test("notifies the operator if Dodo collects more than is owed", () => {
    const deciding = waiting();
    const given = { paymentId: id("pay_5"), status: "succeeded", isMethodUpdate: true } as const;
    deciding.tell(
      paymentReported(unattributedPayment(deciding.now, { ...given, totalMinor: 3_000 })),
    );
    expect(deciding.recovery.settlement).toMatchObject({ by: "customer", paymentId: "pay_5" });
    expect(deciding.recovery.alertsSent).toContainEqual({
      cause: "overcharged",
      paymentId: "pay_5",
      totals: { collectedMinor: 3_000, owedMinor: 2_900, currency: "USD" },
    });
    const exact = waiting();
    exact.tell(paymentReported(unattributedPayment(exact.now, given)));
    expect(exact.recovery.alertsSent).toEqual([]);
  });

  test.each([
    ["the merchant", 0, "merchant"],
    ["Dodo", 1, "dodo"],
  ])("under same_debt, attributes a success elsewhere to %s", (_payer, retryAttempt, by) => {
    const deciding = waiting({ foreignCharges: "same_debt" });
    const given = { paymentId: id("pay_6"), status: "succeeded", retryAttempt } as const;
    deciding.tell(paymentReported(unattributedPayment(deciding.now, { ...given, totalMinor: 0 })));
    expect(deciding.recovery.settlement).toBeNull();
    deciding.tell(paymentReported(unattributedPayment(deciding.now, given)));
    expect(deciding.recovery.settlement).toMatchObject({ by, paymentId: "pay_6" });
  });

  test("reports a second success of a paid debt once", () => {
    const deciding = waiting();
    deciding.tell(paymentReported({ ...FAILED, status: "succeeded" }));
    const other = unattributedPayment(deciding.now, {
      paymentId: id("pay_7"),
      status: "succeeded",
    });
    deciding.tell(paymentReported({ ...other, totalMinor: 0 }));
    expect(deciding.recovery.alertsSent).toEqual([]);
    deciding.tell(paymentReported(other));
    const { alertsSent } = deciding.recovery;
    expect(alertsSent).toHaveLength(1);
    deciding.tell(paymentReported(other));
    expect(deciding.recovery.alertsSent).toEqual(alertsSent);
  });
});

describe("a paid debt whose subscription is still on hold", () => {
  test("reads a subscription that stays on hold for a day, then ends without reactivation", () => {
    const deciding = waiting(retryPolicy({ followUpMs: [5 * HOUR_MS] }));
    const paid = { ...FAILED, status: "succeeded" };
    deciding.tell(paymentReported(paid));
    const since = deciding.now;
    let last = deciding.now;
    while (deciding.recovery.ended.length === 0) {
      deciding.read([paid], { status: "on_hold" });
      last = deciding.now;
      if (deciding.recovery.ended.length === 0) deciding.wake();
    }
    expect(last - since).toBeGreaterThanOrEqual(DAY_MS);
    expect(last - since).toBeLessThan(DAY_MS + MINUTE_MS);
    expect(deciding.recovery.ended).toMatchObject([
      { outcome: "recovered", rule: "subscription.not_reactivated", reactivated: false },
    ]);
  });

  test("waits for another open payment before a paid debt ends", () => {
    const deciding = waiting();
    const paid = { ...FAILED, status: "succeeded" };
    deciding.tell(paymentReported(paid));
    const open = unattributedPayment(deciding.now, {
      paymentId: id("pay_8"),
      status: "processing",
    });
    const decision = deciding.read([paid, open], { status: "active" });
    expect(decision.reason).toContain("another payment is open");
    deciding.wake();
    deciding.read([paid, { ...open, status: "failed", totalMinor: 0 }], { status: "active" });
    expect(deciding.recovery.ended).toMatchObject([{ outcome: "recovered", reactivated: true }]);
  });
});

describe("a scheduled cancellation or a changed card", () => {
  test("plans no attempt while a cancellation is scheduled, and says why", () => {
    const deciding = new Deciding();
    const decision = deciding.open([FAILED], { cancelAtNextBillingDate: true });
    expect(deciding.recovery).toMatchObject({
      plan: null,
      customerAction: { reason: "cancellation_scheduled" },
    });
    expect(decision.reason).toContain("a cancellation is scheduled, so Dodo refuses charges");
  });

  test("drops the attempt when a blocked card is on file again", () => {
    const deciding = waiting();
    const stolen = unattributedPayment(DAY_0 - MINUTE_MS, {
      paymentId: id("pay_0"),
      declineCode: "STOLEN_CARD",
      methodId: "pm_9",
    });
    deciding.tell(subscriptionReported("subscription.updated", "on_hold"));
    const decision = deciding.read([stolen, FAILED], { methodId: "pm_9" });
    expect(deciding.recovery).toMatchObject({ plan: null, customerAction: { reason: "decline" } });
    expect(decision.rule).toBe("decline.never");
  });

  test("restores the schedule when the card is changed back before the attempt", () => {
    const deciding = waiting();
    const { plan } = deciding.recovery;
    deciding.tell(subscriptionReported("subscription.update_payment_method", "active"));
    deciding.read([FAILED], { status: "active", methodId: "pm_2" });
    expect(deciding.recovery.plan).toMatchObject({ trigger: "payment_method_update", number: 2 });
    deciding.tell(subscriptionReported("subscription.update_payment_method", "active"));
    deciding.read([FAILED], { status: "active", methodId: "pm_1" });
    expect(deciding.recovery.plan).toMatchObject({ trigger: "schedule", at: plan?.at });
  });

  test("does not charge a new card when the window's quiet end is near", () => {
    const deciding = waiting();
    const before = deciding.recovery.plan;
    deciding.now = (deciding.recovery.windowEndsAt ?? 0) - DEFAULT_POLICY.quietEndMs - HOUR_MS;
    deciding.tell(subscriptionReported("subscription.update_payment_method", "active"));
    deciding.read([FAILED], { status: "active", methodId: "pm_2" });
    expect(deciding.recovery.plan).toEqual(before);
  });
});
