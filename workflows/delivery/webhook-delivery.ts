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
import { DELIVER_SIGNAL, webhookQueueOf } from "../contract.ts";
import { whyFailed } from "../shared/failure-text.ts";
import { subscriptionIdIn } from "../shared/inputs.ts";
import { PATIENT } from "../shared/retries.ts";

export type DeliveryInput = {
  readonly subscriptionId: string;
  /** What the run before this one left. */
  readonly left?: Left;
};

type Waiting = Publication & { readonly handedOverAt: Instant };

type Left = {
  readonly waiting: readonly Waiting[];
  readonly seen: readonly string[];
  readonly result: DeliveryResult;
};

/** What a closed delivery leaves. */
export type DeliveryResult = {
  readonly delivered: number;
  readonly givenUp: number;
  /** Those given up, newest last (bounded). */
  readonly missed: readonly {
    readonly id: string;
    readonly type: PublicationType;
    readonly why: string;
  }[];
};

/** How long one webhook is tried, from its hand-over. */
const GIVE_UP_MS = 5 * DAY_MS;

/** What was handed over twice is known by its id. */
const SEEN_MAX = 500;
const MISSED_MAX = 100;

const NOTHING_YET: DeliveryResult = { delivered: 0, givenUp: 0, missed: [] };

/**
 * Delivers one subscription's webhooks, one after the other in the order in which they happened: the next one waits for the
 * one before it, until that is taken or given up. Ends when there is none left.
 */
export async function webhookDelivery(input: DeliveryInput): Promise<DeliveryResult> {
  const subscriptionId = subscriptionIdIn(input);
  let waiting = [...(input.left?.waiting ?? [])];
  let seen = [...(input.left?.seen ?? [])];
  let result = input.left?.result ?? NOTHING_YET;
  setHandler(defineSignal<[readonly Publication[]]>(DELIVER_SIGNAL), (publications) => {
    const handedOverAt = Date.now();
    const news = publications.filter(({ id }) => !seen.includes(id));
    seen = [...seen, ...news.map(({ id }) => id)].slice(-SEEN_MAX);
    waiting = [...waiting, ...news.map((one) => ({ ...one, handedOverAt }))];
  });
  // The hand-over that started this run may come a moment after it.
  await condition(() => waiting.length > 0, "10s");
  for (;;) {
    const [next] = waiting;
    // Between this check and the return nothing is awaited: what comes at the last moment is delivered.
    if (next === undefined) return result;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof webhookDelivery>({
        subscriptionId,
        left: { waiting, seen, result },
      });
    }
    const why = await deliver(next);
    waiting = waiting.filter(({ id }) => id !== next.id);
    if (why === null) result = { ...result, delivered: result.delivered + 1 };
    else {
      const { id, type } = next;
      const missed = [...result.missed, { id, type, why }].slice(-MISSED_MAX);
      result = { ...result, givenUp: result.givenUp + 1, missed };
      await notifyOperator(next, why);
    }
    setCurrentDetails(detailsOf(result, waiting.length));
  }
}

/** @returns why it was given up; null for one that was taken */
async function deliver({ handedOverAt, ...publication }: Waiting): Promise<string | null> {
  const leftMs = handedOverAt + GIVE_UP_MS - Date.now();
  const { deliverWebhook } = proxyActivities<DeliveryActivities>({
    taskQueue: webhookQueueOf(workflowInfo().taskQueue),
    retry: { ...PATIENT, initialInterval: "5s", maximumInterval: "1h" },
    startToCloseTimeout: "30s",
    // However long it had to wait for those before it, each is tried.
    scheduleToCloseTimeout: Math.max(leftMs, MINUTE_MS),
    summary: publication.type,
  });
  try {
    await deliverWebhook({ at: Date.now(), publication });
    return null;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return whyFailed(error);
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
    });
  } catch (error) {
    // It stands in the result all the same.
    if (isCancellation(error)) throw error;
  }
}

function detailsOf({ delivered, givenUp, missed }: DeliveryResult, waiting: number): string {
  return [
    `**${waiting} waiting**`,
    "",
    `- Delivered: ${delivered}`,
    `- Given up: ${givenUp}`,
    ...missed.slice(-20).map(({ id, type, why }) => `- \`${type}\` (${id}): ${why}`),
  ].join("\n");
}
