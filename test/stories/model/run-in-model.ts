import { ModelDodo } from "../../../dev/model/dodo.ts";
import { Timeline } from "../../../dev/model/timeline.ts";
import { ModelWorld } from "../../../dev/model/world.ts";
import { DAY_MS, MINUTE_MS, parseInstant } from "../../../domain/values/time.ts";
import { AUTHORIZED_DAYS_BEFORE, LAST_DAY_MS, SAFE_MS } from "../language/calendar.ts";
import { planCheckouts } from "./checkout-run.ts";
import { type Fact, relativeTo } from "../transcript/facts.ts";
import { factsOf } from "./facts-of-run.ts";
import { expectAnswers, happen } from "./actions.ts";
import { listsOf } from "./dodo-lists.ts";
import type { Scene } from "./story-run.ts";
import { deskOf } from "./sweep.ts";
import type { Story } from "../language/story-file.ts";

/** A day like any other: the midnight before the story begins. */
const MIDNIGHT = parseInstant("2026-10-05T00:00:00Z") ?? 0;

export type Played = {
  readonly facts: readonly Fact[];
  /** All that was decided, in the order of time. */
  readonly decided: ModelWorld["decisions"];
};

/** Plays a story in virtual time, against the model of Dodo: the rules, the loop and the activities are the product's. */
export async function plan(story: Story): Promise<Played> {
  const timeline = new Timeline(MIDNIGHT);
  if (!story.given.oneTime) return await planRecoveries(timeline, story);
  const facts = await planCheckouts(timeline, story);
  return { facts: facts.map((fact) => relativeTo(MIDNIGHT, fact)), decided: [] };
}

async function planRecoveries(timeline: Timeline, story: Story): Promise<Played> {
  const scene = prepare(timeline, story);
  const { world } = scene;
  for (const happening of story.happenings) {
    await timeline.run(MIDNIGHT + happening.at + SAFE_MS);
    if (happening.what.do === "stop") break;
    await happen(scene, happening);
    if (world.errors.length > 0) throw world.errors[0];
  }
  const isStopped = story.happenings.at(-1)?.what.do === "stop";
  if (!isStopped) {
    // What happened last takes a moment to be told.
    await timeline.run(timeline.now() + MINUTE_MS);
    await timeline.run(MIDNIGHT + LAST_DAY_MS, () => !world.isOpen);
  }
  if (world.errors.length > 0) throw world.errors[0];
  return {
    facts: factsOf(scene).map((fact) => relativeTo(MIDNIGHT, fact)),
    decided: world.decisions,
  };
}

function prepare(timeline: Timeline, story: Story): Scene {
  const { given } = story;
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
  const world = new ModelWorld(timeline, dodo, () => policy, given.mode);
  expectAnswers(dodo, story.answers);
  const lists = listsOf({
    payments: () => dodo.payments.map((payment) => dodo.paymentBody(payment)),
    subscriptions: () => [dodo.subscriptionBody()],
  });
  return {
    timeline,
    dodo,
    world,
    policy: () => policy,
    change: (next) => (policy = next),
    account: { lists, desk: deskOf(world) },
    sweeps: [],
    commands: [],
    cards: 1,
  };
}
