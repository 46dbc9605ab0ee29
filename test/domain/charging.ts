import { unattributedPayment } from "../../dev/model/events.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Payment, Subscription } from "../../domain/state/payment.ts";
import { Deciding } from "../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../support/domain/ids.ts";
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
): Deciding {
  const deciding = new Deciding(policy);
  deciding.open([failed], subscription);
  return deciding;
}

/** A recovery whose second attempt was just started. */
export function charging(policy: Partial<Policy> = {}, failed: Payment = FAILED): Deciding {
  const deciding = waiting(policy, failed, { currency: failed.currency });
  deciding.charge();
  return deciding;
}

/** The charge activity's outcome for the second attempt. */
export const ACCEPTED = { kind: "accepted", paymentId: id("pay_2"), adopted: false } as const;

/** The payment of the second attempt, as Dodo shows it. */
export const secondAttempt = (deciding: Deciding, given: Partial<Payment>): Payment =>
  unattributedPayment(deciding.now, {
    paymentId: id("pay_2"),
    attemptKey: "pay_1.2" as never,
    ...given,
  });
