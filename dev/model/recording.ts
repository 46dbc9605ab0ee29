import type { Decision } from "../../domain/decision/decision.ts";
import type { Effect } from "../../domain/decision/effect.ts";
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
  readonly times: Instant[];
  readonly quietChecks: boolean[];
  readonly events: DomainEvent[];
  readonly decisions: string[];
  /** Ids of the webhooks that reached a decision. */
  readonly decidedIds: string[];
  readonly effects: string[];
  /** The run was stopped from outside, and so did not end. */
  isStopped: boolean;
};

export function emptyRecording(initial: LoopState): Recording {
  return {
    initial,
    times: [],
    quietChecks: [],
    events: [],
    decisions: [],
    decidedIds: [],
    effects: [],
    isStopped: false,
  };
}

const texts = new WeakMap<Decision, string>();

/** The decision as it comes back from a history, which holds it as JSON. */
export function throughHistory(decision: Decision): Decision {
  const text = JSON.stringify(decision);
  const read = JSON.parse(text) as Decision;
  texts.set(read, text);
  return read;
}

function textOf(decision: Decision): string {
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
    next: async (...waiting) => add(recording.events, await environment.next(...waiting)),
    decide: async (...input) => {
      const decision = await environment.decide(...input);
      const [, event] = input;
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
  const { times, quietChecks, events, decisions } = recording;
  const effects: string[] = [];
  const position = { time: 0, quietCheck: 0, event: 0, decision: 0 };
  const nextOf = <T>(list: readonly T[], kind: keyof typeof position): T => {
    const value = list[position[kind]];
    position[kind] += 1;
    if (value === undefined) throw new EndOfRecordingError();
    return value;
  };
  const environment: LoopEnvironment = {
    now: () => nextOf(times, "time"),
    isQuiet: async () => await Promise.resolve(nextOf(quietChecks, "quietCheck")),
    waitingWebhooks: () => null,
    next: async () => await Promise.resolve(nextOf(events, "event")),
    decide: async () =>
      await Promise.resolve(JSON.parse(nextOf(decisions, "decision")) as Decision),
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
