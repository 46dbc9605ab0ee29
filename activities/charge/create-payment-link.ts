import { isSilent } from "../../domain/state/outcome.ts";
import { failureOf, type RecoveryPort, type Subscriber } from "../../dodo/port.ts";
import { isOpenAndUnreleased } from "../../domain/debt/attribution.ts";
import type { PaymentLinkOutcome } from "../../domain/state/event.ts";
import { waitsFor } from "../../domain/state/payment.ts";
import { answerOf } from "../../domain/values/dodo-answer.ts";
import type { DebtId, PaymentId, RecoveryId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { EarlierRunsReader } from "../evidence/read-dodo.ts";
import { type OwedInput, stillOwed } from "../evidence/still-owed.ts";
import { readSince, unlistedPayment } from "./earlier-runs-check.ts";

export type LinkInput = OwedInput & {
  readonly at: Instant;
  readonly recoveryId: RecoveryId;
  readonly debtId: DebtId;
  /** A payment that waits for the customer: its own page is read, and none is created. */
  readonly ofPayment?: PaymentId;
  /** Of an exhausted debt: a page is created on a hold only, where it collects what is owed. */
  readonly late?: true;
  /** How long Dodo's lists may omit a charge of an earlier run: the policy's `settle`. */
  readonly settleMs: number;
  /** A person looked in Dodo: there is no payment of a charge that was sent until then. */
  readonly confirmedAbsentUpTo: Instant | null;
};

export type LinkDependencies = {
  readonly dodo: RecoveryPort;
  readonly readEarlierRuns: EarlierRunsReader;
  readonly now: () => Instant;
};

/**
 * Creates a payment page where the customer enters a new payment method. If the subscription is on hold, the page charges the
 * dues, so the request is sent once, and errors are outcomes. None is created while a charge or a page of a stopped run may
 * still collect the debt.
 * @source docs/dodo/subscriptions.md, "Payment method update"
 */
export async function createPaymentLink(
  input: LinkInput,
  { dodo, readEarlierRuns, now }: LinkDependencies,
  returnUrl: (subscriber: Subscriber) => string,
): Promise<PaymentLinkOutcome> {
  try {
    const { settleMs, confirmedAbsentUpTo, debt } = input;
    const earlier = await readEarlierRuns(input.recoveryId);
    const readAt = now();
    const since = readSince(debt?.firstFailedAt ?? readAt, earlier, { now: readAt, settleMs });
    const owed = await stillOwed({ ...input, since }, dodo);
    if (owed.kind === "not_owed") {
      return { kind: "not_made", why: owed.why === "paid" ? "paid" : "status_changed" };
    }
    if (input.late === true && owed.subscriber.subscription.access !== "held") {
      return { kind: "not_made", why: "status_changed" };
    }
    if (isSilent(input.mode)) return { kind: "not_made", why: "shadow" };
    if (input.ofPayment !== undefined) return await ownPageOf(input.ofPayment, dodo);
    // An open payment may still succeed, and a page is another payment.
    if (owed.payments.some((one) => isOpenAndUnreleased(one, debt?.releasedPayments))) {
      return { kind: "not_made", why: "payment_open" };
    }
    const list = { payments: owed.payments, readAt, settleMs, confirmedAbsentUpTo };
    if (unlistedPayment(earlier, list) !== null) {
      return { kind: "not_made", why: "earlier_charge" };
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

/** The page that Dodo has for a payment, if the payment still waits for the customer. */
async function ownPageOf(id: PaymentId, dodo: RecoveryPort): Promise<PaymentLinkOutcome> {
  const { payment, pageUrl } = await dodo.paymentDetails(id);
  if (waitsFor(payment) !== "customer") return { kind: "not_made", why: "payment_changed" };
  if (pageUrl === null) return { kind: "not_made", why: "no_page" };
  return { kind: "made", url: pageUrl, paymentId: id, expiresAt: null };
}
