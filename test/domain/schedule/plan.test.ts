import { describe, expect, test } from "vitest";
import {
  chargeRequested,
  subscriptionReported,
  unattributedPayment,
} from "../../../dev/model/events.ts";
import { paymentStatus, subscriptionStatus } from "../../../dodo/statuses.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { PAUSE, RESUME } from "../../support/domain/operator-commands.ts";
import { RecoveryDriver, retryPolicy } from "../../support/domain/recovery-driver.ts";
import { DAY_0, DAY_MS, HOUR_MS, MINUTE_MS } from "../../support/domain/scenario.ts";

const FAILED = unattributedPayment(DAY_0 - MINUTE_MS, {
  paymentId: id("pay_1"),
  declineCode: "INSUFFICIENT_FUNDS",
});
const CHANGED = subscriptionReported("subscription.update_payment_method", "active");

function opened(driver = new RecoveryDriver(), failed: Payment = FAILED): RecoveryDriver {
  driver.open([failed], { currency: failed.currency });
  return driver;
}

/**
 * Declines every attempt like the first, until none is planned.
 * @returns the days since day 0 on which they were charged
 */
function declinedUntilAsked(driver: RecoveryDriver, failed: Payment = FAILED): number[] {
  opened(driver, failed);
  const days: number[] = [];
  while (driver.recovery.plan !== null) {
    driver.advanceToCharge();
    days.push((driver.now - DAY_0) / DAY_MS);
    const number = days.length + 1;
    const declined = {
      ...failed,
      paymentId: id(`pay_${number}`),
      createdAt: driver.now,
      attemptKey: `pay_1.${number}` as never,
    };
    driver.finishCharge({ kind: "accepted", paymentId: declined.paymentId, adopted: false });
    driver.wake();
    driver.finishRead([failed, declined], { currency: failed.currency });
    if (days.length > 10) throw new Error("the schedule does not end");
  }
  return days.map((day) => Math.round(day));
}

describe("the schedule", () => {
  const gapsMs = [1, 2, 3, 4, 5].map((days) => days * DAY_MS);

  test("makes one attempt for each gap of the policy", () => {
    expect(declinedUntilAsked(new RecoveryDriver(retryPolicy({ gapsMs })))).toEqual([
      1, 3, 6, 10, 15,
    ]);
  });

  test("makes at most three retries of a debt in rupees", () => {
    const driver = new RecoveryDriver(retryPolicy({ gapsMs }));
    expect(declinedUntilAsked(driver, { ...FAILED, currency: "INR" })).toHaveLength(3);
    expect(driver.recovery.customerAction).toMatchObject({ reason: "schedule_spent" });
  });

  test("asks the customer when it has no attempt left, and says so", () => {
    const driver = new RecoveryDriver(retryPolicy({ gapsMs: [DAY_MS] }));
    declinedUntilAsked(driver);
    expect(driver.recovery.customerAction).toMatchObject({ reason: "schedule_spent" });
    expect(driver.decisions.at(-1)?.reason).toContain("the schedule has no attempt left");
  });

  test("announces a retry and not a requested charge", () => {
    expect(opened().recovery.plan).toMatchObject({ trigger: "schedule", announce: true });
    const requested = new RecoveryDriver();
    requested.receive(chargeRequested(requested.now));
    requested.finishRead([], subscriptionStatus("active"));
    requested.wake();
    const { effects } = requested.finishRead([], subscriptionStatus("active"));
    expect(requested.recovery.charge).toMatchObject({ trigger: "charge", number: 1 });
    expect(effects.filter(({ kind }) => kind === "notice")).toEqual([]);
  });

  test("asks the customer when an overdue attempt would move into the quiet end", () => {
    const driver = opened();
    driver.now = (driver.recovery.windowEndsAt ?? 0) - DEFAULT_POLICY.quietEndMs - HOUR_MS;
    const decision = driver.receive({ kind: "timer_fired" });
    expect(decision.reason).toContain(
      "attempt 2 is overdue, and its new time would fall into the window's quiet end",
    );
    expect(driver.recovery).toMatchObject({
      plan: null,
      customerAction: { reason: "schedule_spent" },
    });
  });
});

describe("a charge in flight keeps anything else from being planned", () => {
  function inFlight(): RecoveryDriver {
    const driver = opened();
    driver.advanceToCharge();
    return driver;
  }

  test("when the payment method changes", () => {
    const driver = inFlight();
    driver.receive(CHANGED);
    const { reason } = driver.finishRead([FAILED], {
      ...subscriptionStatus("active"),
      methodId: "pm_2",
    });
    expect(driver.recovery).toMatchObject({ plan: null, charge: { number: 2 } });
    expect(reason).not.toContain("the payment method changed");
  });

  test("when a blocked card comes on file", () => {
    const driver = inFlight();
    const stolen = unattributedPayment(DAY_0 - HOUR_MS, {
      paymentId: id("pay_0"),
      declineCode: "STOLEN_CARD",
      methodId: "pm_9",
    });
    driver.receive(CHANGED);
    driver.finishRead([stolen, FAILED], { methodId: "pm_9" });
    expect(driver.recovery).toMatchObject({ customerAction: null, charge: { number: 2 } });
  });

  test("when a pause is lifted", () => {
    const driver = inFlight();
    driver.command(PAUSE);
    driver.command(RESUME);
    expect(driver.recovery).toMatchObject({
      plan: null,
      customerAction: null,
      charge: { number: 2 },
    });
  });

  test("when a cancellation is scheduled and withdrawn", () => {
    const driver = inFlight();
    const updated = subscriptionReported("subscription.updated", "on_hold");
    driver.receive(updated);
    driver.finishRead([FAILED], { cancelAtNextBillingDate: true });
    expect(driver.recovery).toMatchObject({
      plan: null,
      customerAction: null,
      charge: { number: 2 },
    });
    driver.receive(updated);
    driver.finishRead([FAILED], { cancelAtNextBillingDate: false });
    expect(driver.recovery).toMatchObject({
      plan: null,
      customerAction: null,
      charge: { number: 2 },
    });
  });
});

test("lifting a pause before the debt is read plans nothing", () => {
  const driver = new RecoveryDriver();
  driver.receive(subscriptionReported("subscription.on_hold", "on_hold"));
  driver.command(PAUSE);
  driver.command(RESUME);
  expect(driver.recovery).toMatchObject({ debt: null, plan: null, customerAction: null });
});

describe("a paid debt whose subscription is still on hold", () => {
  function paid(): RecoveryDriver {
    const driver = opened();
    driver.command(PAUSE);
    const success = { ...FAILED, ...paymentStatus("succeeded"), declineCode: null };
    driver.receive({ kind: "payment_reported", webhookId: "m", type: "x", payment: success });
    expect(driver.recovery.settlement).not.toBeNull();
    return driver;
  }

  test("plans nothing when a pause is lifted", () => {
    const driver = paid();
    const { reason, rule } = driver.command(RESUME);
    expect(driver.recovery).toMatchObject({ plan: null, customerAction: null });
    expect(`${rule} ${reason}`).not.toContain("attempt");
  });

  test("plans nothing when the payment method changes or a cancellation is scheduled", () => {
    const driver = paid();
    driver.receive(CHANGED);
    const { reason } = driver.finishRead([FAILED], {
      methodId: "pm_2",
      cancelAtNextBillingDate: true,
    });
    expect(driver.recovery).toMatchObject({ plan: null, customerAction: null });
    expect(reason).not.toMatch(/cancellation is scheduled|method changed/);
  });
});

describe("a blocked card that is on file at the opening", () => {
  test("gets no attempt, and the customer is asked for another card", () => {
    const driver = new RecoveryDriver();
    const { reason } = driver.open([FAILED], {}, { blockedMethods: ["pm_1"] });
    expect(reason).toContain("the card on file is never charged again");
    expect(driver.recovery).toMatchObject({ plan: null, customerAction: { reason: "decline" } });
  });
});
