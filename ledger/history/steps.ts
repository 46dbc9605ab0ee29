import { type RecordedDecision, replayed, stateAtStart } from "../../domain/decision/recorded.ts";
import type { Effect, NoticeEffect } from "../../domain/decision/effect.ts";
import type { OperatorCommand } from "../../domain/state/command.ts";
import type { NoticeOutcome } from "../../domain/state/event.ts";
import type { EffectId } from "../../domain/values/ids.ts";
import { UPDATES } from "../../workflows/contract.ts";
import type { DecisionStep } from "../projection/decision-rows.ts";
import type { HistoryRun } from "./history-run.ts";

/**
 * The decisions of a run, with the recovery before and after each. The state is never recorded: it is the sum of what the
 * decisions changed.
 *
 * @throws for an input that no recovery has
 */
export function stepsOf(run: HistoryRun): readonly DecisionStep[] {
  const { input, startedAt, decisions, updates } = run;
  const start = stateAtStart(input, startedAt);
  if (start === null) throw new Error("the input of a recovery names no subscription");
  const commandOf = (updateId: string): OperatorCommand["action"] | null =>
    actionOf(updates.get(updateId));
  let recovery = start;
  const made = decisions.map(({ at, result }, index) => {
    const before = recovery;
    const { decision, after } = replayed(before, result as RecordedDecision);
    recovery = after;
    const { rule, effects } = decision;
    return { number: index + 1, at, rule, before, after, effects };
  });
  const outcomes = noticeOutcomes(
    made.flatMap(({ effects }) => effects),
    run,
  );
  const noticeOutcome = (effectId: EffectId): NoticeOutcome | null =>
    outcomes.get(effectId) ?? null;
  return made.map((step) => ({ ...step, noticeOutcome, commandOf }));
}

/** The emails were sent in the order in which the decisions started them. */
function noticeOutcomes(
  effects: readonly Effect[],
  { notices }: HistoryRun,
): ReadonlyMap<EffectId, NoticeOutcome> {
  const started = effects.filter((effect) => effect.kind === "notice");
  const outcomes = new Map<EffectId, NoticeOutcome>();
  const unmatched = [...notices];
  for (const effect of started) {
    const index = unmatched.findIndex(({ input }) => isInputOf(effect, input));
    const [sent] = index < 0 ? [] : unmatched.splice(index, 1);
    if (sent?.result !== undefined) outcomes.set(effect.id, sent.result as NoticeOutcome);
  }
  return outcomes;
}

function isInputOf({ key, debtId }: NoticeEffect, input: unknown): boolean {
  const sent = input as Pick<NoticeEffect, "key" | "debtId">;
  return sent.key === key && sent.debtId === debtId;
}

const ACTIONS: Readonly<Record<string, OperatorCommand["action"]>> = {
  [UPDATES.pause]: "pause",
  [UPDATES.resume]: "resume",
  [UPDATES.retryNow]: "retry_now",
  [UPDATES.markPaid]: "mark_paid",
  [UPDATES.writeOff]: "write_off",
};

function actionOf(name: string | undefined): OperatorCommand["action"] | null {
  return name === undefined ? null : (ACTIONS[name] ?? null);
}
