import { createFailureTimes } from "../../../activities/sweep/failure-times.ts";
import { ModelDodo } from "../../../dev/model/dodo.ts";
import { Timeline } from "../../../dev/model/timeline.ts";
import { ModelWorld } from "../../../dev/model/world.ts";
import { DAY_MS, MINUTE_MS, parseInstant } from "../../../domain/values/time.ts";
import { AUTHORIZED_DAYS_BEFORE, LAST_DAY_MS, SAFE_MS } from "../language/calendar.ts";
import type { Story } from "../language/story-file.ts";
import { type Fact, relativeTo } from "../transcript/facts.ts";
import { perform, prepareChargeResults } from "./actions.ts";
import { listsOf } from "./dodo-lists.ts";
import { factsOf } from "./facts-of-run.ts";
import type { ModelRun } from "./model-run.ts";
import { runCheckoutsInModel } from "./run-checkouts.ts";
import { sweepClientOf } from "./sweep.ts";

/** The midnight before each story begins. */
const MIDNIGHT = parseInstant("2026-10-05T00:00:00Z") ?? 0;

export type StoryResult = {
  readonly facts: readonly Fact[];
  /** All decisions of its recoveries, in order of time. */
  readonly decisions: ModelWorld["decisions"];
};

/** Runs a story in virtual time, with the production rules, loop and activities, against a model of Dodo. */
export async function runInModel(story: Story): Promise<StoryResult> {
  const timeline = new Timeline(MIDNIGHT);
  if (!story.given.oneTime) return await runRecoveries(timeline, story);
  const facts = await runCheckoutsInModel(timeline, story);
  return { facts: facts.map((fact) => relativeTo(MIDNIGHT, fact)), decisions: [] };
}

async function runRecoveries(timeline: Timeline, story: Story): Promise<StoryResult> {
  const run = prepare(timeline, story);
  const { world } = run;
  for (const { at, event } of story.events) {
    await timeline.run(MIDNIGHT + at + SAFE_MS);
    if (event.do === "stop") break;
    await perform(run, event);
    if (world.errors.length > 0) throw world.errors[0];
  }
  const isStopped = story.events.at(-1)?.event.do === "stop";
  if (!isStopped) {
    // Webhooks of the last event arrive after it.
    await timeline.run(timeline.now() + MINUTE_MS);
    await timeline.run(MIDNIGHT + LAST_DAY_MS, () => !world.isOpen);
  }
  if (world.errors.length > 0) throw world.errors[0];
  return {
    facts: factsOf(run).map((fact) => relativeTo(MIDNIGHT, fact)),
    decisions: world.decisions,
  };
}

function prepare(timeline: Timeline, story: Story): ModelRun {
  const { given } = story;
  const dodo = new ModelDodo(timeline, {
    authorizedAt: MIDNIGHT - AUTHORIZED_DAYS_BEFORE * DAY_MS + given.authorizedAtMs,
    priceMinor: given.price.amountMinor,
    currency: given.price.currency,
    taxRate: given.tax.rate,
    taxInclusive: given.tax.inclusive,
    unsettledTax: given.unsettledTax,
    lineItems: given.lineItems,
    onDemand: given.onDemand,
    holdsOnFailure: given.statusAfterFailure !== "unchanged",
    graceDays: given.graceDays,
    reactivates: given.reactivatedByPayment,
    chargeableOnHold: given.chargeableOnHold,
    refusesWhilePending: given.refusesWhilePending,
    confirmationPage: given.confirmationPage,
  });
  Object.assign(dodo.metadata, given.metadata);
  if (given.recentDispute) dodo.dispute = { id: "dp_1", at: MIDNIGHT - 2 * DAY_MS };
  let policy = story.policy;
  const world = new ModelWorld(timeline, dodo, () => policy, given.mode);
  world.publishes = given.mode === "advise";
  prepareChargeResults(dodo, story.chargeResults);
  const lists = listsOf({
    payments: () => dodo.payments.map((payment) => dodo.paymentBody(payment)),
    subscriptions: () => [dodo.subscriptionBody()],
  });
  return {
    timeline,
    dodo,
    world,
    policy: () => policy,
    changePolicy: (next) => (policy = next),
    account: {
      dodo: lists,
      recoveries: sweepClientOf(world),
      failureTimes: createFailureTimes(lists, timeline.now),
    },
    sweeps: [],
    imports: [],
    commands: [],
    cards: 1,
  };
}
