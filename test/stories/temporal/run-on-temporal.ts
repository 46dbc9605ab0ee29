import type { Policy } from "../../../domain/policy.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { openStage, type StageOptions } from "../../support/system/test-system.ts";
import { AUTHORIZED_DAYS_BEFORE, LAST_DAY_MS, SAFE_MS } from "../language/calendar.ts";
import { executeCheckouts } from "./checkout-run.ts";
import { factsOf } from "./facts-of-run.ts";
import { expectAnswers, happen } from "./actions.ts";
import type { Scene, StoryStage } from "./story-run.ts";
import { type Fact, relativeTo } from "../transcript/facts.ts";
import { StoryClock } from "./story-clock.ts";
import type { Story } from "../language/story-file.ts";

type Times = StoryStage["times"];

/** A stage for many stories at the same time: each one's recovery finds its own story's time. */
export async function openStoryStage(): Promise<StoryStage> {
  return await openFor(
    { withoutStopAll: true },
    (times, workflowId) => times.get(workflowId)?.() ?? null,
  );
}

/** A stage for one story at a time: whatever is started there finds its time. */
async function openAccount({ policy, given: { mode } }: Story): Promise<StoryStage> {
  return await openFor({ policy, mode }, (times) => [...times.values()][0]?.() ?? null);
}

async function openFor(
  options: StageOptions,
  startsAt: (times: Times, workflowId: string) => number | null,
): Promise<StoryStage> {
  const policies = new Map<string, Policy>();
  const times: Times = new Map();
  const stage = await openStage({
    ...options,
    startsAt: (workflowId) => startsAt(times, workflowId),
    policyOf: (subscriptionId) => {
      const policy = policies.get(subscriptionId);
      if (policy === undefined) throw new Error(`no story has the subscription ${subscriptionId}`);
      return policy;
    },
  });
  return { stage, policies, times };
}

/** Whether a story concerns more than one subscription's recovery: then it wants an account for itself. */
export function wantsOwnStage({ given, happenings }: Story): boolean {
  const { oneTime, mode } = given;
  return oneTime || mode === "shadow" || happenings.some(({ what }) => what.do === "sweep");
}

/** Workflow time runs ahead of the wall's only: stories begin on the day after tomorrow. */
const midnightAhead = (): number => (Math.floor(Date.now() / DAY_MS) + 2) * DAY_MS;

/** Stages for stories that want an account for themselves, one after the other: one for each policy and mode. */
export class Accounts {
  readonly #stages = new Map<string, StoryStage>();

  async execute(story: Story): Promise<Fact[]> {
    const storyStage = await this.#stageFor(story);
    await storyStage.stage.sandbox.control.reset();
    storyStage.times.clear();
    if (!story.given.oneTime) return await execute(storyStage, story);
    const midnight = midnightAhead();
    const facts = await executeCheckouts(storyStage, story, midnight);
    return facts.map((fact) => relativeTo(midnight, fact));
  }

  async close(): Promise<void> {
    for (const { stage } of this.#stages.values()) await stage.close();
  }

  async #stageFor(story: Story): Promise<StoryStage> {
    const { mode, policyYaml } = story.given;
    const key = `${mode} ${policyYaml}`;
    const stage = this.#stages.get(key) ?? (await openAccount(story));
    this.#stages.set(key, stage);
    return stage;
  }
}

/**
 * Plays a story on the real workflow: a Temporal server with this recovery's time skipped, the gateway, the workers,
 * the sandbox Dodo over HTTP, SMTP. What is returned comes from Temporal's events, from the sandbox's ledger and log,
 * and from the mails.
 */
export async function execute(storyStage: StoryStage, story: Story): Promise<Fact[]> {
  const scene = await prepare(storyStage, story);
  try {
    for (const happening of story.happenings) {
      scene.at = happening.at + SAFE_MS;
      await scene.clock.until(scene.midnight + scene.at);
      if (happening.what.do === "stop") break;
      await happen(scene, happening);
      await scene.clock.untilQuiet();
    }
    const isStopped = story.happenings.at(-1)?.what.do === "stop";
    if (!isStopped) {
      scene.at = LAST_DAY_MS;
      await scene.clock.until(scene.midnight + scene.at);
    }
    return await factsOf(scene);
  } finally {
    await end(scene);
  }
}

async function prepare(storyStage: StoryStage, story: Story): Promise<Scene> {
  const { stage, policies, times } = storyStage;
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
  const workflowId = `recovery-${subscriptionId}`;
  const scene: Scene = {
    ...storyStage,
    story,
    midnight,
    subscriptionId,
    email,
    clock: new StoryClock(stage, workflowId, () => control.isQuiet(subscriptionId)),
    sweeps: [],
    pages: [],
    refusals: [],
    saved: new Set(),
    at: 0,
  };
  times.set(workflowId, () => midnight + scene.at);
  return scene;
}

/** What is still open would go on waiting in this server. */
async function end({ stage, subscriptionId, clock }: Scene): Promise<void> {
  if (clock.runIds.length === 0) return;
  await stage
    .handle(subscriptionId)
    .terminate("the story stops here")
    .catch(() => undefined);
}
