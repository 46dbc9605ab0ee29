import type { Decision } from "../../domain/decision/decision.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import {
  type Ending,
  initialLoopState,
  type LoopEnvironment,
  recover,
} from "../../domain/recover.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { Instant } from "../../domain/values/time.ts";

/** All that one run of the loop was given, and what it did: as Temporal's history holds it. */
export type Tape = {
  readonly begun: Recovery;
  readonly times: Instant[];
  readonly emptiness: boolean[];
  readonly events: DomainEvent[];
  readonly decisions: string[];
  /** Webhooks that were decided on. */
  readonly decidedIds: string[];
  readonly effects: string[];
};

export function emptyTape(begun: Recovery): Tape {
  return {
    begun,
    times: [],
    emptiness: [],
    events: [],
    decisions: [],
    decidedIds: [],
    effects: [],
  };
}

/** The same world, with everything the loop is given written down. */
export function taped(world: LoopEnvironment, tape: Tape): LoopEnvironment {
  const kept = <T>(list: T[], value: T): T => {
    list.push(value);
    return value;
  };
  return {
    ...world,
    now: () => kept(tape.times, world.now()),
    inboxIsEmpty: () => kept(tape.emptiness, world.inboxIsEmpty()),
    next: async (...waiting) => kept(tape.events, await world.next(...waiting)),
    decide: async (...asked) => {
      const decision = await world.decide(...asked);
      const [, event] = asked;
      if ("webhookId" in event) tape.decidedIds.push(event.webhookId);
      tape.decisions.push(JSON.stringify(decision));
      return decision;
    },
    perform: (effect, recovery) => {
      tape.effects.push(JSON.stringify(effect));
      world.perform(effect, recovery);
    },
  };
}

/** Runs the loop again on what was written down. Rules are not asked; an end of the tape ends the replay. */
export async function replay(tape: Tape): Promise<{
  readonly effects: readonly string[];
  readonly ending: Ending | null;
}> {
  const { times, emptiness, events, decisions } = tape;
  const effects: string[] = [];
  const at = { time: 0, emptiness: 0, event: 0, decision: 0 };
  const taken = <T>(list: readonly T[], place: keyof typeof at): T => {
    const value = list[at[place]];
    at[place] += 1;
    if (value === undefined) throw new EndOfTapeError();
    return value;
  };
  const world: LoopEnvironment = {
    now: () => taken(times, "time"),
    inboxIsEmpty: () => taken(emptiness, "emptiness"),
    waitingWebhooks: () => null,
    next: async () => await Promise.resolve(taken(events, "event")),
    decide: async () => await Promise.resolve(JSON.parse(taken(decisions, "decision")) as Decision),
    perform: (effect: Effect) => void effects.push(JSON.stringify(effect)),
    show: () => undefined,
    allCommandsAnswered: () => true,
    untilCommandsAnswered: async () => await Promise.resolve(),
    isHistoryLong: () => false,
  };
  try {
    return { effects, ending: await recover({ state: initialLoopState(tape.begun) }, world) };
  } catch (error) {
    if (error instanceof EndOfTapeError) return { effects, ending: null };
    throw error;
  }
}

class EndOfTapeError extends Error {
  override readonly name = "EndOfTapeError";
}
