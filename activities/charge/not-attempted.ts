import type { ChargeOutcome, NotAttemptedReason } from "../../domain/state/event.ts";

/** The outcome of a charge that was not sent. */
export function notAttempted(
  why: NotAttemptedReason,
  detail: string,
): ChargeOutcome & { readonly kind: "not_attempted" } {
  return { kind: "not_attempted", why, detail };
}
