import type { Policy } from "../../../domain/policy.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { RECEIVER_KEY } from "../../support/merchant/webhook-receiver.ts";
import { startTestSystem, type TestSystemOptions } from "../../support/system/test-system.ts";
import { NotQuiet, WorkflowClock } from "../../support/temporal/workflow-clock.ts";
import { AUTHORIZED_DAYS_BEFORE, LAG_MAX_MS, LAST_DAY_MS, SAFE_MS } from "../language/calendar.ts";
import type { Story } from "../language/story-file.ts";
import { type Fact, relativeTo } from "../transcript/facts.ts";
import { perform, prepareChargeResults } from "./actions.ts";
import { factsOf } from "./facts-of-run.ts";
import { runCheckoutsOnTemporal } from "./run-checkouts.ts";
import type { StorySystem, TemporalRun } from "./temporal-run.ts";

type Times = StorySystem["times"];

/** Starts a system for many stories at the same time. Each recovery begins at its own story's time. */
export async function startStorySystem(options: TestSystemOptions = {}): Promise<StorySystem> {
  return await startWith(
    { withoutStopAll: true, ...options },
    (times, workflowId) => times.get(workflowId)?.() ?? null,
  );
}

/** Starts a system for one story at a time. All its workflows begin at the story's time. */
async function startAccount(
  { policy, given: { mode } }: Story,
  options: TestSystemOptions,
): Promise<StorySystem> {
  // Nobody listens there: the stories are about what is advised, and not about its delivery.
  const outgoingWebhook =
    mode === "advise" ? { url: "http://127.0.0.1:9/", keys: [RECEIVER_KEY] } : null;
  return await startWith(
    { policy, mode, outgoingWebhook, ...options },
    (times) => [...times.values()][0]?.() ?? null,
  );
}

async function startWith(
  options: TestSystemOptions,
  startsAt: (times: Times, workflowId: string) => number | null,
): Promise<StorySystem> {
  const policies = new Map<string, Policy>();
  const times: Times = new Map();
  const system = await startTestSystem({
    ...options,
    startsAt: (workflowId) => startsAt(times, workflowId),
    policyOf: (subscriptionId) => {
      const policy = policies.get(subscriptionId);
      if (policy === undefined) throw new Error(`no story has subscription ${subscriptionId}`);
      return policy;
    },
  });
  return { system, policies, times };
}

/** Stories about more than one recovery, or without one, need an account of their own. */
export function needsOwnAccount({ given, events }: Story): boolean {
  const { oneTime, mode } = given;
  const ofAccount = ["sweep", "import"];
  return oneTime || mode !== "act" || events.some(({ event }) => ofAccount.includes(event.do));
}

/** Workflow time can only be ahead of real time, so stories begin on the day after tomorrow. */
const midnightAhead = (): number => (Math.floor(Date.now() / DAY_MS) + 2) * DAY_MS;

/** Systems for stories that need an account of their own: one for each policy and mode. Runs one story at a time. */
export class Accounts {
  readonly #systems = new Map<string, StorySystem>();
  readonly #options: TestSystemOptions;

  constructor(options: TestSystemOptions = {}) {
    this.#options = options;
  }

  async run(story: Story): Promise<Fact[]> {
    const storySystem = await this.#systemFor(story);
    await storySystem.system.sandbox.control.reset();
    storySystem.times.clear();
    if (!story.given.oneTime) return await runOnTemporal(storySystem, story);
    const midnight = midnightAhead();
    const facts = await runCheckoutsOnTemporal(storySystem, story, midnight);
    return facts.map((fact) => relativeTo(midnight, fact));
  }

  /** All that have started. */
  systems(): readonly StorySystem[] {
    return [...this.#systems.values()];
  }

  async close(): Promise<void> {
    for (const { system } of this.#systems.values()) await system.close();
  }

  async #systemFor(story: Story): Promise<StorySystem> {
    const { mode, policyYaml } = story.given;
    const key = `${mode} ${policyYaml}`;
    const system = this.#systems.get(key) ?? (await startAccount(story, this.#options));
    this.#systems.set(key, system);
    return system;
  }
}

/**
 * Runs a story on the real workflow: a Temporal server that skips this recovery's time, the gateway, the workers, the
 * sandbox Dodo over HTTP, and SMTP.
 *
 * @returns facts from Temporal's events, the sandbox's ledger and requests, and the mails
 */
export async function runOnTemporal(storySystem: StorySystem, story: Story): Promise<Fact[]> {
  const run = await prepare(storySystem, story);
  try {
    for (const { at, event } of story.events) {
      run.at = at + SAFE_MS;
      await run.clock.until(run.midnight + run.at);
      if (event.do === "stop") break;
      await perform(run, event);
      await run.clock.untilQuiet();
    }
    const isStopped = story.events.at(-1)?.event.do === "stop";
    if (!isStopped) {
      run.at = LAST_DAY_MS;
      await run.clock.until(run.midnight + run.at);
    }
    return await factsOf(run);
  } finally {
    await terminate(run);
  }
}

const TELLINGS = 3;

/** Runs a story again if the machine was too slow for its minutes. A step that does not end fails each time. */
export async function inItsMinutes(run: () => Promise<Fact[]>): Promise<Fact[]> {
  for (let telling = 1; ; telling += 1) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof NotQuiet) || telling === TELLINGS) throw error;
    }
  }
}

async function prepare(storySystem: StorySystem, story: Story): Promise<TemporalRun> {
  const { system, policies, times } = storySystem;
  const { given, policy } = story;
  const midnight = midnightAhead();
  const { control } = system.sandbox;
  const email = `${story.name}@customer.example`;
  const { subscriptionId, customerId } = await control.createSubscription({
    email,
    name: "Ada Lovelace",
    onDemand: given.onDemand,
    currency: given.price.currency,
    priceMinor: given.price.amountMinor,
    taxRate: given.tax.rate,
    taxInclusive: given.tax.inclusive,
    unsettledDetails: given.unsettledTax,
    lineItems: given.lineItems,
    createdAt: midnight - AUTHORIZED_DAYS_BEFORE * DAY_MS + given.authorizedAtMs,
    nextBillingAt: midnight + 300 * DAY_MS,
    metadata: { ...given.metadata },
    onFailure: given.statusAfterFailure === "unchanged" ? "stay" : given.statusAfterFailure,
    ...(given.graceDays === 0 ? {} : { graceDays: given.graceDays }),
    onSuccess: given.reactivatedByPayment ? "active" : "stay",
    chargeOnHold: given.chargeableOnHold,
    confirmationPage: given.confirmationPage,
    ...(given.refusesWhilePending ? {} : { pendingGuard: "off" as const }),
  });
  policies.set(subscriptionId, policy);
  if (given.recentDispute) {
    const { paymentId } = await control.createPayment({ customerId, outcome: "succeed" });
    await control.dispute(paymentId);
  }
  await prepareChargeResults(control, subscriptionId, story.chargeResults);
  const workflowId = `recovery-${subscriptionId}`;
  const run: TemporalRun = {
    ...storySystem,
    story,
    midnight,
    subscriptionId,
    email,
    clock: new WorkflowClock({
      connection: system.environment.nativeConnection,
      workflowId,
      isSandboxQuiet: () => control.isIdle(subscriptionId),
      lagMaxMs: LAG_MAX_MS,
    }),
    sweeps: [],
    imports: [],
    pages: [],
    refusals: [],
    savedCardPayments: new Set(),
    at: 0,
  };
  times.set(workflowId, () => midnight + run.at);
  return run;
}

/** An open workflow would otherwise stay on the server until the end of the test run. */
async function terminate({ system, subscriptionId, clock }: TemporalRun): Promise<void> {
  if (clock.runIds.length === 0) return;
  await system
    .handle(subscriptionId)
    .terminate("the story stops here")
    .catch(() => undefined);
}
