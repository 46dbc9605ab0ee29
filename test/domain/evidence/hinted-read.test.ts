import { describe, expect, test } from "vitest";
import { paymentReported, subscriptionReported } from "../../../dev/model/events.ts";
import type { Decision } from "../../../domain/decision/decision.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { attemptKeyOf, type DebtId } from "../../../domain/values/ids.ts";
import { paymentIdOf } from "../../support/domain/ids.ts";
import { failedPayment, RecoveryDriver } from "../../support/domain/recovery-driver.ts";

const HELD = { access: "held", dodoStatus: "on_hold" } as const;
const ACTIVE = { access: "current", dodoStatus: "active" } as const;

/** A recovery whose second attempt has been paid; the read that looks for the active subscription is pending. */
function paid(): { readonly driver: RecoveryDriver; readonly payments: readonly Payment[] } {
  const driver = new RecoveryDriver();
  driver.open([failedPayment(1)], HELD);
  driver.advanceToCharge();
  const paymentId = paymentIdOf("pay_2");
  driver.finishCharge({ kind: "accepted", paymentId, adopted: false });
  const success: Payment = {
    ...failedPayment(1),
    paymentId,
    state: "succeeded",
    dodoStatus: "succeeded",
    declineCode: null,
    createdAt: driver.now,
    attemptKey: attemptKeyOf(failedPayment(1).paymentId as string as DebtId, 2),
  };
  driver.receive(paymentReported(success, "payment.succeeded"));
  expect(driver.recovery.state).toBe("reactivating");
  return { driver, payments: [failedPayment(1), success] };
}

const reads = ({ effects }: Decision): number =>
  effects.filter(({ kind }) => kind === "read").length;

describe("a webhook about the subscription that comes during the read after a payment", () => {
  test("calls for no other read where the read shows the active subscription that it names", () => {
    const { driver, payments } = paid();
    driver.receive(subscriptionReported("subscription.active", "active"));
    const end = driver.finishRead(payments, ACTIVE);
    expect(driver.recovery).toMatchObject({ debt: null, rereadNeeded: false });
    expect(reads(end)).toBe(0);
  });

  test("calls for another read where the read shows the subscription as it was before", () => {
    const { driver, payments } = paid();
    driver.receive(subscriptionReported("subscription.active", "active"));
    expect(reads(driver.finishRead(payments, HELD))).toBe(1);
  });

  test("calls for another read where a second webhook names another status", () => {
    const { driver, payments } = paid();
    driver.receive(subscriptionReported("subscription.active", "active"));
    driver.receive(subscriptionReported("subscription.on_hold", "on_hold"));
    expect(driver.recovery.hintedAccess).toBeNull();
    expect(reads(driver.finishRead(payments, ACTIVE))).toBe(1);
  });

  test("calls for another read where something else had called for it before", () => {
    const { driver, payments } = paid();
    driver.receive(subscriptionReported("subscription.on_hold", "on_hold"));
    driver.receive(subscriptionReported("subscription.active", "active"));
    expect(reads(driver.finishRead(payments, ACTIVE))).toBe(1);
  });
});
