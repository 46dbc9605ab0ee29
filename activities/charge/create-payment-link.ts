import { failureOf, type RecoveryPort, type Subscriber } from "../../dodo/port.ts";
import { answerOf } from "../../domain/values/dodo-answer.ts";
import type { PaymentLinkOutcome } from "../../domain/state/event.ts";
import type { DebtId, RecoveryId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import { type OwedInput, stillOwed } from "../evidence/still-owed.ts";

export type LinkInput = OwedInput & {
  readonly at: Instant;
  readonly recoveryId: RecoveryId;
  readonly debtId: DebtId;
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
    if (input.mode === "shadow") return { kind: "not_made", why: "shadow" };
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
