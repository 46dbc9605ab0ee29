/** Decides when events leave, in which order, and with which faults. `delivery-attempt.ts` sends them. */
import { takeWebhookFaults, type WebhookFault } from "../faults/webhook-faults.ts";
import type { WebhookEvent, WebhookSender } from "../model/context.ts";
import { newId } from "../model/state/ids.ts";
import { appendToLog, type Delivery, type DeliveryAttempt } from "../model/state/logs.ts";
import { attemptDelivery, type DeliveryContext } from "./delivery-attempt.ts";
import { mulberry32 } from "./mulberry32.ts";

/** The next event of a subscription leaves once the one before is answered, or after this time. */
const NEXT_EVENT_DELAY_MAX_MS = 250;

type QueuedAttempt = { readonly delivery: Delivery; readonly kind: DeliveryAttempt["kind"] };
type ShuffleFault = WebhookFault & { kind: "shuffled" };

export function createWebhookSender(context: DeliveryContext): WebhookSender {
  const { store, settings, timers } = context;
  /** The last queued attempt of each subscription. */
  const queues = new Map<string, Promise<unknown>>();
  const shuffled = new Map<string, QueuedAttempt[]>();
  const random = mulberry32(1);

  function enqueue(attempts: readonly QueuedAttempt[]): void {
    const generation = timers.generation();
    for (const { delivery, kind } of attempts) {
      const key = delivery.subscriptionId ?? delivery.deliveryId;
      const previous = queues.get(key) ?? Promise.resolve();
      delivery.pendingAttempts += 1;
      const next = previous.then(async () => {
        // A reset or a shutdown discards what is still queued.
        const isCurrent = timers.generation() === generation;
        const sent = isCurrent ? attemptDelivery(context, delivery, kind) : Promise.resolve();
        const finished = sent.finally(() => {
          delivery.pendingAttempts -= 1;
        });
        const timeout = isCurrent ? [timers.sleep(NEXT_EVENT_DELAY_MAX_MS)] : [];
        await Promise.race([finished, ...timeout]);
      });
      queues.set(key, next);
      void next.then(() => {
        if (queues.get(key) === next) queues.delete(key);
      });
    }
  }

  function shuffle(fault: ShuffleFault, attempts: QueuedAttempt[]): void {
    const batch = shuffled.get(fault.faultId);
    if (batch !== undefined) {
      batch.push(...attempts);
      return;
    }
    shuffled.set(fault.faultId, attempts);
    void timers.sleep(fault.ms).then((isDue) => {
      const collected = shuffled.get(fault.faultId) ?? [];
      shuffled.delete(fault.faultId);
      if (isDue) enqueue(reordered(collected, random));
    });
  }

  function emit(event: WebhookEvent): Delivery {
    const delivery = newDelivery(event);
    appendToLog(store.deliveries, delivery);
    const { webhookUrl, webhookTypes, webhookDisabled } = settings;
    const isSelected = webhookTypes === null || webhookTypes.includes(delivery.type);
    if (webhookUrl === null || webhookDisabled || !isSelected) {
      delivery.state = "unsent";
      return delivery;
    }
    const attempts: QueuedAttempt[] = [{ delivery, kind: "scheduled" }];
    let delayMs = 0;
    let shuffleFault: ShuffleFault | null = null;
    for (const fault of takeWebhookFaults(store.webhookFaults, delivery)) {
      if (fault.kind === "lost") delivery.state = "lost";
      if (fault.kind === "forged") delivery.forged = true;
      if (fault.kind === "delayed") delayMs += fault.ms;
      if (fault.kind === "shuffled") shuffleFault = fault;
      for (let copy = 2; fault.kind === "duplicated" && copy <= fault.copies; copy += 1) {
        attempts.push({ delivery, kind: "duplicate" });
      }
    }
    if (delivery.state === "lost") return delivery;
    const send = (): void =>
      shuffleFault === null ? enqueue(attempts) : shuffle(shuffleFault, attempts);
    if (delayMs > 0) timers.after(delayMs, send);
    else send();
    return delivery;
  }

  return { emit, resend: (delivery) => enqueue([{ delivery, kind: "resend" }]) };
}

function newDelivery(event: WebhookEvent): Delivery {
  const { type, subject, occurredAt, subscriptionId, paymentId } = event;
  return {
    deliveryId: newId("msg"),
    type,
    subject,
    overrides: event.overrides ?? {},
    subscriptionId,
    paymentId,
    occurredAt,
    state: "waiting",
    pendingAttempts: 0,
    forged: event.forged ?? false,
    signedOffsetMs: event.signedOffsetMs ?? 0,
    attempts: [],
  };
}

/** @returns the attempts in a different order, if there are at least two */
function reordered(attempts: readonly QueuedAttempt[], random: () => number): QueuedAttempt[] {
  const order = [...attempts];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [order[last], order[other]];
    if (a !== undefined && b !== undefined) [order[last], order[other]] = [b, a];
  }
  const isSame = order.every((attempt, index) => attempt === attempts[index]);
  return isSame ? order.toReversed() : order;
}
