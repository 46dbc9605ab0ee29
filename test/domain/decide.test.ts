import { describe, expect, test } from "vitest";
import {
  chargeRequested,
  dunningReported,
  paymentReported,
  subscriptionReported,
  unattributedPayment,
} from "../../dev/model/events.ts";
import { paymentStatus } from "../../dodo/statuses.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Payment } from "../../domain/state/payment.ts";
import { effectIdOf } from "../../domain/values/ids.ts";
import { paymentIdOf as id } from "../support/domain/ids.ts";
import { WRITE_OFF } from "../support/domain/operator-commands.ts";
import { RecoveryDriver } from "../support/domain/recovery-driver.ts";
import { DAY_0, DAY_MS, HOUR_MS } from "../support/domain/scenario.ts";

const CANCEL: DomainEvent = { kind: "cancel_requested" };
const HELD = subscriptionReported("subscription.on_hold", "on_hold");

const payment = (number: number, given: Partial<Payment> = {}): Payment =>
  unattributedPayment(DAY_0 - HOUR_MS, {
    paymentId: id(`pay_${number}`),
    declineCode: "INSUFFICIENT_FUNDS",
    ...given,
  });
const FAILED = payment(1);

function opened(): RecoveryDriver {
  const driver = new RecoveryDriver();
  driver.open([FAILED]);
  return driver;
}

/** Whether a decision starts a read of Dodo. */
const reads = ({ effects }: ReturnType<RecoveryDriver["receive"]>): boolean =>
  effects.some(({ kind }) => kind === "read");

describe("a read that Dodo refuses with 404", () => {
  const refusals = ({ recovery }: RecoveryDriver): unknown[] =>
    recovery.ended.map(({ refusal }) => refusal);

  test("refuses a requested charge when nothing else shows that the subscription exists", () => {
    const driver = new RecoveryDriver();
    driver.receive(chargeRequested(driver.now));
    const { rule, reason } = driver.refuseRead("NOT_FOUND", 404);
    expect(rule).toBe("requested_charge.refused");
    expect(reason).toContain("Dodo does not know this subscription");
    expect(refusals(driver)).toContain("subscription_not_found");
    expect(driver.recovery.attention).toEqual([]);
  });

  test.each<[string, () => RecoveryDriver]>([
    [
      "Dodo reported a payment of the subscription",
      () => {
        const driver = new RecoveryDriver();
        driver.receive(paymentReported(FAILED));
        driver.receive(chargeRequested(driver.now));
        return driver;
      },
    ],
    [
      "the subscription has a current debt",
      () => {
        const driver = opened();
        driver.receive(chargeRequested(driver.now));
        return driver;
      },
    ],
    [
      "no charge was requested",
      () => {
        const driver = new RecoveryDriver();
        driver.receive(HELD);
        return driver;
      },
    ],
  ])("asks the operator when %s", (_, begin) => {
    const driver = begin();
    const { chargeRequests: requests } = driver.recovery;
    driver.refuseRead("NOT_FOUND", 404);
    expect(driver.recovery).toMatchObject({
      chargeRequests: requests,
      attention: [{ cause: "refused_request", code: "NOT_FOUND" }],
    });
  });
});

describe("a read", () => {
  test("counts the charges of the last thirty days, without those of an amount of zero", () => {
    const driver = opened();
    const at = (number: number, days: number, given: Partial<Payment> = {}): Payment =>
      payment(number, {
        ...paymentStatus("succeeded"),
        createdAt: DAY_0 - days * DAY_MS,
        ...given,
      });
    const list = [at(2, 31), at(3, 29), at(4, 5, { totalMinor: 0 }), FAILED];
    driver.receive(HELD);
    driver.finishRead(list);
    expect(driver.recovery.recentChargesAt).toEqual([DAY_0 - 29 * DAY_MS, FAILED.createdAt]);
  });

  test("takes blocked methods from earlier runs at the opening only", () => {
    const blocked = { blockedMethods: ["pm_8"] };
    const driver = new RecoveryDriver();
    driver.open([FAILED], {}, blocked);
    expect(driver.recovery.blockedMethods).toEqual(["pm_8"]);
    const open = opened();
    open.receive(HELD);
    open.finishRead([FAILED], {}, blocked);
    expect(open.recovery.blockedMethods).toEqual([]);
  });

  test("unblocks only the method that has paid", () => {
    const driver = new RecoveryDriver();
    driver.open([FAILED], {}, { blockedMethods: ["pm_7", "pm_8", "pm_9"] });
    const paid = payment(2, { ...paymentStatus("succeeded"), declineCode: null, methodId: "pm_8" });
    driver.receive(HELD);
    driver.finishRead([FAILED, { ...paid, totalMinor: 100 }]);
    expect(driver.recovery.blockedMethods).toEqual(["pm_7", "pm_9"]);
  });

  test("removes only the payments it shows from those to attribute", () => {
    const driver = new RecoveryDriver({ debtKey: "invoice_id" });
    driver.open([FAILED]);
    const [second, third] = [
      payment(2, paymentStatus("succeeded")),
      payment(3, paymentStatus("succeeded")),
    ];
    driver.receive(paymentReported(second));
    driver.receive(paymentReported(second));
    driver.receive(paymentReported(third));
    expect(driver.recovery.paymentsToAttribute).toEqual(["pay_2", "pay_3"]);
    driver.finishRead([FAILED, third]);
    expect(driver.recovery.paymentsToAttribute).toEqual(["pay_2"]);
  });

  test("attributes at most the twenty latest payments that webhooks named", () => {
    const driver = new RecoveryDriver({ debtKey: "invoice_id" });
    driver.open([FAILED]);
    for (let number = 2; number <= 25; number += 1) {
      driver.receive(paymentReported(payment(number, paymentStatus("succeeded"))));
    }
    expect(driver.recovery.paymentsToAttribute).toHaveLength(20);
    expect(driver.recovery.paymentsToAttribute.at(0)).toBe("pay_6");
  });
});

describe("a webhook", () => {
  test("of a past_due subscription sets the end of the grace period if it is in the future", () => {
    const grace = (status: string, days: number | null): number | null => {
      const driver = opened();
      const graceEndsAt = days === null ? null : driver.now + days * DAY_MS;
      driver.receive({ ...subscriptionReported("x", status), graceEndsAt } as DomainEvent);
      return driver.recovery.graceEndsAt === null ? null : (days ?? 0);
    };
    expect(grace("past_due", 3)).toBe(3);
    expect(grace("past_due", -3)).toBeNull();
    expect(grace("past_due", null)).toBeNull();
    expect(grace("on_hold", 3)).toBeNull();
  });

  test("about an ended debt is ignored, and about a new failure or hold opens a recovery", () => {
    const ended = (): RecoveryDriver => {
      const driver = opened();
      driver.command(WRITE_OFF);
      return driver;
    };
    const decidedOn = (event: DomainEvent): [boolean, string] => {
      const decision = ended().receive(event);
      return [reads(decision), decision.rule];
    };
    expect(decidedOn(paymentReported(FAILED))).toEqual([false, "event.ignored"]);
    expect(decidedOn(subscriptionReported("subscription.active", "active"))).toEqual([
      false,
      "event.ignored",
    ]);
    expect(decidedOn(dunningReported("dunning.started"))).toEqual([false, "event.ignored"]);
    expect(decidedOn(paymentReported(payment(2)))[0]).toBe(true);
    expect(decidedOn(HELD)[0]).toBe(true);
  });
});

describe("Temporal's Cancel", () => {
  test("writes the debt off in the name of Temporal Cancel", () => {
    const driver = opened();
    driver.receive(CANCEL);
    expect(driver.recovery.ended).toMatchObject([
      { outcome: "written_off", by: "operator", who: "Temporal Cancel" },
    ]);
    expect(driver.receive(CANCEL).reason).toContain("nothing is owed any more");
  });

  test("changes nothing when the debt is paid or ending already", () => {
    const ending = opened();
    ending.advanceToCharge();
    ending.receive(CANCEL);
    const { closing } = ending.recovery;
    expect(closing).toMatchObject({ outcome: "written_off" });
    expect(ending.receive(CANCEL).reason).toContain("the debt is ending already");
    const paid = opened();
    paid.receive(paymentReported({ ...FAILED, ...paymentStatus("succeeded"), declineCode: null }));
    expect(paid.receive(CANCEL).reason).toContain("the debt is ending already");
    expect(paid.recovery).toMatchObject({ closing: null, settlement: { paymentId: "pay_1" } });
  });
});

test("the outcome of an effect that is not pending changes nothing and says so", () => {
  const driver = opened();
  const decision = driver.receive({
    kind: "charge_finished",
    effectId: effectIdOf(99),
    outcome: { kind: "accepted", paymentId: id("pay_9"), adopted: false },
  });
  expect(decision).toMatchObject({ changes: {}, effects: [] });
  expect(decision.reason).toContain("effect e99 is not pending");
});
