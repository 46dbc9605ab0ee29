import type { Policy } from "../../../domain/policy.ts";
import { DAY_MS } from "../../../domain/time.ts";
import { openStage } from "../stage.ts";
import { factsOf } from "./executor-facts.ts";
import { expectAnswers, happen } from "./executor-hands.ts";
import type { Scene, StoryStage } from "./executor-scene.ts";
import type { Fact } from "./facts.ts";
import { AUTHORIZED_DAYS_BEFORE, LAST_DAY, SAFE_MS } from "./planner.ts";
import { StoryClock } from "./story-clock.ts";
import type { Story } from "./story-file.ts";

export async function openStoryStage(): Promise<StoryStage> {
  const policies = new Map<string, Policy>();
  const stage = await openStage({
    withoutStopAll: true,
    policyOf: (subscriptionId) => {
      const policy = policies.get(subscriptionId);
      if (policy === undefined) throw new Error(`no story has the subscription ${subscriptionId}`);
      return policy;
    },
  });
  return { stage, policies };
}

/** Workflow time runs ahead of the wall's only: stories begin on the day after tomorrow. */
const midnightAhead = (): number => (Math.floor(Date.now() / DAY_MS) + 2) * DAY_MS;

/**
 * Plays a story on the real workflow: a Temporal server with this recovery's time skipped, the gateway, the workers,
 * the sandbox Dodo over HTTP, SMTP. What is returned comes from Temporal's events, from the sandbox's ledger and log,
 * and from the mails.
 *
 * @param openedAt when recoveries are opened, as planned: they must find the story's time then
 */
export async function execute(
  storyStage: StoryStage,
  story: Story,
  openedAt: readonly number[],
): Promise<Fact[]> {
  const scene = await prepare(storyStage, story);
  try {
    for (const [index, happening] of story.happenings.entries()) {
      scene.at = happening.at + SAFE_MS;
      await scene.clock.until(scene.midnight + scene.at);
      if (happening.what.do === "stop") break;
      const later = story.happenings.slice(index + 1).find(({ at }) => at > happening.at);
      await openIfPlanned(scene, openedAt, later?.at ?? Number.POSITIVE_INFINITY);
      await happen(scene, happening);
      await scene.clock.untilQuiet();
    }
    const isStopped = story.happenings.at(-1)?.what.do === "stop";
    if (!isStopped) {
      scene.at = LAST_DAY * DAY_MS;
      await scene.clock.until(scene.midnight + scene.at);
    }
    return await factsOf(scene);
  } finally {
    await end(scene);
  }
}

async function prepare({ stage, policies }: StoryStage, story: Story): Promise<Scene> {
  const { given, policy } = story;
  const midnight = midnightAhead();
  const { control } = stage.sandbox;
  const email = `${story.name}@customer.example`;
  const { subscriptionId, customerId } = await control.createSubscription({
    email,
    name: "Ada Lovelace",
    onDemand: given.onDemand,
    currency: given.price.currency,
    priceMinor: given.price.amountMinor,
    taxRate: given.tax.rate,
    taxInclusive: given.tax.inclusive,
    createdAt: midnight - AUTHORIZED_DAYS_BEFORE * DAY_MS + given.authorizedAtMs,
    nextBillingAt: midnight + 300 * DAY_MS,
    metadata: { ...given.metadata },
    onFailure: given.onFailure,
    ...(given.graceDays === 0 ? {} : { graceDays: given.graceDays }),
    onSuccess: given.comesBack ? "active" : "stay",
    chargeOnHold: given.chargedOnHold,
  });
  policies.set(subscriptionId, policy);
  if (given.disputed) {
    const { paymentId } = await control.createPayment({ customerId, outcome: "succeed" });
    await control.dispute(paymentId);
  }
  await expectAnswers(control, subscriptionId, story.answers);
  const clock = new StoryClock(stage, subscriptionId);
  return {
    stage,
    policies,
    story,
    midnight,
    subscriptionId,
    email,
    clock,
    pages: [],
    refusals: [],
    saved: new Set(),
    at: 0,
  };
}

/** Where a recovery opens before the next moment of the story, it must find the story's time. */
async function openIfPlanned(
  { clock, midnight, at }: Scene,
  openedAt: readonly number[],
  next: number,
): Promise<void> {
  if (!openedAt.some((instant) => instant >= at && instant < next)) return;
  if (!(await clock.isOpen())) await clock.openAt(midnight + at);
}

/** What is still open would go on waiting in this server. */
async function end({ stage, subscriptionId, clock }: Scene): Promise<void> {
  if (clock.runIds.length === 0) return;
  await stage
    .handle(subscriptionId)
    .terminate("the story stops here")
    .catch(() => undefined);
}
