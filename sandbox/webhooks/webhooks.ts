import { Webhook } from "standardwebhooks";
import { takeWebhookFaults, type WebhookFault } from "../faults/request-faults.ts";
import { newId } from "../model/state/ids.ts";
import { mulberry32 } from "./mulberry32.ts";
import type { Settings } from "../settings.ts";
import {
  appendToLog,
  type Store,
  type Delivery,
  type DeliveryAttempt,
  type EventSubject,
} from "../model/state/entities.ts";
import type { Timers } from "../model/timers.ts";

export type WebhookEvent = {
  readonly type: string;
  readonly subject: EventSubject;
  readonly occurredAt: number;
  readonly subscriptionId: string | null;
  readonly paymentId: string | null;
  readonly overrides?: Record<string, unknown>;
  readonly forged?: boolean;
  readonly signedOffsetMs?: number;
};

export type WebhookSender = {
  readonly emit: (occurrence: WebhookEvent) => Delivery;
  /** Once more under its id, beside the ladder, whatever became of it. */
  readonly resend: (delivery: Delivery) => void;
};

export type DeliveryContext = {
  readonly store: Store;
  readonly settings: Settings;
  readonly timers: Timers;
  /** The body of a delivery, at this moment. */
  readonly bodyOf: (delivery: Delivery) => { readonly data: Record<string, unknown> };
};

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Gaps before each of the eight attempts. @source dodo.md 4.4 */
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

/** Of a subscription's events, the next leaves when the one before was answered, or after this. */
const NEXT_EVENT_DELAY_MAX_MS = 250;

const FORGED_SIGNING_KEY = `whsec_${Buffer.from("not the key of this endpoint").toString("base64")}`;

type QueuedAttempt = { readonly delivery: Delivery; readonly kind: DeliveryAttempt["kind"] };

export function createWebhooks(office: DeliveryContext): WebhookSender {
  const { store, settings, timers } = office;
  const queues = new Map<string, Promise<unknown>>();
  const shuffled = new Map<string, QueuedAttempt[]>();
  const random = mulberry32(1);

  function enqueue(sendings: readonly QueuedAttempt[]): void {
    const era = timers.generation();
    for (const { delivery, kind } of sendings) {
      const key = delivery.subscriptionId ?? delivery.deliveryId;
      const before = queues.get(key) ?? Promise.resolve();
      delivery.pendingAttempts += 1;
      const turn = before.then(async () => {
        // What still queues when the sandbox is reset or closed is not sent.
        const isDue = timers.generation() === era;
        const sent = isDue ? attemptDelivery(office, delivery, kind) : Promise.resolve();
        const isOver = sent.finally(() => {
          delivery.pendingAttempts -= 1;
        });
        await Promise.race([isOver, ...(isDue ? [timers.sleep(NEXT_EVENT_DELAY_MAX_MS)] : [])]);
      });
      queues.set(key, turn);
      void turn.then(() => {
        if (queues.get(key) === turn) queues.delete(key);
      });
    }
  }

  function shuffle(fault: WebhookFault & { kind: "shuffled" }, sendings: QueuedAttempt[]): void {
    const batch = shuffled.get(fault.faultId);
    if (batch !== undefined) {
      batch.push(...sendings);
      return;
    }
    shuffled.set(fault.faultId, sendings);
    void timers.sleep(fault.ms).then((isDue) => {
      const gathered = shuffled.get(fault.faultId) ?? [];
      shuffled.delete(fault.faultId);
      if (isDue) enqueue(reordered(gathered, random));
    });
  }

  function emit(occurrence: WebhookEvent): Delivery {
    const delivery = newDelivery(occurrence);
    appendToLog(store.deliveries, delivery);
    const { webhookUrl, webhookTypes } = settings;
    if (webhookUrl === null || (webhookTypes !== null && !webhookTypes.includes(delivery.type))) {
      delivery.state = "unsent";
      return delivery;
    }
    const faults = takeWebhookFaults(store.webhookFaults, delivery);
    const sendings: QueuedAttempt[] = [{ delivery, kind: "scheduled" }];
    let delayMs = 0;
    let shuffling: (WebhookFault & { kind: "shuffled" }) | null = null;
    for (const fault of faults) {
      if (fault.kind === "lost") delivery.state = "lost";
      if (fault.kind === "forged") delivery.forged = true;
      if (fault.kind === "delayed") delayMs += fault.ms;
      if (fault.kind === "shuffled") shuffling = fault;
      for (let copy = 2; fault.kind === "duplicated" && copy <= fault.copies; copy += 1) {
        sendings.push({ delivery, kind: "duplicate" });
      }
    }
    if (delivery.state === "lost") return delivery;
    const send = (): void =>
      shuffling === null ? enqueue(sendings) : shuffle(shuffling, sendings);
    if (delayMs > 0) timers.after(delayMs, send);
    else send();
    return delivery;
  }

  return { emit, resend: (delivery) => enqueue([{ delivery, kind: "resend" }]) };
}

function newDelivery(occurrence: WebhookEvent): Delivery {
  const { type, subject, occurredAt, subscriptionId, paymentId } = occurrence;
  return {
    deliveryId: newId("msg"),
    type,
    subject,
    overrides: occurrence.overrides ?? {},
    subscriptionId,
    paymentId,
    occurredAt,
    state: "waiting",
    pendingAttempts: 0,
    forged: occurrence.forged ?? false,
    signedOffsetMs: occurrence.signedOffsetMs ?? 0,
    attempts: [],
  };
}

async function attemptDelivery(
  office: DeliveryContext,
  delivery: Delivery,
  kind: DeliveryAttempt["kind"],
): Promise<void> {
  const { settings, timers } = office;
  const { webhookUrl } = settings;
  const era = timers.generation();
  // A resend was accepted in the meantime, or the endpoint is gone.
  if ((kind === "scheduled" && delivery.state === "accepted") || webhookUrl === null) return;
  const body = office.bodyOf(delivery);
  const dataStatus = body.data["status"];
  const entry: DeliveryAttempt = {
    startedAt: Date.now(),
    endedAt: null,
    status: null,
    error: null,
    dataStatus: typeof dataStatus === "string" ? dataStatus : null,
    kind,
  };
  delivery.attempts.push(entry);
  try {
    entry.status = await sendSigned(office, webhookUrl, delivery, JSON.stringify(body));
  } catch (error) {
    entry.error = error instanceof Error ? error.name : String(error);
  }
  entry.endedAt = Date.now();
  if (timers.generation() !== era) return;
  if (entry.status !== null && entry.status >= 200 && entry.status < 300) {
    delivery.state = "accepted";
  } else if (kind === "scheduled") {
    scheduleRetry(office, delivery);
  }
}

function scheduleRetry(office: DeliveryContext, delivery: Delivery): void {
  const made = delivery.attempts.filter(({ kind }) => kind === "scheduled").length;
  const gapMs = RETRY_DELAYS_MS[made];
  if (gapMs === undefined) {
    if (delivery.state === "waiting") delivery.state = "failed";
    return;
  }
  office.timers.after(gapMs * office.settings.webhookRetryScale, () => {
    void attemptDelivery(office, delivery, "scheduled");
  });
}

/** Signed anew at each attempt, under the same id. @source dodo.md 4.3; 11, questions 12 and 13 */
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
      // A redirect is not an acceptance. @source dodo.md 4.4
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
    await response.arrayBuffer();
    return response.status;
  } finally {
    release();
  }
}

/** Another order than the given one, where there are two at least. */
function reordered(sendings: readonly QueuedAttempt[], random: () => number): QueuedAttempt[] {
  const order = [...sendings];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [order[last], order[other]];
    if (a !== undefined && b !== undefined) [order[last], order[other]] = [b, a];
  }
  const isSame = order.every((sending, index) => sending === sendings[index]);
  return isSame ? order.toReversed() : order;
}
