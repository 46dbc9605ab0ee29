import { describe, expect, test } from "vitest";
import {
  chargeRequested,
  foreignPayment,
  subscriptionReported,
} from "../../../dev/model/events.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { Deciding, retryPolicy } from "../../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { PAUSE, RESUME } from "../../support/domain/operator-commands.ts";
import { DAY_0, DAY_MS, HOUR_MS, MINUTE_MS } from "../../support/domain/scenario.ts";

const FAILED = foreignPayment(DAY_0 - MINUTE_MS, {
  paymentId: id("pay_1"),
  declineCode: "INSUFFICIENT_FUNDS",
});
const CHANGED = subscriptionReported("subscription.update_payment_method", "active");

function opened(deciding = new Deciding(), failed: Payment = FAILED): Deciding {
  deciding.open([failed], { currency: failed.currency });
  return deciding;
}

/** Every attempt is declined like the first, until none is planned: their times since the first failure, in days. */
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
    if (days.length > 10) throw new Error("it is charged without end");
  }
  return days.map((day) => Math.round(day));
}

describe("the schedule", () => {
  const gapsMs = [1, 2, 3, 4, 5].map((days) => days * DAY_MS);

  test("takes as many gaps as the policy has", () => {
    expect(declinedUntilAsked(new Deciding(retryPolicy({ gapsMs })))).toEqual([1, 3, 6, 10, 15]);
  });

  test("takes three of rupees, whatever the policy has", () => {
    const deciding = new Deciding(retryPolicy({ gapsMs }));
    expect(declinedUntilAsked(deciding, { ...FAILED, currency: "INR" })).toHaveLength(3);
    expect(deciding.recovery.customerAction).toMatchObject({ reason: "schedule_spent" });
  });

  test("that is spent asks the customer, and says that nothing is left", () => {
    const deciding = new Deciding(retryPolicy({ gapsMs: [DAY_MS] }));
    declinedUntilAsked(deciding);
    expect(deciding.recovery.customerAction).toMatchObject({ reason: "schedule_spent" });
    expect(deciding.decisions.at(-1)?.reason).toContain("no attempt is left");
  });

  test("announces a retry, and not a charge that was asked of us", () => {
    expect(opened().recovery.plan).toMatchObject({ trigger: "schedule", announce: true });
    const asked = new Deciding();
    asked.tell(chargeRequested(asked.now));
    asked.read([], { status: "active" });
    asked.wake();
    const { effects } = asked.read([], { status: "active" });
    expect(asked.recovery.charge).toMatchObject({ trigger: "charge", number: 1 });
    expect(effects.filter(({ kind }) => kind === "notice")).toEqual([]);
  });

  test("overdue when the quiet end is near asks the customer instead", () => {
    const deciding = opened();
    deciding.now = (deciding.recovery.windowEndsAt ?? 0) - DEFAULT_POLICY.quietEndMs - HOUR_MS;
    const decision = deciding.tell({ kind: "timer_fired" });
    expect(decision.reason).toContain("attempt 2 is overdue, and the window's quiet end is near");
    expect(deciding.recovery).toMatchObject({
      plan: null,
      customerAction: { reason: "schedule_spent" },
    });
  });
});

describe("while an attempt is under way nothing else is planned", () => {
  function underWay(): Deciding {
    const deciding = opened();
    deciding.charge();
    return deciding;
  }

  test("when the card changes", () => {
    const deciding = underWay();
    deciding.tell(CHANGED);
    const { reason } = deciding.read([FAILED], { status: "active", methodId: "pm_2" });
    expect(deciding.recovery).toMatchObject({ plan: null, charge: { number: 2 } });
    expect(reason).not.toContain("the payment method changed");
  });

  test("when a card comes on file that is not charged again", () => {
    const deciding = underWay();
    const stolen = foreignPayment(DAY_0 - HOUR_MS, {
      paymentId: id("pay_0"),
      declineCode: "STOLEN_CARD",
      methodId: "pm_9",
    });
    deciding.tell(CHANGED);
    deciding.read([stolen, FAILED], { methodId: "pm_9" });
    expect(deciding.recovery).toMatchObject({ customerAction: null, charge: { number: 2 } });
  });

  test("when a pause is lifted", () => {
    const deciding = underWay();
    deciding.command(PAUSE);
    deciding.command(RESUME);
    expect(deciding.recovery).toMatchObject({
      plan: null,
      customerAction: null,
      charge: { number: 2 },
    });
  });

  test("when a cancellation is scheduled, and taken back", () => {
    const deciding = underWay();
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

test("a pause lifted before the debt is known plans nothing", () => {
  const deciding = new Deciding();
  deciding.tell(subscriptionReported("subscription.on_hold", "on_hold"));
  deciding.command(PAUSE);
  deciding.command(RESUME);
  expect(deciding.recovery).toMatchObject({ debt: null, plan: null, customerAction: null });
});

describe("a debt that is paid, while its subscription does not come back", () => {
  function paid(): Deciding {
    const deciding = opened();
    deciding.command(PAUSE);
    const success = { ...FAILED, status: "succeeded", declineCode: null };
    deciding.tell({ kind: "payment_reported", webhookId: "m", type: "x", payment: success });
    expect(deciding.recovery.settlement).not.toBeNull();
    return deciding;
  }

  test("is not planned for when a pause is lifted", () => {
    const deciding = paid();
    const { reason, rule } = deciding.command(RESUME);
    expect(deciding.recovery).toMatchObject({ plan: null, customerAction: null });
    expect(`${rule} ${reason}`).not.toContain("attempt");
  });

  test("is not planned for when the card changes, or a cancellation is scheduled", () => {
    const deciding = paid();
    deciding.tell(CHANGED);
    const { reason } = deciding.read([FAILED], { methodId: "pm_2", cancelAtNextBillingDate: true });
    expect(deciding.recovery).toMatchObject({ plan: null, customerAction: null });
    expect(reason).not.toMatch(/Dodo takes no charge|method changed/);
  });
});

describe("a card that is not charged again, on file at the opening", () => {
  test("is not planned for, and the customer is asked for another", () => {
    const deciding = new Deciding();
    const { reason } = deciding.open([FAILED], {}, { blockedMethods: ["pm_1"] });
    expect(reason).toContain("the card on file is one that is not charged again");
    expect(deciding.recovery).toMatchObject({ plan: null, customerAction: { reason: "decline" } });
  });
});
