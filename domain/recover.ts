import type { Decision } from "./decision/decision.ts";
import type { Effect } from "./decision/effect.ts";
import { TIMELINE_MAX, type TimelineEntry } from "./decision/timeline.ts";
import type { DomainEvent } from "./state/event.ts";
import { isOver } from "./state/facts.ts";
import { type Recovery, withDefaults } from "./state/recovery.ts";
import { type Instant, MINUTE_MS } from "./values/time.ts";

/** How many webhook ids are remembered: more than Dodo redelivers or a dashboard replays for one subscription. */
const SEEN_MAX = 200;

/** The complete state of a run, as plain JSON. Continue-as-new carries it over. */
export type LoopState = {
  readonly recovery: Recovery;
  /** When the loop wakes up without an event; null where it waits only for events. */
  readonly wakeAt: Instant | null;
  /** What the loop waits for, as text. */
  readonly waitingFor: string;
  /** Ids of the webhooks that were decided on, newest last (bounded). */
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
  /**
   * Resolves with the next event, or with `timer_fired` at `wakeAt`. The loop awaits nothing else for long.
   * @param withWebhooks false to leave webhooks in the inbox
   */
  readonly next: (
    wakeAt: Instant | null,
    waitingFor: string,
    withWebhooks: boolean,
  ) => Promise<DomainEvent>;
  /**
   * Resolves with true after a moment without an event, and with false as soon as there is one.
   * @param withWebhooks false to ignore webhooks
   */
  readonly isQuiet: (withWebhooks: boolean) => Promise<boolean>;
  /** The inbox's content if it holds only webhooks; else null. */
  readonly waitingWebhooks: () => readonly DomainEvent[] | null;
  readonly decide: (recovery: Recovery, event: DomainEvent, now: Instant) => Promise<Decision>;
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
 * a command: the loop waits first. @source docs/decisions/0002-record-every-decision.md
 */
export async function recover(loop: Loop, environment: LoopEnvironment): Promise<Ending> {
  loop.state = { ...loop.state, recovery: withDefaults(loop.state.recovery) };
  let isLong = false;
  let now = environment.now();
  for (;;) {
    const { recovery, wakeAt, waitingFor, seenWebhookIds } = loop.state;
    if (isOver(recovery) && (await environment.isQuiet(true))) {
      // Nothing is awaited between this check and the return, so no event is lost.
      if (environment.allCommandsAnswered()) return "ended";
      await environment.untilCommandsAnswered();
      continue;
    }
    const pending = Object.values(recovery.pendingEffects);
    if (isLong && pending.length === 0 && (await environment.isQuiet(false))) {
      const webhooks = environment.waitingWebhooks();
      if (webhooks !== null && environment.allCommandsAnswered()) {
        loop.state = { ...loop.state, webhooks };
        return "continued";
      }
    }
    const isSettling = isLong && pending.every(({ since }) => now < since + SETTLING_MS);
    const event = await environment.next(wakeAt, waitingFor, !isSettling);
    const webhookId = "webhookId" in event ? event.webhookId : null;
    if (webhookId !== null && seenWebhookIds.includes(webhookId)) continue;
    now = environment.now();
    isLong = environment.isHistoryLong();
    const decision = await environment.decide(recovery, event, now);
    loop.state = stateAfter(loop.state, decision, webhookId, now);
    for (const effect of decision.effects) environment.perform(effect, loop.state.recovery);
    environment.show(decision);
  }
}

function stateAfter(
  { recovery, seenWebhookIds, timeline }: LoopState,
  { changes, wakeAt, waitingFor, rule, reason }: Decision,
  webhookId: string | null,
  now: Instant,
): LoopState {
  return {
    recovery: { ...recovery, ...changes },
    wakeAt,
    waitingFor,
    seenWebhookIds:
      webhookId === null ? seenWebhookIds : [...seenWebhookIds, webhookId].slice(-SEEN_MAX),
    timeline: [...timeline, { at: now, rule, reason }].slice(-TIMELINE_MAX),
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
