import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { setTimeout as delay } from "node:timers/promises";
import type { RecoveryResult } from "../../domain/debt/result.ts";
import { createSandboxClient, type SandboxClient } from "../../sandbox/control/client.ts";
import type { RecoveryView } from "../../workflows/contract.ts";
import type { ReceivedMail } from "../local-stack/inbox.ts";
import type { Machine } from "../local-stack/local-stack.ts";
import { judge } from "./demo-verdict.ts";
import { createNarrator, type Narrator } from "./narrator.ts";
import type { Member, Stage } from "./scenarios.ts";

/** How time passes for one customer: by the wall's clock, or skipped. */
export type Pace = {
  /** How long a day of the story is, in the recovery's time. */
  readonly dayMs: number;
  /** The recovery's time, as far as it is known. */
  readonly now: (subscriptionId: string) => number;
  /** Makes time pass until the recovery ends or `until` has come. Called again and again. */
  readonly pass: (subscriptionId: string, until: number | null) => Promise<void>;
};

const POLL_MS = 100;
const STORY_TIMEOUT_MS = 240_000;

type Player = {
  readonly member: Member;
  readonly subscriptionId: string;
  readonly email: string;
  readonly startedAt: number;
};

/** Plays one customer's story, from the charge that fails to its end. @returns what was not as it should be */
export async function play(
  member: Member,
  machine: Machine,
  client: Client,
  pace: Pace,
  print: (line: string) => void,
): Promise<string[]> {
  const player = await prepare(member, machine, pace);
  const { subscriptionId, startedAt } = player;
  const day = (): number =>
    Math.max(0, Math.floor((pace.now(subscriptionId) - startedAt) / pace.dayMs + 0.1));
  const narrator = createNarrator(member.name.padEnd(4), day, pace.dayMs, print);
  narrator.say(`— ${member.fate}`);
  const scene: Scene = { player, machine, client, pace, narrator, isOver: false, waitsUntil: null };
  await clientAt(machine, () => pace.now(subscriptionId)).charge(subscriptionId);
  const story = Promise.all([resultOf(client, subscriptionId), act(scene)]);
  const background = [watch(scene), pass(scene)];
  try {
    // The loops end with the story: whoever fails first ends it.
    const ended = await Promise.race([story, ...background]);
    if (ended === undefined) throw new Error("the story stopped");
    scene.isOver = true;
    await Promise.all(background);
    const [result] = ended;
    const by = result.by === null || result.by === "reprise" ? "" : `, by ${result.by}`;
    narrator.say(`■ ${result.outcome}${by}`);
    return await judge(member, machine.sandbox, subscriptionId, result);
  } catch (error) {
    scene.isOver = true;
    await Promise.allSettled([story, ...background]);
    return [`${member.name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

type Scene = {
  readonly player: Player;
  readonly machine: Machine;
  readonly client: Client;
  readonly pace: Pace;
  readonly narrator: Narrator;
  isOver: boolean;
  /** Somebody acts at this time: no time is skipped beyond it. */
  waitsUntil: number | null;
};

/** What the customer or the operator does; time goes on freely once they have done it. */
async function act(scene: Scene): Promise<void> {
  await scene.player.member.act?.(stageOf(scene));
  scene.waitsUntil = null;
}

async function look({ client, player }: Scene): Promise<RecoveryView | null> {
  const handle = client.workflow.getHandle(`recovery-${player.subscriptionId}`);
  return await handle.query<RecoveryView>("recovery").catch(() => null);
}

async function watch(scene: Scene): Promise<undefined> {
  const { machine, narrator, player } = scene;
  for (;;) {
    const isLast = scene.isOver;
    const mails = machine.inbox.mails.filter(({ to }) => to === player.email);
    narrator.look(await look(scene), mails);
    if (isLast) return undefined;
    await delay(POLL_MS);
  }
}

async function pass(scene: Scene): Promise<undefined> {
  while (!scene.isOver) await scene.pace.pass(scene.player.subscriptionId, scene.waitsUntil);
  return undefined;
}

function stageOf(scene: Scene): Stage {
  const { machine, client, pace, narrator, player } = scene;
  const { subscriptionId, startedAt, email } = player;
  return {
    control: clientAt(machine, () => pace.now(subscriptionId)),
    subscriptionId,
    say: narrator.say,
    mailWithLink: async () => {
      const mail = await mailWithLink(machine, email);
      // Whoever reads a mail acts on the same day.
      scene.waitsUntil = pace.now(subscriptionId);
      return mail;
    },
    untilDay: async (wanted) => {
      const until = startedAt + wanted * pace.dayMs;
      scene.waitsUntil = until;
      while (pace.now(subscriptionId) < until) await goOn(scene);
      scene.waitsUntil = null;
    },
    operator: async (update) => {
      const handle = client.workflow.getHandle(`recovery-${subscriptionId}`);
      await handle.executeUpdate(update, { args: [{ by: "olga" }] });
    },
    untilAsked: async () => {
      while (((await look(scene))?.recovery.attention.length ?? 0) === 0) await goOn(scene);
    },
  };
}

/** A moment later; whoever waits for something in a story that is over waits in vain. */
async function goOn({ isOver }: Scene): Promise<void> {
  if (isOver) throw new Error("the story ended first");
  await delay(POLL_MS / 2);
}

const TWO_MONTHS_MS = 61 * 86_400_000;

/** A customer with an on-demand subscription that was paid for two months. */
export async function subscribe(
  control: SandboxClient,
  name: string,
): Promise<{ subscriptionId: string; email: string }> {
  const email = `${name.toLowerCase()}@customer.example`;
  const createdAt = new Date(Date.now() - TWO_MONTHS_MS).toISOString();
  const input = { onDemand: true, email, name, createdAt };
  const { subscriptionId } = await control.createSubscription(input);
  return { subscriptionId, email };
}

async function prepare(member: Member, machine: Machine, pace: Pace): Promise<Player> {
  const { control } = machine.sandbox;
  const startedAt = Date.now();
  const { subscriptionId, email } = await subscribe(control, member.name);
  await control.script(subscriptionId, [...member.outcomes], "succeed");
  await member.prepare?.(control, subscriptionId);
  return {
    member,
    subscriptionId,
    email,
    startedAt: Math.max(startedAt, pace.now(subscriptionId)),
  };
}

/** What customers and merchants do, they do in the recovery's time. */
function clientAt(machine: Machine, now: () => number): SandboxClient {
  return createSandboxClient(machine.sandbox.url, { now });
}

async function resultOf(client: Client, subscriptionId: string): Promise<RecoveryResult> {
  const handle = client.workflow.getHandle(`recovery-${subscriptionId}`);
  const deadline = performance.now() + STORY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const description = await handle.describe().catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    });
    if (description !== null && description.status.name !== "RUNNING") {
      return (await handle.result()) as RecoveryResult;
    }
    await delay(POLL_MS);
  }
  throw new Error(`the recovery has not ended after ${STORY_TIMEOUT_MS / 1_000} s`);
}

async function mailWithLink({ inbox }: Machine, email: string): Promise<ReceivedMail> {
  const deadline = performance.now() + STORY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const mail = inbox.mails.find(({ to, text }) => to === email && text.includes("/pay/"));
    if (mail !== undefined) return mail;
    await delay(POLL_MS);
  }
  throw new Error("no mail with a link came");
}
