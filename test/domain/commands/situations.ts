import { paymentReported, unattributedPayment } from "../../../dev/model/events.ts";
import { paymentStatus, subscriptionStatus } from "../../../dodo/statuses.ts";
import type { Command } from "../../../domain/state/command.ts";
import type { Payment, Subscription } from "../../../domain/state/payment.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { PAUSE, RETRY, WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { RecoveryDriver } from "../../support/domain/recovery-driver.ts";
import { DAY_0 } from "../../support/domain/scenario.ts";

export const RETRY_ABSENT: Command = { ...RETRY, confirmedAbsent: true } as Command;
export const PAGE: Command = { action: "create_payment_link", debtId: null };
export const STOP: Command = { action: "stop_reminders", debtId: null };

export const FAILED = unattributedPayment(DAY_0, {
  paymentId: id("pay_1"),
  declineCode: "INSUFFICIENT_FUNDS",
});

/** A recovery with one failed payment as its debt. */
export function opened(
  given: { failed?: Partial<Payment>; subscription?: Partial<Subscription> } = {},
): RecoveryDriver {
  const driver = new RecoveryDriver();
  driver.open([{ ...FAILED, ...given.failed }], given.subscription);
  return driver;
}

/** Recoveries in the situation of their name, which completes "a recovery …". */
export const SITUATIONS = {
  "that has not read Dodo yet": () => {
    const driver = new RecoveryDriver();
    driver.receive(paymentReported(FAILED));
    return driver;
  },
  "that waits for its attempt": () => opened(),
  "that is paused": () => {
    const driver = opened();
    driver.command(PAUSE);
    return driver;
  },
  "that is over": () => {
    const driver = opened();
    driver.command(WRITE_OFF);
    return driver;
  },
  "that is paid, with the subscription still on hold": () => {
    const driver = opened();
    driver.receive(
      paymentReported({ ...FAILED, ...paymentStatus("succeeded"), declineCode: null }),
    );
    return driver;
  },
  "with a charge in flight": () => {
    const driver = opened();
    driver.advanceToCharge();
    return driver;
  },
  "with a charge of unknown outcome": () => {
    const driver = opened();
    driver.advanceToCharge();
    driver.finishCharge({
      kind: "unknown",
      detail: "no answer",
      sentNoLaterThan: driver.now + 1,
    } as never);
    return driver;
  },
  "that ends once the charge in flight has ended": () => {
    const driver = opened();
    driver.advanceToCharge();
    driver.command(WRITE_OFF);
    return driver;
  },
  "with an open payment page": () => {
    const driver = opened();
    driver.command(PAGE);
    return driver;
  },
  "with an open payment": () => {
    const driver = opened();
    driver.receive(
      paymentReported({ ...FAILED, paymentId: id("pay_2"), ...paymentStatus("processing") }),
    );
    return driver;
  },
  "of a debt in another currency": () =>
    opened({ failed: { currency: "EUR" }, subscription: { currency: "USD" } }),
  "of a subscription with a scheduled cancellation": () =>
    opened({ subscription: { cancelAtNextBillingDate: true } }),
  "of a paused subscription": () => opened({ subscription: subscriptionStatus("paused") }),
  "of a subscription without a status": () => opened({ subscription: subscriptionStatus(null) }),
  "with a blocked card": () => opened({ failed: { declineCode: "STOLEN_CARD" } }),
  "that asks about a payment made elsewhere": () => {
    const driver = opened();
    const other = {
      ...FAILED,
      paymentId: id("pay_2"),
      ...paymentStatus("succeeded"),
      declineCode: null,
    };
    driver.receive(paymentReported(other));
    return driver;
  },
  "that asks about a decline on the merchant's side": () =>
    opened({ failed: { declineCode: "INVALID_AMOUNT" } }),
} as const satisfies Readonly<Record<string, () => RecoveryDriver>>;
export type Situation = keyof typeof SITUATIONS;
