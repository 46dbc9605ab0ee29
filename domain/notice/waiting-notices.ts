import { notifyOperator } from "../decision/attention.ts";
import { type DecisionDraft, explain, startEffect, update } from "../decision/draft.ts";
import { noticeFieldsOf } from "../decision/effect.ts";
import type { Step } from "../decision/step.ts";
import type { Policy } from "../policy.ts";
import type { WaitingPayment } from "../state/current-debt.ts";
import type { Debt } from "../state/debt.ts";
import { isPending, noticeKey, quietUntil } from "../state/facts.ts";
import { NOTICE_WORDS, type NoticeStep } from "../state/notice.ts";
import { allowsCharges } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import type { Instant } from "../values/time.ts";

/**
 * The step that asks the person for whom a payment waits: the customer by a notice and a reminder, the operator by an
 * alert. Other notices wait while a payment is open; these are about that payment.
 */
export function waitingPaymentStep(recovery: Recovery, policy: Policy): Step | null {
  const { debt, waitingPayment, latePayment } = recovery;
  if (debt === null || waitingPayment === null || isSilent(recovery)) return null;
  // A late payer has the page open, and gets no mail.
  if (latePayment !== null && waitingPayment.waitsFor === "customer") return null;
  return waitingPayment.waitsFor === "customer"
    ? customerStep(recovery, policy, debt, waitingPayment)
    : merchantStep(recovery, policy, waitingPayment);
}

/** Nobody is asked: the debt is paid or ending, an operator has it, or a read that may change it is under way. */
function isSilent(recovery: Recovery): boolean {
  const { settlement, closing, paused, attention, observing, confirmedDead } = recovery;
  return (
    settlement !== null ||
    closing !== null ||
    paused !== null ||
    attention.length > 0 ||
    observing !== null ||
    confirmedDead !== null ||
    isPending(recovery, "read") ||
    isPending(recovery, "notice")
  );
}

/** `notices.first_soft` after the payment was made: until then it may still end without anybody's help. */
function firstAskedAt({ createdAt, since }: WaitingPayment, { notices }: Policy): Instant {
  return Math.max(since, createdAt + notices.firstSoftMs);
}

type Asked = { readonly at: Instant; readonly key: string; readonly step: NoticeStep };

/** A first notice, and a reminder halfway to `outcome_deadline`, when the operator is asked. */
function customerNotices(waiting: WaitingPayment, policy: Policy): readonly Asked[] {
  const at = firstAskedAt(waiting, policy);
  const deadline = waiting.createdAt + policy.retry.outcomeDeadlineMs;
  const keyOf = (step: NoticeStep): string =>
    noticeKey("confirm_payment", `${waiting.paymentId}.${step}`);
  const first: Asked = { at, key: keyOf("first"), step: "first" };
  if (deadline <= at) return [first];
  const reminderAt = Math.round(at + (deadline - at) / 2);
  return [first, { at: reminderAt, key: keyOf("reminder"), step: "reminder" }];
}

function customerStep(
  recovery: Recovery,
  policy: Policy,
  debt: Debt,
  waiting: WaitingPayment,
): Step | null {
  const { subscription, notices, noticesFrom, remindersOff } = recovery;
  if (subscription === null || !allowsCharges(subscription.access)) return null;
  const due = customerNotices(waiting, policy).find(
    ({ key, step }) => !notices.includes(key) && !(remindersOff && step !== "first"),
  );
  if (due === undefined) return null;
  return {
    at: Math.max(due.at, noticesFrom ?? due.at, quietUntil(recovery)),
    what: NOTICE_WORDS.confirm_payment,
    run: (draft) => askToConfirm(draft, debt, waiting, due),
  };
}

function askToConfirm(
  draft: DecisionDraft,
  debt: Debt,
  { paymentId }: WaitingPayment,
  { key, step }: Asked,
): void {
  const { notices, windowEndsAt } = draft.recovery;
  startEffect(draft, {
    kind: "notice",
    notice: "confirm_payment",
    key,
    ...noticeFieldsOf(debt),
    declineCode: null,
    nextAttemptAt: null,
    windowEndsAt: windowEndsAt ?? draft.now + draft.policy.windowMs,
    withLink: true,
    step,
    waitingPaymentId: paymentId,
  });
  update(draft, { notices: [...notices, key] });
  explain(draft, "notice.due", `${NOTICE_WORDS.confirm_payment} is due: ${paymentId} waits`);
}

function merchantStep(recovery: Recovery, policy: Policy, waiting: WaitingPayment): Step | null {
  const { paymentId } = waiting;
  const isAsked = recovery.alertsSent.some(
    (alert) => alert.cause === "merchant_action_required" && alert.paymentId === paymentId,
  );
  if (isAsked) return null;
  return {
    at: firstAskedAt(waiting, policy),
    what: "the alert about the merchant's action",
    run: (draft) => {
      notifyOperator(draft, { cause: "merchant_action_required", paymentId });
      explain(draft, "payment.needs_merchant", `${paymentId} still waits for the merchant`);
    },
  };
}
