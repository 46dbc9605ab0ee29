import { describe, expect, test } from "vitest";
import {
  chargeRequested,
  dunningReported,
  unattributedPayment,
  paymentReported,
  subscriptionReported,
} from "../../dev/model/events.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Payment } from "../../domain/state/payment.ts";
import { effectIdOf } from "../../domain/values/ids.ts";
import { Deciding } from "../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../support/domain/ids.ts";
import { WRITE_OFF } from "../support/domain/operator-commands.ts";
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

function opened(): Deciding {
  const deciding = new Deciding();
  deciding.open([FAILED]);
  return deciding;
}

/** Whether a decision starts a read of Dodo. */
const reads = ({ effects }: ReturnType<Deciding["tell"]>): boolean =>
  effects.some(({ kind }) => kind === "read");

describe("a read that Dodo refuses with 404", () => {
  const refusals = ({ recovery }: Deciding): unknown[] =>
    recovery.ended.map(({ refusal }) => refusal);

  test("refuses a requested charge when nothing else shows that the subscription exists", () => {
    const deciding = new Deciding();
    deciding.tell(chargeRequested(deciding.now));
    const { rule, reason } = deciding.refuseRead("NOT_FOUND", 404);
    expect(rule).toBe("requested_charge.refused");
    expect(reason).toContain("Dodo does not know this subscription");
    expect(refusals(deciding)).toContain("subscription_not_found");
    expect(deciding.recovery.attention).toEqual([]);
  });

  test.each<[string, () => Deciding]>([
    [
      "Dodo reported a payment of the subscription",
      () => {
        const deciding = new Deciding();
        deciding.tell(paymentReported(FAILED));
        deciding.tell(chargeRequested(deciding.now));
        return deciding;
      },
    ],
    [
      "the subscription has a current debt",
      () => {
        const deciding = opened();
        deciding.tell(chargeRequested(deciding.now));
        return deciding;
      },
    ],
    [
      "no charge was requested",
      () => {
        const deciding = new Deciding();
        deciding.tell(HELD);
        return deciding;
      },
    ],
  ])("asks the operator when %s", (_, begin) => {
    const deciding = begin();
    const { chargeRequests: requests } = deciding.recovery;
    deciding.refuseRead("NOT_FOUND", 404);
    expect(deciding.recovery).toMatchObject({
      chargeRequests: requests,
      attention: [{ cause: "refused_request", code: "NOT_FOUND" }],
    });
  });
});

describe("a read", () => {
  test("counts the charges of the last thirty days, without those of an amount of zero", () => {
    const deciding = opened();
    const at = (number: number, days: number, given: Partial<Payment> = {}): Payment =>
      payment(number, { status: "succeeded", createdAt: DAY_0 - days * DAY_MS, ...given });
    const list = [at(2, 31), at(3, 29), at(4, 5, { totalMinor: 0 }), FAILED];
    deciding.tell(HELD);
    deciding.read(list);
    expect(deciding.recovery.recentChargesAt).toEqual([DAY_0 - 29 * DAY_MS, FAILED.createdAt]);
  });

  test("takes blocked methods from earlier runs at the opening only", () => {
    const blocked = { blockedMethods: ["pm_8"] };
    const deciding = new Deciding();
    deciding.open([FAILED], {}, blocked);
    expect(deciding.recovery.blockedMethods).toEqual(["pm_8"]);
    const open = opened();
    open.tell(HELD);
    open.read([FAILED], {}, blocked);
    expect(open.recovery.blockedMethods).toEqual([]);
  });

  test("unblocks only the method that has paid", () => {
    const deciding = new Deciding();
    deciding.open([FAILED], {}, { blockedMethods: ["pm_7", "pm_8", "pm_9"] });
    const paid = payment(2, { status: "succeeded", declineCode: null, methodId: "pm_8" });
    deciding.tell(HELD);
    deciding.read([FAILED, { ...paid, totalMinor: 100 }]);
    expect(deciding.recovery.blockedMethods).toEqual(["pm_7", "pm_9"]);
  });

  test("removes only the payments it shows from those to attribute", () => {
    const deciding = new Deciding({ debtKey: "invoice_id" });
    deciding.open([FAILED]);
    const [second, third] = [
      payment(2, { status: "succeeded" }),
      payment(3, { status: "succeeded" }),
    ];
    deciding.tell(paymentReported(second));
    deciding.tell(paymentReported(second));
    deciding.tell(paymentReported(third));
    expect(deciding.recovery.paymentsToAttribute).toEqual(["pay_2", "pay_3"]);
    deciding.read([FAILED, third]);
    expect(deciding.recovery.paymentsToAttribute).toEqual(["pay_2"]);
  });

  test("attributes at most the twenty latest payments that webhooks named", () => {
    const deciding = new Deciding({ debtKey: "invoice_id" });
    deciding.open([FAILED]);
    for (let number = 2; number <= 25; number += 1) {
      deciding.tell(paymentReported(payment(number, { status: "succeeded" })));
    }
    expect(deciding.recovery.paymentsToAttribute).toHaveLength(20);
    expect(deciding.recovery.paymentsToAttribute.at(0)).toBe("pay_6");
  });
});

describe("a webhook", () => {
  test("of a past_due subscription sets the end of the grace period if it is in the future", () => {
    const grace = (status: string, days: number | null): number | null => {
      const deciding = opened();
      const graceEndsAt = days === null ? null : deciding.now + days * DAY_MS;
      deciding.tell({ ...subscriptionReported("x", status), graceEndsAt } as DomainEvent);
      return deciding.recovery.graceEndsAt === null ? null : (days ?? 0);
    };
    expect(grace("past_due", 3)).toBe(3);
    expect(grace("past_due", -3)).toBeNull();
    expect(grace("past_due", null)).toBeNull();
    expect(grace("on_hold", 3)).toBeNull();
  });

  test("about an ended debt is ignored, and about a new failure or hold opens a recovery", () => {
    const ended = (): Deciding => {
      const deciding = opened();
      deciding.command(WRITE_OFF);
      return deciding;
    };
    const decidedOn = (event: DomainEvent): [boolean, string] => {
      const decision = ended().tell(event);
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
    const deciding = opened();
    deciding.tell(CANCEL);
    expect(deciding.recovery.ended).toMatchObject([
      { outcome: "written_off", by: "operator", who: "Temporal Cancel" },
    ]);
    expect(deciding.tell(CANCEL).reason).toContain("nothing is owed any more");
  });

  test("changes nothing when the debt is paid or ending already", () => {
    const ending = opened();
    ending.charge();
    ending.tell(CANCEL);
    const { closing } = ending.recovery;
    expect(closing).toMatchObject({ outcome: "written_off" });
    expect(ending.tell(CANCEL).reason).toContain("the debt is ending already");
    const paid = opened();
    paid.tell(paymentReported({ ...FAILED, status: "succeeded", declineCode: null }));
    expect(paid.tell(CANCEL).reason).toContain("the debt is ending already");
    expect(paid.recovery).toMatchObject({ closing: null, settlement: { paymentId: "pay_1" } });
  });
});

test("the outcome of an effect that is not pending changes nothing and says so", () => {
  const deciding = opened();
  const decision = deciding.tell({
    kind: "charge_finished",
    effectId: effectIdOf(99),
    outcome: { kind: "accepted", paymentId: id("pay_9"), adopted: false },
  });
  expect(decision).toMatchObject({ changes: {}, effects: [] });
  expect(decision.reason).toContain("effect e99 is not pending");
});
