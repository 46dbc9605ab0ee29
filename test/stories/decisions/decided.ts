import { everyEvent } from "../../../dev/model/every-event.ts";
import { sampleStates } from "../../../dev/model/sample-states.ts";
import { decide } from "../../../domain/decide.ts";
import type { Decision } from "../../../domain/decision/decision.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import type { DomainEvent } from "../../../domain/state/event.ts";
import type { Instant } from "../../../domain/values/time.ts";
import { runInModel } from "../model/run-in-model.ts";
import { readStory, STORY_NAMES } from "../story-files.ts";

export type Decided = {
  /** A story, or the state of the matrix. */
  readonly source: string;
  readonly at: Instant;
  readonly event: DomainEvent;
  readonly decision: Decision;
};

export type Decisions = {
  readonly stories: readonly Decided[];
  readonly matrix: readonly Decided[];
};

/** All decisions of the stories in the model, in order. */
export async function decideStories(
  names: readonly string[] = STORY_NAMES,
): Promise<readonly Decided[]> {
  const all: Decided[] = [];
  for (const name of names) {
    const { decisions } = await runInModel(readStory(name));
    all.push(
      ...decisions.map(({ at, event, decision }) => ({ source: name, at, event, decision })),
    );
  }
  return all;
}

/** The matrix: the decision about every event in a typical recovery of every state. */
export async function decideMatrix(): Promise<readonly Decided[]> {
  const inForce = { policy: DEFAULT_POLICY, mode: "act" } as const;
  return [...(await sampleStates())].flatMap(([state, some]) =>
    some.slice(0, 1).flatMap(({ recovery, at }) =>
      everyEvent(recovery, at).map((event) => ({
        source: `matrix, ${state}`,
        at: at + 1,
        event,
        decision: decide(recovery, event, inForce, at + 1),
      })),
    ),
  );
}

/** All decisions, computed anew at each call: in a mutation run the code differs from call to call. */
export async function allDecisions(): Promise<Decisions> {
  return { stories: await decideStories(), matrix: await decideMatrix() };
}
