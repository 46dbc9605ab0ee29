import { DAY_MS, MINUTE_MS, parseInstant, SECOND_MS } from "../../../domain/time.ts";
import { ModelDodo } from "../../../local/model/dodo.ts";
import { Timeline } from "../../../local/model/timeline.ts";
import { ModelWorld } from "../../../local/model/world.ts";
import { relativeTo, type Fact } from "./facts.ts";
import { factsOf } from "./planner-facts.ts";
import { expectAnswers, happen } from "./planner-hands.ts";
import type { Scene } from "./planner-scene.ts";
import type { Story } from "./story-file.ts";

/** A day like any other: the midnight before the story begins. */
const MIDNIGHT = parseInstant("2026-10-05T00:00:00Z") ?? 0;

/** The authorization lies two months back. */
export const AUTHORIZED_DAYS_BEFORE = 61;

/** Into the minute at which the story says that something happens: far enough from its ends. */
export const SAFE_MS = 15 * SECOND_MS;

/** A story that has not ended by then says where it stops. */
export const LAST_DAY = 75;

export type Played = {
  readonly facts: readonly Fact[];
  /** When recoveries were opened: milliseconds since the story's midnight. */
  readonly openedAt: readonly number[];
  /** All that was decided, in the order of time. */
  readonly decided: ModelWorld["decisions"];
};

/** Plays a story in virtual time, against the model of Dodo: the rules, the loop and the activities are the product's. */
export async function plan(story: Story): Promise<Played> {
  const { given } = story;
  const timeline = new Timeline(MIDNIGHT);
  const dodo = new ModelDodo(timeline, {
    authorizedAt: MIDNIGHT - AUTHORIZED_DAYS_BEFORE * DAY_MS + given.authorizedAtMs,
    priceMinor: given.price.amountMinor,
    currency: given.price.currency,
    taxRate: given.tax.rate,
    taxInclusive: given.tax.inclusive,
    onDemand: given.onDemand,
    holds: given.onFailure !== "stay",
    graceDays: given.graceDays,
    returns: given.comesBack,
    chargesOnHold: given.chargedOnHold,
  });
  Object.assign(dodo.metadata, given.metadata);
  if (given.disputed) dodo.dispute = { id: "dp_1", at: MIDNIGHT - 2 * DAY_MS };
  let policy = story.policy;
  const world = new ModelWorld(timeline, dodo, () => policy);
  const scene: Scene = {
    timeline,
    dodo,
    world,
    change: (next) => (policy = next),
    commands: [],
    cards: 1,
  };
  expectAnswers(dodo, story.answers);
  for (const happening of story.happenings) {
    await timeline.run(MIDNIGHT + happening.at + SAFE_MS);
    if (happening.what.do === "stop") break;
    happen(scene, happening);
    if (world.errors.length > 0) throw world.errors[0];
  }
  const isStopped = story.happenings.at(-1)?.what.do === "stop";
  if (!isStopped) {
    // What happened last takes a moment to be told.
    await timeline.run(timeline.now() + MINUTE_MS);
    await timeline.run(MIDNIGHT + LAST_DAY * DAY_MS, () => !world.isOpen);
  }
  if (world.errors.length > 0) throw world.errors[0];
  return {
    facts: factsOf(scene).map((fact) => relativeTo(MIDNIGHT, fact)),
    openedAt: world.runs.map(({ openedAt }) => openedAt - MIDNIGHT),
    decided: world.decisions,
  };
}
