import { notifyOperator, raiseAttention } from "../decision/attention.ts";
import { type DecisionDraft, update } from "../decision/draft.ts";
import { readNow } from "../decision/reads.ts";
import type { Step } from "../decision/step.ts";
import type { Policy } from "../policy.ts";
import { attemptValidUntil } from "../schedule/advice-validity.ts";
import { moveAttempt, movedAt, moveOverdue } from "../schedule/plan.ts";
import type { PlannedAttempt } from "../state/attempt.ts";
import type { Recovery } from "../state/recovery.ts";

/**
 * In advise mode the merchant makes the planned attempt. The step is the end of that advice: Dodo is read, since the webhook of the
 * charge may be lost, and an attempt that was not made moves to a later day under the same key.
 * @source docs/RECOVERY.md, "Advise mode"
 */
export function advisedAttemptStep(recovery: Recovery, policy: Policy, plan: PlannedAttempt): Step {
  return {
    at: Math.max(attemptValidUntil(recovery, policy, plan), plan.at),
    what: `the merchant's charge of attempt ${plan.number}`,
    run: (draft) => {
      if (plan.tries === 0) readBeforeMove(draft, plan);
      else moveUntaken(draft, plan);
    },
  };
}

function readBeforeMove(draft: DecisionDraft, plan: PlannedAttempt): void {
  update(draft, { plan: { ...plan, tries: 1 } });
  readNow(draft, `whether attempt ${plan.number} was made`);
}

/** How often one attempt is advised. Then a person is asked, since the merchant's systems do not seem to charge. */
const ADVISED_MAX = 3;

function moveUntaken(draft: DecisionDraft, plan: PlannedAttempt): void {
  const times = plan.moves + 1;
  if (draft.recovery.advised?.standing !== "charge") return moveHeld(draft, plan);
  moveAttempt(draft, movedAt(draft), "not made by the merchant in time", "advice.not_taken");
  const alert = { cause: "advice_not_taken", attempt: plan.number, times } as const;
  if (times === 1) notifyOperator(draft, alert);
  if (times < ADVISED_MAX) return;
  // Once the question is answered, the attempt is advised as often again.
  countMoves(draft, 0);
  raiseAttention(draft, alert);
}

/** Other advice was in force, such as to wait for an answer: the merchant has not missed the attempt. */
function moveHeld(draft: DecisionDraft, { moves }: PlannedAttempt): void {
  moveOverdue(draft);
  countMoves(draft, moves);
}

function countMoves(draft: DecisionDraft, moves: number): void {
  const { plan } = draft.recovery;
  if (plan !== null) update(draft, { plan: { ...plan, moves } });
}
