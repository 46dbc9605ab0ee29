import type { DomainEvent, WebhookEvent } from "../../domain/state/event.ts";

/** Above this many waiting events (a dashboard's replay, a long outage), webhooks that say the same are merged. */
export const MERGE_ABOVE = 50;

/** Events waiting for the loop, oldest first. Webhooks are hints to read Dodo: they can wait, or go to the next run. */
export type Inbox = {
  readonly push: (event: DomainEvent) => void;
  readonly take: (withWebhooks: boolean) => DomainEvent | undefined;
  readonly has: (withWebhooks: boolean) => boolean;
  readonly isEmpty: () => boolean;
  /** The inbox's content if it holds nothing but webhooks; else null. */
  readonly onlyWebhooks: () => readonly DomainEvent[] | null;
};

/**
 * An inbox that a flood of webhooks cannot fill without bound: of two webhooks that say the same, the newer one stays.
 *
 * @param carried webhooks that the previous run left
 */
export function createInbox(carried: readonly DomainEvent[] = []): Inbox {
  let events = [...carried];
  const indexOf = (withWebhooks: boolean): number =>
    events.findIndex((event) => withWebhooks || !isWebhook(event));
  return {
    push: (event) => {
      if (events.length >= MERGE_ABOVE && isWebhook(event)) {
        const key = keyOf(event);
        events = events.filter((waiting) => !isWebhook(waiting) || keyOf(waiting) !== key);
      }
      events.push(event);
    },
    take: (withWebhooks) => {
      const index = indexOf(withWebhooks);
      return index < 0 ? undefined : events.splice(index, 1)[0];
    },
    has: (withWebhooks) => indexOf(withWebhooks) >= 0,
    isEmpty: () => events.length === 0,
    onlyWebhooks: () => (events.every(isWebhook) ? [...events] : null),
  };
}

function isWebhook(event: DomainEvent): event is WebhookEvent {
  return "webhookId" in event;
}

/** Two webhooks with the same key say the same. */
function keyOf(event: WebhookEvent): string {
  switch (event.kind) {
    case "payment_reported":
      return `${event.payment.paymentId} ${event.payment.status}`;
    case "subscription_reported":
      return `subscription ${event.status}`;
    case "dodo_dunning_reported":
      return event.type;
  }
}
