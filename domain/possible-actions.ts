import { refusalOf } from "./commands.ts";
import { describeOwed } from "./debt/price.ts";
import type { OperatorCommand } from "./state/command.ts";
import { nextAttemptNumber } from "./state/facts.ts";
import type { Recovery } from "./state/recovery.ts";

export type OperatorAction = OperatorCommand["action"];

/** What one command of an operator would do now. */
export type PossibleAction = {
  readonly action: OperatorAction;
  /** False where it would be refused. */
  readonly applies: boolean;
  /** What it would do, or why it would be refused. */
  readonly effect: string;
};

const SOMEBODY = { by: "", note: "" } as const;

const COMMANDS: readonly OperatorCommand[] = [
  { action: "pause", ...SOMEBODY },
  { action: "resume", ...SOMEBODY },
  { action: "retry_now", ...SOMEBODY, confirmedAbsent: false },
  { action: "mark_paid", ...SOMEBODY },
  { action: "write_off", ...SOMEBODY },
];

/**
 * What each command of an operator would do now. A resume lifts a pause or answers the open questions, never both, so every
 * answer to a command says which of the two is next.
 */
export function possibleActions(recovery: Recovery): readonly PossibleAction[] {
  return COMMANDS.map((command) => {
    const { action } = command;
    const refusal = refusalOf(recovery, command);
    if (refusal === null) return { action, applies: true, effect: effectOf(recovery, action) };
    return { action, applies: false, effect: `${refusal.reason}${exceptionOf(recovery, command)}` };
  });
}

/** A payment that waits for a person is in the way of a retry, unless somebody says that it is dead. */
function exceptionOf(recovery: Recovery, command: OperatorCommand): string {
  if (command.action !== "retry_now") return "";
  const isPossible = refusalOf(recovery, { ...command, confirmedDead: true }) === null;
  return isPossible
    ? "; if nobody will complete it, retry with `confirmed_dead` (in Temporal `confirmedDead`)"
    : "";
}

function effectOf(recovery: Recovery, action: OperatorAction): string {
  const { attention, paused } = recovery;
  switch (action) {
    case "pause":
      return "pauses the recovery until it is resumed";
    case "resume":
      if (paused === null) return `answers ${questionsOf(recovery)}, and the recovery continues`;
      return attention.length === 0
        ? "lifts the pause, and the recovery continues"
        : `lifts the pause; a second resume answers ${questionsOf(recovery)}`;
    case "retry_now": {
      const answers = attention.length === 0 ? "" : `, and answers ${questionsOf(recovery)}`;
      return `charges ${nextChargeOf(recovery)} now${answers}`;
    }
    case "mark_paid":
      return "ends the debt as recovered; nothing more is charged";
    case "write_off":
      return "ends the debt as written off; nothing more is charged";
  }
}

function nextChargeOf(recovery: Recovery): string {
  const { debt } = recovery;
  const price = debt === null ? "" : ` of ${describeOwed(debt)}`;
  return `attempt ${nextAttemptNumber(recovery)}${price}`;
}

function questionsOf({ attention }: Recovery): string {
  const causes = attention.map(({ cause }) => cause).join(", ");
  return attention.length === 1
    ? `the open question (${causes})`
    : `the open questions (${causes})`;
}
