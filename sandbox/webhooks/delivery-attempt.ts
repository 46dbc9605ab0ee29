/** One delivery attempt: body, signature, request, and the next attempt if it fails. */
import { Webhook } from "standardwebhooks";
import type { SandboxContext } from "../model/context.ts";
import type { Delivery, DeliveryAttempt } from "../model/state/logs.ts";

export type DeliveryContext = Pick<SandboxContext, "store" | "settings" | "timers"> & {
  /** Builds the body from the state at the time of the call. */
  readonly bodyOf: (delivery: Delivery) => { readonly data: Record<string, unknown> };
};

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** The delay before each of the eight attempts. @source docs/dodo/webhooks.md, "Delivery" */
export const RETRY_DELAYS_MS = [
  0,
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  10 * HOUR_MS,
] as const;

const FORGED_SIGNING_KEY = `whsec_${Buffer.from("not the key of this endpoint").toString("base64")}`;

/** Sends a delivery once, and schedules the next attempt if the receiver does not accept it. */
export async function attemptDelivery(
  context: DeliveryContext,
  delivery: Delivery,
  kind: DeliveryAttempt["kind"],
): Promise<void> {
  const { settings, timers } = context;
  const { webhookUrl } = settings;
  const generation = timers.generation();
  // Since this attempt was scheduled, a resend may have been accepted or the endpoint removed.
  if ((kind === "scheduled" && delivery.state === "accepted") || webhookUrl === null) return;
  const body = context.bodyOf(delivery);
  const dataStatus = body.data["status"];
  const attempt: DeliveryAttempt = {
    startedAt: Date.now(),
    endedAt: null,
    status: null,
    error: null,
    dataStatus: typeof dataStatus === "string" ? dataStatus : null,
    kind,
  };
  delivery.attempts.push(attempt);
  try {
    attempt.status = await sendSigned(context, webhookUrl, delivery, JSON.stringify(body));
  } catch (error) {
    attempt.error = error instanceof Error ? error.name : String(error);
  }
  attempt.endedAt = Date.now();
  if (timers.generation() !== generation) return;
  if (attempt.status !== null && attempt.status >= 200 && attempt.status < 300) {
    delivery.state = "accepted";
  } else if (kind === "scheduled") {
    scheduleRetry(context, delivery);
  }
}

function scheduleRetry(context: DeliveryContext, delivery: Delivery): void {
  const attemptsMade = delivery.attempts.filter(({ kind }) => kind === "scheduled").length;
  const delayMs = RETRY_DELAYS_MS[attemptsMade];
  if (delayMs === undefined) {
    if (delivery.state === "waiting") delivery.state = "failed";
    return;
  }
  context.timers.after(delayMs * context.settings.webhookRetryScale, () => {
    void attemptDelivery(context, delivery, "scheduled");
  });
}

/**
 * Signs every attempt again; the `webhook-id` stays the same.
 * @source docs/dodo/webhooks.md, "Signature"; docs/dodo/open-questions.md, "Redelivery of webhooks"
 * @returns the HTTP status of the response
 */
async function sendSigned(
  { settings, timers }: DeliveryContext,
  url: string,
  delivery: Delivery,
  body: string,
): Promise<number> {
  const signedAt = new Date(Date.now() + delivery.signedOffsetMs);
  const signer = new Webhook(delivery.forged ? FORGED_SIGNING_KEY : settings.webhookKey);
  const { signal, release } = timers.deadline(settings.webhookTimeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      // A redirect counts as a failed delivery. @source docs/dodo/webhooks.md, "Delivery"
      redirect: "manual",
      headers: {
        "content-type": "application/json",
        "user-agent": "sandbox-dodo",
        "webhook-id": delivery.deliveryId,
        "webhook-timestamp": String(Math.floor(signedAt.getTime() / 1_000)),
        "webhook-signature": signer.sign(delivery.deliveryId, signedAt, body),
      },
      body,
      signal,
    });
    // Reads the whole response within the deadline.
    await response.arrayBuffer();
    return response.status;
  } finally {
    release();
  }
}
