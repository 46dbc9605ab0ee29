import { type DeferralKey, deferralKeyOf } from "./decision/deferral-key.ts";
import type { DomainEvent, WebhookEvent } from "./state/event.ts";
import type { Instant } from "./values/time.ts";

/** How many webhook ids are remembered: more than Dodo redelivers or a dashboard replays for one subscription. */
const SEEN_MAX = 200;

/** Above this many waiting events (a dashboard's replay, a long outage), webhooks that say the same are decided on once. */
export const MERGE_ABOVE = 50;

/** What waits for a decision. */
export type Waiting = {
  /** In the order of arrival, a flood without repetitions. */
  readonly events: readonly DomainEvent[];
  /** When each of them arrived; null where that is unknown. */
  readonly arrivedAt: readonly (Instant | null)[];
  /** Of all of them, repetitions included. */
  readonly ids: readonly string[];
  /** The time of the wake-up has come: decided on last. */
  readonly isDue: boolean;
  /** False where webhooks stay in the inbox: then nothing that is due starts. */
  readonly isAll: boolean;
};

/** What an inbox starts with. */
export type InboxContent = {
  /** What the previous run left: webhooks, whose ids are in `seenWebhookIds` already. */
  readonly webhooks?: readonly DomainEvent[];
  /** Ids of the webhooks that arrived, newest last (bounded). */
  readonly seenWebhookIds: readonly string[];
};

/**
 * Events waiting for the loop, in the order of arrival. Several are decided on at once, and the recorded decision names them by
 * their ids. At replay one of them may arrive later than it did: it is dropped then, since its decision is known.
 */
export class Inbox {
  #waiting: DomainEvent[];
  /** When an event arrived, for people to read. Unknown after continue-as-new. */
  readonly #arrivedAt = new Map<DomainEvent, Instant>();
  #seenWebhookIds: readonly string[];
  /** Decided on, but not here yet: only at replay. */
  readonly #decidedEarly: string[] = [];

  constructor({ webhooks = [], seenWebhookIds }: InboxContent) {
    this.#waiting = [...webhooks];
    this.#seenWebhookIds = seenWebhookIds;
  }

  /**
   * Takes an event in. A webhook that was here before is ignored: Dodo delivers at least once.
   * @param at when it arrives, for people to read
   */
  push(event: DomainEvent, at?: Instant): void {
    if (isWebhook(event)) {
      if (this.#seenWebhookIds.includes(event.webhookId)) return;
      this.#seenWebhookIds = [...this.#seenWebhookIds, event.webhookId].slice(-SEEN_MAX);
    }
    const early = this.#decidedEarly.indexOf(idOf(event));
    if (early >= 0) {
      this.#decidedEarly.splice(early, 1);
      return;
    }
    this.#waiting.push(event);
    if (at !== undefined) this.#arrivedAt.set(event, at);
  }

  /**
   * @param withWebhooks false to ignore webhooks
   * @param mayWait keys of events that are ignored too
   */
  has(withWebhooks: boolean, mayWait: readonly DeferralKey[] = []): boolean {
    return this.#waiting.some(
      (event) => !isDeferrable(event, mayWait) && (withWebhooks || !isWebhook(event)),
    );
  }

  /** The events that may wait by these keys, oldest first. */
  deferred(mayWait: readonly DeferralKey[]): Waiting {
    const events = this.#waiting.filter((event) => isDeferrable(event, mayWait));
    return this.#described(events, false, false);
  }

  /** What a decision is about, oldest first. @param withWebhooks false to leave webhooks waiting */
  waiting(withWebhooks: boolean, isDue: boolean): Waiting {
    const events = withWebhooks
      ? this.#waiting
      : this.#waiting.filter((event) => !isWebhook(event));
    return this.#described(events, isDue, events.length === this.#waiting.length);
  }

  #described(all: readonly DomainEvent[], isDue: boolean, isAll: boolean): Waiting {
    const events = merged(all);
    const arrivedAt = events.map((event) => this.#arrivedAt.get(event) ?? null);
    return { events, arrivedAt, ids: all.map(idOf), isDue, isAll };
  }

  /** The waiting webhooks if nothing else waits; else null. */
  onlyWebhooks(): readonly DomainEvent[] | null {
    return this.#waiting.every(isWebhook) ? merged(this.#waiting) : null;
  }

  /** Removes events that were decided on, by their ids. */
  remove(ids: readonly string[]): void {
    for (const id of ids) {
      const index = this.#waiting.findIndex((event) => idOf(event) === id);
      const [removed] = index < 0 ? [] : this.#waiting.splice(index, 1);
      if (removed === undefined) this.#decidedEarly.push(id);
      else this.#arrivedAt.delete(removed);
    }
  }

  get seenWebhookIds(): readonly string[] {
    return this.#seenWebhookIds;
  }

  /** All that another inbox needs to go on from here. */
  content(): Required<InboxContent> {
    return { webhooks: [...this.#waiting], seenWebhookIds: this.#seenWebhookIds };
  }
}

/** Names an event within its recovery. */
function idOf(event: DomainEvent): string {
  if ("webhookId" in event) return event.webhookId;
  if ("effectId" in event) return event.effectId;
  if (event.kind === "command") return event.commandId;
  return event.kind === "charge_requested" ? event.request.chargeId : event.kind;
}

function isDeferrable(event: DomainEvent, mayWait: readonly DeferralKey[]): boolean {
  const key = deferralKeyOf(event);
  return key !== null && mayWait.includes(key);
}

function isWebhook(event: DomainEvent): event is WebhookEvent {
  return "webhookId" in event;
}

/** Of a flood, the newest of the webhooks that say the same; everything else stays. */
function merged(events: readonly DomainEvent[]): readonly DomainEvent[] {
  if (events.length <= MERGE_ABOVE) return [...events];
  const newest = new Map(events.filter(isWebhook).map((event) => [keyOf(event), event]));
  return events.filter((event) => !isWebhook(event) || newest.get(keyOf(event)) === event);
}

/** Two webhooks with the same key say the same. */
function keyOf(event: WebhookEvent): string {
  switch (event.kind) {
    case "payment_reported":
      return `${event.payment.paymentId} ${event.payment.dodoStatus}`;
    case "subscription_reported":
      return `subscription ${event.dodoStatus}`;
    case "dodo_dunning_reported":
      return event.type;
  }
}
