import { raiseAttention, resolveAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { followUpAt, startRead } from "../decision/reads.ts";
import { isOurAttempt } from "../state/facts.ts";
import type { Payment } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { describeInstant, HOUR_MS, type Instant } from "../values/time.ts";

/**
 * Renewals have an owner already: Dodo's own retries and dunning, which a merchant may have switched on and no API
 * tells. Two owners of one debt would charge it twice, so that ours steps back.
 * @source dodo.md 2.1, 11 (question 17); design, "Rules"
 */

/** Dodo's first retry comes after 12 h: without a sign in this time, its retries are probably off. */
const ACTIVITY_EXPECTED_WITHIN_MS = 48 * HOUR_MS;

/**
 * Is Dodo at work on this debt?
 * @param complete as of `reconcile`
 */
export function deferToDodo(
  draft: DecisionDraft,
  payments: readonly Payment[],
  complete: boolean,
): void {
  const { debt, subscription } = draft.recovery;
  if (debt === null || subscription === null || subscription.onDemand) return;
  const retried = payments.findLast((payment) => isDodosRetry(payment, draft.recovery));
  if (retried !== undefined)
    recordDodoActivity(draft, retried.createdAt, `${retried.paymentId} is its retry`);
  const { observing, dodoActiveAt, settlement } = draft.recovery;
  if (observing !== null) {
    if (complete) scheduleNextRead(draft);
  } else if (settlement !== null) return;
  else if (draft.policy.scheduledSubscriptions === "observe") observe(draft, "the policy says so");
  else if (dodoActiveAt !== null) observe(draft, "Dodo is at work on this debt itself");
}

/** Dodo counts its retries of a renewal; the ones we asked for are known by name. */
function isDodosRetry(payment: Payment, recovery: Recovery): boolean {
  const { debt, charge, attempts } = recovery;
  const isOurs =
    charge?.paymentId === payment.paymentId ||
    attempts.some((one) => one.paymentId === payment.paymentId && isOurAttempt(one));
  return payment.retryAttempt >= 1 && !isOurs && payment.createdAt > (debt?.firstFailedAt ?? 0);
}

/** `dunning.*`: also where the debt is not read yet. */
export function onDodoDunning(draft: DecisionDraft, type: string): void {
  const { debt, observing, subscription } = draft.recovery;
  if (subscription?.onDemand === true) {
    explain(draft, "event.ignored", `${type}: Dodo's own dunning concerns renewals`);
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
  explain(draft, "dodo_retries.active", `Dodo's own recovery is at work: ${what}`);
  resolveAttention(draft, ["no_dodo_activity"]);
}

/** Stands back: nothing is charged or sent, and the debt is followed to its end. A charge under way is too. */
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
  explain(draft, "dodo_retries.observed", `a scheduled subscription is observed: ${why}`);
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
    `no sign of Dodo's own recovery until ${describeInstant(draft.now)}`,
  );
  raiseAttention(draft, { cause: "no_dodo_activity", debtId: debt.id });
}
