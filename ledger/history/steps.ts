import type { Decision } from "../../domain/decision/decision.ts";
import type { NoticeEffect } from "../../domain/decision/effect.ts";
import type { LoopState } from "../../domain/recover.ts";
import type { OperatorCommand } from "../../domain/state/command.ts";
import type { NoticeOutcome } from "../../domain/state/event.ts";
import { newRecovery, type Recovery, withDefaults } from "../../domain/state/recovery.ts";
import { type EffectId, parseSubscriptionId } from "../../domain/values/ids.ts";
import { UPDATES } from "../../workflows/contract.ts";
import type { DecisionStep } from "../projection/decision-rows.ts";
import type { HistoryRun } from "./history-run.ts";

/** The workflow's input. @source workflows/recovery/subscription-recovery.ts */
type RecoveryInput = {
  readonly subscriptionId: string;
  readonly carried?: Pick<LoopState, "recovery">;
};

/**
 * The decisions of a run, with the recovery before and after each. The state is never recorded: it is the sum of what the
 * decisions changed.
 *
 * @throws for an input that no recovery has
 */
export function stepsOf(run: HistoryRun): readonly DecisionStep[] {
  const { input, beganAt, decisions, updates } = run;
  const { subscriptionId, carried } = input as RecoveryInput;
  const id = parseSubscriptionId(subscriptionId);
  if (id === null) throw new Error("the input of a recovery names no subscription");
  const outcomes = noticeOutcomes(run);
  const noticeOutcome = (effectId: EffectId): NoticeOutcome | null =>
    outcomes.get(effectId) ?? null;
  const commandOf = (updateId: string): OperatorCommand["action"] | null =>
    actionOf(updates.get(updateId));
  let recovery = carried === undefined ? newRecovery(id, beganAt) : withDefaults(carried.recovery);
  return decisions.map(({ at, result }, index) => {
    const decision = result as Decision;
    const before = recovery;
    recovery = afterDecision(before, decision);
    const { rule, effects } = decision;
    const number = index + 1;
    return { number, at, rule, before, after: recovery, effects, noticeOutcome, commandOf };
  });
}

/** The one place that knows how a recorded decision changes a state. */
export function afterDecision(before: Recovery, { changes }: Decision): Recovery {
  return { ...before, ...changes };
}

/** The emails were sent in the order in which the decisions started them. */
function noticeOutcomes({ decisions, notices }: HistoryRun): ReadonlyMap<EffectId, NoticeOutcome> {
  const started = decisions
    .flatMap(({ result }) => (result as Decision).effects)
    .filter((effect) => effect.kind === "notice");
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
