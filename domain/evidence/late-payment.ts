import { closePaymentLink, onPagePayment, requestPaymentLink } from "../charge/payment-link.ts";
import {
  attributePayment,
  debtContextOf,
  isOpenAndUnreleased,
  releasedForDebt,
} from "../debt/attribution.ts";
import { debtFromPayment } from "../debt/debt-of-payments.ts";
import { endDebt, settleDebt } from "../debt/ending.ts";
import { describeOwed, priceFactsOf } from "../debt/price.ts";
import { raiseAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, reply, update } from "../decision/draft.ts";
import { followUpAt } from "../decision/reads.ts";
import { markHandled } from "../decision/remember.ts";
import type { RefusalCode } from "../state/command.ts";
import type { Debt, EndedDebt } from "../state/debt.ts";
import { isPending, sendsNothing, unattributedPaymentPolicy } from "../state/facts.ts";
import {
  describeStatus,
  type Evidence,
  hasAmount,
  isCollected,
  type Payment,
  type Subscription,
} from "../state/payment.ts";
import type { PaymentId } from "../values/ids.ts";
import { DAY_MS, describeInstant, type Instant } from "../values/time.ts";
import { findDebts } from "./find-debts.ts";
import { exhaustedDebt } from "./late-request.ts";
import { checkReactivation } from "./reactivation.ts";
import { recordWaitingPayment } from "./waiting-payment.ts";

/**
 * Concludes the read that a late payer waits for.
 * @returns false if the opening goes on as usual: another charge has failed, or the debt is not exhausted
 */
export function concludeLateRequest(draft: DecisionDraft, evidence: Evidence): boolean {
  const { opening } = draft.recovery;
  const request = opening?.latePayment;
  if (opening === null || request === undefined) return false;
  if (findDebts(evidence, draft).kind !== "none") {
    dropLateRequest(draft, "stale_link", "another charge of this subscription has failed");
    return false;
  }
  if (opening.reportedPayments.some((id) => !isListed(evidence, id))) {
    dropLateRequest(draft, "being_processed", "Dodo does not show a reported payment yet");
    return false;
  }
  const exhausted = exhaustedDebt(draft.recovery, request.debtId);
  if (exhausted === null) {
    dropLateRequest(draft, "nothing_owed", "no exhausted debt is known under this id");
    return false;
  }
  update(draft, { opening: { ...opening, latePayment: { ...request, waiting: [] } } });
  openExhausted(draft, exhausted, evidence);
  serve(draft, evidence, request.waiting);
  return true;
}

const isListed = ({ payments }: Evidence, id: PaymentId): boolean =>
  payments.some(({ paymentId }) => paymentId === id);

/** Answers the customers who wait for the read, and lets the opening go on without them. */
export function dropLateRequest(draft: DecisionDraft, code: RefusalCode, reason: string): void {
  const { opening } = draft.recovery;
  if (opening?.latePayment === undefined) return;
  const { latePayment, ...rest } = opening;
  refuse(draft, latePayment.waiting, code, reason);
  update(draft, { opening: rest });
}

function refuse(
  draft: DecisionDraft,
  commandIds: readonly string[],
  code: RefusalCode,
  reason: string,
): void {
  for (const id of commandIds) reply(draft, id, { ok: false, code, reason });
  explain(draft, "late_payment.refused", reason);
}

/** Makes the exhausted debt current again, for its customer alone: it has no window and no schedule. */
function openExhausted(draft: DecisionDraft, exhausted: EndedDebt, evidence: Evidence): void {
  update(draft, {
    opening: null,
    debt: debtOf(draft, exhausted, evidence),
    attempts: exhausted.attempts,
    wasHeld: true,
    excludedPayments: paidForOthers(exhausted, evidence),
    latePayment: { followUntil: draft.now, isFollowedByOpening: false },
  });
}

/** Not chargeable: only the customer can pay it. */
function debtOf(draft: DecisionDraft, exhausted: EndedDebt, evidence: Evidence): Debt {
  const { payments, subscription } = evidence;
  const { debtId, amountMinor, currency, attempts, firstFailedAt, endedAt } = exhausted;
  const total = amountMinor ?? 0;
  const failed = payments.find(({ paymentId }) => paymentId === (debtId as string));
  const first = attempts.find(({ paymentId }) => paymentId !== null);
  const known =
    failed !== undefined && hasAmount(failed)
      ? debtFromPayment(failed, priceFactsOf(draft, subscription, payments))
      : null;
  return {
    id: debtId as Debt["id"],
    firstFailedAt: firstFailedAt ?? endedAt,
    priceMinor: known?.priceMinor ?? null,
    currency: currency ?? subscription.currency,
    totalMinor: total,
    failedPaymentId: known?.failedPaymentId ?? first?.paymentId ?? null,
    methodId: known?.methodId ?? first?.methodId ?? null,
    firstDeclineCode: exhausted.firstDeclineCode,
    debtKey: known?.debtKey ?? null,
    isChargeable: false,
  };
}

const SUCCESSES_MAX = 50;

/** Successes that earlier runs have judged: those of other debts, and those that were there when this debt ended. */
function paidForOthers(
  { endedAt, debtId }: EndedDebt,
  { payments, endedDebts }: Evidence,
): readonly string[] {
  return payments
    .filter(({ state, paymentId }) => state === "succeeded" && paymentId !== (debtId as string))
    .filter(
      ({ createdAt, paymentId }) => endedDebts.includes(paymentId) || createdAt < endedAt - DAY_MS,
    )
    .map(({ paymentId }) => paymentId)
    .slice(-SUCCESSES_MAX);
}

/** Gives the customers a page, or says why there is none. */
function serve(
  draft: DecisionDraft,
  { payments, subscription }: Evidence,
  waiting: readonly string[],
): void {
  applyPayments(draft, payments);
  if (draft.recovery.settlement !== null) {
    refuse(draft, waiting, "nothing_owed", "the debt was paid after its end");
    return checkReactivation(draft, payments);
  }
  const open = openPayment(draft, payments);
  if (open !== undefined) {
    refuse(draft, waiting, "being_processed", `${open.paymentId} is being processed`);
    followLatePayment(draft, payments);
    return recordWaitingPayment(draft, payments, true);
  }
  const why = whyNotPayable(draft, subscription, payments);
  if (why !== null) {
    refuse(draft, waiting, "not_payable", why);
    return endUnpaid(draft, why);
  }
  for (const id of waiting) requestPaymentLink(draft, id);
  const { debt } = draft.recovery;
  if (debt !== null)
    explain(draft, "late_payment.offered", `${describeOwed(debt)} can be paid late`);
}

/** Only on a hold does Dodo's page collect what is owed. @source docs/dodo/subscriptions.md, "Payment method update" */
function whyNotPayable(
  draft: DecisionDraft,
  subscription: Subscription,
  payments: readonly Payment[],
): string | null {
  if (sendsNothing(draft.recovery)) return `nothing is sent in ${draft.recovery.mode} mode`;
  if (subscription.optedOut) return "the subscription's metadata has reprise = off";
  if (subscription.access !== "held") return `the subscription is ${describeStatus(subscription)}`;
  const success = unattributedSuccess(draft, payments);
  return success === undefined ? null : `${success.paymentId} may have paid it`;
}

/** Applies a read while a customer pays late. */
export function concludeLateRead(draft: DecisionDraft, evidence: Evidence): void {
  const { payments } = evidence;
  applyPayments(draft, payments);
  const { latePayment, settlement } = draft.recovery;
  if (latePayment !== null && findDebts(evidence, draft).kind !== "none") {
    update(draft, { latePayment: { ...latePayment, isFollowedByOpening: true } });
    explain(draft, "late_payment.followed", "another charge has failed: it comes after this debt");
  }
  if (settlement !== null) return checkReactivation(draft, payments);
  const success = unattributedSuccess(draft, payments);
  if (success !== undefined) {
    const { paymentId } = success;
    explain(draft, "payment.unattributed_success", `${paymentId} succeeded; it is not the page's`);
    raiseAttention(draft, { cause: "unattributed_success", paymentId });
  }
  followLatePayment(draft, payments);
  recordWaitingPayment(draft, payments, true);
}

/** Applies what belongs to this debt: its page, the dues, its attempts, its first payment. */
function applyPayments(draft: DecisionDraft, payments: readonly Payment[]): void {
  for (const payment of payments) {
    const context = debtContextOf(draft.recovery);
    if (context === null) return;
    const { kind } = attributePayment(payment, context);
    if (kind === "payment_link") onPagePayment(draft, payment);
    else if (isCollected(payment)) applySuccess(draft, payment, kind);
  }
}

function applySuccess(
  draft: DecisionDraft,
  payment: Payment,
  kind: ReturnType<typeof attributePayment>["kind"],
): void {
  const { paymentId } = payment;
  if (draft.recovery.settlement?.paymentId === paymentId) return;
  switch (kind) {
    case "dues":
      return settleDebt(draft, { by: "customer", paymentId, rule: "payment.dues_collected" });
    case "first_failure":
      return settleDebt(draft, { by: "customer", paymentId, rule: "payment.settles" });
    case "attempt":
      return settleDebt(draft, { by: "attempt", paymentId, rule: "payment.settles" });
    case "same_debt":
      return settleDebt(draft, { by: "merchant", paymentId, rule: "payment.settles" });
    case "unattributed":
      if (unattributedPaymentPolicy(draft.recovery) !== "same_debt") return;
      return settleDebt(draft, { by: "merchant", paymentId, rule: "payment.settles" });
    case "payment_link":
    case "earlier_payment":
    case "other_debt":
    case "excluded":
    case "handled":
      return;
  }
}

/** A success that nothing ties to a debt, where the policy says to ask a person. */
function unattributedSuccess(
  draft: DecisionDraft,
  payments: readonly Payment[],
): Payment | undefined {
  const context = debtContextOf(draft.recovery);
  if (context === null || context.foreignCharges !== "ask") return undefined;
  return payments.find(
    (payment) => isCollected(payment) && attributePayment(payment, context).kind === "unattributed",
  );
}

function openPayment(
  { recovery }: DecisionDraft,
  payments: readonly Payment[],
): Payment | undefined {
  return payments.find((payment) => isOpenAndUnreleased(payment, releasedForDebt(recovery)));
}

/** Reads on while a payment is open, or a page that was created may still be paid. */
function followLatePayment(draft: DecisionDraft, payments: readonly Payment[]): void {
  const { followUp, paymentLink, latePayment, closing } = draft.recovery;
  if (latePayment === null || paymentLink?.phase === "creating") return;
  const open = openPayment(draft, payments);
  const reads = (followUp?.reads ?? 0) + 1;
  if (open !== undefined) {
    const { paymentId } = open;
    const since = followUp?.paymentId === paymentId ? followUp.since : draft.now;
    const nextAt = followUpAt(draft, reads);
    update(draft, { followUp: { reason: "open_payment", since, reads, nextAt, paymentId } });
    explain(draft, "payment.open", `${paymentId} is ${describeStatus(open)}`);
    if (draft.now >= since + draft.policy.retry.outcomeDeadlineMs)
      raiseAttention(draft, { cause: "outcome_deadline", paymentId, attemptKey: null });
    return;
  }
  if (closing !== null || draft.now >= latePayment.followUntil) {
    if (paymentLink !== null) closePage(draft, "the payment page can no longer be paid");
    update(draft, { followUp: null });
    return;
  }
  followUntilEnd(draft, latePayment.followUntil, reads);
}

function followUntilEnd(draft: DecisionDraft, until: Instant, reads: number): void {
  const nextAt = Math.max(Math.min(followUpAt(draft, reads), until + 1), draft.now + 1);
  const since = draft.recovery.followUp?.since ?? draft.now;
  update(draft, { followUp: { reason: "payment_link", since, reads, nextAt } });
  explain(
    draft,
    "late_payment.followed",
    `the payment page may be paid until ${describeInstant(until)}`,
  );
}

function closePage(draft: DecisionDraft, reason: string): void {
  const { paymentLink } = draft.recovery;
  // A decline on it is no new debt, also if Dodo reports it later.
  if (paymentLink?.paymentId != null) markHandled(draft, paymentLink.paymentId);
  closePaymentLink(draft, reason);
}

/**
 * Runs after every event. Once nothing can pay the debt any more, it ends as it had ended before. A page stays payable after
 * a decline on it, so it is followed until it expires.
 */
export function finishLatePayment(draft: DecisionDraft): void {
  const { debt, latePayment, settlement, closing, paymentLink, followUp, attention } =
    draft.recovery;
  if (debt === null || latePayment === null || settlement !== null || closing !== null) return;
  if (paymentLink !== null) {
    const { createdAt, expiresAt, phase } = paymentLink;
    if (phase === "creating") return;
    const until = expiresAt ?? createdAt + draft.policy.retry.outcomeDeadlineMs;
    const followUntil = Math.max(latePayment.followUntil, until);
    if (followUntil > latePayment.followUntil)
      update(draft, { latePayment: { ...latePayment, followUntil } });
    return;
  }
  if (followUp !== null || attention.length > 0 || isPending(draft.recovery, "read")) return;
  if (draft.now < latePayment.followUntil) return followUntilEnd(draft, latePayment.followUntil, 0);
  endUnpaid(draft, "the customer did not pay late");
}

function endUnpaid(draft: DecisionDraft, reason: string): void {
  endDebt(draft, { outcome: "exhausted", by: "reprise", rule: "late_payment.unpaid", reason });
}
