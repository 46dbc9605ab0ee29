import { raiseAttention, resolveAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { followUpAt, startRead } from "../decision/reads.ts";
import { isAdvising, isOurAttempt } from "../state/facts.ts";
import { isNumberedRetry, type Payment } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { describeInstant, HOUR_MS, type Instant } from "../values/time.ts";

/**
 * Dodo can retry renewals and send dunning emails itself. The merchant switches this on in the dashboard, and no API shows
 * the setting. Two retry engines could charge twice, so Reprise defers to Dodo's.
 * @source docs/dodo/retries-and-dunning.md, "Signs of Dodo's own recovery"; docs/RECOVERY.md, "Scheduled subscriptions"
 */

/**
 * Dodo's first retry comes after 12 h. Without a sign within this time, its retries are probably off.
 * @source docs/dodo/retries-and-dunning.md, "Payment retries"
 */
const ACTIVITY_EXPECTED_WITHIN_MS = 48 * HOUR_MS;

/**
 * Leaves a scheduled subscription's debt to Dodo's own retries: always under the policy `observe`, and as soon as they show
 * under `manage`.
 * @param complete see `reconcile`
 */
export function deferToDodo(
  draft: DecisionDraft,
  payments: readonly Payment[],
  complete: boolean,
): void {
  const { debt, subscription } = draft.recovery;
  if (debt === null || subscription === null || subscription.onDemand !== false) return;
  const retried = payments.findLast((payment) => isDodosRetry(payment, draft.recovery));
  if (retried !== undefined)
    recordDodoActivity(draft, retried.createdAt, `${retried.paymentId} is one of its retries`);
  const { observing, dodoActiveAt, settlement } = draft.recovery;
  if (observing !== null) {
    if (complete) scheduleNextRead(draft);
  } else if (settlement !== null) return;
  else if (draft.policy.scheduledSubscriptions === "observe")
    observe(draft, "the policy is `observe`");
  // Dodo's manual retry takes no key, so nothing would show which attempt it is.
  else if (isAdvising(draft.recovery)) observe(draft, "advise mode charges no renewal");
  else if (dodoActiveAt !== null) observe(draft, "Dodo already retries this debt");
}

/** Dodo numbers the retries of a renewal. Those that we requested are known by payment id. */
function isDodosRetry(payment: Payment, recovery: Recovery): boolean {
  const { debt, charge, attempts } = recovery;
  const isOurs =
    charge?.paymentId === payment.paymentId ||
    attempts.some((one) => one.paymentId === payment.paymentId && isOurAttempt(one));
  return (
    isNumberedRetry(payment) &&
    payment.attemptKey === null &&
    !isOurs &&
    payment.createdAt > (debt?.firstFailedAt ?? 0)
  );
}

/** Applies a `dunning.*` webhook, also before the debt is known. */
export function onDodoDunning(draft: DecisionDraft, type: string): void {
  const { debt, observing, subscription } = draft.recovery;
  if (subscription?.onDemand === true) {
    explain(draft, "event.ignored", `${type}: Dodo's dunning applies to scheduled renewals only`);
    return;
  }
  recordDodoActivity(draft, draft.now, type);
  if (debt === null) return;
  if (observing === null && subscription !== null) observe(draft, type);
  startRead(draft, type);
}

function recordDodoActivity(draft: DecisionDraft, at: Instant, what: string): void {
  const { dodoActiveAt } = draft.recovery;
  if (dodoActiveAt !== null && dodoActiveAt >= at) return;
  update(draft, { dodoActiveAt: at });
  explain(draft, "dodo_retries.active", `Dodo's own recovery is active: ${what}`);
  resolveAttention(draft, ["no_dodo_activity"]);
}

/** Stops charging and writing. The debt, and a charge in flight, are followed to their end. */
function observe(draft: DecisionDraft, why: string): void {
  update(draft, {
    plan: null,
    customerAction: null,
    observing: {
      since: draft.now,
      reads: 0,
      nextReadAt: followUpAt(draft, 0),
      operatorAsked: false,
    },
  });
  explain(draft, "dodo_retries.observed", `the debt is left to Dodo's own retries: ${why}`);
}

function scheduleNextRead(draft: DecisionDraft): void {
  const { observing, debt, dodoActiveAt, settlement } = draft.recovery;
  if (observing === null || debt === null || settlement !== null) return;
  const signDueAt = debt.firstFailedAt + ACTIVITY_EXPECTED_WITHIN_MS;
  const reads = observing.reads + 1;
  const later = followUpAt(draft, reads);
  const nextReadAt = signDueAt > draft.now ? Math.min(later, signDueAt) : later;
  update(draft, { observing: { ...observing, reads, nextReadAt } });
  if (dodoActiveAt !== null || observing.operatorAsked || draft.now < signDueAt) return;
  update(draft, { observing: { ...observing, reads, nextReadAt, operatorAsked: true } });
  explain(
    draft,
    "dodo_retries.inactive",
    `no sign of Dodo's own recovery by ${describeInstant(draft.now)}`,
  );
  raiseAttention(draft, { cause: "no_dodo_activity", debtId: debt.id });
}
