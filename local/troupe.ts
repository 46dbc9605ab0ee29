import { setTimeout as delay } from "node:timers/promises";
import { WorkflowNotFoundError, type Client } from "@temporalio/client";
import type { RecoveryResult } from "../domain/result.ts";
import { createSandboxClient, type SandboxClient } from "../sandbox/client.ts";
import type { RecoveryView } from "../workflows/subscription-recovery.ts";
import type { Member } from "./demo-cast.ts";
import { judge } from "./demo-verdict.ts";
import type { ReceivedMail } from "./inbox.ts";
import type { Machine } from "./machine.ts";
import { createNarrator } from "./narrator.ts";

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
): Promise<string[]> {
  const player = await prepare(member, machine, pace);
  const { subscriptionId, email, startedAt } = player;
  const handle = client.workflow.getHandle(`recovery-${subscriptionId}`);
  const look = async (): Promise<RecoveryView | null> =>
    await handle.query<RecoveryView>("recovery").catch(() => null);
  const day = (): number =>
    Math.max(0, Math.floor((pace.now(subscriptionId) - startedAt) / pace.dayMs + 0.1));
  const narrator = createNarrator(member.name.padEnd(4), day, pace.dayMs, console.log);
  narrator.say(`— ${member.fate}`);
  const waits: { until: number | null } = { until: null };
  const control = clientAt(machine, () => pace.now(subscriptionId));
  await control.charge(subscriptionId);

  const isOver = { now: false };
  const watching = (async () => {
    for (;;) {
      const isLast = isOver.now;
      narrator.look(
        await look(),
        machine.inbox.mails.filter(({ to }) => to === email),
      );
      if (isLast) return;
      await delay(POLL_MS);
    }
  })();
  const passing = (async () => {
    while (!isOver.now) await pace.pass(subscriptionId, waits.until);
  })();
  try {
    const acting = member.act?.({
      control,
      subscriptionId,
      say: narrator.say,
      mailWithLink: async () => await mailWithLink(machine, email),
      untilDay: async (wanted) => {
        waits.until = startedAt + wanted * pace.dayMs;
        while (pace.now(subscriptionId) < waits.until && !isOver.now) await delay(POLL_MS / 2);
        waits.until = null;
      },
      operator: async (update) => {
        await handle.executeUpdate(update, { args: [{ by: "olga" }] });
      },
      untilAsked: async () => {
        while (((await look())?.recovery.attention.length ?? 0) === 0 && !isOver.now)
          await delay(POLL_MS);
      },
    });
    const [result] = await Promise.all([resultOf(client, subscriptionId), acting]);
    isOver.now = true;
    await Promise.all([watching, passing]);
    narrator.say(`■ ${result.outcome}${result.by === null ? "" : `, by ${result.by}`}`);
    return await judge(member, machine.sandbox, subscriptionId, result);
  } catch (error) {
    isOver.now = true;
    await Promise.allSettled([watching, passing]);
    return [`${member.name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

const TWO_MONTHS_MS = 61 * 86_400_000;

async function prepare(member: Member, machine: Machine, pace: Pace): Promise<Player> {
  const email = `${member.name.toLowerCase()}@customer.example`;
  const { control } = machine.sandbox;
  const startedAt = Date.now();
  const { subscriptionId } = await control.createSubscription({
    onDemand: true,
    email,
    name: member.name,
    createdAt: new Date(startedAt - TWO_MONTHS_MS).toISOString(),
  });
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
