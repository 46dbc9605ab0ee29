import { type OperatorAction, possibleActions } from "../../domain/possible-actions.ts";
import type { LoopState } from "../../domain/recover.ts";
import { describeAlert } from "../../domain/state/alert.ts";
import { ATTENTION_CAUSES } from "../../domain/state/attention.ts";
import { formatInstant } from "../../domain/values/time.ts";
import { type OperatorAnswer, UPDATES } from "../contract.ts";

/** The update that each action is. */
export const UPDATE_OF: Readonly<Record<OperatorAction, string>> = {
  pause: UPDATES.pause,
  resume: UPDATES.resume,
  retry_now: UPDATES.retryNow,
  mark_paid: UPDATES.markPaid,
  write_off: UPDATES.writeOff,
};

/** What is still open, as the answer to an operator's update. */
export function answerOf({ recovery, wakeAt, waitingFor }: LoopState): OperatorAnswer {
  const updates = possibleActions(recovery).map(({ action, applies, effect }) => [
    UPDATE_OF[action],
    applies ? effect : `refused: ${effect}`,
  ]);
  return {
    state: recovery.state,
    questions: recovery.attention.map((question) => {
      const { text, advice } = ATTENTION_CAUSES[question.cause];
      return { cause: question.cause, text, detail: describeAlert(question), advice };
    }),
    next: { at: wakeAt === null ? null : formatInstant(wakeAt), what: waitingFor },
    updates: Object.fromEntries(updates),
  };
}
