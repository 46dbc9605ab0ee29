import { followEarlierCharge } from "../charge/earlier-charges.ts";
import { followReleased } from "../charge/released-payment.ts";
import { resumeRequestedCharge } from "../charge/resume-attempts.ts";
import { endWithSubscription } from "../debt/ending.ts";
import { carriesTax } from "../debt/price.ts";
import { raiseAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { followUpAt, showsWhatWasHinted, startRead } from "../decision/reads.ts";
import { blockMethod } from "../decision/remember.ts";
import { admitRequests, refuseAllAsUnknown } from "../requested-charge/admission.ts";
import { recordMethodResults } from "../schedule/method-results.ts";
import type { ReadOutcome } from "../state/event.ts";
import { isPending, isPriceUnknown } from "../state/facts.ts";
import { awaitsPayment, type Evidence, mayHaveAmount } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { answerOf, describeAnswer } from "../values/dodo-answer.ts";
import { DAY_MS } from "../values/time.ts";
import { concludeLateRead, dropLateRequest } from "./late-payment.ts";
import { concludeOpening, endAsNothingOwed } from "./opening.ts";
import { planOncePriced, resolvePrices } from "./prices.ts";
import { reconcile } from "./reconcile.ts";

/** Applies a read of Dodo: records its facts, then concludes the opening or reconciles the debt. */
export function onRead(draft: DecisionDraft, outcome: ReadOutcome): void {
  if (outcome.kind === "refused") {
    if (outcome.meaning === "not_found" && isOnlyChargeRequest(draft.recovery)) {
      refuseAllAsUnknown(draft);
      return endAsNothingOwed(
        draft,
        "requested_charge.refused",
        "Dodo does not know this subscription",
      );
    }
    explain(draft, "dodo.refused", `Dodo refused a read: ${describeAnswer(outcome)}`);
    dropLateRequest(draft, "not_now", "Dodo refused a read");
    raiseAttention(draft, { cause: "refused_request", request: "read", ...answerOf(outcome) });
    keepFollowUpAhead(draft);
    return;
  }
  const { evidence } = outcome;
  if (showsWhatWasHinted(draft.recovery, evidence.subscription.access)) {
    update(draft, { rereadNeeded: false, hintedAccess: null });
  }
  applyEvidence(draft, evidence);
  if (draft.recovery.debt === null) {
    for (const id of evidence.blockedMethods ?? []) blockMethod(draft, id);
    if (evidence.exhaustedDebts !== undefined)
      update(draft, { exhaustedDebts: evidence.exhaustedDebts });
    continueImport(draft, evidence);
  }
  recordMethodResults(draft, evidence.payments);
  const wasPriceUnknown = isPriceUnknown(draft.recovery);
  resolvePrices(draft, evidence);
  admitRequests(draft, evidence.subscription);
  explain(
    draft,
    "payment.already_known",
    `Dodo was read: ${evidence.subscription.dodoStatus ?? "no status"}`,
  );
  if (draft.recovery.opening !== null) concludeOpening(draft, evidence);
  else if (draft.recovery.latePayment !== null) concludeLateRead(draft, evidence);
  else if (draft.recovery.debt !== null) concludeRead(draft, evidence, wasPriceUnknown);
  followReleased(draft, evidence.payments);
  // An opening schedules its own second read.
  if (draft.recovery.opening !== null) update(draft, { rereadNeeded: false, hintedAccess: null });
  else if (draft.recovery.rereadNeeded) startRead(draft, "an event during the last read");
  keepFollowUpAhead(draft);
}

/** A stopped run had imported debts open, which may be older than a window: this run opens them under the same import. */
function continueImport(draft: DecisionDraft, { stoppedImport }: Evidence): void {
  const { opening, imported } = draft.recovery;
  if (opening === null || imported !== null || stoppedImport === undefined) return;
  update(draft, { imported: stoppedImport });
}

/** Only a requested charge opened this recovery: no failure was reported. */
function isOnlyChargeRequest({ debt, opening, queue, chargeRequests }: Recovery): boolean {
  const isFailureReported = opening === null || opening.reportedPayments.length > 0;
  return debt === null && !isFailureReported && queue.length === 0 && chargeRequests.length > 0;
}

/** Whatever the outcome of a read, the next follow-up is in the future. */
export function keepFollowUpAhead(draft: DecisionDraft): void {
  const { followUp } = draft.recovery;
  if (followUp === null || followUp.nextAt > draft.now || isPending(draft.recovery, "read")) return;
  const reads = followUp.reads + 1;
  update(draft, { followUp: { ...followUp, reads, nextAt: followUpAt(draft, reads) } });
}

/** Records the read's facts, before anything is concluded from them. */
function applyEvidence(draft: DecisionDraft, evidence: Evidence): void {
  const { subscription, payments, readAt } = evidence;
  const month = draft.now - 30 * DAY_MS;
  update(draft, {
    subscription,
    readAt,
    ...(subscription.access === "grace" ? {} : { graceEndsAt: null }),
    wasHeld: draft.recovery.wasHeld || awaitsPayment(subscription.access),
    hasCarriedTax: draft.recovery.hasCarriedTax || payments.some(carriesTax),
    paymentsToAttribute: draft.recovery.paymentsToAttribute.filter(
      (id) => !payments.some(({ paymentId }) => paymentId === id),
    ),
    recentChargesAt: payments
      .filter((payment) => payment.createdAt > month && mayHaveAmount(payment))
      .map(({ createdAt }) => createdAt)
      .slice(-12),
  });
}

function concludeRead(draft: DecisionDraft, evidence: Evidence, wasPriceUnknown: boolean): void {
  const { subscription, payments } = evidence;
  resumeRequestedCharge(draft, evidence);
  followEarlierCharge(draft, evidence);
  reconcile(draft, payments, true);
  endWithSubscription(draft, subscription);
  if (wasPriceUnknown) planOncePriced(draft);
}
