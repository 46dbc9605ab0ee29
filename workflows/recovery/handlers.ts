import {
  ApplicationFailure,
  condition,
  currentUpdateInfo,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
} from "@temporalio/workflow";
import { refusalOf } from "../../domain/commands.ts";
import type { Loop, LoopState } from "../../domain/recover.ts";
import type { Command, CommandReply, Refusal } from "../../domain/state/command.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import {
  type LinkAnswer,
  type OperatorAnswer,
  RECOVERY_EVENT_SIGNAL,
  RECOVERY_QUERY,
  type RecoveryView,
  UPDATES,
} from "../contract.ts";
import { answerOf } from "./answer.ts";
import { parseLinkInput, parseOperatorInput } from "./update-inputs.ts";

const recoveryEvent = defineSignal<[DomainEvent]>(RECOVERY_EVENT_SIGNAL);
const recoveryQuery = defineQuery<RecoveryView>(RECOVERY_QUERY);

/** An update and the command that it stands for. */
type CommandUpdate = {
  readonly name: string;
  /** @throws ApplicationFailure `malformed` for input of a wrong type: it never enters the history */
  readonly parse: (input: unknown) => Command;
  readonly description: string;
};

const COMMAND_UPDATES: readonly CommandUpdate[] = [
  {
    name: UPDATES.pause,
    parse: (input) => ({ action: "pause", ...parseOperatorInput(input) }),
    description: "Pause the recovery until it is resumed. A started charge finishes. {by, note}",
  },
  {
    name: UPDATES.resume,
    parse: (input) => ({ action: "resume", ...parseOperatorInput(input) }),
    description:
      "Lift a pause, or else answer the open questions. newDebt: the other failure is a debt of its own. {by, note, newDebt}",
  },
  {
    name: UPDATES.retryNow,
    parse: (input) => ({ action: "retry_now", ...parseOperatorInput(input) }),
    description:
      "Charge now; refused while paused. confirmedAbsent: the unknown charge is not at Dodo. confirmedDead: nobody will complete the waiting payment. {by, …}",
  },
  {
    name: UPDATES.markPaid,
    parse: (input) => ({ action: "mark_paid", ...parseOperatorInput(input) }),
    description: "The debt was paid elsewhere: end it as recovered. {by, note}",
  },
  {
    name: UPDATES.writeOff,
    parse: (input) => ({ action: "write_off", ...parseOperatorInput(input) }),
    description: "Give the debt up. The subscription stays as it is. {by, note}",
  },
  {
    name: UPDATES.stopReminders,
    parse: (input) => ({ action: "stop_reminders", ...parseLinkInput(input) }),
    description: "Send the customer no more reminders about this debt. {debtId}",
  },
];

/** What the handlers use of the run. */
type HandledRun = {
  readonly loop: Loop;
  /** Hands an event to the loop. */
  readonly arrive: (event: DomainEvent) => void;
  /** The state as people see it. */
  readonly shown: () => LoopState;
};

/** Registers the signal, the query and the updates. Handlers hand events to the loop, whose state is read only. */
export function setHandlers(run: HandledRun, replies: Map<string, CommandReply>): void {
  const { loop, arrive, shown } = run;
  setHandler(recoveryEvent, arrive, {
    description: "An event about this subscription, as the gateway translates Dodo's webhooks.",
  });
  setHandler(recoveryQuery, () => viewOf(shown()), {
    description: "The recovery's state, its next step and its latest decisions.",
  });
  for (const { name, parse, description } of COMMAND_UPDATES) {
    setHandler(
      defineUpdate<OperatorAnswer, [unknown]>(name),
      async (input) => {
        await replyTo(parse(input), run, replies);
        return answerOf(loop.state);
      },
      { description, validator: (input) => validate(loop, parse(input)) },
    );
  }
  setHandler(
    defineUpdate<LinkAnswer, [unknown]>(UPDATES.createPaymentLink),
    async (input) => ({ url: (await replyTo(linkCommand(input), run, replies)).url ?? "" }),
    {
      description: "Create a payment link at Dodo, or reuse an open one. {debtId}",
      validator: (input) => validate(loop, linkCommand(input)),
    },
  );
}

function viewOf({ recovery, wakeAt, waitingFor, timeline }: LoopState): RecoveryView {
  return { recovery, next: { at: wakeAt, what: waitingFor }, timeline };
}

function linkCommand(input: unknown): Command {
  return { action: "create_payment_link", ...parseLinkInput(input) };
}

/** @throws ApplicationFailure with the refusal's code: the update is rejected and leaves no history */
function validate({ state: { recovery } }: Loop, command: Command): void {
  const refusal = refusalOf(recovery, command);
  if (refusal !== null) throw failureOf({ ok: false, ...refusal });
}

/** Hands the command to the loop and waits for its reply. */
async function replyTo(
  command: Command,
  { arrive }: HandledRun,
  replies: Map<string, CommandReply>,
): Promise<CommandReply & { ok: true }> {
  const commandId = currentUpdateInfo()?.id ?? "";
  arrive({ kind: "command", commandId, command });
  await condition(() => replies.has(commandId));
  const reply = replies.get(commandId);
  replies.delete(commandId);
  if (reply?.ok !== true) throw failureOf(reply);
  return reply;
}

function failureOf(reply: CommandReply | undefined): ApplicationFailure {
  const refusal: Refusal = reply?.ok === false ? reply : { code: "not_now", reason: "no reply" };
  const { code: type, reason: message, inTheWay } = refusal;
  const details = inTheWay === undefined ? [] : [inTheWay];
  return ApplicationFailure.create({ message, type, details, nonRetryable: true });
}
