import { settleDebt } from "../debt/ending.ts";
import { flagQueuedDebts } from "../debt/queue.ts";
import { notifyOperator, raiseAttention, resolveAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, reply, startEffect, update } from "../decision/draft.ts";
import { followUpAt } from "../decision/reads.ts";
import { markHandled } from "../decision/remember.ts";
import type { PaymentLink } from "../state/current-debt.ts";
import type { PaymentLinkOutcome } from "../state/event.ts";
import { type Payment, paymentStateOf } from "../state/payment.ts";
import { describeInstant } from "../values/time.ts";

/** How many may wait for one page: a button pressed more often than that is no person. */
const WAITING_MAX = 20;

/** The customer pressed the button: a page that can still be used is used again, else Dodo is asked for one. */
export function requestPaymentLink(draft: DecisionDraft, commandId: string): void {
  const { paymentLink, debt } = draft.recovery;
  if (debt === null) return;
  if (paymentLink !== null && paymentLink.phase !== "creating" && paymentLink.url !== null) {
    reply(draft, commandId, { ok: true, url: paymentLink.url, expiresAt: paymentLink.expiresAt });
    explain(draft, "payment_link.reused", "the page made before can still be used");
    return;
  }
  if (paymentLink !== null) {
    waitForLink(draft, paymentLink, commandId);
    return;
  }
  startEffect(draft, { kind: "payment_link", debtId: debt.id });
  update(draft, {
    paymentLink: {
      phase: "creating",
      createdAt: draft.now,
      url: null,
      paymentId: null,
      expiresAt: null,
      waiting: [commandId],
    },
  });
  explain(draft, "payment_link.created", "the customer wants to pay");
}

function waitForLink(draft: DecisionDraft, link: PaymentLink, commandId: string): void {
  if (link.waiting.length >= WAITING_MAX) {
    reply(draft, commandId, { ok: false, code: "not_now", reason: "the page is being made" });
    explain(draft, "payment_link.not_created", "too many wait for the page");
    return;
  }
  update(draft, { paymentLink: { ...link, waiting: [...link.waiting, commandId] } });
  explain(draft, "payment_link.reused", "a page is being made");
}

/** Dodo answered, or did not. A page that nobody saw bars nothing. @source design, "The fence" */
export function onPaymentLinkFinished(draft: DecisionDraft, outcome: PaymentLinkOutcome): void {
  const { paymentLink } = draft.recovery;
  if (paymentLink === null || paymentLink.phase !== "creating") {
    explain(draft, "payment_link.not_created", "nobody waits for the page any more");
    return;
  }
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
    explain(draft, "payment_link.created", paymentId ?? "a page without a payment of its own");
    return;
  }
  answerWaiting(draft, { ok: false, code: "not_now", reason: "Dodo could not make the page" });
  update(draft, { paymentLink: null });
  explain(draft, "payment_link.not_created", describe(outcome));
  if (outcome.kind === "refused") {
    // The key is not this recovery's matter: charging is stopped for the whole account, and the operator told.
    const isAccount = outcome.httpStatus === 401 || outcome.httpStatus === 403;
    if (!isAccount)
      notifyOperator(draft, {
        cause: "refused_request",
        request: "payment_link",
        code: outcome.code,
      });
  }
}

function describe(outcome: Exclude<PaymentLinkOutcome, { readonly kind: "made" }>): string {
  if (outcome.kind === "refused") return `refused: ${outcome.code}`;
  return outcome.kind === "unknown" ? outcome.detail : `nothing to pay: ${outcome.why}`;
}

function answerWaiting(draft: DecisionDraft, message: Parameters<typeof reply>[2]): void {
  for (const commandId of draft.recovery.paymentLink?.waiting ?? [])
    reply(draft, commandId, message);
}

/** What the link's own payment says. It belongs to the debt whatever its amount. @source design, "Links" */
export function onPagePayment(draft: DecisionDraft, payment: Payment): void {
  const { paymentLink, wasHeld } = draft.recovery;
  if (paymentLink === null) return;
  const { paymentId } = payment;
  switch (paymentStateOf(payment)) {
    case "succeeded":
      // On a hold it is the dues; elsewhere a set-up without an amount, or something a person must look at.
      if (wasHeld && payment.totalMinor > 0) {
        flagQueuedDebts(draft, payment);
        settleDebt(draft, { by: "link", paymentId, rule: "payment.settles" });
        return;
      }
      closePaymentLink(draft, `the customer finished the page (${paymentId})`);
      if (payment.totalMinor > 0)
        raiseAttention(draft, { cause: "unattributed_success", paymentId });
      return;
    case "declined":
      markHandled(draft, paymentId);
      closePaymentLink(draft, `${paymentId} was declined: ${payment.declineCode ?? "no code"}`);
      return;
    case "open":
      if (paymentLink.phase === "open")
        update(draft, { paymentLink: { ...paymentLink, phase: "in_use" } });
      return;
    case "abandoned":
      return;
  }
}

/** The page is over: attempts go on. */
export function closePaymentLink(draft: DecisionDraft, reason: string): void {
  const { followUp } = draft.recovery;
  update(draft, {
    paymentLink: null,
    ...(followUp?.reason === "payment_link" ? { followUp: null } : {}),
  });
  explain(draft, "payment_link.closed", reason);
  resolveAttention(draft, ["outcome_deadline"]);
}

/** After a complete read: the page is over when its time is, and its payment is untouched. */
export function checkPaymentLink(draft: DecisionDraft, payments: readonly Payment[]): void {
  const { paymentLink, followUp } = draft.recovery;
  if (paymentLink === null || paymentLink.phase === "creating") return;
  const payment = payments.find(({ paymentId }) => paymentId === paymentLink.paymentId);
  const isTouched = payment !== undefined && paymentStateOf(payment) === "open";
  const isExpired = paymentLink.expiresAt !== null && draft.now >= paymentLink.expiresAt;
  if (isExpired && !isTouched) {
    if (paymentLink.paymentId !== null) markHandled(draft, paymentLink.paymentId);
    closePaymentLink(draft, "the page expired unused");
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
    paymentLink.expiresAt === null ? "its payment ends" : describeInstant(paymentLink.expiresAt);
  explain(draft, "payment_link.open", `the customer can pay until ${until}`);
}
