import { unattributedPayment } from "../../dev/model/events.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Payment, Subscription } from "../../domain/state/payment.ts";
import { paymentIdOf as id } from "../support/domain/ids.ts";
import { RecoveryDriver } from "../support/domain/recovery-driver.ts";
import { DAY_0 } from "../support/domain/scenario.ts";

/** The debt's failed payment. */
export const FAILED = unattributedPayment(DAY_0, {
  paymentId: id("pay_1"),
  declineCode: "INSUFFICIENT_FUNDS",
});

/** A recovery that waits for its second attempt. */
export function waiting(
  policy: Partial<Policy> = {},
  failed: Payment = FAILED,
  subscription: Partial<Subscription> = {},
): RecoveryDriver {
  const driver = new RecoveryDriver(policy);
  driver.open([failed], subscription);
  return driver;
}

/** A recovery whose second attempt was just started. */
export function charging(policy: Partial<Policy> = {}, failed: Payment = FAILED): RecoveryDriver {
  const driver = waiting(policy, failed, { currency: failed.currency });
  driver.advanceToCharge();
  return driver;
}

/** The charge activity's outcome for the second attempt. */
export const ACCEPTED = { kind: "accepted", paymentId: id("pay_2"), adopted: false } as const;

/** The payment of the second attempt, as Dodo shows it. */
export const secondAttempt = (driver: RecoveryDriver, given: Partial<Payment>): Payment =>
  unattributedPayment(driver.now, {
    paymentId: id("pay_2"),
    attemptKey: "pay_1.2" as never,
    ...given,
  });
