import type { Client } from "@temporalio/client";
import { setTimeout as delay } from "node:timers/promises";
import type { RecoveryResult } from "../../domain/debt/result.ts";
import { DAY_MS, type Instant } from "../../domain/values/time.ts";
import { createSandboxClient, type SandboxClient } from "../../sandbox/control/client.ts";
import type { LocalStack } from "../local-stack/local-stack.ts";
import type { TemporalServer } from "../temporal/server.ts";
import type { WebUiView } from "../temporal/web-ui-view.ts";
import { type Actor, createActor } from "./actor.ts";
import { checkScenario } from "./demo-verdict.ts";
import type { RecoveryClock, Settled } from "./recovery-clock.ts";
import type { Scenario, ScenarioContext } from "./scenarios.ts";
import { dayOf, endText, type StoryLine } from "./story-lines.ts";
import { createTeller, type Teller } from "./teller.ts";

/** One customer's story. It is played day by day, so that the stories of several customers keep pace. */
export type Story = {
  readonly name: string;
  readonly startedAt: Instant;
  /**
   * Plays to the end of a day.
   * @returns what has happened since the last call, in order
   */
  readonly playDay: (day: number) => Promise<readonly StoryLine[]>;
  /** The day on which something happens next; null once the story is over. */
  readonly nextDay: () => number | null;
  /** A line for each difference from what was expected. Complete once the story is over. */
  readonly findings: readonly string[];
};

/** Everything that runs. */
export type Demo = {
  readonly stack: LocalStack;
  readonly temporal: TemporalServer;
  readonly webUi: WebUiView;
  readonly client: Client;
  readonly clock: RecoveryClock;
};

/** A mail to the operator comes in real time: Temporal's alerts workflow is not one whose time is skipped. */
const REAL_TIME_POLL_MS = 100;
const REAL_TIME_TIMEOUT_MS = 120_000;

/** Creates the customer and fails their charge. */
export async function beginStory(scenario: Scenario, world: Demo): Promise<Story> {
  const { stack, clock } = world;
  const { control } = stack.sandbox;
  const { subscriptionId, email } = await subscribe(control, scenario.name);
  await control.script(subscriptionId, [...scenario.outcomes], "succeed");
  await scenario.prepare?.(control, subscriptionId);
  const startedAt = clock.now(subscriptionId);
  const teller = createTeller({ stack, clock, subscriptionId, email, startedAt });
  teller.say(`▶ ${scenario.summary}`, startedAt);
  const customer = clientAt(stack, () => clock.now(subscriptionId));
  await customer.charge(subscriptionId);
  const actor = createActor();
  const play: Play = { ...world, scenario, subscriptionId, email, startedAt, teller, actor };
  const context = contextOf(play, customer);
  actor.start(async () => await scenario.act?.(context));
  return storyOf(play);
}

type Play = Demo & {
  readonly scenario: Scenario;
  readonly subscriptionId: string;
  readonly email: string;
  readonly startedAt: Instant;
  readonly teller: Teller;
  readonly actor: Actor;
};

function storyOf(play: Play): Story {
  const { scenario, startedAt, teller } = play;
  const findings: string[] = [];
  const progress: Progress = { runId: undefined, nextAt: startedAt };
  return {
    name: scenario.name,
    startedAt,
    findings,
    nextDay: () => (progress.nextAt === null ? null : dayOf(progress.nextAt, startedAt)),
    playDay: async (day) => {
      try {
        const settled = await playUntil(play, progress, startedAt + (day + 1) * DAY_MS);
        if (settled !== null) findings.push(...(await end(play, settled)));
      } catch (error) {
        progress.nextAt = null;
        findings.push(`${scenario.name}: ${messageOf(error)}`);
      }
      return teller.take();
    },
  };
}

type Progress = {
  /** The first run: a webhook that comes late may open another one, which finds nothing owed. */
  runId: string | undefined;
  /** Null: the story is over. */
  nextAt: Instant | null;
};

/** @returns how it was at the end of the recovery; null if the recovery goes on after `end` */
async function playUntil(play: Play, progress: Progress, end: Instant): Promise<Settled | null> {
  const { clock, subscriptionId, teller, actor } = play;
  const deadline = performance.now() + REAL_TIME_TIMEOUT_MS;
  for (;;) {
    const settled = await clock.settle(subscriptionId, progress.runId);
    if (settled === null) throw new Error("no recovery has started");
    progress.runId = settled.runId;
    teller.hear(settled.view);
    if (await actor.takeTurn(settled.view)) continue;
    const waiting = actor.waiting();
    if (settled.hasEnded) {
      progress.nextAt = null;
      if (waiting !== null) throw new Error("the recovery ended before the scenario did");
      return settled;
    }
    if (waiting?.isInRealTime === true && performance.now() < deadline) {
      await delay(REAL_TIME_POLL_MS);
      continue;
    }
    const times = [settled.view.next.at, waiting?.until ?? null].filter((at) => at !== null);
    if (times.length === 0)
      throw new Error(`nothing happens any more: it waits for ${settled.view.next.what}`);
    progress.nextAt = Math.min(...times);
    if (progress.nextAt >= end) return null;
    await clock.skipTo(subscriptionId, progress.nextAt + 1);
  }
}

async function end(play: Play, { runId }: Settled): Promise<string[]> {
  const { client, scenario, stack, subscriptionId, teller, clock } = play;
  const handle = client.workflow.getHandle(`recovery-${subscriptionId}`, runId);
  const result = (await handle.result()) as RecoveryResult;
  teller.say(`■ ${endText(result)}`, result.debts.at(-1)?.endedAt ?? clock.now(subscriptionId));
  return await checkScenario(scenario, stack.sandbox, subscriptionId, result);
}

function contextOf(play: Play, control: SandboxClient): ScenarioContext {
  const { stack, client, clock, subscriptionId, startedAt, email, teller, actor } = play;
  const now = (): Instant => clock.now(subscriptionId);
  const { mails } = stack.inbox;
  return {
    control,
    subscriptionId,
    say: (text) => teller.say(text, now()),
    untilMailWithLink: async () =>
      await actor.wait({
        find: () => mails.find(({ to, text }) => to === email && text.includes("/pay/")) ?? null,
        until: null,
        isInRealTime: false,
      }),
    untilDay: async (day) => {
      const until = startedAt + day * DAY_MS;
      const find = (): true | null => (now() >= until ? true : null);
      await actor.wait({ find, until, isInRealTime: false });
    },
    untilAttention: async () => {
      await actor.wait({
        find: ({ recovery }) => recovery.attention[0] ?? null,
        until: null,
        isInRealTime: false,
      });
    },
    untilOperatorMail: async () =>
      await actor.wait({
        find: () =>
          mails.find(({ to, text }) => to !== email && text.includes(subscriptionId)) ?? null,
        until: null,
        isInRealTime: true,
      }),
    sendUpdate: async (update) => {
      const handle = client.workflow.getHandle(`recovery-${subscriptionId}`);
      await handle.executeUpdate(update, { args: [{ by: "olga" }] });
    },
  };
}

const TWO_MONTHS_MS = 61 * DAY_MS;
/** Attempts are due at the authorization's time of day: a little after the charge, so on whole days of the story. */
const AUTHORIZED_LATER_MS = 5 * 60_000;

/** Creates a customer with an on-demand subscription that was made two months ago. */
export async function subscribe(
  control: SandboxClient,
  name: string,
): Promise<{ subscriptionId: string; email: string }> {
  const email = `${name.toLowerCase()}@customer.example`;
  const createdAt = new Date(Date.now() - TWO_MONTHS_MS + AUTHORIZED_LATER_MS).toISOString();
  const input = { onDemand: true, email, name, createdAt };
  const { subscriptionId } = await control.createSubscription(input);
  return { subscriptionId, email };
}

/** A sandbox client whose calls happen in the recovery's time, as customers and merchants act then. */
function clientAt(stack: LocalStack, now: () => Instant): SandboxClient {
  return createSandboxClient(stack.sandbox.url, { now });
}

/** An error with its causes: Temporal's errors say why only there. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}
