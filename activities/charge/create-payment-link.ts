import { failureOf, type RecoveryPort, type Subscriber } from "../../dodo/port.ts";
import { isReleased } from "../../domain/debt/attribution.ts";
import { answerOf } from "../../domain/values/dodo-answer.ts";
import type { PaymentLinkOutcome } from "../../domain/state/event.ts";
import { isOpen, type Payment, waitsFor } from "../../domain/state/payment.ts";
import type { DebtId, PaymentId, RecoveryId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import { type OwedInput, stillOwed } from "../evidence/still-owed.ts";

export type LinkInput = OwedInput & {
  readonly at: Instant;
  readonly recoveryId: RecoveryId;
  readonly debtId: DebtId;
  /** A payment that waits for the customer: its own page is read, and none is created. */
  readonly ofPayment?: PaymentId;
  /** Of an exhausted debt: a page is created on a hold only, where it collects what is owed. */
  readonly late?: true;
};

/**
 * Creates a payment page where the customer enters a new payment method. If the subscription is on hold, the page charges the
 * dues, so the request is sent once, and errors are outcomes.
 * @source docs/dodo/subscriptions.md, "Payment method update"
 */
export async function createPaymentLink(
  input: LinkInput,
  dodo: RecoveryPort,
  returnUrl: (subscriber: Subscriber) => string,
): Promise<PaymentLinkOutcome> {
  try {
    const owed = await stillOwed(input, dodo);
    if (owed.kind === "not_owed") {
      return { kind: "not_made", why: owed.why === "paid" ? "paid" : "status_changed" };
    }
    if (input.late === true && owed.subscriber.subscription.access !== "held") {
      return { kind: "not_made", why: "status_changed" };
    }
    if (input.mode === "shadow") return { kind: "not_made", why: "shadow" };
    if (input.ofPayment !== undefined) return await ownPageOf(input.ofPayment, dodo);
    if (owed.payments.some((one) => isInTheWay(one, input))) {
      return { kind: "not_made", why: "payment_open" };
    }
    const link = await dodo.createPaymentLink(input.subscriptionId, returnUrl(owed.subscriber));
    return { kind: "made", ...link };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === "refused") return failure;
    if (failure.kind === "unauthorized") {
      return { kind: "refused", meaning: "account_refused", ...answerOf(failure) };
    }
    return { kind: "unknown", detail: failure.detail };
  }
}

/** An open payment may still succeed, and a page is another payment. */
function isInTheWay(payment: Payment, { debt }: LinkInput): boolean {
  return isOpen(payment) && !isReleased(payment, debt?.releasedPayments);
}

/** The page that Dodo has for a payment, if the payment still waits for the customer. */
async function ownPageOf(id: PaymentId, dodo: RecoveryPort): Promise<PaymentLinkOutcome> {
  const { payment, pageUrl } = await dodo.paymentDetails(id);
  if (waitsFor(payment) !== "customer") return { kind: "not_made", why: "payment_changed" };
  if (pageUrl === null) return { kind: "not_made", why: "no_page" };
  return { kind: "made", url: pageUrl, paymentId: id, expiresAt: null };
}
