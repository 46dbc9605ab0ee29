import { dropLink, wantLink } from "./charge/payment-link.ts";
import { close, endDebt, endNow } from "./debt/ending.ts";
import { answerAsked } from "./debt/queue.ts";
import { classifyDecline } from "./declines/decline.ts";
import {
  answer,
  because,
  release,
  reply,
  restartWindow,
  startRead,
  stopWindow,
  type Turn,
  update,
} from "./draft/draft.ts";
import { planned, replan } from "./schedule/plan.ts";
import { ATTENTION_CAUSES, type AttentionCause } from "./state/attention.ts";
import type { Command, CustomerCommand, RefusalCode } from "./state/command.ts";
import type { Closing } from "./state/debt.ts";
import type { CommandGiven } from "./state/event.ts";
import {
  asks,
  isChargeable,
  isHeld,
  isMethodBarred,
  isPending,
  latestAttempt,
} from "./state/facts.ts";
import type { Recovery } from "./state/recovery.ts";
import { parsePaymentId } from "./values/ids.ts";

/** A person's word, under their name. */
type OperatorCommand = Exclude<Command, CustomerCommand>;

type Refusal = { readonly code: RefusalCode; readonly reason: string };

const no = (code: RefusalCode, reason: string): Refusal => ({ code, reason });

/**
 * Why a command does not apply now, or null where it does. The same function validates Temporal's updates
 * before they are accepted and decides them afterwards.
 */
export function refusalOf(recovery: Recovery, command: Command): Refusal | null {
  if (command.action === "create_payment_link") return linkRefusal(recovery, command.debtId);
  if (command.action === "stop_reminders") return debtRefusal(recovery, command.debtId);
  if (recovery.debt === null && recovery.opening === null) {
    return no("nothing_owed", "no debt is open in this recovery");
  }
  if (recovery.closing !== null && !mayEndNow(recovery, command)) {
    return no("not_now", `it is ending: ${recovery.closing.reason}`);
  }
  switch (command.action) {
    case "pause":
      return recovery.paused === null ? null : no("not_applicable", "it is paused already");
    case "resume":
      return recovery.paused !== null || recovery.attention.length > 0
        ? null
        : no("not_applicable", "it is neither paused nor waiting for a person");
    case "retry_now":
      return retryRefusal(recovery, command.confirmedAbsent);
    case "mark_paid":
      return paidRefusal(recovery);
    case "write_off":
      return recovery.paid === null ? null : no("nothing_owed", "the debt is paid");
  }
}

/** What an end waits for has been open for too long: a person who has looked may end it all the same. */
function mayEndNow(recovery: Recovery, { action }: Command): boolean {
  const isEnd = action === "write_off" || action === "mark_paid";
  return isEnd && asks(recovery, "outcome_deadline");
}

function paidRefusal(recovery: Recovery): Refusal | null {
  if (recovery.paid !== null) return no("nothing_owed", "the debt is paid already");
  const isAsked = recovery.attention.length > 0;
  return recovery.debt === null && !isAsked
    ? no("not_now", "the debt has not been read yet")
    : null;
}

function retryRefusal(recovery: Recovery, confirmedAbsent: boolean): Refusal | null {
  const { debt, charge, paid, link } = recovery;
  if (paid !== null) return no("nothing_owed", "the debt is paid");
  if (debt === null) return no("not_now", "the debt has not been read yet");
  if (!debt.chargeable) return no("not_applicable", "this debt can be paid by the customer only");
  if (charge !== null && charge.standing !== "unknown") {
    return no("being_processed", `attempt ${charge.number} is in flight`);
  }
  if (charge !== null && !confirmedAbsent) {
    return no(
      "being_processed",
      `attempt ${charge.number} may have happened: look in Dodo, then say confirmedAbsent`,
    );
  }
  if (link !== null) return no("being_processed", "the customer has a page to pay on");
  const { watch, subscription, attention } = recovery;
  if (watch !== null && watch.why !== "fence" && watch.why !== "evidence") {
    return no("being_processed", "a payment of this subscription is open");
  }
  if (recovery.observing !== null) {
    return no("not_applicable", "Dodo's own retries own this debt: it is observed");
  }
  if (!isChargeable(recovery)) return no("not_applicable", whyNotChargeable(subscription));
  const question = attention.find(({ cause }) => !ATTENTION_CAUSES[cause].retryAllowed);
  if (question !== undefined) {
    return no(
      "not_now",
      `first resume, mark as paid or write off: ${ATTENTION_CAUSES[question.cause].text}`,
    );
  }
  return isMethodBarred(recovery) ? barredRefusal(recovery) : null;
}

function whyNotChargeable(subscription: Recovery["subscription"]): string {
  if (subscription === null) return "the subscription is not read yet";
  if (subscription.cancelAtNextBillingDate) return "its cancellation is scheduled";
  return `the subscription is ${subscription.status ?? "without a status"}`;
}

function barredRefusal(recovery: Recovery): Refusal {
  const { code } = classifyDecline(latestAttempt(recovery)?.declineCode ?? null, {});
  return no("barred", `this card is never charged again (last decline: ${code})`);
}

/** A link in a mail is for one debt, and of no use after it. */
function debtRefusal(recovery: Recovery, debtId: string | null): Refusal | null {
  const { debt, paid, closing } = recovery;
  if (recovery.opening !== null) return no("not_now", "the debt has not been read yet");
  if (debt === null || paid !== null) return no("nothing_owed", "nothing is owed");
  if (debtId !== null && debtId !== debt.id)
    return no("stale_link", "this link is for another debt");
  return closing === null ? null : no("nothing_owed", closing.reason);
}

function linkRefusal(recovery: Recovery, debtId: string | null): Refusal | null {
  const { charge, attention, watch } = recovery;
  const refusal = debtRefusal(recovery, debtId);
  if (refusal !== null) return refusal;
  if (recovery.observing !== null) return no("not_now", "Dodo itself recovers this payment");
  if (charge !== null) return no("being_processed", "a payment is being processed");
  if (watch?.why === "open_payment" || watch?.why === "pending_payment") {
    return no("being_processed", "a payment is being processed");
  }
  if (attention.some(({ cause }) => !ATTENTION_CAUSES[cause].linkAllowed)) {
    return no("not_now", "it waits for a person");
  }
  return null;
}

/** An operator's word, or the customer's button. Every command is answered. */
export function onCommand(turn: Turn, { commandId, command }: CommandGiven): void {
  const refusal = refusalOf(turn.recovery, command);
  if (refusal !== null) {
    reply(turn, commandId, { ok: false, ...refusal });
    because(turn, "operator.refused", `${command.action}: ${refusal.reason}`);
    return;
  }
  if (command.action === "create_payment_link") {
    wantLink(turn, commandId);
    return;
  }
  if (command.action === "stop_reminders") {
    update(turn, { remindersOff: true });
    because(turn, "notice.reminders_stopped", "asked by the link in a mail");
    reply(turn, commandId, { ok: true });
    return;
  }
  because(turn, "operator.command", describe(command));
  perform(turn, command);
  reply(turn, commandId, { ok: true });
}

function describe(command: OperatorCommand): string {
  return `${command.action} by ${command.by}${command.note === "" ? "" : `: ${command.note}`}`;
}

function perform(turn: Turn, command: OperatorCommand): void {
  switch (command.action) {
    case "pause":
      update(turn, { paused: { since: turn.now, by: command.by } });
      stopWindow(turn);
      if (turn.recovery.charge?.standing === "started")
        turn.effects.push({ kind: "withdraw_charge" });
      return;
    case "resume":
      resume(turn, command);
      return;
    case "retry_now":
      retryNow(turn);
      return;
    case "mark_paid":
      end(turn, closingBy(command, "recovered", "marked as paid"));
      return;
    case "write_off":
      end(turn, closingBy(command, "written_off", "written off"));
      return;
  }
}

function end(turn: Turn, closing: Closing): void {
  if (asks(turn.recovery, "outcome_deadline")) endNow(turn, closing);
  else close(turn, closing);
}

function closingBy(
  command: { readonly by: string; readonly note: string },
  outcome: Closing["outcome"],
  what: string,
): Closing {
  const note = command.note === "" ? "" : `: ${command.note}`;
  return {
    outcome,
    scope: "debt",
    by: "operator",
    who: command.by,
    rule: "operator.command",
    reason: `${what} by ${command.by}${note}`,
  };
}

/**
 * A pause is lifted; where there is none, the open questions are answered: what was found then does not hold the
 * recovery again. Never both at once, as a person who lifts a pause may not have seen a question that came meanwhile.
 */
function resume(turn: Turn, command: Command & { readonly action: "resume" }): void {
  const { paused, attention } = turn.recovery;
  if (paused === null) {
    answerSecondDebts(turn, command);
    answerQuestions(
      turn,
      attention.map(({ cause }) => cause),
    );
  } else update(turn, { paused: null });
  restartWindow(turn);
  const { opening } = turn.recovery;
  if (opening !== null && !isPending(turn.recovery, "read")) {
    const areSeparate = opening.areSeparate || command.newDebt === true;
    update(turn, { opening: { ...opening, reads: 0, nextAt: null, areSeparate } });
  }
  startRead(turn, "resumed");
  replan(turn);
}

/** Failures of which it was asked whether each is a debt of its own: not so, unless the answer says so. */
function answerSecondDebts(turn: Turn, command: Command & { readonly action: "resume" }): void {
  const { by, newDebt = false } = command;
  const { attention, debt } = turn.recovery;
  const asked = attention
    .filter(({ cause }) => cause === "second_debt")
    .map(({ detail }) => detail);
  answerAsked(turn, asked, newDebt);
  if (debt === null || newDebt || !asked.includes(debt.id)) return;
  endDebt(turn, {
    outcome: "nothing_owed",
    by: "operator",
    who: by,
    rule: "operator.command",
    reason: `another try of the debt before it, says ${by}`,
  });
}

function answerQuestions(turn: Turn, causes: readonly AttentionCause[]): void {
  for (const { cause, detail } of turn.recovery.attention) {
    const paymentId = parsePaymentId(detail);
    if (cause !== "foreign_success" || paymentId === null) continue;
    answer(turn, paymentId);
    // That payment is also what brought the subscription back.
    update(turn, { heldSeen: isHeld(turn.recovery) });
  }
  const isStale = asks(turn.recovery, "outcome_deadline") && turn.recovery.link !== null;
  release(turn, causes);
  if (isStale) dropLink(turn, "a person has looked at the customer's page");
}

function retryNow(turn: Turn): void {
  const { charge, attention } = turn.recovery;
  const number = charge?.number ?? (latestAttempt(turn.recovery)?.number ?? 0) + 1;
  answerQuestions(
    turn,
    attention.map(({ cause }) => cause),
  );
  update(turn, {
    charge: null,
    watch: null,
    asking: null,
    paused: null,
    plan: planned({ at: turn.now, number, trigger: "operator", announce: false }),
  });
  restartWindow(turn);
}
