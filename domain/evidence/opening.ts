import { followEarlierCharge } from "../charge/earlier-charges.ts";
import { resumeOpenAttempts, resumeRequestedCharge } from "../charge/resume-attempts.ts";
import {
  attemptsFromPayments,
  debtFromPayment,
  paymentsWithKeyOf,
} from "../debt/debt-of-payments.ts";
import { endDebt, endWithSubscription } from "../debt/ending.ts";
import { describeOwed, lineItemsWanted, type PriceFacts, priceFactsOf } from "../debt/price.ts";
import { activateNextDebt, enqueue } from "../debt/queue.ts";
import { closedPaymentIds } from "../debt/result.ts";
import { notifyOperator, raiseAttention, resolveAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { startRead } from "../decision/reads.ts";
import { markHandled } from "../decision/remember.ts";
import type { RuleId } from "../rules.ts";
import { planAfterDecline } from "../schedule/plan.ts";
import { describeAlert } from "../state/alert.ts";
import { newOpening, type Opening } from "../state/current-debt.ts";
import type { NothingOwedCause } from "../state/debt.ts";
import { awaitsPayment, type Evidence, hasEnded, type Payment } from "../state/payment.ts";
import { type Recovery } from "../state/recovery.ts";
import { debtIdOf, type PaymentId } from "../values/ids.ts";
import { findDebts, type OpeningFinding } from "./find-debts.ts";
import { concludeLateRequest } from "./late-payment.ts";
import { reconcile } from "./reconcile.ts";

/** Reads that may find a hold without a failed payment before a person is asked. */
const HOLD_READS = 4;

/** Reads before "nothing owed" counts, since lists lag. @source docs/dodo/payments.md, "Visibility lag" */
const NOTHING_OWED_READS = 2;

/** A webhook came while no debt is open: reads Dodo for one. */
export function openFromWebhook(draft: DecisionDraft, payment: Payment | null, why: string): void {
  const opening = draft.recovery.opening ?? newOpening(draft.now);
  const reportedPayments =
    payment === null || opening.reportedPayments.includes(payment.paymentId)
      ? opening.reportedPayments
      : [...opening.reportedPayments, payment.paymentId].slice(-5);
  update(draft, { opening: { ...opening, reportedPayments } });
  explain(draft, "opening.read_first", `${why}: Dodo is read to find what is owed`);
  // The second read has its own time; a webhook in between does not bring it forward.
  if (opening.reads === 0 || draft.recovery.attention.length > 0) startRead(draft, "what is owed");
}

type FoundDebts = Exclude<OpeningFinding, { readonly kind: "none" }>;

/** Concludes an opening from a read, or schedules the next one. */
export function concludeOpening(draft: DecisionDraft, evidence: Evidence): void {
  const { opening, attention } = draft.recovery;
  if (opening === null) return;
  const reads = opening.reads + 1;
  // This read raises the questions of the last one again if it finds their causes.
  resolveAttention(
    draft,
    attention.map(({ cause }) => cause),
  );
  update(draft, { opening: { ...opening, reads, nextAt: null } });
  if (concludeLateRequest(draft, evidence)) return;
  const { subscription } = evidence;
  if (subscription.optedOut)
    return endAsNothingOwed(
      draft,
      "opening.opted_out",
      "the subscription's metadata has reprise = off",
    );
  if (subscription.access === "starting" || subscription.access === "never_started") {
    return endAsNothingOwed(
      draft,
      "opening.first_payment",
      `the subscription is ${subscription.dodoStatus}`,
    );
  }
  const found = findDebts(evidence, draft);
  if (found.kind === "none") return handleNoDebt(draft, evidence, reads, found);
  if (reads < NOTHING_OWED_READS) return readAgain(draft, opening, found, evidence);
  const candidates = found.kind === "debts" ? [found.current.first.paymentId] : found.candidates;
  update(draft, { opening: { ...opening, reads, nextAt: null, candidates } });
  if (hasEnded(subscription.access)) return endAsCancelled(draft, found, evidence);
  if (found.kind === "unclear") {
    explain(draft, "opening.unclear", describeAlert(found.alert));
    return raiseAttention(draft, found.alert);
  }
  openDebts(draft, found, evidence);
  resumeOpenAttempts(draft, evidence.payments);
  followEarlierCharge(draft, evidence);
  reconcile(draft, evidence.payments, true);
  const { debt, charge, settlement, plan, customerAction, observing } = draft.recovery;
  if (debt === null || settlement !== null || observing !== null) return;
  if (charge === null && plan === null && customerAction === null) planAfterDecline(draft);
  if (evidence.disputeId != null) askAboutDispute(draft, evidence.disputeId);
}

/** A customer who disputed a payment is charged only after a person agrees. @source docs/RECOVERY.md, "Debts" */
function askAboutDispute(draft: DecisionDraft, disputeId: string): void {
  explain(draft, "opening.disputed", `this customer disputed a payment (${disputeId})`);
  raiseAttention(draft, { cause: "recent_dispute", disputeId });
}

/** The subscription ended before anything could be collected: records the debt, and ends it. */
function endAsCancelled(draft: DecisionDraft, found: FoundDebts, evidence: Evidence): void {
  if (found.kind === "debts") openDebts(draft, found, evidence);
  const reason = `the subscription is ${evidence.subscription.dodoStatus}`;
  const end = { outcome: "cancelled", by: "dodo", rule: "subscription.ended", reason } as const;
  endDebt(draft, end, "subscription");
}

/** Why nothing is owed, in words. */
const NOTHING_OWED: Readonly<Record<NothingOwedCause, string>> = {
  paid_since: "the failed payment was paid since",
  ended_earlier: "the debt of every failed payment has ended",
  too_old: "the failed payment is older than the window",
  no_failure: "there is no failed payment",
};

/** What a first read found, in words. */
const FOUND = { debts: "a failed payment is unpaid", unclear: "what is owed is unclear" } as const;

function readAgain(
  draft: DecisionDraft,
  opening: Opening,
  found: FoundDebts,
  evidence: Evidence,
): void {
  const nextAt = Math.max(opening.since + draft.policy.openingRereadMs, draft.now + 1);
  const lineItemsOf = lineItemsToRead(draft, found, evidence);
  update(draft, {
    opening: {
      ...opening,
      reads: opening.reads + 1,
      nextAt,
      ...(lineItemsOf.length === 0 ? {} : { lineItemsOf }),
    },
  });
  explain(draft, "opening.read_again", `${FOUND[found.kind]}; Dodo is read once more`);
}

/** How many payments' line items one read fetches, at most. */
const LINE_ITEMS_MAX = 5;

/** The failures whose price the first read does not show. Dodo's manual retry of a scheduled subscription needs none. */
function lineItemsToRead(
  draft: DecisionDraft,
  found: FoundDebts,
  { payments, subscription }: Evidence,
): readonly PaymentId[] {
  if (subscription.onDemand === false) return [];
  const ids =
    found.kind === "debts"
      ? [found.current, ...found.queued].map(({ first }) => first.paymentId)
      : found.candidates;
  const facts: PriceFacts = priceFactsOf(draft, subscription, payments);
  const failures = payments.filter(({ paymentId }) => ids.includes(paymentId));
  return lineItemsWanted(failures, facts).slice(0, LINE_ITEMS_MAX);
}

function handleNoDebt(
  draft: DecisionDraft,
  evidence: Evidence,
  reads: number,
  { cause, isKnown }: OpeningFinding & { readonly kind: "none" },
): void {
  const { subscription } = evidence;
  const { opening } = draft.recovery;
  if (opening === null) return;
  const held =
    awaitsPayment(subscription.access) && !isKnown && !isHoldOfQueuedRequest(draft, evidence);
  if (reads < (held ? HOLD_READS : NOTHING_OWED_READS)) {
    const gaps = [draft.policy.openingRereadMs, ...draft.policy.retry.followUpMs];
    const nextAt = draft.now + (gaps[Math.min(reads - 1, gaps.length - 1)] ?? 1);
    update(draft, { opening: { ...opening, nextAt } });
    explain(draft, "opening.read_again", `${NOTHING_OWED[cause]}; Dodo is read once more`);
    return;
  }
  if (!held) return startQueuedRequests(draft, evidence, cause);
  const pause = subscription.pausedAt === null ? "" : " after a pause, which may be unsettled";
  explain(
    draft,
    "opening.hold_without_payment",
    `${subscription.dodoStatus}${pause}: ${NOTHING_OWED[cause]}`,
  );
  raiseAttention(draft, { cause: "hold_without_payment", status: subscription.dodoStatus });
}

/** An earlier attempt of a queued requested charge explains the hold: that charge continues. */
function isHoldOfQueuedRequest({ recovery }: DecisionDraft, { payments }: Evidence): boolean {
  return recovery.queue.some(({ debt }) => paymentsWithKeyOf(debt.id, payments).length > 0);
}

/** Nothing has failed: starts the queued requested charges with what was just read. */
function startQueuedRequests(
  draft: DecisionDraft,
  evidence: Evidence,
  cause: NothingOwedCause,
): void {
  if (draft.recovery.queue.length === 0)
    return endAsNothingOwed(draft, "opening.nothing_owed", NOTHING_OWED[cause], cause);
  update(draft, { opening: null });
  activateNextDebt(draft, "read");
  resumeRequestedCharge(draft, evidence);
  followEarlierCharge(draft, evidence);
  reconcile(draft, evidence.payments, true);
  endWithSubscription(draft, evidence.subscription);
  const { debt, settlement } = draft.recovery;
  if (debt !== null && settlement === null && evidence.disputeId != null)
    askAboutDispute(draft, evidence.disputeId);
}

export function endAsNothingOwed(
  draft: DecisionDraft,
  rule: RuleId,
  reason: string,
  nothingOwed?: NothingOwedCause,
): void {
  const cause = nothingOwed === undefined ? {} : { nothingOwed };
  endDebt(draft, { outcome: "nothing_owed", by: null, rule, reason, ...cause });
}

/** Opens the oldest debt, and queues the others. */
function openDebts(
  draft: DecisionDraft,
  { current, queued }: OpeningFinding & { readonly kind: "debts" },
  { payments, subscription }: Evidence,
): void {
  const { first, retries } = current;
  const debt = debtFromPayment(first, priceFactsOf(draft, subscription, payments));
  const { imported: given } = draft.recovery;
  // What failed after the import of a stopped run was not imported.
  const imported = given !== null && first.createdAt <= given.at ? given : null;
  update(draft, {
    opening: null,
    debt,
    attempts: attemptsFromPayments(current, payments, subscription, draft.now),
    // An import counts as the first work on a debt, which may be older than a window.
    imported,
    activatedAt: imported?.at ?? null,
    windowEndsAt: (imported?.at ?? first.createdAt) + draft.policy.windowMs,
    // A pause that began before the debt was known stops its window too.
    windowStoppedAt: draft.recovery.paused === null ? null : draft.now,
    wasHeld: awaitsPayment(subscription.access),
  });
  explain(draft, "opening.debt", `${describeOwed(debt)} is owed since ${first.paymentId} failed`);
  for (const { paymentId } of retries) {
    // Presumed to be the merchant's or Dodo's own retry: one debt, one charge.
    markHandled(draft, paymentId);
    if (subscription.onDemand)
      notifyOperator(draft, { cause: "second_debt", debtId: debtIdOf(paymentId) });
  }
  for (const one of queued) enqueue(draft, one, payments, { awaitsAnswer: false });
}

/** May a reported payment open a new debt in a run whose debts have ended? */
export function canReopenFor(recovery: Recovery, payment: Payment): boolean {
  const known = closedPaymentIds({ debts: recovery.ended }).includes(payment.paymentId);
  return !known && payment.state !== "succeeded" && payment.attemptKey === null;
}
