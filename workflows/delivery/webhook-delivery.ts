import {
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { Activities } from "../../activities/index.ts";
import type { DeliveryActivities } from "../../activities/webhooks/delivery.ts";
import type { Publication, PublicationType } from "../../domain/state/publication.ts";
import { recoveryIdOf } from "../../domain/values/ids.ts";
import { DAY_MS, type Instant, MINUTE_MS } from "../../domain/values/time.ts";
import { DELIVER_SIGNAL, REDELIVER_SIGNAL, type Redelivery, webhookQueueOf } from "../contract.ts";
import { failureText } from "../shared/failure-text.ts";
import { subscriptionIdIn } from "../shared/inputs.ts";
import { code, prose, summary } from "../shared/markdown.ts";
import { PATIENT } from "../shared/retries.ts";

export type DeliveryInput = {
  readonly subscriptionId: string;
  /** After continue-as-new: the state of the previous run. */
  readonly carried?: DeliveryState;
};

type QueuedPublication = Publication & {
  readonly enqueuedAt: Instant;
  /** Who had it sent once more; absent for a first delivery. */
  readonly again?: string;
};

type DeliveryState = {
  /** Oldest first. */
  readonly queue: readonly QueuedPublication[];
  /** Ids of publications that were enqueued before (bounded). */
  readonly seen: readonly string[];
  readonly result: DeliveryResult;
};

/** The workflow's result. */
export type DeliveryResult = {
  readonly delivered: number;
  readonly givenUp: number;
  /** The webhooks that were given up, newest last (bounded). */
  readonly missed: readonly {
    readonly id: string;
    readonly type: PublicationType;
    readonly why: string;
  }[];
};

/** How long one webhook is tried, counted from when it was enqueued. */
const GIVE_UP_MS = 5 * DAY_MS;

/** Ids remembered, so that a publication that is enqueued twice is delivered once. */
const SEEN_MAX = 500;
const MISSED_MAX = 100;

const NO_RESULT: DeliveryResult = { delivered: 0, givenUp: 0, missed: [] };

/**
 * Delivers one subscription's webhooks in order: each waits until the one before it was accepted or given up. Ends when the
 * queue is empty.
 */
export async function webhookDelivery(input: DeliveryInput): Promise<DeliveryResult> {
  const subscriptionId = subscriptionIdIn(input);
  let queue = [...(input.carried?.queue ?? [])];
  let seen = [...(input.carried?.seen ?? [])];
  let result = input.carried?.result ?? NO_RESULT;
  setHandler(
    defineSignal<[readonly Publication[]]>(DELIVER_SIGNAL),
    (publications) => {
      const enqueuedAt = Date.now();
      const added = publications.filter(({ id }) => !seen.includes(id));
      seen = [...seen, ...added.map(({ id }) => id)].slice(-SEEN_MAX);
      queue = [...queue, ...added.map((one) => ({ ...one, enqueuedAt }))];
    },
    { description: "Webhooks to deliver, in order, from a recovery. [{id, …}]" },
  );
  setHandler(
    defineSignal<[Redelivery]>(REDELIVER_SIGNAL),
    ({ publication, by }) => {
      // It is still to be sent.
      if (queue.some(({ id }) => id === publication.id)) return;
      seen = [...seen, publication.id].slice(-SEEN_MAX);
      queue = [...queue, { ...publication, enqueuedAt: Date.now(), again: by }];
    },
    { description: "Deliver a webhook once more, by an operator's order. {publication, by}" },
  );
  // The signal that started this run may arrive a moment after it.
  await condition(() => queue.length > 0, "10s");
  for (;;) {
    const [next] = queue;
    // Nothing is awaited between this check and the return, so a signal at the last moment is handled.
    if (next === undefined) return result;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof webhookDelivery>({
        subscriptionId,
        carried: { queue, seen, result },
      });
    }
    const why = await deliver(next);
    queue = queue.filter(({ id }) => id !== next.id);
    if (why === null) result = { ...result, delivered: result.delivered + 1 };
    else {
      const { id, type } = next;
      const missed = [...result.missed, { id, type, why }].slice(-MISSED_MAX);
      result = { ...result, givenUp: result.givenUp + 1, missed };
      await notifyOperator(next, why);
    }
    setCurrentDetails(detailsOf(result, queue.length));
  }
}

/** @returns why the webhook was given up; null where the receiver accepted it */
async function deliver({
  enqueuedAt,
  again,
  ...publication
}: QueuedPublication): Promise<string | null> {
  const leftMs = enqueuedAt + GIVE_UP_MS - Date.now();
  const { deliverWebhook } = proxyActivities<DeliveryActivities>({
    taskQueue: webhookQueueOf(workflowInfo().taskQueue),
    retry: { ...PATIENT, initialInterval: "5s", maximumInterval: "1h" },
    startToCloseTimeout: "30s",
    // Each webhook is tried, however long it waited for the ones before it.
    scheduleToCloseTimeout: Math.max(leftMs, MINUTE_MS),
    summary: summary(
      again === undefined ? publication.type : `${publication.type}, again for ${again}`,
    ),
  });
  try {
    await deliverWebhook({ at: Date.now(), publication });
    return null;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return failureText(error);
  }
}

async function notifyOperator(
  { subscriptionId, type, id }: Publication,
  why: string,
): Promise<void> {
  const activities = proxyActivities<Activities>({
    retry: { ...PATIENT, maximumInterval: "1m" },
    startToCloseTimeout: "2m",
    scheduleToCloseTimeout: DAY_MS,
    summary: "Notify the operator: webhook_undelivered",
  });
  try {
    await activities.notifyOperator({
      at: Date.now(),
      subscriptionId,
      recoveryId: recoveryIdOf(subscriptionId),
      alert: { cause: "webhook_undelivered", webhook: { id, type, detail: why } },
      mode: "act",
      waits: false,
    });
  } catch (error) {
    // The result lists it all the same.
    if (isCancellation(error)) throw error;
  }
}

function detailsOf({ delivered, givenUp, missed }: DeliveryResult, queued: number): string {
  return [
    `**${queued} queued**`,
    "",
    `- Delivered: ${delivered}`,
    `- Given up: ${givenUp}`,
    ...missed
      .slice(-20)
      .map(({ id, type, why }) => `- ${code(type)} (${prose(id)}): ${prose(why)}`),
  ].join("\n");
}
