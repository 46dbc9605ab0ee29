import type { DomainEvent, WebhookEvent } from "../../domain/state/event.ts";

/** Up to here every event waits as it came; a flood (a dashboard's replay, a long outage) is thinned out. */
export const INBOX_ROOMY = 50;

/** Events on their way to the loop, oldest first. Webhooks are hints: they can wait, or be left to the next run. */
export type Inbox = {
  readonly push: (event: DomainEvent) => void;
  readonly take: (withHints: boolean) => DomainEvent | undefined;
  readonly has: (withHints: boolean) => boolean;
  readonly isEmpty: () => boolean;
  /** All that waits, where that is nothing but hints; else null. */
  readonly hintsOnly: () => readonly DomainEvent[] | null;
};

/**
 * An inbox that a flood of webhooks cannot fill without end. A hint that waits already is not kept twice: the newer body
 * stands for both, and what either of them said is in the read that it leads to.
 *
 * @param carried what the run before this one has left
 */
export function createInbox(carried: readonly DomainEvent[] = []): Inbox {
  let events = [...carried];
  const indexOf = (withHints: boolean): number =>
    events.findIndex((event) => withHints || !isHint(event));
  return {
    push: (event) => {
      const name = events.length < INBOX_ROOMY || !isHint(event) ? null : nameOf(event);
      if (name !== null) {
        events = events.filter((waiting) => !isHint(waiting) || nameOf(waiting) !== name);
      }
      events.push(event);
    },
    take: (withHints) => {
      const index = indexOf(withHints);
      return index < 0 ? undefined : events.splice(index, 1)[0];
    },
    has: (withHints) => indexOf(withHints) >= 0,
    isEmpty: () => events.length === 0,
    hintsOnly: () => (events.every(isHint) ? [...events] : null),
  };
}

function isHint(event: DomainEvent): event is WebhookEvent {
  return "webhookId" in event;
}

/** Hints of the same name say the same. */
function nameOf(event: WebhookEvent): string {
  switch (event.kind) {
    case "payment_reported":
      return `${event.payment.paymentId} ${event.payment.dodoStatus}`;
    case "subscription_reported":
      return `subscription ${event.dodoStatus}`;
    case "dodo_dunning_reported":
      return event.type;
  }
}
