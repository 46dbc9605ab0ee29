import { describe, expect, test } from "vitest";
import { chargeRequested, foreignPayment } from "../../../dev/model/events.ts";
import type { Evidence, Payment } from "../../../domain/state/payment.ts";
import { Deciding } from "../../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { DAY_0, HOUR_MS } from "../../support/domain/scenario.ts";

const CHARGE = `charge-${"a".repeat(64)}`;

/** An attempt that nobody here knows: an earlier life of this recovery has made it. */
const attempt = (debtId: string, number: number, given: Partial<Payment> = {}): Payment =>
  foreignPayment(DAY_0 - HOUR_MS + number, {
    paymentId: id(`pay_${number}`),
    attemptKey: `${debtId}.${number}` as never,
    declineCode: "INSUFFICIENT_FUNDS",
    totalMinor: 3_190,
    ...given,
  });
const OPEN = { status: "processing", declineCode: null };

/** A charge is asked of us, and Dodo shows these payments. */
function asked(payments: readonly Payment[], given: Partial<Evidence> = {}): Deciding {
  const deciding = new Deciding();
  deciding.tell(chargeRequested(deciding.now));
  deciding.read(payments, { status: "active" }, given);
  deciding.wake();
  deciding.read(payments, { status: "active" }, given);
  return deciding;
}

describe("a charge asked of us, of which an earlier life knew", () => {
  test("that was declined goes on after its decline", () => {
    const deciding = asked([attempt(CHARGE, 1)]);
    expect(deciding.recovery).toMatchObject({
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
    expect(deciding.decisions.at(-1)?.reason).toContain("attempt 1 was made before (pay_1)");
  });

  test("that was declined twice has made a retry of it", () => {
    const deciding = asked([attempt(CHARGE, 1), attempt(CHARGE, 2)]);
    expect(deciding.recovery.attempts).toMatchObject([
      { number: 1, trigger: "charge" },
      { number: 2, trigger: "schedule" },
    ]);
    expect(deciding.recovery.plan).toMatchObject({ number: 3 });
  });

  test("that was declined with another card than is on file now tries the new one", () => {
    const deciding = asked([attempt(CHARGE, 1, { methodId: "pm_7" })]);
    expect(deciding.recovery).toMatchObject({
      debt: { methodId: "pm_7" },
      plan: { number: 2, trigger: "payment_method_update" },
    });
  });

  test("keeps the card it knows where Dodo names none", () => {
    const deciding = asked([attempt(CHARGE, 1, { methodId: null })]);
    expect(deciding.recovery.debt?.methodId).toBe("pm_1");
  });

  test.each(["processing", "requires_customer_action", "requires_payment_method", null])(
    "that is %s is followed, and nothing is charged beside it",
    (status) => {
      const deciding = asked([attempt(CHARGE, 1, { status, declineCode: null })]);
      expect(deciding.recovery).toMatchObject({
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

  test("declined once and tried again: the second is followed", () => {
    const deciding = asked([attempt(CHARGE, 1), attempt(CHARGE, 2, OPEN)]);
    expect(deciding.recovery).toMatchObject({
      attempts: [{ number: 1 }],
      charge: { number: 2, phase: "accepted" },
      plan: null,
    });
  });

  test("that succeeded is collected, and nothing is charged", () => {
    const deciding = asked([attempt(CHARGE, 1, { status: "succeeded", declineCode: null })]);
    expect(deciding.recovery.ended).toMatchObject([
      { debtId: CHARGE, outcome: "collected", paymentId: "pay_1" },
    ]);
  });

  test("that an earlier run has ended is not charged again", () => {
    const deciding = asked([], { endedDebts: [CHARGE] });
    expect(deciding.recovery.ended).toMatchObject([
      {
        debtId: CHARGE,
        outcome: "nothing_owed",
        rule: "requested_charge.ended_earlier",
        reason: "an earlier run has ended it",
      },
    ]);
    expect(deciding.recovery).toMatchObject({ debt: null, charge: null, plan: null });
  });

  test("does not follow another debt's attempt as its own: it waits until that is over", () => {
    const deciding = asked([attempt("pay_9", 1, OPEN)]);
    expect(deciding.recovery).toMatchObject({
      debt: { id: CHARGE },
      charge: null,
      followUp: { reason: "open_payment" },
    });
  });
});

describe("a charge asked of us, at its first look", () => {
  test("of a customer who disputed a payment lately waits for a person", () => {
    const deciding = asked([], { disputeId: "dp_1" });
    expect(deciding.recovery).toMatchObject({
      debt: { id: CHARGE },
      charge: null,
      attention: [{ cause: "recent_dispute", disputeId: "dp_1" }],
    });
    expect(deciding.decisions.at(-1)?.reason).toContain("this customer disputed a payment (dp_1)");
  });

  test("that an earlier life has collected asks nobody about a dispute", () => {
    const paid = attempt(CHARGE, 1, { status: "succeeded", declineCode: null });
    const deciding = asked([paid], { disputeId: "dp_1" });
    expect(deciding.recovery).toMatchObject({ debt: null, attention: [] });
  });

  test("of a subscription that is held by its own attempt is worked, and not the hold", () => {
    const held = { status: "on_hold" };
    const deciding = new Deciding();
    deciding.tell(chargeRequested(deciding.now));
    deciding.read([attempt(CHARGE, 1)], held);
    deciding.wake();
    deciding.read([attempt(CHARGE, 1)], held);
    expect(deciding.recovery).toMatchObject({
      debt: { id: CHARGE },
      attempts: [{ number: 1 }],
      attention: [],
    });
  });

  test("of a subscription that ended meanwhile ends with it", () => {
    const deciding = new Deciding();
    deciding.tell(chargeRequested(deciding.now));
    deciding.read([], { status: "active" });
    deciding.wake();
    deciding.read([], { status: "cancelled" });
    expect(deciding.recovery.ended).toMatchObject([{ debtId: CHARGE, outcome: "cancelled" }]);
    expect(deciding.recovery.charge).toBeNull();
  });
});

describe("a failed payment whose retry an earlier life has made", () => {
  const failed = foreignPayment(DAY_0 - 2 * HOUR_MS, {
    paymentId: id("pay_1"),
    declineCode: "INSUFFICIENT_FUNDS",
  });

  test("is followed where the retry is open", () => {
    const deciding = new Deciding();
    deciding.open([failed, attempt("pay_1", 2, OPEN)]);
    expect(deciding.recovery).toMatchObject({
      debt: { id: "pay_1" },
      charge: { number: 2, phase: "accepted", paymentId: "pay_2" },
      plan: null,
    });
  });

  test("follows no other debt's retry", () => {
    const deciding = new Deciding();
    deciding.open([failed, attempt("pay_9", 2, OPEN)]);
    expect(deciding.recovery).toMatchObject({ debt: { id: "pay_1" }, charge: null });
  });
});
