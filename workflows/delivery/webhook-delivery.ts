import {
  CancellationScope,
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
import { overtakes } from "../../domain/advice/advice.ts";
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
  /** Advice that was not delivered, because newer advice came first; absent where there was none. */
  readonly overtaken?: number;
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
  let inFlight: InFlight | null = null;
  const enqueue = (added: readonly QueuedPublication[]): void => {
    seen = [...seen, ...added.map(({ id }) => id)].slice(-SEEN_MAX);
    const before = queue.length;
    for (const one of added) queue = [...queue.filter((older) => !overtakes(one, older)), one];
    const overtaken = before + added.length - queue.length;
    if (overtaken > 0) result = { ...result, overtaken: (result.overtaken ?? 0) + overtaken };
    const current = inFlight;
    if (current === null || !added.some((one) => overtakes(one, current.publication))) return;
    current.isOvertaken = true;
    current.scope.cancel();
  };
  setHandler(
    defineSignal<[readonly Publication[]]>(DELIVER_SIGNAL),
    (publications) => {
      const enqueuedAt = Date.now();
      const added = publications.filter(({ id }) => !seen.includes(id));
      enqueue(added.map((one) => ({ ...one, enqueuedAt })));
    },
    { description: "Webhooks to deliver, in order, from a recovery. [{id, …}]" },
  );
  setHandler(
    defineSignal<[Redelivery]>(REDELIVER_SIGNAL),
    ({ publication, by }) => {
      // It is still to be sent.
      if (queue.some(({ id }) => id === publication.id)) return;
      // Advice that was overtaken since it was asked for.
      if (queue.some((newer) => overtakes(newer, publication))) return;
      enqueue([{ ...publication, enqueuedAt: Date.now(), again: by }]);
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
    const delivery: InFlight = {
      publication: next,
      scope: new CancellationScope(),
      isOvertaken: false,
    };
    inFlight = delivery;
    const why = await deliverUnlessOvertaken(delivery);
    inFlight = null;
    queue = queue.filter(({ id }) => id !== next.id);
    if (why === OVERTAKEN) continue;
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

/** The delivery under way. Newer advice cancels that of older advice. */
type InFlight = {
  readonly publication: QueuedPublication;
  readonly scope: CancellationScope;
  isOvertaken: boolean;
};

/** Newer advice came before the receiver accepted this one. */
const OVERTAKEN = "overtaken by newer advice";

async function deliverUnlessOvertaken(delivery: InFlight): Promise<string | null> {
  try {
    return await delivery.scope.run(() => deliver(delivery.publication));
  } catch (error) {
    // Temporal's Cancel, in contrast, ends the workflow.
    if (isCancellation(error) && delivery.isOvertaken) return OVERTAKEN;
    throw error;
  }
}

/** @returns why the webhook was given up; null where the receiver accepted it */
async function deliver({
  enqueuedAt,
  again,
  ...publication
}: QueuedPublication): Promise<string | null> {
  const now = Date.now();
  const validUntil = publication.advice?.validUntil ?? null;
  // Advice is not sent once it is too late to act on it.
  if (validUntil !== null && validUntil <= now) return "the advice is no longer valid";
  const patienceMs = Math.max(enqueuedAt + GIVE_UP_MS - now, MINUTE_MS);
  const leftMs = validUntil === null ? patienceMs : Math.min(patienceMs, validUntil - now);
  const { deliverWebhook } = proxyActivities<DeliveryActivities>({
    taskQueue: webhookQueueOf(workflowInfo().taskQueue),
    retry: { ...PATIENT, initialInterval: "5s", maximumInterval: "1h" },
    startToCloseTimeout: "30s",
    // Each webhook is tried, however long it waited for the ones before it.
    scheduleToCloseTimeout: leftMs,
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

function detailsOf(
  { delivered, givenUp, overtaken = 0, missed }: DeliveryResult,
  queued: number,
): string {
  return [
    `**${queued} queued**`,
    "",
    `- Delivered: ${delivered}`,
    `- Given up: ${givenUp}`,
    ...(overtaken === 0 ? [] : [`- Overtaken by newer advice: ${overtaken}`]),
    ...missed
      .slice(-20)
      .map(({ id, type, why }) => `- ${code(type)} (${prose(id)}): ${prose(why)}`),
  ].join("\n");
}
