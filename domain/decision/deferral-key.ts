import type { EffectId } from "../values/ids.ts";
import type { DomainEvent } from "../state/event.ts";

/** What an event may wait by: the id of its effect, or a kind of webhook. */
export type DeferralKey = EffectId | "payment" | "subscription";

/**
 * The key by which an event may wait; null where it is decided on at once. Which keys wait, the rules say in each decision: a changed
 * rule breaks no replay.
 */
export function deferralKeyOf(event: DomainEvent): DeferralKey | null {
  switch (event.kind) {
    case "payment_reported":
      return "payment";
    case "subscription_reported":
    case "dodo_dunning_reported":
      return "subscription";
    case "notice_finished":
      return event.outcome.kind === "sent" ? event.effectId : null;
    case "charge_finished":
      return event.outcome.kind === "accepted" ? event.effectId : null;
    case "published":
      return event.enqueued ? event.effectId : null;
    case "operator_notified":
    case "charge_status_reported":
      return event.effectId;
    case "cancel_finished":
    case "cancel_requested":
    case "charge_requested":
    case "command":
    case "debt_imported":
    case "effect_failed":
    case "payment_link_finished":
    case "read_finished":
    case "timer_fired":
      return null;
    default:
      // A newer gateway may send events that this version does not know.
      return null;
  }
}
