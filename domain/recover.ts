import type { Decision } from "./decision/decision.ts";
import type { Effect } from "./decision/effect.ts";
import type { DomainEvent } from "./state/event.ts";
import { isOver } from "./state/facts.ts";
import { type Recovery, withDefaults } from "./state/recovery.ts";
import { type Instant, MINUTE_MS } from "./values/time.ts";

/** How many webhook ids are remembered: more than Dodo's ladder and a dashboard's replay of one subscription. */
const SEEN_MAX = 200;

/** What continues as new: all of it plain JSON. */
export type LoopState = {
  readonly recovery: Recovery;
  readonly wakeAt: Instant | null;
  readonly waitingFor: string;
  /** Webhook ids that were decided on, newest last. */
  readonly seenWebhookIds: readonly string[];
  /** Hints that came while a run was ending for its length: the next one decides on them. */
  readonly webhooks?: readonly DomainEvent[];
};

/** What the loop needs from whoever runs it: Temporal's workflow, a test, the simulator. */
export type LoopEnvironment = {
  readonly now: () => Instant;
  /**
   * The next event, or `timer_fired` once `wakeAt` has come. The loop awaits nothing else for long.
   * @param withHints false: webhooks wait where they are, and only what is no hint is taken
   */
  readonly next: (
    wakeAt: Instant | null,
    waitingFor: string,
    withHints: boolean,
  ) => Promise<DomainEvent>;
  readonly inboxIsEmpty: () => boolean;
  /** All that waits in the inbox, where that is nothing but webhooks; null where there is something else. */
  readonly waitingWebhooks: () => readonly DomainEvent[] | null;
  readonly decide: (recovery: Recovery, event: DomainEvent, now: Instant) => Promise<Decision>;
  /** Starts an effect; its outcome comes back through the inbox. Never awaited. */
  readonly perform: (effect: Effect, recovery: Recovery) => void;
  /** Shows a person what was decided. */
  readonly show: (recovery: Recovery, decision: Decision) => void;
  /** No command is still waiting for its answer. */
  readonly allCommandsAnswered: () => boolean;
  /** Resolves when `isIdle`, or when the inbox has something. */
  readonly untilCommandsAnswered: () => Promise<void>;
  /** The history is long: better to continue as new. */
  readonly isHistoryLong: () => boolean;
};

export type Ending =
  | { readonly kind: "ended"; readonly recovery: Recovery }
  | { readonly kind: "continued"; readonly carried: LoopState };

/** A long run leaves webhooks to the next one while what it has started ends: for so long, and no longer. */
const SETTLING_MS = 10 * MINUTE_MS;

/**
 * The loop of a recovery: wait, decide, perform, remember. It holds no rule; the history it leaves is replayed
 * for weeks, so that it changes rarely, and then with `patched`.
 */
export async function recover(begin: LoopState, world: LoopEnvironment): Promise<Ending> {
  let recovery = withDefaults(begin.recovery);
  let { wakeAt, waitingFor, seenWebhookIds } = begin;
  for (;;) {
    // An event that came before this check is decided on; between it and the return nothing is awaited.
    if (world.inboxIsEmpty()) {
      if (isOver(recovery)) {
        if (world.allCommandsAnswered()) return { kind: "ended", recovery };
        await world.untilCommandsAnswered();
        continue;
      }
    }
    const isLong = world.isHistoryLong();
    const webhooks = world.waitingWebhooks();
    const pending = Object.values(recovery.pendingEffects);
    if (isLong && webhooks !== null && pending.length === 0 && world.allCommandsAnswered()) {
      return {
        kind: "continued",
        carried: { recovery, wakeAt, waitingFor, seenWebhookIds, webhooks },
      };
    }
    const isSettling = pending.every(({ since }) => world.now() < since + SETTLING_MS);
    const event = await world.next(wakeAt, waitingFor, !(isLong && isSettling));
    const webhookId = "webhookId" in event ? event.webhookId : null;
    if (webhookId !== null && seenWebhookIds.includes(webhookId)) continue;
    const decision = await world.decide(recovery, event, world.now());
    recovery = { ...recovery, ...decision.changes };
    ({ wakeAt, waitingFor } = decision);
    if (webhookId !== null) seenWebhookIds = [...seenWebhookIds, webhookId].slice(-SEEN_MAX);
    for (const effect of decision.effects) world.perform(effect, recovery);
    world.show(recovery, decision);
  }
}

/** How a recovery of which nothing is known begins. */
export function initialLoopState(recovery: Recovery): LoopState {
  return { recovery, wakeAt: recovery.openedAt, waitingFor: "Dodo to be read", seenWebhookIds: [] };
}
