import type { FoldedDecision } from "../../domain/decision/decision.ts";
import type { Waiting } from "../../domain/inbox.ts";
import type { OperatorCommand } from "../../domain/state/command.ts";
import type { NoticeOutcome } from "../../domain/state/event.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { Instant } from "../../domain/values/time.ts";
import { type DecisionStep, type LedgerRun, rowsOfDecision } from "../projection/decision-rows.ts";
import type { DecisionRows } from "../projection/rows.ts";

/** A decision at the moment when it is made, before any history has it. */
export type MadeDecision = {
  /** From 1 in each run. */
  readonly number: number;
  readonly at: Instant;
  readonly before: Recovery;
  /** What it decided on. */
  readonly events: Waiting["events"];
  readonly decision: FoldedDecision;
};

/** The same step that the run's history tells once the decision is recorded. */
function stepOfMade(made: MadeDecision): DecisionStep {
  const { number, at, before, events, decision } = made;
  const outcomes = new Map<string, NoticeOutcome>();
  const actions = new Map<string, OperatorCommand["action"] | null>();
  // The answer to this command awaited a read of Dodo.
  if (before.confirmedDead != null) actions.set(before.confirmedDead.commandId, "retry_now");
  for (const event of events) {
    if (event.kind === "notice_finished") outcomes.set(event.effectId, event.outcome);
    if (event.kind !== "command") continue;
    const { action } = event.command;
    const isOfCustomer = action === "create_payment_link" || action === "stop_reminders";
    actions.set(event.commandId, isOfCustomer ? null : action);
  }
  return {
    number,
    at,
    rule: decision.rule,
    before,
    after: { ...before, ...decision.changes },
    effects: decision.effects,
    noticeOutcome: (effectId) => outcomes.get(effectId) ?? null,
    commandOf: (commandId) => actions.get(commandId) ?? null,
  };
}

/** What a decision writes. */
export function rowsOfMade(run: LedgerRun, made: MadeDecision): DecisionRows {
  return rowsOfDecision(run, stepOfMade(made));
}
