import type { SearchAttributeUpdatePair } from "@temporalio/common";
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  currentUpdateInfo,
  defineQuery,
  defineSignal,
  defineUpdate,
  patched,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type { Activities } from "../../activities/index.ts";
import { refusalOf } from "../../domain/commands.ts";
import { type RecoveryResult, resultOf } from "../../domain/debt/result.ts";
import type { Attributes, Decision } from "../../domain/decision/decision.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import {
  initialLoopState,
  type LoopEnvironment,
  type LoopState,
  recover,
} from "../../domain/recover.ts";
import type { Command, CommandReply } from "../../domain/state/command.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import { newRecovery, type Recovery } from "../../domain/state/recovery.ts";
import type { Instant } from "../../domain/values/time.ts";
import {
  type LinkAnswer,
  RECOVERY_EVENT_SIGNAL,
  RECOVERY_QUERY,
  type RecoveryView,
  SEARCH_ATTRIBUTES,
  UPDATES,
} from "../contract.ts";
import { DECIDE_OPTIONS, decided } from "../shared/decided.ts";
import { subscriptionIdIn } from "../shared/inputs.ts";
import { currentDetails, TIMELINE_MAX, type TimelineEntry } from "./details.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import { type ChargeScope, perform } from "./perform.ts";
import { parseLinkInput, parseOperatorInput } from "./update-inputs.ts";

/** What the workflow is started with; the gateway gives the id alone. */
export type RecoveryInput = {
  readonly subscriptionId: string;
  readonly carried?: LoopState;
  readonly timeline?: readonly TimelineEntry[];
};

const recoveryEvent = defineSignal<[DomainEvent]>(RECOVERY_EVENT_SIGNAL);
const recoveryQuery = defineQuery<RecoveryView>(RECOVERY_QUERY);

const { decideRecovery } = proxyLocalActivities<Activities>(DECIDE_OPTIONS);

/** What is decided on, as the Temporal Web UI shows it. */
function summaryOf(event: DomainEvent): string {
  if ("type" in event) return event.type.slice(0, 180);
  return event.kind === "command" ? event.command.action : event.kind;
}

/** Inputs of updates come from people: a bad one is refused before it enters the history. */
type Asked = {
  readonly name: string;
  readonly parse: (input: unknown) => Command;
  readonly description: string;
};

const ASKED: readonly Asked[] = [
  {
    name: UPDATES.pause,
    parse: (input) => ({ action: "pause", ...parseOperatorInput(input) }),
    description: "Stop the recovery until it is resumed; a started charge is awaited. {by, note}",
  },
  {
    name: UPDATES.resume,
    parse: (input) => ({ action: "resume", ...parseOperatorInput(input) }),
    description: "Go on after a pause, or after what needed attention was mended. {by, note}",
  },
  {
    name: UPDATES.retryNow,
    parse: (input) => ({ action: "retry_now", ...parseOperatorInput(input) }),
    description: "Charge now. {by, note, confirmedAbsent}",
  },
  {
    name: UPDATES.markPaid,
    parse: (input) => ({ action: "mark_paid", ...parseOperatorInput(input) }),
    description: "The debt was paid elsewhere: end as recovered. {by, note}",
  },
  {
    name: UPDATES.writeOff,
    parse: (input) => ({ action: "write_off", ...parseOperatorInput(input) }),
    description: "Give the debt up; the subscription is not touched. {by, note}",
  },
  {
    name: UPDATES.stopReminders,
    parse: (input) => ({ action: "stop_reminders", ...parseLinkInput(input) }),
    description: "Write no more reminders of this debt to the customer. {debtId}",
  },
];

/**
 * Right after a local activity the workflow's clock may be another one at replay: where a worker has queries to answer, it
 * records the result with one task and uses it with the next. So the clock does not decide whether there is a timer.
 */
const ALWAYS_A_TIMER = "always-a-timer";

/** Recovers the failed payments of one subscription; one run is open at a time. */
export async function subscriptionRecovery(input: RecoveryInput): Promise<RecoveryResult> {
  const subscriptionId = subscriptionIdIn(input);
  const now = (): Instant => Date.now();
  // Asked first of all, where no local activity has come before.
  const hasTimer = patched(ALWAYS_A_TIMER);
  const begin = input.carried ?? initialLoopState(newRecovery(subscriptionId, now()));
  const desk = createRuntime(begin, input.timeline ?? [], now, hasTimer);
  // The loop outlives Temporal's Cancel: a started charge is awaited, and the end is recorded.
  void CancellationScope.current().cancelRequested.catch(() => {
    desk.inbox.push({ kind: "cancel_requested" });
  });
  const ending = await CancellationScope.nonCancellable(() => recover(begin, desk.world));
  if (ending.kind === "continued") {
    return await continueAsNew<typeof subscriptionRecovery>({
      subscriptionId,
      carried: ending.carried,
      timeline: desk.timeline(),
    });
  }
  return resultOf(ending.recovery);
}

type Runtime = {
  readonly inbox: Inbox;
  readonly world: LoopEnvironment;
  readonly timeline: () => readonly TimelineEntry[];
};

/** Everything a run holds in memory: handlers push into the inbox, the loop takes out of it. */
function createRuntime(
  begin: LoopState,
  lines: readonly TimelineEntry[],
  now: () => Instant,
  hasTimer: boolean,
): Runtime {
  const inbox = createInbox(begin.webhooks);
  const replies = new Map<string, CommandReply>();
  const scope: ChargeScope = { current: null };
  let { recovery, wakeAt, waitingFor } = begin;
  let timeline = [...lines];
  const show = (next: Recovery, decision: Decision): void => {
    recovery = next;
    ({ wakeAt, waitingFor } = decision);
    timeline = [...timeline, { at: now(), rule: decision.rule, reason: decision.reason }].slice(
      -TIMELINE_MAX,
    );
    setCurrentDetails(currentDetails(recovery, waitingFor, wakeAt, timeline));
    if (decision.attributes !== undefined) upsertSearchAttributes(pairsOf(decision.attributes));
  };
  const start = (effect: Effect, next: Recovery): void => {
    if (effect.kind === "reply") replies.set(effect.commandId, effect.reply);
    else if (effect.kind === "withdraw_charge") scope.current?.cancel();
    else void perform(effect, next, now, scope).then((event) => inbox.push(event));
  };
  setHandlers(inbox, replies, () => recovery);
  setHandler(
    recoveryQuery,
    () => ({ recovery, next: { at: wakeAt, what: waitingFor }, timeline }),
    {
      description: "All that is known of the recovery, its next step, and what happened.",
    },
  );
  return { inbox, timeline: () => timeline, world: createWorld(inbox, now, hasTimer, start, show) };
}

function createWorld(
  inbox: Inbox,
  now: () => Instant,
  hasTimer: boolean,
  start: LoopEnvironment["perform"],
  show: LoopEnvironment["show"],
): LoopEnvironment {
  return {
    now,
    next: (...asked) => nextEvent(inbox, now, hasTimer, ...asked),
    inboxIsEmpty: inbox.isEmpty,
    waitingWebhooks: inbox.hintsOnly,
    decide: (recovery, event, at) =>
      decided(() => {
        const options = { ...DECIDE_OPTIONS, summary: summaryOf(event) };
        return decideRecovery.executeWithOptions(options, [{ recovery, event, at }]);
      }),
    perform: start,
    show,
    allCommandsAnswered: allHandlersFinished,
    untilCommandsAnswered: () => condition(() => allHandlersFinished() || !inbox.isEmpty()),
    isHistoryLong: () => workflowInfo().continueAsNewSuggested,
  };
}

async function nextEvent(
  inbox: Inbox,
  now: () => Instant,
  hasTimer: boolean,
  wakeAt: Instant | null,
  waitingFor: string,
  withHints: boolean,
): Promise<DomainEvent> {
  const isReady = (): boolean => inbox.has(withHints);
  if (wakeAt === null) await condition(isReady);
  else if (!isReady() && (hasTimer || wakeAt > now())) {
    const waitMs = Math.max(wakeAt - now(), 1);
    await condition(isReady, waitMs, { summary: waitingFor.slice(0, 180) });
  }
  return inbox.take(withHints) ?? { kind: "timer_fired" };
}

function setHandlers(
  inbox: Inbox,
  replies: Map<string, CommandReply>,
  recovery: () => Recovery,
): void {
  setHandler(recoveryEvent, inbox.push, {
    description: "An event about this subscription, as the gateway translates Dodo's webhooks.",
  });
  const ask = async (command: Command): Promise<CommandReply & { ok: true }> => {
    const commandId = currentUpdateInfo()?.id ?? "";
    inbox.push({ kind: "command", commandId, command });
    await condition(() => replies.has(commandId));
    const reply = replies.get(commandId);
    replies.delete(commandId);
    if (reply?.ok !== true) throw refused(reply);
    return reply;
  };
  const validate = (command: Command): void => {
    const refusal = refusalOf(recovery(), command);
    if (refusal !== null) throw refused({ ok: false, ...refusal });
  };
  for (const { name, parse, description } of ASKED) {
    setHandler(
      defineUpdate<{ state: string }, [unknown]>(name),
      async (input) => {
        await ask(parse(input));
        return { state: recovery().state };
      },
      { description, validator: (input) => validate(parse(input)) },
    );
  }
  const parse = (input: unknown): Command => ({
    action: "create_payment_link",
    ...parseLinkInput(input),
  });
  setHandler(
    defineUpdate<LinkAnswer, [unknown]>(UPDATES.createPaymentLink),
    async (input) => ({ url: (await ask(parse(input))).url ?? "" }),
    {
      description: "Ask Dodo for a page to pay on, or reuse one. {debtId}",
      validator: (input) => validate(parse(input)),
    },
  );
}

function refused(reply: CommandReply | undefined): ApplicationFailure {
  const { code, reason } =
    reply?.ok === false ? reply : ({ code: "not_now", reason: "no answer" } as const);
  return ApplicationFailure.create({ message: reason, type: code, nonRetryable: true });
}

function pairsOf(attributes: Attributes): SearchAttributeUpdatePair[] {
  const { nextAttemptAt, ...others } = attributes;
  const pairs = Object.entries(others).map(
    ([name, value]) =>
      ({ key: SEARCH_ATTRIBUTES[name as keyof typeof others], value }) as SearchAttributeUpdatePair,
  );
  if (nextAttemptAt === undefined) return pairs;
  const value = nextAttemptAt === null ? null : new Date(nextAttemptAt);
  return [...pairs, { key: SEARCH_ATTRIBUTES.nextAttemptAt, value } as SearchAttributeUpdatePair];
}
