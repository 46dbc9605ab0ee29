import { everyEvent } from "../../../dev/model/events.ts";
import { specimens } from "../../../dev/model/sample-states.ts";
import { decide } from "../../../domain/decide.ts";
import type { Decision } from "../../../domain/decision/decision.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import type { DomainEvent } from "../../../domain/state/event.ts";
import type { Instant } from "../../../domain/values/time.ts";
import { runInModel } from "../model/run-in-model.ts";
import { readStory, STORY_NAMES } from "../story-files.ts";

export type Decided = {
  readonly at: Instant;
  readonly event: DomainEvent;
  readonly decision: Decision;
};

/** What is decided about every event in a typical recovery of every state. */
export async function decidedInEveryState(): Promise<Decided[]> {
  const inForce = { policy: DEFAULT_POLICY, mode: "act" } as const;
  const typical = [...(await specimens()).values()].flatMap((some) => some.slice(0, 1));
  return typical.flatMap(({ recovery, at }) =>
    everyEvent(recovery, at).map((event) => ({
      at: at + 1,
      event,
      decision: decide(recovery, event, inForce, at + 1),
    })),
  );
}

/** What is decided in all stories, one after the other. */
export async function decidedInStories(): Promise<Decided[]> {
  const all: Decided[] = [];
  for (const name of STORY_NAMES) all.push(...(await runInModel(readStory(name))).decisions);
  return all;
}
