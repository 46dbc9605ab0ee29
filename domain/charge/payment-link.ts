import { settleDebt } from "../debt/ending.ts";
import { flagQueuedDebts } from "../debt/queue.ts";
import { askAboutSuccess, unattributedSuccessOf } from "../debt/unattributed.ts";
import { notifyOperator, raiseAttention, resolveAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, reply, startEffect, update } from "../decision/draft.ts";
import { followUpAt, startRead } from "../decision/reads.ts";
import { markHandled } from "../decision/remember.ts";
import type { PaymentLink } from "../state/current-debt.ts";
import type { PaymentLinkOutcome } from "../state/event.ts";
import { hasAmount, isOpen, mayHaveAmount, type Payment } from "../state/payment.ts";
import { answerOf, describeAnswer } from "../values/dodo-answer.ts";
import type { PaymentId } from "../values/ids.ts";
import { describeInstant } from "../values/time.ts";
import { paymentWithOwnPage } from "./released-payment.ts";

/** Commands that may wait for one payment page, or for the read before it: no customer presses the button more often. */
export const WAITING_MAX = 20;

/** The customer pressed the button: reuses the open payment page, or asks Dodo for one. */
export function requestPaymentLink(draft: DecisionDraft, commandId: string): void {
  const { paymentLink, debt } = draft.recovery;
  if (debt === null) return;
  if (paymentLink !== null && paymentLink.phase !== "creating" && paymentLink.url !== null) {
    reply(draft, commandId, { ok: true, url: paymentLink.url, expiresAt: paymentLink.expiresAt });
    explain(draft, "payment_link.reused", "the open payment page is reused");
    return;
  }
  if (paymentLink !== null) {
    waitForLink(draft, paymentLink, commandId);
    return;
  }
  const ofPayment = paymentWithOwnPage(draft.recovery);
  const own = ofPayment === null ? {} : { ofPayment };
  const late = draft.recovery.latePayment === null ? {} : { late: true as const };
  startEffect(draft, { kind: "payment_link", debtId: debt.id, ...own, ...late });
  update(draft, {
    paymentLink: {
      phase: "creating",
      createdAt: draft.now,
      url: null,
      paymentId: null,
      expiresAt: null,
      ...own,
      waiting: [commandId],
    },
  });
  explain(
    draft,
    "payment_link.created",
    ofPayment === null
      ? "the customer asked for the payment page"
      : `the customer asked for the page of ${ofPayment}`,
  );
}

function waitForLink(draft: DecisionDraft, link: PaymentLink, commandId: string): void {
  if (link.waiting.length >= WAITING_MAX) {
    reply(draft, commandId, {
      ok: false,
      code: "not_now",
      reason: "the payment page is being created",
    });
    explain(
      draft,
      "payment_link.not_created",
      `${WAITING_MAX} requests already wait for the payment page`,
    );
    return;
  }
  update(draft, { paymentLink: { ...link, waiting: [...link.waiting, commandId] } });
  explain(draft, "payment_link.reused", "the payment page is already being created");
}

/**
 * Applies Dodo's answer, or its absence. A payment page that nobody saw blocks no attempt.
 * @source docs/RECOVERY.md, "Payment links"
 */
export function onPaymentLinkFinished(draft: DecisionDraft, outcome: PaymentLinkOutcome): void {
  const { paymentLink } = draft.recovery;
  if (paymentLink === null || paymentLink.phase !== "creating") {
    explain(draft, "payment_link.not_created", "no payment page was being created");
    return;
  }
  if (paymentLink.ofPayment !== undefined) return onOwnPage(draft, paymentLink.ofPayment, outcome);
  if (outcome.kind === "made") {
    answerWaiting(draft, { ok: true, url: outcome.url, expiresAt: outcome.expiresAt });
    const { url, paymentId, expiresAt } = outcome;
    update(draft, {
      paymentLink: { phase: "open", createdAt: draft.now, url, paymentId, expiresAt, waiting: [] },
      followUp: {
        reason: "payment_link",
        since: draft.now,
        reads: 0,
        nextAt: followUpAt(draft, 0),
      },
    });
    const page =
      paymentId === null
        ? "a payment page without its own payment"
        : `the payment page of ${paymentId}`;
    explain(draft, "payment_link.created", `Dodo created ${page}`);
    return;
  }
  const isPaymentOpen =
    outcome.kind === "not_made" &&
    (outcome.why === "payment_open" || outcome.why === "earlier_charge");
  answerWaiting(draft, {
    ok: false,
    code: isPaymentOpen ? "being_processed" : "not_now",
    reason: isPaymentOpen
      ? "a payment is being processed"
      : "Dodo could not create the payment page",
  });
  update(draft, { paymentLink: null });
  explain(draft, "payment_link.not_created", describe(outcome));
  if (isPaymentOpen) startRead(draft, "the payment that is open");
  // What the last read did not show has to be known before a late payment ends.
  else if (outcome.kind === "not_made" && draft.recovery.latePayment !== null)
    startRead(draft, "why no page was created");
  if (outcome.kind === "refused") {
    // A refused API key concerns the whole account: its charging is stopped, and the operator is notified there.
    if (outcome.meaning !== "account_refused")
      notifyOperator(draft, {
        cause: "refused_request",
        request: "payment_link",
        ...answerOf(outcome),
      });
  }
}

/**
 * Applies the reading of the waiting payment's own page. That page belongs to the payment, so it is no link of its own:
 * the payment is followed as before, and sooner, because the customer is about to complete it.
 */
function onOwnPage(draft: DecisionDraft, paymentId: PaymentId, outcome: PaymentLinkOutcome): void {
  if (outcome.kind === "made") {
    answerWaiting(draft, { ok: true, url: outcome.url, expiresAt: null });
    explain(draft, "payment_link.reused", `the customer goes to the page of ${paymentId}`);
  } else {
    const isWithoutPage = outcome.kind === "not_made" && outcome.why === "no_page";
    answerWaiting(draft, {
      ok: false,
      code: isWithoutPage ? "confirm_with_bank" : "being_processed",
      reason: `the page of ${paymentId} cannot be opened`,
    });
    explain(draft, "payment_link.not_created", `${paymentId}: ${describe(outcome)}`);
  }
  const { followUp } = draft.recovery;
  const sooner = followUpAt(draft, 0);
  update(draft, {
    paymentLink: null,
    ...(followUp === null
      ? {}
      : { followUp: { ...followUp, reads: 0, nextAt: Math.min(followUp.nextAt, sooner) } }),
  });
  if (outcome.kind !== "made") startRead(draft, `the state of ${paymentId}`);
}

function describe(outcome: Exclude<PaymentLinkOutcome, { readonly kind: "made" }>): string {
  if (outcome.kind === "refused")
    return `Dodo refused to create the payment page: ${describeAnswer(outcome)}`;
  if (outcome.kind === "unknown") return outcome.detail;
  return outcome.why === "earlier_charge"
    ? "an earlier run may have sent a charge that Dodo does not list yet"
    : `no payment page is needed: ${outcome.why.replaceAll("_", " ")}`;
}

function answerWaiting(draft: DecisionDraft, message: Parameters<typeof reply>[2]): void {
  for (const commandId of draft.recovery.paymentLink?.waiting ?? [])
    reply(draft, commandId, message);
}

/** Applies the payment page's own payment. It belongs to the debt whatever its amount. @source docs/RECOVERY.md, "Payment links" */
export function onPagePayment(draft: DecisionDraft, payment: Payment): void {
  const { paymentLink, wasHeld } = draft.recovery;
  if (paymentLink === null) return;
  const { paymentId } = payment;
  switch (payment.state) {
    case "succeeded":
      // On a hold it collects the dues. Otherwise it sets up a card for nothing, or a person has to look at it.
      if (wasHeld && hasAmount(payment)) {
        flagQueuedDebts(draft, payment);
        settleDebt(draft, { by: "link", paymentId, rule: "payment.settles" });
        return;
      }
      closePaymentLink(draft, `the customer completed the payment page (${paymentId})`);
      if (mayHaveAmount(payment)) askAboutSuccess(draft, unattributedSuccessOf(payment));
      return;
    case "declined":
    case "cancelled":
      markHandled(draft, paymentId);
      closePaymentLink(draft, `${paymentId} was declined: ${payment.declineCode ?? "no code"}`);
      return;
    case "needs_customer":
    case "needs_merchant":
    case "processing":
      if (paymentLink.phase === "open")
        update(draft, { paymentLink: { ...paymentLink, phase: "in_use" } });
      return;
    case "abandoned":
      return;
  }
}

/** The payment page can no longer be used: attempts continue. */
export function closePaymentLink(draft: DecisionDraft, reason: string): void {
  const { followUp } = draft.recovery;
  update(draft, {
    paymentLink: null,
    ...(followUp?.reason === "payment_link" ? { followUp: null } : {}),
  });
  explain(draft, "payment_link.closed", reason);
  resolveAttention(draft, ["outcome_deadline"]);
}

/** After a complete read: closes the payment page once it has expired with its payment untouched. */
export function checkPaymentLink(draft: DecisionDraft, payments: readonly Payment[]): void {
  const { paymentLink, followUp } = draft.recovery;
  if (paymentLink === null || paymentLink.phase === "creating") return;
  const payment = payments.find(({ paymentId }) => paymentId === paymentLink.paymentId);
  const isTouched = payment !== undefined && isOpen(payment);
  const isExpired = paymentLink.expiresAt !== null && draft.now >= paymentLink.expiresAt;
  if (isExpired && !isTouched) {
    if (paymentLink.paymentId !== null) markHandled(draft, paymentLink.paymentId);
    closePaymentLink(draft, "the payment page expired unused");
    return;
  }
  if (draft.now >= paymentLink.createdAt + draft.policy.retry.outcomeDeadlineMs) {
    raiseAttention(draft, {
      cause: "outcome_deadline",
      paymentId: paymentLink.paymentId,
      attemptKey: null,
    });
  }
  const reads = followUp?.reason === "payment_link" ? followUp.reads + 1 : 1;
  const later = followUpAt(draft, reads);
  const end =
    isExpired || paymentLink.expiresAt === null
      ? later
      : Math.min(later, paymentLink.expiresAt + 1);
  const nextAt = Math.max(end, draft.now + 1);
  update(draft, {
    followUp: { reason: "payment_link", since: paymentLink.createdAt, reads, nextAt },
  });
  const until =
    paymentLink.expiresAt === null ? "the payment ends" : describeInstant(paymentLink.expiresAt);
  explain(draft, "payment_link.open", `the payment page can be used until ${until}`);
}
