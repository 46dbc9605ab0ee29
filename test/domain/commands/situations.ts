import { unattributedPayment, paymentReported } from "../../../dev/model/events.ts";
import type { Command } from "../../../domain/state/command.ts";
import type { Payment, Subscription } from "../../../domain/state/payment.ts";
import { Deciding } from "../../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { PAUSE, RETRY, WRITE_OFF } from "../../support/domain/operator-commands.ts";
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
): Deciding {
  const deciding = new Deciding();
  deciding.open([{ ...FAILED, ...given.failed }], given.subscription);
  return deciding;
}

/** Recoveries in the situation of their name, which completes "a recovery …". */
export const SITUATIONS = {
  "that has not read Dodo yet": () => {
    const deciding = new Deciding();
    deciding.tell(paymentReported(FAILED));
    return deciding;
  },
  "that waits for its attempt": () => opened(),
  "that is paused": () => {
    const deciding = opened();
    deciding.command(PAUSE);
    return deciding;
  },
  "that is over": () => {
    const deciding = opened();
    deciding.command(WRITE_OFF);
    return deciding;
  },
  "that is paid, with the subscription still on hold": () => {
    const deciding = opened();
    deciding.tell(paymentReported({ ...FAILED, status: "succeeded", declineCode: null }));
    return deciding;
  },
  "with a charge in flight": () => {
    const deciding = opened();
    deciding.charge();
    return deciding;
  },
  "with a charge of unknown outcome": () => {
    const deciding = opened();
    deciding.charge();
    deciding.charged({
      kind: "unknown",
      detail: "no answer",
      sentNoLaterThan: deciding.now + 1,
    } as never);
    return deciding;
  },
  "that ends once the charge in flight has ended": () => {
    const deciding = opened();
    deciding.charge();
    deciding.command(WRITE_OFF);
    return deciding;
  },
  "with an open payment page": () => {
    const deciding = opened();
    deciding.command(PAGE);
    return deciding;
  },
  "with an open payment": () => {
    const deciding = opened();
    deciding.tell(paymentReported({ ...FAILED, paymentId: id("pay_2"), status: "processing" }));
    return deciding;
  },
  "of a debt in another currency": () =>
    opened({ failed: { currency: "EUR" }, subscription: { currency: "USD" } }),
  "of a subscription with a scheduled cancellation": () =>
    opened({ subscription: { cancelAtNextBillingDate: true } }),
  "of a paused subscription": () => opened({ subscription: { status: "paused" } }),
  "of a subscription without a status": () => opened({ subscription: { status: null } }),
  "with a blocked card": () => opened({ failed: { declineCode: "STOLEN_CARD" } }),
  "that asks about a payment made elsewhere": () => {
    const deciding = opened();
    const other = { ...FAILED, paymentId: id("pay_2"), status: "succeeded", declineCode: null };
    deciding.tell(paymentReported(other));
    return deciding;
  },
  "that asks about a decline on the merchant's side": () =>
    opened({ failed: { declineCode: "INVALID_AMOUNT" } }),
} as const satisfies Readonly<Record<string, () => Deciding>>;
export type Situation = keyof typeof SITUATIONS;
