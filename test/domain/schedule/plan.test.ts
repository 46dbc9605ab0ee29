import { describe, expect, test } from "vitest";
import {
  chargeRequested,
  unattributedPayment,
  subscriptionReported,
} from "../../../dev/model/events.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { Deciding, retryPolicy } from "../../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { PAUSE, RESUME } from "../../support/domain/operator-commands.ts";
import { DAY_0, DAY_MS, HOUR_MS, MINUTE_MS } from "../../support/domain/scenario.ts";

const FAILED = unattributedPayment(DAY_0 - MINUTE_MS, {
  paymentId: id("pay_1"),
  declineCode: "INSUFFICIENT_FUNDS",
});
const CHANGED = subscriptionReported("subscription.update_payment_method", "active");

function opened(deciding = new Deciding(), failed: Payment = FAILED): Deciding {
  deciding.open([failed], { currency: failed.currency });
  return deciding;
}

/**
 * Declines every attempt like the first, until none is planned.
 * @returns the days since day 0 on which they were charged
 */
function declinedUntilAsked(deciding: Deciding, failed: Payment = FAILED): number[] {
  opened(deciding, failed);
  const days: number[] = [];
  while (deciding.recovery.plan !== null) {
    deciding.charge();
    days.push((deciding.now - DAY_0) / DAY_MS);
    const number = days.length + 1;
    const declined = {
      ...failed,
      paymentId: id(`pay_${number}`),
      createdAt: deciding.now,
      attemptKey: `pay_1.${number}` as never,
    };
    deciding.charged({ kind: "accepted", paymentId: declined.paymentId, adopted: false });
    deciding.wake();
    deciding.read([failed, declined], { currency: failed.currency });
    if (days.length > 10) throw new Error("the schedule does not end");
  }
  return days.map((day) => Math.round(day));
}

describe("the schedule", () => {
  const gapsMs = [1, 2, 3, 4, 5].map((days) => days * DAY_MS);

  test("makes one attempt for each gap of the policy", () => {
    expect(declinedUntilAsked(new Deciding(retryPolicy({ gapsMs })))).toEqual([1, 3, 6, 10, 15]);
  });

  test("makes at most three retries of a debt in rupees", () => {
    const deciding = new Deciding(retryPolicy({ gapsMs }));
    expect(declinedUntilAsked(deciding, { ...FAILED, currency: "INR" })).toHaveLength(3);
    expect(deciding.recovery.customerAction).toMatchObject({ reason: "schedule_spent" });
  });

  test("asks the customer when it has no attempt left, and says so", () => {
    const deciding = new Deciding(retryPolicy({ gapsMs: [DAY_MS] }));
    declinedUntilAsked(deciding);
    expect(deciding.recovery.customerAction).toMatchObject({ reason: "schedule_spent" });
    expect(deciding.decisions.at(-1)?.reason).toContain("the schedule has no attempt left");
  });

  test("announces a retry and not a requested charge", () => {
    expect(opened().recovery.plan).toMatchObject({ trigger: "schedule", announce: true });
    const requested = new Deciding();
    requested.tell(chargeRequested(requested.now));
    requested.read([], { status: "active" });
    requested.wake();
    const { effects } = requested.read([], { status: "active" });
    expect(requested.recovery.charge).toMatchObject({ trigger: "charge", number: 1 });
    expect(effects.filter(({ kind }) => kind === "notice")).toEqual([]);
  });

  test("asks the customer when an overdue attempt would move into the quiet end", () => {
    const deciding = opened();
    deciding.now = (deciding.recovery.windowEndsAt ?? 0) - DEFAULT_POLICY.quietEndMs - HOUR_MS;
    const decision = deciding.tell({ kind: "timer_fired" });
    expect(decision.reason).toContain(
      "attempt 2 is overdue, and its new time would fall into the window's quiet end",
    );
    expect(deciding.recovery).toMatchObject({
      plan: null,
      customerAction: { reason: "schedule_spent" },
    });
  });
});

describe("a charge in flight keeps anything else from being planned", () => {
  function inFlight(): Deciding {
    const deciding = opened();
    deciding.charge();
    return deciding;
  }

  test("when the payment method changes", () => {
    const deciding = inFlight();
    deciding.tell(CHANGED);
    const { reason } = deciding.read([FAILED], { status: "active", methodId: "pm_2" });
    expect(deciding.recovery).toMatchObject({ plan: null, charge: { number: 2 } });
    expect(reason).not.toContain("the payment method changed");
  });

  test("when a blocked card comes on file", () => {
    const deciding = inFlight();
    const stolen = unattributedPayment(DAY_0 - HOUR_MS, {
      paymentId: id("pay_0"),
      declineCode: "STOLEN_CARD",
      methodId: "pm_9",
    });
    deciding.tell(CHANGED);
    deciding.read([stolen, FAILED], { methodId: "pm_9" });
    expect(deciding.recovery).toMatchObject({ customerAction: null, charge: { number: 2 } });
  });

  test("when a pause is lifted", () => {
    const deciding = inFlight();
    deciding.command(PAUSE);
    deciding.command(RESUME);
    expect(deciding.recovery).toMatchObject({
      plan: null,
      customerAction: null,
      charge: { number: 2 },
    });
  });

  test("when a cancellation is scheduled and withdrawn", () => {
    const deciding = inFlight();
    const updated = subscriptionReported("subscription.updated", "on_hold");
    deciding.tell(updated);
    deciding.read([FAILED], { cancelAtNextBillingDate: true });
    expect(deciding.recovery).toMatchObject({
      plan: null,
      customerAction: null,
      charge: { number: 2 },
    });
    deciding.tell(updated);
    deciding.read([FAILED], { cancelAtNextBillingDate: false });
    expect(deciding.recovery).toMatchObject({
      plan: null,
      customerAction: null,
      charge: { number: 2 },
    });
  });
});

test("lifting a pause before the debt is read plans nothing", () => {
  const deciding = new Deciding();
  deciding.tell(subscriptionReported("subscription.on_hold", "on_hold"));
  deciding.command(PAUSE);
  deciding.command(RESUME);
  expect(deciding.recovery).toMatchObject({ debt: null, plan: null, customerAction: null });
});

describe("a paid debt whose subscription is still on hold", () => {
  function paid(): Deciding {
    const deciding = opened();
    deciding.command(PAUSE);
    const success = { ...FAILED, status: "succeeded", declineCode: null };
    deciding.tell({ kind: "payment_reported", webhookId: "m", type: "x", payment: success });
    expect(deciding.recovery.settlement).not.toBeNull();
    return deciding;
  }

  test("plans nothing when a pause is lifted", () => {
    const deciding = paid();
    const { reason, rule } = deciding.command(RESUME);
    expect(deciding.recovery).toMatchObject({ plan: null, customerAction: null });
    expect(`${rule} ${reason}`).not.toContain("attempt");
  });

  test("plans nothing when the payment method changes or a cancellation is scheduled", () => {
    const deciding = paid();
    deciding.tell(CHANGED);
    const { reason } = deciding.read([FAILED], { methodId: "pm_2", cancelAtNextBillingDate: true });
    expect(deciding.recovery).toMatchObject({ plan: null, customerAction: null });
    expect(reason).not.toMatch(/cancellation is scheduled|method changed/);
  });
});

describe("a blocked card that is on file at the opening", () => {
  test("gets no attempt, and the customer is asked for another card", () => {
    const deciding = new Deciding();
    const { reason } = deciding.open([FAILED], {}, { blockedMethods: ["pm_1"] });
    expect(reason).toContain("the card on file is never charged again");
    expect(deciding.recovery).toMatchObject({ plan: null, customerAction: { reason: "decline" } });
  });
});
