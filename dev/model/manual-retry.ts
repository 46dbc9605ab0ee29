import type DodoPayments from "dodopayments";
import { DAY_MS, formatInstant, type Instant } from "../../domain/values/time.ts";
import type { ModelPayment } from "./ledger.ts";

/** @source docs/dodo/retries-and-dunning.md, "Manual retry" */
const SENDS = 3;
/** Dodo does not publish its length. @source docs/dodo/open-questions.md, "Manual retry" */
const COOLDOWN_MS = DAY_MS;

/** The state of the manual retry: three sends with a cooldown, available on hold only. */
export function manualRetryState(
  payments: readonly ModelPayment[],
  isEligible: boolean,
  now: Instant,
): DodoPayments.ManualRetryState {
  const sends = payments.filter(({ isManualRetry }) => isManualRetry);
  const availableAt = (sends.at(-1)?.createdAt ?? 0) + COOLDOWN_MS;
  const isSpent = sends.length >= SENDS;
  const isCooling = !isSpent && availableAt > now;
  const limit = isSpent || isCooling ? "MANUAL_RETRY_LIMIT_REACHED" : null;
  const reason = isEligible ? limit : "MANUAL_RETRY_NOT_ELIGIBLE";
  return {
    can_retry: reason === null,
    reason,
    sends_allowed: SENDS,
    sends_used: sends.length,
    retry_available_at: isCooling ? formatInstant(availableAt) : null,
  };
}
