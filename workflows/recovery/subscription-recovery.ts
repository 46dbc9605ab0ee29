import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  proxyLocalActivities,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import { type RecoveryResult, resultOf } from "../../domain/debt/result.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import { whole } from "../../domain/decision/recorded.ts";
import { Inbox } from "../../domain/inbox.ts";
import { previewOf } from "../../domain/preview.ts";
import {
  initialLoopState,
  type Loop,
  type LoopEnvironment,
  type LoopState,
  recover,
} from "../../domain/recover.ts";
import type { CommandReply } from "../../domain/state/command.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import { newRecovery, type Recovery } from "../../domain/state/recovery.ts";
import type { Instant } from "../../domain/values/time.ts";
import { DECIDE_OPTIONS, decided } from "../shared/decided.ts";
import { subscriptionIdIn } from "../shared/inputs.ts";
import { summary } from "../shared/markdown.ts";
import { decisionSummary } from "./decision-summary.ts";
import { currentDetails } from "./details.ts";
import { setHandlers } from "./handlers.ts";
import { type ChargeScope, perform } from "./perform.ts";
import type { RecordedActivities } from "./recorded-inputs.ts";
import { searchAttributePairs } from "./search-attributes.ts";

/** The workflow's input: the subscription's id, and after continue-as-new the state of the previous run. */
export type RecoveryInput = { readonly subscriptionId: string; readonly carried?: LoopState };

const { decideRecovery } = proxyLocalActivities<RecordedActivities>(DECIDE_OPTIONS);

/** Recovers the failed payments of one subscription; one run is open at a time. */
export async function subscriptionRecovery(input: RecoveryInput): Promise<RecoveryResult> {
  const subscriptionId = subscriptionIdIn(input);
  const state = input.carried ?? initialLoopState(newRecovery(subscriptionId, Date.now()));
  const loop: Loop = { state };
  const inbox = new Inbox(state);
  const replies = new Map<string, CommandReply>();
  const run = {
    loop,
    arrive: (event: DomainEvent) => inbox.push(event, Date.now()),
    shown: () => previewOf(loop.state, inbox, Date.now()),
  };
  setHandlers(run, replies);
  // The loop outlives Temporal's Cancel: a started charge is awaited, and the end is recorded.
  void CancellationScope.current().cancelRequested.catch(() => {
    inbox.push({ kind: "cancel_requested" }, Date.now());
  });
  const environment = createEnvironment(loop, inbox, replies);
  const ending = await CancellationScope.nonCancellable(() => recover(loop, environment));
  if (ending === "continued") {
    return await continueAsNew<typeof subscriptionRecovery>({
      subscriptionId,
      carried: loop.state,
    });
  }
  return resultOf(loop.state.recovery);
}

function createEnvironment(
  loop: Loop,
  inbox: Inbox,
  replies: Map<string, CommandReply>,
): LoopEnvironment {
  const scope: ChargeScope = { current: null };
  const start = (effect: Effect, recovery: Recovery): void => {
    if (effect.kind === "reply") replies.set(effect.commandId, effect.reply);
    else if (effect.kind === "withdraw_charge") scope.current?.cancel();
    else {
      void perform(effect, recovery, scope).then((event) => {
        inbox.push(event, Date.now());
        // An event that may wait is shown before it is decided on.
        if (!inbox.has(true, loop.state.mayWait)) showDetails(loop, inbox);
      });
    }
  };
  return {
    now: () => Date.now(),
    inbox,
    wait,
    isQuiet: async (withWebhooks) =>
      !(await condition(() => inbox.has(withWebhooks), QUIET_MS, { summary: "nothing more" })),
    decide: (recovery, waiting, at) =>
      decided(async () => {
        const options = { ...DECIDE_OPTIONS, summary: decisionSummary(recovery, waiting, at) };
        const input = { recovery, waiting, at };
        return whole(recovery, await decideRecovery.executeWithOptions(options, [input]));
      }),
    perform: start,
    show: (attributes) => {
      showDetails(loop, inbox);
      const pairs = searchAttributePairs(attributes);
      if (pairs.length > 0) upsertSearchAttributes(pairs);
    },
    allCommandsAnswered: allHandlersFinished,
    untilCommandsAnswered: () => condition(() => allHandlersFinished() || inbox.has(true)),
    isHistoryLong: () => workflowInfo().continueAsNewSuggested,
  };
}

function showDetails(loop: Loop, inbox: Inbox): void {
  setCurrentDetails(currentDetails(previewOf(loop.state, inbox, Date.now())));
}

/** Long enough to be a timer: whatever has arrived is in the inbox when it fires. */
const QUIET_MS = 1;

/**
 * Waits for an event or for `wakeAt`. The timer starts in any case: an event that is here already cancels it in the same task, and
 * Temporal records neither. Whether the event is here may differ at replay, after a local activity.
 * @source docs/decisions/0002-record-every-decision.md
 */
async function wait(
  wakeAt: Instant | null,
  waitingFor: string,
  isReady: () => boolean,
): Promise<boolean> {
  if (wakeAt !== null) {
    const waitMs = Math.max(wakeAt - Date.now(), 1);
    return await condition(isReady, waitMs, { summary: summary(waitingFor) });
  }
  await condition(isReady);
  return true;
}
