import { ATTENTION_CAUSES } from "./attention.ts";
import { classifyDecline } from "./decline.ts";
import type { CommandReply, RefusalCode } from "./effect.ts";
import { close } from "./ending.ts";
import type { Command, CommandGiven } from "./event.ts";
import { wantLink } from "./link.ts";
import { replan } from "./plan.ts";
import { isPending, latestAttempt, type Closing, type Recovery } from "./recovery.ts";
import {
  account,
  because,
  reply,
  restartWindow,
  startRead,
  stopWindow,
  update,
  type Turn,
} from "./turn.ts";
import { parsePaymentId } from "./ids.ts";

type Refusal = { readonly code: RefusalCode; readonly reason: string };

const no = (code: RefusalCode, reason: string): Refusal => ({ code, reason });

/**
 * Why a command does not apply now, or null where it does. The same function validates Temporal's updates
 * before they are accepted and decides them afterwards.
 */
export function refusalOf(recovery: Recovery, command: Command): Refusal | null {
  if (command.action === "create_payment_link") return linkRefusal(recovery, command.debtId);
  if (recovery.debt === null && recovery.opening === null) {
    return no("nothing_owed", "no debt is open in this recovery");
  }
  if (recovery.closing !== null) return no("not_now", `it is ending: ${recovery.closing.reason}`);
  switch (command.action) {
    case "pause":
      return recovery.paused === null ? null : no("not_applicable", "it is paused already");
    case "resume":
      return recovery.paused !== null || recovery.attention !== null
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

function paidRefusal(recovery: Recovery): Refusal | null {
  if (recovery.paid !== null) return no("nothing_owed", "the debt is paid already");
  return recovery.debt === null ? no("not_now", "the debt has not been read yet") : null;
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
  if (recovery.watch?.why === "open_payment") {
    return no("being_processed", "a payment of this subscription is open");
  }
  const last = latestAttempt(recovery);
  const decline = classifyDecline(last?.declineCode ?? null, recovery.policy?.codes ?? {});
  const method = recovery.subscription?.methodId ?? null;
  const isSameMethod = method === null || last?.methodId == null || method === last.methodId;
  if (last !== null && decline.handling === "never" && isSameMethod) {
    return no("barred", `${decline.code}: this card is never charged again`);
  }
  return null;
}

function linkRefusal(recovery: Recovery, debtId: string | null): Refusal | null {
  const { debt, paid, charge, closing, attention } = recovery;
  if (recovery.opening !== null) return no("not_now", "the debt has not been read yet");
  if (debt === null || paid !== null) return no("nothing_owed", "nothing is owed");
  if (debtId !== null && debtId !== debt.id)
    return no("stale_link", "this link is for another debt");
  if (closing !== null) return no("nothing_owed", closing.reason);
  if (charge !== null) return no("being_processed", "a payment is being processed");
  if (recovery.watch?.why === "open_payment" || recovery.watch?.why === "pending_payment") {
    return no("being_processed", "a payment is being processed");
  }
  if (attention !== null && !ATTENTION_CAUSES[attention.cause].linkAllowed) {
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
  because(turn, "operator.command", describe(command));
  perform(turn, command);
  const done: CommandReply = { ok: true };
  reply(turn, commandId, done);
}

function describe(command: Exclude<Command, { action: "create_payment_link" }>): string {
  return `${command.action} by ${command.by}${command.note === "" ? "" : `: ${command.note}`}`;
}

function perform(turn: Turn, command: Exclude<Command, { action: "create_payment_link" }>): void {
  switch (command.action) {
    case "pause":
      update(turn, { paused: { since: turn.now, by: command.by } });
      stopWindow(turn);
      if (turn.recovery.charge?.standing === "started")
        turn.effects.push({ kind: "withdraw_charge" });
      return;
    case "resume":
      resume(turn);
      return;
    case "retry_now":
      retryNow(turn);
      return;
    case "mark_paid":
      close(turn, closingBy(command, "recovered", "marked as paid"));
      return;
    case "write_off":
      close(turn, closingBy(command, "written_off", "written off"));
      return;
  }
}

function closingBy(
  command: { readonly by: string; readonly note: string },
  outcome: Closing["outcome"],
  what: string,
): Closing {
  const note = command.note === "" ? "" : `: ${command.note}`;
  return {
    outcome,
    by: "operator",
    who: command.by,
    rule: "operator.command",
    reason: `${what} by ${command.by}${note}`,
  };
}

/** Whatever the person was asked about is answered: what was found then does not hold the recovery again. */
function resume(turn: Turn): void {
  const { attention } = turn.recovery;
  const asked = attention === null ? null : parsePaymentId(attention.detail);
  if (asked !== null && attention?.cause === "foreign_success") account(turn, asked);
  update(turn, { paused: null, attention: null });
  restartWindow(turn);
  if (turn.recovery.opening !== null && !isPending(turn.recovery, "read")) {
    update(turn, { opening: { ...turn.recovery.opening, reads: 0, nextAt: null } });
  }
  startRead(turn, "resumed");
  replan(turn);
}

function retryNow(turn: Turn): void {
  const { charge } = turn.recovery;
  const number = charge?.number ?? (latestAttempt(turn.recovery)?.number ?? 0) + 1;
  update(turn, {
    charge: null,
    watch: null,
    asking: null,
    paused: null,
    attention: null,
    plan: { at: turn.now, number, trigger: "operator", tries: 0, moves: 0 },
  });
  restartWindow(turn);
}
