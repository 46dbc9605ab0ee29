import type { RecordedDecision } from "../../dev/model/runs/records.ts";
import type { OperatorCommand } from "../../domain/state/command.ts";
import type { NoticeOutcome } from "../../domain/state/event.ts";
import { newRecovery } from "../../domain/state/recovery.ts";
import type { EffectId } from "../../domain/values/ids.ts";
import type { DecisionStep, LedgerRun } from "../../ledger/projection/decision-rows.ts";
import type { RunRows } from "../../ledger/projection/rows.ts";
import { rowsOfRun } from "../../ledger/projection/run-rows.ts";

/** A run of the model, as a worker sees it: each decision with its event. */
export type ModelRun = { readonly run: LedgerRun; readonly steps: readonly DecisionStep[] };

/** The runs of a story's recovery. A run that starts anew has its own time of opening. */
export function runsOf(decisions: readonly RecordedDecision[]): readonly ModelRun[] {
  const openings = [...new Set(decisions.map(({ recovery }) => recovery.openedAt))];
  return openings.map((openedAt, index) => {
    const own = decisions.filter(({ recovery }) => recovery.openedAt === openedAt);
    const { recoveryId } = own[0]?.recovery ?? { recoveryId: "" };
    const runId = `run-${index + 1}`;
    return {
      run: { provider: "dodo", recoveryId, runId, startedAt: openedAt },
      steps: own.map((one, position) => stepOf(one, own[position - 1], position + 1)),
    };
  });
}

function stepOf(
  { at, event, decision, recovery: after }: RecordedDecision,
  previous: RecordedDecision | undefined,
  number: number,
): DecisionStep {
  const before = previous?.recovery ?? newRecovery(after.subscriptionId, after.openedAt);
  return {
    number,
    at,
    rule: decision.rule,
    before,
    after,
    effects: decision.effects,
    noticeOutcome: (id: EffectId): NoticeOutcome | null =>
      event.kind === "notice_finished" && event.effectId === id ? event.outcome : null,
    commandOf: (id: string): OperatorCommand["action"] | null => {
      if (event.kind !== "command" || event.commandId !== id) {
        return before.confirmedDead?.commandId === id ? "retry_now" : null;
      }
      const { action } = event.command;
      return action === "create_payment_link" || action === "stop_reminders" ? null : action;
    },
  };
}

export function rowsOf({ run, steps }: ModelRun): RunRows {
  const rows = rowsOfRun(run, steps);
  if (rows === null) throw new Error("the run made no decision");
  return rows;
}
