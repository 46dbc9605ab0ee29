import { keepConflict } from "./charge/conflict.ts";
import { inTheWay } from "./charge/in-the-way.ts";
import { closePaymentLink, requestPaymentLink } from "./charge/payment-link.ts";
import { refusedReleasedPayment, confirmDead, releasePayment } from "./charge/released-payment.ts";
import { closeDebt, endDebt, finishClosing } from "./debt/ending.ts";
import { answerQueuedFailures } from "./debt/queue.ts";
import { excludeFromQueued, failuresInQuestion } from "./debt/unattributed.ts";
import { pauseWindow, resolveAttention, resumeWindow } from "./decision/attention.ts";
import { type DecisionDraft, explain, reply, update } from "./decision/draft.ts";
import { startRead } from "./decision/reads.ts";
import { excludePayment, markSeparate } from "./decision/remember.ts";
import { classifyDecline } from "./declines/decline.ts";
import { askLate, canAskLate } from "./evidence/late-request.ts";
import { moveOverdue, newPlan, replan } from "./schedule/plan.ts";
import { ATTENTION_CAUSES, type AttentionCause } from "./state/attention.ts";
import type { Command, OperatorCommand, Refusal, RefusalCode } from "./state/command.ts";
import type { Closing } from "./state/debt.ts";
import type { CommandGiven } from "./state/event.ts";
import {
  hasAttention,
  isChargeable,
  isHeld,
  isMethodBlocked,
  isPending,
  isPriceUnknown,
  latestAttempt,
  nextAttemptNumber,
} from "./state/facts.ts";
import { describeStatus } from "./state/payment.ts";
import type { Recovery } from "./state/recovery.ts";
import { HOUR_MS } from "./values/time.ts";

const refusal = (code: RefusalCode, reason: string): Refusal => ({ code, reason });

const PAID = refusal("nothing_owed", "the debt is already paid");
const NOT_READ = refusal("not_now", "the debt has not been read yet; try again in a moment");

const PRICE_UNKNOWN = refusal(
  "not_applicable",
  "Dodo does not say how much of the failed payment is tax, and a charge could collect the tax twice: leave it to the customer, " +
    "or collect it in Dodo and mark it as paid. If Dodo computes no tax for this account, set `unknown_tax: none` in the policy " +
    "file, for recoveries that open later",
);

/**
 * Why a command does not apply now; null where it applies. Temporal's update validators call this function, and
 * `decide` calls it again when the command's turn comes.
 */
export function refusalOf(recovery: Recovery, command: Command): Refusal | null {
  const found = refusalWithoutCause(recovery, command);
  // A debt that is ending waits for the charge in flight.
  const isWaiting = found?.code === "being_processed" || found?.code === "not_now";
  const cause = isWaiting ? inTheWay(recovery) : null;
  return found === null || cause === null ? found : { ...found, inTheWay: cause };
}

function refusalWithoutCause(recovery: Recovery, command: Command): Refusal | null {
  if (command.action === "create_payment_link") return linkRefusal(recovery, command.debtId);
  if (command.action === "stop_reminders") return debtRefusal(recovery, command.debtId);
  if (recovery.debt === null && recovery.opening === null) {
    return refusal("nothing_owed", "this recovery has no open debt");
  }
  if (recovery.closing !== null && !canEndImmediately(recovery, command)) {
    return refusal("not_now", `the debt is ending already: ${recovery.closing.reason}`);
  }
  switch (command.action) {
    case "pause":
      return recovery.paused === null
        ? null
        : refusal("not_applicable", "the recovery is already paused");
    case "resume":
      return recovery.paused !== null || recovery.attention.length > 0
        ? null
        : refusal("not_applicable", "the recovery is neither paused nor waiting for an answer");
    case "retry_now":
      return command.confirmedDead === true
        ? confirmedDeadRefusal(recovery)
        : retryRefusal(recovery, command.confirmedAbsent);
    case "mark_paid":
      return markPaidRefusal(recovery);
    case "write_off":
      return recovery.settlement === null ? null : PAID;
  }
}

/** What an end waits for has been open for too long: an operator who has checked it may end the debt anyway. */
function canEndImmediately(recovery: Recovery, { action }: Command): boolean {
  const isEnd = action === "write_off" || action === "mark_paid";
  return isEnd && hasAttention(recovery, "outcome_deadline");
}

function markPaidRefusal(recovery: Recovery): Refusal | null {
  if (recovery.settlement !== null) return PAID;
  const isQuestionOpen = recovery.attention.length > 0;
  return recovery.debt === null && !isQuestionOpen ? NOT_READ : null;
}

function retryRefusal(recovery: Recovery, confirmedAbsent: boolean): Refusal | null {
  const { debt, charge, settlement, paymentLink, paused } = recovery;
  if (settlement !== null) return PAID;
  if (debt === null) return NOT_READ;
  // The operator who charges may not know that another one paused it.
  if (paused !== null) return refusal("not_now", `paused by ${paused.by}; resume it first`);
  if (!debt.isChargeable) return refusal("not_applicable", "only the customer can pay this debt");
  if (isPriceUnknown(recovery)) return PRICE_UNKNOWN;
  if (charge !== null && charge.phase !== "unknown") {
    return refusal("being_processed", `attempt ${charge.number} is in flight`);
  }
  if (charge !== null && !confirmedAbsent) {
    return refusal(
      "being_processed",
      `attempt ${charge.number} may have happened; if it is not in Dodo, retry with \`confirmed_absent\` (in Temporal \`confirmedAbsent\`)`,
    );
  }
  if (paymentLink !== null)
    return refusal("being_processed", "the customer has an open payment page");
  const { followUp, subscription, attention } = recovery;
  if (followUp !== null && followUp.reason !== "fence" && followUp.reason !== "evidence") {
    return refusal("being_processed", "a payment of this subscription is open");
  }
  if (recovery.observing !== null) {
    return refusal("not_applicable", "Dodo's own retries collect this debt");
  }
  const refused = refusedReleasedPayment(recovery);
  if (refused !== null) {
    return refusal("being_processed", `Dodo refuses charges until ${refused.paymentId} has ended`);
  }
  if (!isChargeable(recovery)) return refusal("not_applicable", whyNotChargeable(subscription));
  const question = attention.find(({ cause }) => !ATTENTION_CAUSES[cause].retryAllowed);
  if (question !== undefined) {
    return refusal(
      "not_now",
      `a question is open; resume, mark as paid or write off first: ${ATTENTION_CAUSES[question.cause].text}`,
    );
  }
  return isMethodBlocked(recovery) ? blockedMethodRefusal(recovery) : null;
}

const FLAG_UNKNOWN =
  "Dodo does not say whether the subscription is on-demand, or whether its cancellation is scheduled";

/**
 * The waiting payment may be declared dead once it has been open past `outcome_deadline`, and where nothing but that
 * payment is in the way of a charge.
 */
function confirmedDeadRefusal(recovery: Recovery): Refusal | null {
  const { waitingPayment, confirmedDead, charge, followUp, paymentLink, attention } = recovery;
  if (recovery.settlement !== null) return PAID;
  if (waitingPayment === null) {
    return refusal("not_applicable", "no payment waits for the customer or the merchant");
  }
  const { paymentId } = waitingPayment;
  if (confirmedDead !== null) return refusal("being_processed", `${paymentId} is being read`);
  if (recovery.subscription?.onDemand !== true) {
    return refusal("not_applicable", "Dodo's manual retry waits until the payment has ended");
  }
  const isDue = attention.some(
    (question) => question.cause === "outcome_deadline" && question.paymentId === paymentId,
  );
  if (!isDue) {
    return refusal("not_now", `${paymentId} may still be completed; wait for \`outcome_deadline\``);
  }
  return retryRefusal(
    {
      ...recovery,
      attention: attention.filter(({ cause }) => cause !== "outcome_deadline"),
      charge: charge?.paymentId === paymentId ? null : charge,
      followUp: followUp?.reason === "fence" ? followUp : null,
      paymentLink: paymentLink?.paymentId === paymentId ? null : paymentLink,
    },
    false,
  );
}

function whyNotChargeable(subscription: Recovery["subscription"]): string {
  if (subscription === null) return "the subscription has not been read yet";
  const { cancelAtNextBillingDate, onDemand } = subscription;
  if (cancelAtNextBillingDate === true) return "a cancellation is scheduled";
  if (cancelAtNextBillingDate === null || onDemand === null) return FLAG_UNKNOWN;
  return `the subscription is ${describeStatus(subscription)}`;
}

function blockedMethodRefusal(recovery: Recovery): Refusal {
  const { code } = classifyDecline(latestAttempt(recovery)?.declineCode ?? null, {});
  return refusal("method_blocked", `this card must not be charged again (last decline: ${code})`);
}

/** A link in an email is for one debt. */
function debtRefusal(recovery: Recovery, debtId: string | null): Refusal | null {
  const { debt, settlement, closing } = recovery;
  if (recovery.opening !== null) return NOT_READ;
  if (debt === null || settlement !== null) return refusal("nothing_owed", "nothing is owed");
  if (debtId !== null && debtId !== debt.id)
    return refusal("stale_link", "this link is for another debt");
  return closing === null ? null : refusal("nothing_owed", closing.reason);
}

function linkRefusal(recovery: Recovery, debtId: string | null): Refusal | null {
  const { charge, attention, followUp } = recovery;
  if (canAskLate(recovery, debtId)) return null;
  const debtProblem = debtRefusal(recovery, debtId);
  if (debtProblem !== null) return debtProblem;
  if (recovery.observing !== null)
    return refusal("not_now", "Dodo's own retries collect this debt");
  if (recovery.latePayment !== null && recovery.subscription?.access !== "held")
    return refusal("not_payable", "the subscription is no longer on hold");
  // Its own page, or what the customer can do without one: nothing new is created.
  if (recovery.waitingPayment?.waitsFor === "customer") return null;
  if (charge !== null) return refusal("being_processed", "a payment is being processed");
  if (followUp?.reason === "open_payment" || followUp?.reason === "pending_payment") {
    return refusal("being_processed", "a payment is being processed");
  }
  if (attention.some(({ cause }) => !ATTENTION_CAUSES[cause].linkAllowed)) {
    return refusal("not_now", "the recovery waits for the operator");
  }
  return null;
}

/** Applies or refuses a command of an operator or a customer. Every command gets a reply. */
export function onCommand(draft: DecisionDraft, { commandId, command }: CommandGiven): void {
  const refusal = refusalOf(draft.recovery, command);
  if (refusal !== null) {
    reply(draft, commandId, { ok: false, ...refusal });
    explain(draft, "operator.refused", `${command.action}: ${refusal.reason}`);
    return;
  }
  if (command.action === "create_payment_link") {
    if (draft.recovery.debt === null) askLate(draft, commandId, command.debtId);
    else requestPaymentLink(draft, commandId);
    return;
  }
  if (command.action === "stop_reminders") {
    update(draft, { remindersOff: true });
    explain(draft, "notice.reminders_stopped", "the customer used the link in an email");
    reply(draft, commandId, { ok: true });
    return;
  }
  explain(draft, "operator.command", describe(command));
  if (command.action === "retry_now" && command.confirmedDead === true) {
    confirmDead(draft, commandId, command.by);
    return;
  }
  applyCommand(draft, command);
  reply(draft, commandId, { ok: true });
}

function describe(command: OperatorCommand): string {
  return `${command.action} by ${command.by}${command.note === "" ? "" : `: ${command.note}`}`;
}

function applyCommand(draft: DecisionDraft, command: OperatorCommand): void {
  switch (command.action) {
    case "pause":
      update(draft, { paused: { since: draft.now, by: command.by } });
      pauseWindow(draft);
      if (draft.recovery.charge?.phase === "started")
        draft.effects.push({ kind: "withdraw_charge" });
      return;
    case "resume":
      resume(draft, command);
      return;
    case "retry_now":
      retryNow(draft);
      return;
    case "mark_paid":
      endByOperator(draft, {
        ...closingBy(command, "recovered", "marked as paid"),
        ...paidByAnswer(draft.recovery),
      });
      return;
    case "write_off":
      endByOperator(draft, closingBy(command, "written_off", "written off"));
      return;
  }
}

function endByOperator(draft: DecisionDraft, closing: Closing): void {
  if (!hasAttention(draft.recovery, "outcome_deadline")) return closeDebt(draft, closing);
  const { waitingPayment } = draft.recovery;
  if (waitingPayment !== null) {
    const by = closing.who ?? closing.by;
    releasePayment(draft, waitingPayment, by, `${by} ends the debt`);
  }
  finishClosing(draft, closing);
}

/** The success that was in question; one of several is not known to be the one. */
function paidByAnswer({ attention }: Recovery): Pick<Closing, "paymentId"> {
  const [success, ...others] = attention.filter(({ cause }) => cause === "unattributed_success");
  if (success?.cause !== "unattributed_success" || others.length > 0) return {};
  return { paymentId: success.paymentId };
}

function closingBy(
  command: { readonly by: string; readonly note: string },
  outcome: Closing["outcome"],
  verb: string,
): Closing {
  const note = command.note === "" ? "" : `: ${command.note}`;
  return {
    outcome,
    scope: "debt",
    by: "operator",
    who: command.by,
    rule: "operator.command",
    reason: `${verb} by ${command.by}${note}`,
  };
}

/**
 * Lifts the pause; without a pause, answers all open questions, so that the same findings do not raise them again.
 * Never both at once: an operator who lifts a pause may not have seen a question that came during it.
 */
function resume(draft: DecisionDraft, command: Command & { readonly action: "resume" }): void {
  const { paused, attention } = draft.recovery;
  if (paused === null) {
    answerSecondDebts(draft, command);
    resolveQuestions(
      draft,
      attention.map(({ cause }) => cause),
    );
  } else update(draft, { paused: null });
  resumeWindow(draft);
  const { opening } = draft.recovery;
  if (opening !== null && !isPending(draft.recovery, "read")) {
    const areSeparate = opening.areSeparate || command.newDebt === true;
    update(draft, { opening: { ...opening, reads: 0, nextAt: null, areSeparate } });
  }
  startRead(draft, "resumed");
  replan(draft);
}

/** Answers the question about other failures: `newDebt` says that they are separate debts, else they were retries. */
function answerSecondDebts(
  draft: DecisionDraft,
  command: Command & { readonly action: "resume" },
): void {
  const { by, newDebt = false } = command;
  const { debt } = draft.recovery;
  const debtIds = failuresInQuestion(draft.recovery);
  answerQueuedFailures(draft, debtIds, newDebt);
  if (debt === null || newDebt || !debtIds.includes(debt.id)) return;
  endDebt(draft, {
    outcome: "nothing_owed",
    by: "operator",
    who: by,
    rule: "operator.command",
    reason: `a retry of the debt before it, as answered by ${by}`,
  });
}

function resolveQuestions(draft: DecisionDraft, causes: readonly AttentionCause[]): void {
  for (const question of draft.recovery.attention) {
    if (question.cause === "bought_again") markSeparate(draft, question.paymentId);
    if (question.cause !== "unattributed_success") continue;
    excludePayment(draft, question.paymentId);
    excludeFromQueued(draft, question.paymentId, question.failures ?? []);
    // That payment may also have reactivated the subscription, which then needs no payment of this debt.
    update(draft, { wasHeld: isHeld(draft.recovery) });
  }
  const isPageChecked =
    hasAttention(draft.recovery, "outcome_deadline") && draft.recovery.paymentLink !== null;
  const wasReplaced = hasAttention(draft.recovery, "bought_again");
  resolveAttention(draft, causes);
  if (wasReplaced) announceAgain(draft);
  if (isPageChecked) closePaymentLink(draft, "the operator checked the customer's payment page");
}

/** How long before an attempt its announcement still makes sense. */
const ANNOUNCED_BEFORE_MS = HOUR_MS;

/** The announcement waited for the answer. An attempt whose time has come meanwhile moves, and is announced first. */
function announceAgain(draft: DecisionDraft): void {
  const { plan } = draft.recovery;
  if (plan?.announce !== true || draft.now < plan.at - ANNOUNCED_BEFORE_MS) return;
  moveOverdue(draft);
}

/** Answers the open questions, and makes the next attempt due now. It waits for the end of a pause. */
export function retryNow(draft: DecisionDraft): void {
  const { charge, attention, confirmedAbsentUpTo } = draft.recovery;
  const number = nextAttemptNumber(draft.recovery);
  resolveQuestions(
    draft,
    attention.map(({ cause }) => cause),
  );
  update(draft, {
    charge: null,
    followUp: null,
    customerAction: null,
    confirmedAbsentUpTo: charge?.sentNoLaterThan ?? confirmedAbsentUpTo,
    plan: keepConflict(
      newPlan({ at: draft.now, number, trigger: "operator", announce: false }),
      draft.recovery,
    ),
  });
  resumeWindow(draft);
}
