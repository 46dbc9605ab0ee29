import { isSilent } from "../../domain/state/outcome.ts";
import { failureOf, type RecoveryPort } from "../../dodo/port.ts";
import type { CancelOutcome } from "../../domain/state/event.ts";
import { describeStatus } from "../../domain/state/payment.ts";
import { answerOf } from "../../domain/values/dodo-answer.ts";
import type { Instant } from "../../domain/values/time.ts";
import { type OwedInput, stillOwed } from "../evidence/still-owed.ts";

export type CancelInput = OwedInput & { readonly at: Instant };

/** Cancels the subscription at the end of an unpaid window, after one more read. */
export async function cancelSubscription(
  input: CancelInput,
  dodo: RecoveryPort,
): Promise<CancelOutcome> {
  try {
    const owed = await stillOwed(input, dodo);
    if (owed.kind === "not_owed") {
      return owed.why === "status_changed"
        ? { kind: "cancelled" }
        : { kind: "not_cancelled", why: "paid" };
    }
    if (isSilent(input.mode)) return { kind: "not_cancelled", why: "shadow" };
    const subscription = await dodo.cancel(input.subscriptionId);
    if (subscription.access === "ended") return { kind: "cancelled" };
    return { kind: "refused", code: `still ${describeStatus(subscription)}` };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === "refused" || failure.kind === "unauthorized") {
      return { kind: "refused", code: failure.code, answer: answerOf(failure) };
    }
    return { kind: "refused", code: failure.detail };
  }
}
