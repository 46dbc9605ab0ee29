import type { Dodo, DodoSubscription } from "../../dodo/client.ts";
import { failureOf } from "../../dodo/errors.ts";
import { refusalOf } from "../../dodo/refusals.ts";
import type { PaymentLinkOutcome } from "../../domain/state/event.ts";
import { type DebtId, parsePaymentId, type RecoveryId } from "../../domain/values/ids.ts";
import { type Instant, parseInstant } from "../../domain/values/time.ts";
import { type OwedInput, stillOwed } from "../evidence/still-owed.ts";

export type LinkInput = OwedInput & {
  readonly at: Instant;
  readonly recoveryId: RecoveryId;
  readonly debtId: DebtId;
};

/**
 * Asks Dodo for a hosted page on which the customer gives a new payment method. On a hold that is a charge of
 * the dues, so it is asked once, and its end is a value.
 * @source dodo.md 6.1
 */
export async function createPaymentLink(
  input: LinkInput,
  dodo: Dodo,
  returnUrl: (raw: DodoSubscription) => string,
  now: () => Instant,
): Promise<PaymentLinkOutcome> {
  try {
    const owed = await stillOwed(input, dodo, now());
    if (owed.kind === "not_owed") {
      return { kind: "not_made", why: owed.why === "paid" ? "paid" : "status_changed" };
    }
    if (input.mode === "shadow") return { kind: "not_made", why: "shadow" };
    const made = await dodo.updatePaymentMethod(input.subscriptionId, returnUrl(owed.raw));
    const url = pageUrlOf(made.payment_link);
    if (url === null) return { kind: "unknown", detail: "Dodo's answer has no page" };
    return {
      kind: "made",
      url,
      paymentId: parsePaymentId(made.payment_id),
      expiresAt: parseInstant(made.expires_on),
    };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === "refused") return failure;
    if (failure.kind === "unauthorized") return refusalOf(failure.httpStatus, failure.code);
    return { kind: "unknown", detail: failure.detail };
  }
}

/** Only a web address: it will be followed by a browser. */
export function pageUrlOf(link: string | null | undefined): string | null {
  if (link == null || !URL.canParse(link)) return null;
  return ["https:", "http:"].includes(new URL(link).protocol) ? link : null;
}
