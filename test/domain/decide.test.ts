import { describe, expect, test } from "vitest";
import {
  chargeRequested,
  dunningReported,
  foreignPayment,
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
  foreignPayment(DAY_0 - HOUR_MS, {
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

/** Whether a decision has Dodo read. */
const reads = ({ effects }: ReturnType<Deciding["tell"]>): boolean =>
  effects.some(({ kind }) => kind === "read");

describe("a read that Dodo refuses with 404", () => {
  const refusals = ({ recovery }: Deciding): unknown[] =>
    recovery.ended.map(({ refusal }) => refusal);

  test("means an unknown subscription where a charge that was asked is all there is", () => {
    const deciding = new Deciding();
    deciding.tell(chargeRequested(deciding.now));
    const { rule, reason } = deciding.refuseRead("NOT_FOUND", 404);
    expect(rule).toBe("requested_charge.refused");
    expect(reason).toContain("Dodo knows no such subscription");
    expect(refusals(deciding)).toContain("subscription_not_found");
    expect(deciding.recovery.attention).toEqual([]);
  });

  test.each<[string, () => Deciding]>([
    [
      "Dodo itself reported a payment of it",
      () => {
        const deciding = new Deciding();
        deciding.tell(paymentReported(FAILED));
        deciding.tell(chargeRequested(deciding.now));
        return deciding;
      },
    ],
    [
      "a debt of it is worked",
      () => {
        const deciding = opened();
        deciding.tell(chargeRequested(deciding.now));
        return deciding;
      },
    ],
    [
      "nobody asked for a charge",
      () => {
        const deciding = new Deciding();
        deciding.tell(HELD);
        return deciding;
      },
    ],
  ])("is put to a person where %s", (_, begin) => {
    const deciding = begin();
    const { chargeRequests: requests } = deciding.recovery;
    deciding.refuseRead("NOT_FOUND", 404);
    expect(deciding.recovery).toMatchObject({
      chargeRequests: requests,
      attention: [{ cause: "refused_request", code: "NOT_FOUND" }],
    });
  });
});

describe("what a read says", () => {
  test("of the last thirty days counts as charges, where money was asked for", () => {
    const deciding = opened();
    const at = (number: number, days: number, given: Partial<Payment> = {}): Payment =>
      payment(number, { status: "succeeded", createdAt: DAY_0 - days * DAY_MS, ...given });
    const list = [at(2, 31), at(3, 29), at(4, 5, { totalMinor: 0 }), FAILED];
    deciding.tell(HELD);
    deciding.read(list);
    expect(deciding.recovery.recentChargesAt).toEqual([DAY_0 - 29 * DAY_MS, FAILED.createdAt]);
  });

  test("of cards that earlier runs barred is heard at the opening only", () => {
    const barred = { blockedMethods: ["pm_8"] };
    const deciding = new Deciding();
    deciding.open([FAILED], {}, barred);
    expect(deciding.recovery.blockedMethods).toEqual(["pm_8"]);
    const open = opened();
    open.tell(HELD);
    open.read([FAILED], {}, barred);
    expect(open.recovery.blockedMethods).toEqual([]);
  });

  test("of a card that has paid lifts its bar, and no other's", () => {
    const deciding = new Deciding();
    deciding.open([FAILED], {}, { blockedMethods: ["pm_7", "pm_8", "pm_9"] });
    const paid = payment(2, { status: "succeeded", declineCode: null, methodId: "pm_8" });
    deciding.tell(HELD);
    deciding.read([FAILED, { ...paid, totalMinor: 100 }]);
    expect(deciding.recovery.blockedMethods).toEqual(["pm_7", "pm_9"]);
  });

  test("of payments that waited to be placed takes those, and no other", () => {
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

  test("is asked for of the twenty payments that came last, and no more", () => {
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
  test("of a subscription in its grace period says when that ends, where it is to come", () => {
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

  test("of a debt that has ended is ignored, one of a new failure is not", () => {
    const ended = (): Deciding => {
      const deciding = opened();
      deciding.command(WRITE_OFF);
      return deciding;
    };
    const told = (event: DomainEvent): [boolean, string] => {
      const decision = ended().tell(event);
      return [reads(decision), decision.rule];
    };
    expect(told(paymentReported(FAILED))).toEqual([false, "event.ignored"]);
    expect(told(subscriptionReported("subscription.active", "active"))).toEqual([
      false,
      "event.ignored",
    ]);
    expect(told(dunningReported("dunning.started"))).toEqual([false, "event.ignored"]);
    expect(told(paymentReported(payment(2)))[0]).toBe(true);
    expect(told(HELD)[0]).toBe(true);
  });
});

describe("Temporal's Cancel", () => {
  test("writes the debt off, under its own name", () => {
    const deciding = opened();
    deciding.tell(CANCEL);
    expect(deciding.recovery.ended).toMatchObject([
      { outcome: "written_off", by: "operator", who: "Temporal Cancel" },
    ]);
    expect(deciding.tell(CANCEL).reason).toContain("nothing is owed here any more");
  });

  test("changes nothing of what is paid, or ending already", () => {
    const ending = opened();
    ending.charge();
    ending.tell(CANCEL);
    const { closing } = ending.recovery;
    expect(closing).toMatchObject({ outcome: "written_off" });
    expect(ending.tell(CANCEL).reason).toContain("it is ending already");
    const paid = opened();
    paid.tell(paymentReported({ ...FAILED, status: "succeeded", declineCode: null }));
    expect(paid.tell(CANCEL).reason).toContain("it is ending already");
    expect(paid.recovery).toMatchObject({ closing: null, settlement: { paymentId: "pay_1" } });
  });
});

test("the outcome of an effect that nobody awaits changes nothing, and says so", () => {
  const deciding = opened();
  const decision = deciding.tell({
    kind: "charge_finished",
    effectId: effectIdOf(99),
    outcome: { kind: "accepted", paymentId: id("pay_9"), adopted: false },
  });
  expect(decision).toMatchObject({ changes: {}, effects: [] });
  expect(decision.reason).toContain("effect e99 is not awaited");
});
