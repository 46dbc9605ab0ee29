import type { Command } from "commander";
import type { SubscriptionId } from "../../domain/values/ids.ts";
import { type RecoveryAnswer, recoveryAnswer } from "../gateway/answers.ts";
import type { Api } from "../gateway/api.ts";
import { Failure } from "../run/failure.ts";
import { confirm, type Session } from "../run/session.ts";
import { actedText } from "../text/recovery-text.ts";
import { amountText } from "../text/values.ts";
import { apiOf, noteIfStopped } from "./api-session.ts";
import { addExamples } from "./examples.ts";
import { subscriptionArgument } from "./recoveries.ts";
import type { Runner, Work } from "./runner.ts";

type ActionName = "pause" | "resume" | "retry" | "mark-paid" | "write-off";

type ActionOptions = {
  readonly note?: string;
  readonly yes?: boolean;
  readonly confirmedAbsent?: boolean;
  readonly confirmedDead?: boolean;
  readonly newDebt?: boolean;
};

const YES = ["--yes", "do not ask for confirmation"] as const;

/** `pause`, `resume`, `retry`, `mark-paid`, `write-off`. */
export function addActionCommands(program: Command, { run }: Runner): void {
  const add = (name: ActionName, does: string): Command =>
    program
      .command(name)
      .description(does)
      .addArgument(subscriptionArgument())
      .option("--note <text>", "your reason, recorded with your key's name")
      .action(run(act(name)));
  addExamples(add("pause", "Pause a recovery until you resume it"), [
    ["pause sub_123 --note 'asked for time'", "Send no charge and no email until it is resumed"],
  ]);
  const resume = add("resume", "Lift a pause, or answer the open questions").option(
    "--new-debt",
    "the failed payment in question is a debt of its own",
  );
  addExamples(resume, [
    ["resume sub_123", "Lift the pause; a second resume answers a question"],
    ["resume sub_123 --new-debt", "Collect the second failed payment as well"],
  ]);
  const retry = add("retry", "Charge now, ahead of the schedule")
    .option("--confirmed-absent", "you checked: Dodo does not have the unknown charge")
    .option("--confirmed-dead", "you checked: nobody will complete the open payment")
    .option(...YES);
  addExamples(retry, [
    ["retry sub_123", "Charge now"],
    ["retry sub_123 --confirmed-absent", "Send a charge with an unknown outcome again"],
  ]);
  addExamples(add("mark-paid", "End the debt as paid elsewhere").option(...YES), [
    ["mark-paid sub_123 --note 'bank transfer'", "Record a payment outside of Dodo"],
  ]);
  addExamples(add("write-off", "End the debt without a payment").option(...YES), [
    ["write-off sub_123 --note 'agreed by phone'", "Write a debt off, after a question"],
    ["write-off sub_123 --yes", "The same in a script"],
  ]);
}

function act(name: ActionName): Work {
  return async (session: Session, options: ActionOptions, subscriptionId: SubscriptionId) => {
    const api = apiOf(session);
    const question = questionOf(name, options);
    if (question !== null && options.yes !== true) {
      await confirmAction(session, api, name, subscriptionId, question);
    }
    const { note, confirmedAbsent, confirmedDead, newDebt } = options;
    const body = {
      ...(note === undefined ? {} : { note }),
      ...(confirmedAbsent === true ? { confirmed_absent: true } : {}),
      ...(confirmedDead === true ? { confirmed_dead: true } : {}),
      ...(newDebt === true ? { new_debt: true } : {}),
    };
    const recovery = await api.post(`/recoveries/${subscriptionId}/${name}`, recoveryAnswer, {
      body,
      ifLost: `See what it did: reprise show ${subscriptionId}`,
      see: `reprise show ${subscriptionId}`,
    });
    session.print(recovery, () => `${DONE[name]}\n${actedText(recovery, session.paint)}`);
    await noteIfStopped(session, api, recovery);
  };
}

const DONE: Readonly<Record<ActionName, string>> = {
  pause: "Paused.",
  resume: "Resumed.",
  retry: "The charge has started.",
  "mark-paid": "Marked as paid.",
  "write-off": "Written off.",
};

/** What a person confirms; null: the action asks nobody. */
function questionOf(name: ActionName, options: ActionOptions): string | null {
  if (name === "mark-paid") return "This marks the debt as paid; nothing more is charged.";
  if (name === "write-off") return "This writes the debt off; nothing more is charged.";
  const { confirmedAbsent = false, confirmedDead = false } = options;
  const confirms = [
    ...(confirmedAbsent ? ["that Dodo has no payment of the unknown charge"] : []),
    ...(confirmedDead ? ["that nobody will complete the waiting payment"] : []),
  ];
  if (confirms.length === 0) return null;
  return `You confirm ${confirms.join(", and ")}. If it is wrong, the customer pays twice.`;
}

/** Shows first whom and how much it is about. */
async function confirmAction(
  session: Session,
  api: Api,
  name: ActionName,
  subscriptionId: SubscriptionId,
  question: string,
): Promise<void> {
  // Without a terminal nothing is read either.
  if (session.shell.ask === null) return await confirm(session, false, question);
  const recovery = await api.get(`/recoveries/${subscriptionId}`, recoveryAnswer);
  const possible = recovery.actions.find(({ action }) => action === name);
  // A confirmation may lift what is in the way of a retry.
  if (possible?.applies === false && name !== "retry")
    throw new Failure("refused", possible.effect);
  return await confirm(session, false, `${debtText(recovery)} ${question}`);
}

function debtText({ subscription_id: id, customer_id: customer, debt }: RecoveryAnswer): string {
  const who = customer === null ? id : `${id} of ${customer}`;
  const owed = debt === null ? null : amountText(debt.amount, debt.currency);
  return owed === null ? `${who}.` : `${who} owes ${owed}.`;
}
