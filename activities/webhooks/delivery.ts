import { ApplicationFailure } from "@temporalio/activity";
import { Webhook } from "standardwebhooks";
import type { Publication } from "../../domain/state/publication.ts";
import type { SubscriptionId } from "../../domain/values/ids.ts";
import { HOUR_MS, type Instant, SECOND_MS } from "../../domain/values/time.ts";
import { webhookBodyOf } from "./body.ts";

/** Where outgoing webhooks go. */
export type OutgoingWebhook = {
  readonly url: string;
  /** `whsec_…`; each of them signs, so that a receiver may change from one to the next. */
  readonly keys: readonly string[];
};

export type DeliveryDependencies = {
  readonly outgoingWebhook: OutgoingWebhook | null;
  /** Gives them to the subscription's delivery, which then has them whatever becomes of this process. */
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
  readonly deliverWebhook: (input: DeliverInput) => Promise<void>;
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
      if (outgoingWebhook === null) throw new Error("OUTGOING_WEBHOOK_URL is not set");
      await deliver(publication, outgoingWebhook, (url, init) =>
        fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) }),
      );
    },
  };
}

type Send = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Posts one webhook. Only a 2xx is a yes; its body is not read, and a redirect is not followed.
 * @throws what Temporal tries again, later where the receiver says so; for 410 what it does not
 * @source github.com/standard-webhooks, spec/standard-webhooks.md
 */
async function deliver(
  publication: Publication,
  { url, keys }: OutgoingWebhook,
  send: Send,
): Promise<void> {
  const body = JSON.stringify(webhookBodyOf(publication));
  const answer = await post(url, body, signedHeaders(publication.id, body, keys), send);
  void answer.body?.cancel().catch(() => undefined);
  if (answer.ok) return;
  const message = `the receiver answered ${answer.status}`;
  if (answer.status === 410) throw ApplicationFailure.nonRetryable(message, "Gone");
  const nextRetryDelay = retryAfterMs(answer.headers.get("retry-after"));
  throw ApplicationFailure.create({
    message,
    type: "NotTaken",
    ...(nextRetryDelay === null ? {} : { nextRetryDelay }),
  });
}

async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  send: Send,
): Promise<Response> {
  try {
    return await send(url, { method: "POST", headers, body });
  } catch (error) {
    // The address may hold a secret of the merchant's: it stands in no message.
    throw ApplicationFailure.create({ message: reasonOf(error), type: "NoAnswer" });
  }
}

/** The receiver compares the time with its own clock, so that each try has its own. */
function signedHeaders(
  id: string,
  body: string,
  keys: readonly string[],
): Readonly<Record<string, string>> {
  const now = new Date();
  return {
    "content-type": "application/json",
    "user-agent": "Reprise",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
    "webhook-signature": keys.map((key) => new Webhook(key).sign(id, now, body)).join(" "),
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return "no answer in time";
  }
  const cause: unknown = error instanceof Error ? error.cause : null;
  const code =
    typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return `no answer${code === "" ? "" : ` (${code})`}`;
}

/** Seconds, as receivers mostly write it; never longer than our own longest gap. */
function retryAfterMs(header: string | null): number | null {
  if (header === null || !/^\d{1,9}$/.test(header.trim())) return null;
  return Math.min(Math.max(Number(header) * SECOND_MS, SECOND_MS), HOUR_MS);
}
