import type { FoldedDecision } from "../../domain/decision/decision.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import { Inbox, type InboxContent } from "../../domain/inbox.ts";
import {
  type Ending,
  type LoopEnvironment,
  type LoopState,
  recover,
} from "../../domain/recover.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Instant } from "../../domain/values/time.ts";

/** The inputs and the effects of one run of the loop, as Temporal's history holds them. */
export type Recording = {
  readonly initial: LoopState;
  readonly inbox: InboxContent;
  readonly times: Instant[];
  readonly quietChecks: boolean[];
  /** What arrived, and each time the loop went on: true for an event, false for the time. */
  readonly arrivals: (DomainEvent | boolean)[];
  readonly decisions: string[];
  /** Ids of the webhooks that reached a decision. */
  readonly decidedIds: string[];
  readonly effects: string[];
  /** The run was stopped from outside, and so did not end. */
  isStopped: boolean;
};

export function emptyRecording(initial: LoopState, inbox: InboxContent): Recording {
  return {
    initial,
    inbox,
    times: [],
    quietChecks: [],
    arrivals: [],
    decisions: [],
    decidedIds: [],
    effects: [],
    isStopped: false,
  };
}

const texts = new WeakMap<FoldedDecision, string>();

/** The decision as it comes back from a history, which holds it as JSON. */
export function throughHistory(decision: FoldedDecision): FoldedDecision {
  const text = JSON.stringify(decision);
  const read = JSON.parse(text) as FoldedDecision;
  texts.set(read, text);
  return read;
}

function textOf(decision: FoldedDecision): string {
  return texts.get(decision) ?? JSON.stringify(decision);
}

/** The same environment; all that it gives to the loop, and the loop's effects, are recorded. */
export function recorded(environment: LoopEnvironment, recording: Recording): LoopEnvironment {
  const add = <T>(list: T[], value: T): T => {
    list.push(value);
    return value;
  };
  return {
    ...environment,
    now: () => add(recording.times, environment.now()),
    isQuiet: async (...withWebhooks) =>
      add(recording.quietChecks, await environment.isQuiet(...withWebhooks)),
    wait: async (...waiting) => {
      const hasEvent = await environment.wait(...waiting);
      recording.arrivals.push(hasEvent);
      return hasEvent;
    },
    decide: async (...input) => {
      const decision = await environment.decide(...input);
      const [, { events }] = input;
      for (const event of events)
        if ("webhookId" in event) recording.decidedIds.push(event.webhookId);
      recording.decisions.push(textOf(decision));
      return decision;
    },
    perform: (effect, recovery) => {
      recording.effects.push(JSON.stringify(effect));
      environment.perform(effect, recovery);
    },
  };
}

/**
 * Runs the loop again on a recording. The recorded decisions stand in for the rules.
 * @returns the effects, and how the loop ended; null where the recording ended first
 */
export async function replay(recording: Recording): Promise<{
  readonly effects: readonly string[];
  readonly ending: Ending | null;
}> {
  const { times, quietChecks, arrivals, decisions } = recording;
  const effects: string[] = [];
  const inbox = new Inbox(recording.inbox);
  const position = { time: 0, quietCheck: 0, arrival: 0, decision: 0 };
  const nextOf = <T>(list: readonly T[], kind: keyof typeof position): T => {
    const value = list[position[kind]];
    position[kind] += 1;
    if (value === undefined) throw new EndOfRecordingError();
    return value;
  };
  const environment: LoopEnvironment = {
    now: () => nextOf(times, "time"),
    isQuiet: async () => await Promise.resolve(nextOf(quietChecks, "quietCheck")),
    inbox,
    wait: async (_wakeAt, _waitingFor, isReady) => {
      for (;;) {
        const arrival = nextOf(arrivals, "arrival");
        if (typeof arrival === "boolean") return await Promise.resolve(isReady());
        inbox.push(arrival);
      }
    },
    decide: async () =>
      await Promise.resolve(JSON.parse(nextOf(decisions, "decision")) as FoldedDecision),
    perform: (effect: Effect) => void effects.push(JSON.stringify(effect)),
    show: () => undefined,
    allCommandsAnswered: () => true,
    untilCommandsAnswered: async () => await Promise.resolve(),
    isHistoryLong: () => false,
  };
  const loop = { state: recording.initial };
  try {
    return { effects, ending: await recover(loop, environment) };
  } catch (error) {
    if (error instanceof EndOfRecordingError) return { effects, ending: null };
    throw error;
  }
}

class EndOfRecordingError extends Error {
  override readonly name = "EndOfRecordingError";
}
