import type { Attributes, Decision, Explanation, FoldedDecision } from "./decision/decision.ts";
import type { DeferralKey } from "./decision/deferral-key.ts";
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
  /** Keys of events that may wait for the next event or the wake-up. Absent: none. */
  readonly mayWait?: readonly DeferralKey[];
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
  /** Called after each decision, when the loop's state is up to date, with the search attributes that people see from now on. */
  readonly show: (attributes: Attributes) => void;
  readonly allCommandsAnswered: () => boolean;
  /** Resolves when all commands are answered or the inbox is not empty. */
  readonly untilCommandsAnswered: () => Promise<void>;
  /** The history is long enough to continue as new. */
  readonly isHistoryLong: () => boolean;
};

/** How a run finished: the recovery is over, or the next run continues with the loop's state. */
export type Ending = "ended" | "continued";

/** How long people may still see the attributes of the state before, in a state that mostly lasts for seconds. */
const SHOWN_WITHIN_MS = MINUTE_MS;

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
  let unshown: Attributes = {};
  let showBy: Instant | null = null;
  for (;;) {
    const { recovery, wakeAt, waitingFor, mayWait } = loop.state;
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
    const deferrable = isLong ? [] : mayWait;
    const hasEvent = await environment.wait(earliest(wakeAt, showBy), waitingFor, () =>
      inbox.has(!isSettling, deferrable),
    );
    if (!hasEvent && showBy !== null && !isDue(wakeAt, showBy) && !inbox.has(true)) {
      environment.show(unshown);
      [unshown, showBy] = [{}, null];
      // What waited for this moment waits no longer.
      const { mayWait: _, ...state } = loop.state;
      loop.state = state;
      continue;
    }
    now = environment.now();
    isLong = environment.isHistoryLong();
    const waiting = inbox.waiting(!isSettling || !hasEvent, !hasEvent);
    const decision = await environment.decide(recovery, waiting, now);
    inbox.remove(decision.events);
    loop.state = stateAfter(loop.state, decision, now);
    for (const effect of decision.effects) environment.perform(effect, loop.state.recovery);
    unshown = { ...unshown, ...decision.attributes };
    const isUnchanged = decision.attributes === undefined && showBy === null;
    showBy = decision.shows === "soon" ? (showBy ?? now + SHOWN_WITHIN_MS) : null;
    // A run with a long history may end before what is shown later.
    const isShown = isLong || (decision.shows === undefined && !isUnchanged);
    environment.show(isShown ? unshown : {});
    if (isShown) [unshown, showBy] = [{}, null];
  }
}

function earliest(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

/** Whether a wake-up comes no later than another moment. */
function isDue(wakeAt: Instant | null, moment: Instant): boolean {
  return wakeAt !== null && wakeAt <= moment;
}

function stateAfter(
  state: LoopState,
  { changes, wakeAt, waitingFor, mayWait, rule, reason, earlier = [] }: Decision,
  now: Instant,
): LoopState {
  const { mayWait: _, ...rest } = state;
  return {
    ...rest,
    recovery: { ...state.recovery, ...changes },
    wakeAt,
    waitingFor,
    ...(mayWait === undefined ? {} : { mayWait }),
    timeline: withTimeline(state.timeline, [...earlier, { rule, reason }], now),
  };
}

/** The timeline with more entries, of which the latest are kept. */
export function withTimeline(
  timeline: readonly TimelineEntry[],
  entries: readonly Omit<Explanation, "rules">[],
  now: Instant,
): readonly TimelineEntry[] {
  const added = entries.map(({ at = now, rule, reason }) => ({ at, rule, reason }));
  return [...timeline, ...added].slice(-TIMELINE_MAX);
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
