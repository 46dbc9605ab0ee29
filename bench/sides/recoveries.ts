import type { Client } from "@temporalio/client";
import type { Inbox } from "../../dev/local-stack/inbox.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { setTimeout as delay } from "node:timers/promises";
import { until } from "../run/until.ts";

/** A side that recovers: the sandbox and the inbox that it talks to, and where its workflows are. */
export type RecoverySide = {
  readonly sandbox: Sandbox;
  readonly inbox: Inbox;
  readonly client: Client;
  /** Of a recovery, by its subscription. */
  readonly workflowIdOf: (subscriptionId: string) => string;
};

export type RunOfRecoveries = {
  readonly subscriptionIds: readonly string[];
  readonly mails: number;
};

export type RecoveriesToRun = {
  readonly count: number;
  /** The charges that fail before one succeeds, the first of which opens the recovery. */
  readonly failures: number;
  /** When all of them failed first, milliseconds since 1970, which is when their attempts count from. Absent: as they are made. */
  readonly failedAt?: number;
};

const SOFT = { decline: "INSUFFICIENT_FUNDS" } as const;
/** Apart from each other, as the renewals of real subscriptions are. */
const START_EVERY_MS = 100;
const END_TIMEOUT_MS = 180_000;

/**
 * Lets the charges of new subscriptions fail, and waits until all recoveries have ended.
 * @throws if one does not end, or does not collect its debt
 */
export async function runRecoveries(
  side: RecoverySide,
  recoveries: RecoveriesToRun,
): Promise<RunOfRecoveries> {
  const mailsBefore = side.inbox.mails.length;
  const subscriptionIds = await failFirstCharges(side, recoveries);
  await untilCollected(side, subscriptionIds);
  return { subscriptionIds, mails: side.inbox.mails.length - mailsBefore };
}

/**
 * Waits until these recoveries have ended.
 * @throws if one does not end, or does not collect its debt
 */
export async function untilCollected(
  side: RecoverySide,
  subscriptionIds: readonly string[],
): Promise<void> {
  const { control } = side.sandbox;
  for (const subscriptionId of subscriptionIds) {
    await untilEnded(side, subscriptionId);
    const { succeeded } = await control.ledgerOf(subscriptionId);
    if (succeeded !== 1) throw new Error(`${subscriptionId} was collected ${succeeded} times`);
  }
}

/** Makes the subscriptions, and lets the first charge of each fail. */
export async function failFirstCharges(
  { sandbox: { control } }: Pick<RecoverySide, "sandbox">,
  { count, failures, failedAt }: RecoveriesToRun,
): Promise<readonly string[]> {
  const subscriptionIds: string[] = [];
  for (let one = 0; one < count; one += 1) {
    const { subscriptionId } = await control.createSubscription({ onDemand: true });
    const outcomes = Array.from({ length: failures }, () => SOFT);
    await control.script(subscriptionId, outcomes, "succeed");
    subscriptionIds.push(subscriptionId);
  }
  for (const subscriptionId of subscriptionIds) {
    await control.charge(subscriptionId, failedAt === undefined ? {} : { createdAt: failedAt });
    await delay(START_EVERY_MS);
  }
  return subscriptionIds;
}

/** So many recoveries are opened before the next ones: more at once than a small machine opens in a second would queue up. */
const BATCH = 20;
const BATCH_TIMEOUT_MS = 300_000;

/**
 * Opens recoveries batch by batch, and waits until each has sent its first mail.
 * @returns the subscriptions
 */
export async function openCalmly(
  side: RecoverySide,
  recoveries: RecoveriesToRun,
): Promise<readonly string[]> {
  const ids: string[] = [];
  while (ids.length < recoveries.count) {
    const count = Math.min(BATCH, recoveries.count - ids.length);
    const mails = side.inbox.mails.length + count;
    ids.push(...(await failFirstCharges(side, { ...recoveries, count })));
    await until("the first mails", () => side.inbox.mails.length >= mails, BATCH_TIMEOUT_MS, 50);
  }
  return ids;
}

async function untilEnded(side: RecoverySide, subscriptionId: string): Promise<void> {
  const handle = side.client.workflow.getHandle(side.workflowIdOf(subscriptionId));
  const hasEnded = async (): Promise<boolean> => {
    const found = await handle.describe().catch(() => null);
    return found !== null && found.status.name !== "RUNNING";
  };
  await until(`the recovery of ${subscriptionId}`, hasEnded, END_TIMEOUT_MS, 250);
}

export type HistorySize = { readonly events: number; readonly bytes: number };

/** The histories of these recoveries, and those of all workflows that were started meanwhile. */
export async function historySizes(
  { client, workflowIdOf }: RecoverySide,
  subscriptionIds: readonly string[],
  since: Date,
): Promise<{ readonly own: HistorySize; readonly all: HistorySize }> {
  const ids = new Set(subscriptionIds.map(workflowIdOf));
  const [own, others] = [
    { events: 0, bytes: 0 },
    { events: 0, bytes: 0 },
  ];
  const started = client.workflow.list({ query: `StartTime >= "${since.toISOString()}"` });
  for (const id of ids) await add(client, id, own);
  for await (const { workflowId } of started) {
    if (!ids.has(workflowId)) await add(client, workflowId, others);
  }
  const all = { events: own.events + others.events, bytes: own.bytes + others.bytes };
  return { own, all };
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

async function add(client: Client, workflowId: string, to: Mutable<HistorySize>): Promise<void> {
  const { historyLength, historySize } = await client.workflow.getHandle(workflowId).describe();
  to.events += historyLength;
  to.bytes += historySize ?? 0;
}

const TERMINATE_TIMEOUT_MS = 180_000;

/** Ends every open workflow of a side, so that the next round begins with a worker that has nothing to do. */
export async function terminateAll({ workflow }: Client): Promise<void> {
  const query = `ExecutionStatus = "Running"`;
  const terminateOnce = async (): Promise<boolean> => {
    for await (const { workflowId, type } of workflow.list({ query })) {
      // The schedules of the server and the sweep are no part of a round.
      if (type.startsWith("temporal-") || type === "reconciliationSweep") continue;
      await workflow
        .getHandle(workflowId)
        .terminate()
        .catch(() => undefined);
    }
    const recoveries = `${query} AND WorkflowType IN ("subscriptionRecovery", "floorRecovery")`;
    return (await workflow.count(recoveries)).count === 0;
  };
  await until("the end of the round's workflows", terminateOnce, TERMINATE_TIMEOUT_MS);
}

/** Runs `round`, and leaves nothing of it behind if it fails. */
export async function endingAll<Result>(
  client: Client,
  round: () => Promise<Result>,
): Promise<Result> {
  try {
    return await round();
  } catch (error) {
    await terminateAll(client);
    throw error;
  }
}
