import type { DeliveryAttempt, Publication } from "../../domain/state/publication.ts";
import type { SubscriptionId } from "../../domain/values/ids.ts";
import { codesOf } from "../../domain/values/own-error.ts";
import { HOUR_MS, type Instant, SECOND_MS } from "../../domain/values/time.ts";
import { signedHeaders } from "../../platform/standard-webhook.ts";
import { activityContext } from "../activity-context.ts";
import { activityFailure } from "../failure.ts";
import { webhookBodyOf } from "./body.ts";

/** The receiver of outgoing webhooks. */
export type OutgoingWebhook = {
  readonly url: string;
  /** `whsec_…`; each key signs, so that the receiver can rotate keys. */
  readonly keys: readonly string[];
};

export type DeliveryDependencies = {
  readonly outgoingWebhook: OutgoingWebhook | null;
  /** Sends them to the subscription's delivery workflow, which survives a restart of this process. */
  readonly enqueueDelivery: (
    subscriptionId: SubscriptionId,
    publications: readonly Publication[],
  ) => Promise<void>;
  readonly fetch: typeof globalThis.fetch;
};

export type EnqueueInput = {
  readonly at: Instant;
  readonly subscriptionId: SubscriptionId;
  readonly publications: readonly Publication[];
};

export type DeliverInput = { readonly at: Instant; readonly publication: Publication };

export type DeliveryActivities = {
  readonly enqueuePublications: (input: EnqueueInput) => Promise<void>;
  /** @returns its tries, the last of which the receiver accepted (bounded, the newest last) */
  readonly deliverWebhook: (input: DeliverInput) => Promise<readonly DeliveryAttempt[]>;
};

const RECEIVER_TIMEOUT_MS = 15 * SECOND_MS;

/** @param timeoutMs how long a receiver may take to answer */
export function createDeliveryActivities(
  dependencies: DeliveryDependencies,
  timeoutMs: number = RECEIVER_TIMEOUT_MS,
): DeliveryActivities {
  const { outgoingWebhook, enqueueDelivery, fetch } = dependencies;
  return {
    enqueuePublications: ({ subscriptionId, publications }) =>
      enqueueDelivery(subscriptionId, publications),
    deliverWebhook: async ({ publication }) => {
      if (outgoingWebhook === null)
        throw activityFailure({ message: "OUTGOING_WEBHOOK_URL is not set", type: "NotSetUp" });
      return await deliver(publication, outgoingWebhook, (url, init) =>
        fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) }),
      );
    },
  };
}

type Send = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Posts one webhook. Only HTTP 2xx counts as delivered; the body is not read, and redirects are not followed.
 * @throws ApplicationFailure, retried by Temporal after `Retry-After` if the receiver sends it; non-retryable for HTTP 410
 * @source github.com/standard-webhooks, spec/standard-webhooks.md
 */
async function deliver(
  publication: Publication,
  { url, keys }: OutgoingWebhook,
  send: Send,
): Promise<readonly DeliveryAttempt[]> {
  const body = JSON.stringify(webhookBodyOf(publication));
  // Each try has its own timestamp, because the receiver compares it with its clock.
  const now = new Date();
  const at = now.getTime();
  const headers = { ...signedHeaders(publication.id, body, keys, now), "user-agent": "Reprise" };
  const answer = await post(url, body, headers, send);
  if (answer instanceof Error) {
    // Errors omit the address, which may contain a secret.
    const details = [recordAttempt({ at, status: null })];
    throw activityFailure({ message: reasonOf(answer), type: "NoAnswer", details });
  }
  void answer.body?.cancel().catch(() => undefined);
  const attempts = recordAttempt({ at, status: answer.status });
  if (answer.ok) return attempts;
  const message = `the receiver answered ${answer.status}`;
  const details = [attempts];
  if (answer.status === 410)
    throw activityFailure({ message, type: "Gone", isFinal: true, details });
  throw activityFailure({
    message,
    type: "NotTaken",
    retryAfterMs: retryAfterMs(answer.headers.get("retry-after")),
    details,
  });
}

/** A history is bounded: of a webhook that is tried for five days, the first tries are forgotten. */
const ATTEMPTS_MAX = 20;

/**
 * Adds a try to those before. Temporal keeps them from try to try as the activity's heartbeat, and at its end as its result or its
 * failure, where the list of deliveries reads them.
 */
function recordAttempt(attempt: DeliveryAttempt): readonly DeliveryAttempt[] {
  const context = activityContext();
  const before = (context?.info.heartbeatDetails ?? []) as readonly DeliveryAttempt[];
  const attempts = [...before, attempt].slice(-ATTEMPTS_MAX);
  context?.heartbeat(attempts);
  return attempts;
}

async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  send: Send,
): Promise<Response | Error> {
  try {
    return await send(url, { method: "POST", headers, body });
  } catch (error) {
    return error instanceof Error ? error : new Error("no answer");
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return "no answer in time";
  }
  const [code] = codesOf(error);
  return `no answer${code === undefined ? "" : ` (${code})`}`;
}

/** @param header only the form in seconds is used @returns at most one hour, our own longest gap */
function retryAfterMs(header: string | null): number | null {
  if (header === null || !/^\d{1,9}$/.test(header.trim())) return null;
  return Math.min(Math.max(Number(header) * SECOND_MS, SECOND_MS), HOUR_MS);
}
