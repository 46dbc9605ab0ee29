import type { Decision, FoldedDecision } from "./decision/decision.ts";
import type { Effect } from "./decision/effect.ts";
import { TIMELINE_MAX, type TimelineEntry } from "./decision/timeline.ts";
import type { Inbox, Waiting } from "./inbox.ts";
import type { DomainEvent } from "./state/event.ts";
import { isOver } from "./state/facts.ts";
import { type Recovery, withDefaults } from "./state/recovery.ts";
import { type Instant, MINUTE_MS } from "./values/time.ts";

/** The complete state of a run, as plain JSON. Continue-as-new carries it over. */
export type LoopState = {
  readonly recovery: Recovery;
  /** When the loop wakes up without an event; null where it waits only for events. */
  readonly wakeAt: Instant | null;
  /** What the loop waits for, as text. */
  readonly waitingFor: string;
  /** Ids of the webhooks that had arrived when the run began, newest last (bounded). */
  readonly seenWebhookIds: readonly string[];
  /** The latest decisions, oldest first (bounded). */
  readonly timeline: readonly TimelineEntry[];
  /** Webhooks that arrived while a run with a long history was ending; the next run decides on them. */
  readonly webhooks?: readonly DomainEvent[];
};

/** The only place where a run keeps its state. Only the loop replaces it; queries, validators and views read it. */
export type Loop = { state: LoopState };

/** What the loop needs from its host: the Temporal workflow, a test, or the simulator. */
export type LoopEnvironment = {
  readonly now: () => Instant;
  /** What has arrived and waits for a decision. The host pushes into it. */
  readonly inbox: Inbox;
  /**
   * Waits for an event, or for `wakeAt`. The loop awaits nothing else for long.
   * @param isReady whether the inbox has an event to decide on
   * @returns true where an event came, false where the time did
   */
  readonly wait: (
    wakeAt: Instant | null,
    waitingFor: string,
    isReady: () => boolean,
  ) => Promise<boolean>;
  /**
   * Resolves with true after a moment without an event, and with false as soon as there is one.
   * @param withWebhooks false to ignore webhooks
   */
  readonly isQuiet: (withWebhooks: boolean) => Promise<boolean>;
  readonly decide: (recovery: Recovery, waiting: Waiting, now: Instant) => Promise<FoldedDecision>;
  /** Starts an effect. The loop never awaits it; the outcome comes back through the inbox. */
  readonly perform: (effect: Effect, recovery: Recovery) => void;
  /** Called after each decision, when the loop's state is up to date. */
  readonly show: (decision: Decision) => void;
  readonly allCommandsAnswered: () => boolean;
  /** Resolves when all commands are answered or the inbox is not empty. */
  readonly untilCommandsAnswered: () => Promise<void>;
  /** The history is long enough to continue as new. */
  readonly isHistoryLong: () => boolean;
};

/** How a run finished: the recovery is over, or the next run continues with the loop's state. */
export type Ending = "ended" | "continued";

/** How long a run with a long history leaves webhooks in the inbox while its effects finish. */
const SETTLING_MS = 10 * MINUTE_MS;

/**
 * The loop of a recovery: wait, decide, perform, remember. It holds no rule. Its history is replayed for weeks, so it
 * changes rarely, and then with `patched`.
 *
 * `decide` is a local activity. An event that arrives while it runs may be in the inbox when it returns, and arrive later
 * at replay. So nothing that the loop reads right after `decide` (the inbox, the clock, the history's length) may choose
 * a command: the loop waits first. For the same reason the recorded decision, and not the inbox, says which events it is about.
 * @source docs/decisions/0002-record-every-decision.md
 */
export async function recover(loop: Loop, environment: LoopEnvironment): Promise<Ending> {
  const { inbox } = environment;
  loop.state = { ...loop.state, recovery: withDefaults(loop.state.recovery) };
  let isLong = false;
  let now = environment.now();
  for (;;) {
    const { recovery, wakeAt, waitingFor } = loop.state;
    if (isOver(recovery) && (await environment.isQuiet(true))) {
      // Nothing is awaited between this check and the return, so no event is lost.
      if (environment.allCommandsAnswered()) return "ended";
      await environment.untilCommandsAnswered();
      continue;
    }
    const pending = Object.values(recovery.pendingEffects);
    if (isLong && pending.length === 0 && (await environment.isQuiet(false))) {
      const webhooks = inbox.onlyWebhooks();
      if (webhooks !== null && environment.allCommandsAnswered()) {
        loop.state = { ...loop.state, webhooks, seenWebhookIds: inbox.seenWebhookIds };
        return "continued";
      }
    }
    const isSettling = isLong && pending.every(({ since }) => now < since + SETTLING_MS);
    const hasEvent = await environment.wait(wakeAt, waitingFor, () => inbox.has(!isSettling));
    now = environment.now();
    isLong = environment.isHistoryLong();
    const decision = await environment.decide(
      recovery,
      inbox.waiting(!isSettling || !hasEvent),
      now,
    );
    inbox.remove(decision.events);
    loop.state = stateAfter(loop.state, decision, now);
    for (const effect of decision.effects) environment.perform(effect, loop.state.recovery);
    environment.show(decision);
  }
}

function stateAfter(
  state: LoopState,
  { changes, wakeAt, waitingFor, rule, reason, earlier = [] }: Decision,
  now: Instant,
): LoopState {
  const entries = [...earlier, { rule, reason }].map((one) => ({
    at: now,
    rule: one.rule,
    reason: one.reason,
  }));
  return {
    ...state,
    recovery: { ...state.recovery, ...changes },
    wakeAt,
    waitingFor,
    timeline: [...state.timeline, ...entries].slice(-TIMELINE_MAX),
  };
}

/** The state of a new run, which starts with a read of Dodo. */
export function initialLoopState(recovery: Recovery): LoopState {
  return {
    recovery,
    wakeAt: recovery.openedAt,
    waitingFor: "the first read of Dodo",
    seenWebhookIds: [],
    timeline: [],
  };
}
