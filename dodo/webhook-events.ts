import type { CheckoutReport } from "../domain/checkout/checkout.ts";
import { MANDATE_METADATA, type MandateReport } from "../domain/mandate/mandate.ts";
import type { RoutedEvent, WebhookEvent } from "../domain/state/event.ts";
import {
  type MandateId,
  parseMandateId,
  parsePaymentId,
  parseSubscriptionId,
  type PaymentId,
  type SubscriptionId,
} from "../domain/values/ids.ts";
import { type Instant, parseInstant } from "../domain/values/time.ts";
import { codeTextOf } from "./answer-text.ts";
import { type Fields, fieldsOf, metadataOf, paymentOf, subscriptionOf, textOf } from "./shapes.ts";

export { WEBHOOK_TYPES } from "./webhook-types.ts";

/** A hint for the mandate whose id is in the metadata. */
export type RoutedToMandate = { readonly mandateId: MandateId; readonly report: MandateReport };

export type Translation =
  | {
      readonly kind: "routed";
      readonly routed: readonly RoutedEvent[];
      /** Null if the metadata has no id of a requested mandate. */
      readonly mandate: RoutedToMandate | null;
    }
  /** About a one-time payment, or about a checkout that Dodo calls abandoned. */
  | {
      readonly kind: "checkout";
      readonly paymentId: PaymentId;
      readonly report: CheckoutReport;
    }
  /** About a payment for more subscriptions than one webhook may signal. */
  | { readonly kind: "too_many_subscriptions"; readonly paymentId: PaymentId }
  | { readonly kind: "ignored"; readonly why: string }
  | { readonly kind: "malformed"; readonly why: string };

/**
 * The event types that Reprise uses, by their part before the period. It ignores all others; reads show refunds and disputes.
 * An event in `opening` reports a failure, so it starts a recovery if none is open. All others only reach an open recovery.
 * @source docs/dodo/webhooks.md, "Event types"; docs/ARCHITECTURE.md, "One workflow per subscription"
 */
export const WEBHOOK_EVENTS = {
  topics: ["payment", "subscription", "dunning", "abandoned_checkout"],
  opening: ["payment.failed", "subscription.on_hold", "subscription.past_due"],
} as const;

const OPENING: readonly string[] = WEBHOOK_EVENTS.opening;

/** Longer than any event type of Dodo's. */
const TYPE_CHARACTERS_MAX = 100;

/** Longer than any id of Dodo's. */
const BUSINESS_CHARACTERS_MAX = 100;

/** A verified body, read once. */
export type WebhookBody = {
  /** Null if it has none: then it is not an event. */
  readonly type: string | null;
  /** The business that it is about; null if it names none. */
  readonly businessId: string | null;
  readonly data: Fields;
};

/** @returns null if the body is not JSON */
export function readWebhook(body: Buffer): WebhookBody | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
  const envelope = fieldsOf(parsed);
  return {
    type: boundedOf(envelope["type"], TYPE_CHARACTERS_MAX),
    businessId: boundedOf(envelope["business_id"], BUSINESS_CHARACTERS_MAX),
    data: fieldsOf(envelope["data"]),
  };
}

function boundedOf(value: unknown, charactersMax: number): string | null {
  const text = textOf(value);
  return text === null || text.length > charactersMax ? null : text;
}

/**
 * Translates a verified body into events for recoveries. Unknown types, statuses and fields never fail: an event that Reprise
 * cannot use is ignored with a reason. A body is malformed if it is not JSON or has no type.
 * @param now replaces a missing `created_at`
 */
export function translateWebhook(
  body: WebhookBody | null,
  webhookId: string,
  now: Instant,
): Translation {
  if (body === null) return { kind: "malformed", why: "not JSON" };
  const { type, data } = body;
  if (type === null) return { kind: "malformed", why: "no type" };
  const topic = WEBHOOK_EVENTS.topics.find((one) => type.startsWith(`${one}.`));
  switch (topic) {
    case "payment":
      return paymentEvent(type, data, webhookId, now);
    case "subscription":
      return subscriptionEvent(type, data, webhookId, now);
    case "dunning":
      return dunningEvent(type, data, webhookId);
    case "abandoned_checkout":
      return abandonedCheckoutEvent(type, data, webhookId);
    case undefined:
      return { kind: "ignored", why: `${type} does not concern a recovery` };
  }
}

function paymentEvent(type: string, data: Fields, webhookId: string, now: Instant): Translation {
  const payment = paymentOf(data, now);
  if (payment === null) return { kind: "ignored", why: `${type} without a payment id` };
  if (payment.hasMoreSubscriptions === true)
    return { kind: "too_many_subscriptions", paymentId: payment.paymentId };
  const routed = payment.subscriptionIds.flatMap((id): RoutedEvent[] => {
    const subscriptionId = parseSubscriptionId(id);
    if (subscriptionId === null) return [];
    // Without the other ids: a recovery needs its own, and a hundred signals of a hundred ids are a megabyte.
    const own = { ...payment, subscriptionIds: [id] };
    const event: WebhookEvent = { kind: "payment_reported", webhookId, type, payment: own };
    return [{ subscriptionId, event, opens: OPENING.includes(type) }];
  });
  if (routed.length === 0) {
    const { paymentId, state, totalMinor } = payment;
    // Where the amount is unknown, a read decides.
    const isOwed = totalMinor === null || (state === "declined" && totalMinor > 0);
    const isUnpaid = type === "payment.failed" && isOwed;
    return isUnpaid
      ? { kind: "checkout", paymentId, report: { kind: "failed", webhookId } }
      : { kind: "ignored", why: `${type} of a one-time payment` };
  }
  const mandate = mandateOf(type, data, routed[0]?.subscriptionId ?? null, webhookId);
  return { kind: "routed", routed, mandate };
}

/**
 * Dodo copies a checkout's metadata to its subscription and payments.
 * @source docs/dodo/open-questions.md, "Metadata of a checkout"
 */
function mandateOf(
  type: string,
  data: Fields,
  subscriptionId: SubscriptionId | null,
  webhookId: string,
): RoutedToMandate | null {
  const mandateId = parseMandateId(metadataOf(data)[MANDATE_METADATA]);
  return mandateId === null ? null : { mandateId, report: { webhookId, type, subscriptionId } };
}

function subscriptionEvent(
  type: string,
  data: Fields,
  webhookId: string,
  now: Instant,
): Translation {
  const subscription = subscriptionOf(data, now);
  if (subscription === null) return { kind: "ignored", why: `${type} without a subscription id` };
  const { subscriptionId, access, dodoStatus } = subscription;
  const graceEndsAt = parseInstant(data["past_due_ends_at"]);
  const event: WebhookEvent = {
    kind: "subscription_reported",
    webhookId,
    type,
    access,
    dodoStatus,
    ...(graceEndsAt === null ? {} : { graceEndsAt }),
  };
  const mandate = mandateOf(type, data, subscriptionId, webhookId);
  const routed = [{ subscriptionId, event, opens: OPENING.includes(type) }];
  return { kind: "routed", routed, mandate };
}

function dunningEvent(type: string, data: Fields, webhookId: string): Translation {
  const subscriptionId = parseSubscriptionId(data["subscription_id"]);
  if (subscriptionId === null) return { kind: "ignored", why: `${type} without a subscription id` };
  const dodoStatus = codeTextOf(data["status"]);
  const event: WebhookEvent = { kind: "dodo_dunning_reported", webhookId, type, dodoStatus };
  return { kind: "routed", routed: [{ subscriptionId, event, opens: false }], mandate: null };
}

/** By event type. @source docs/dodo/retries-and-dunning.md, "Abandoned cart recovery" */
const ABANDONED_CHECKOUT: Readonly<Record<string, "abandoned" | "recovered">> = {
  "abandoned_checkout.detected": "abandoned",
  "abandoned_checkout.recovered": "recovered",
};

function abandonedCheckoutEvent(type: string, data: Fields, webhookId: string): Translation {
  const paymentId = parsePaymentId(data["payment_id"]);
  if (paymentId === null) return { kind: "ignored", why: `${type} without a payment id` };
  const kind = Object.hasOwn(ABANDONED_CHECKOUT, type) ? ABANDONED_CHECKOUT[type] : undefined;
  switch (kind) {
    case "abandoned":
      return { kind: "checkout", paymentId, report: { kind, webhookId } };
    case "recovered": {
      const paidBy = parsePaymentId(data["recovered_payment_id"]);
      return { kind: "checkout", paymentId, report: { kind, webhookId, paidBy } };
    }
    case undefined:
      return { kind: "ignored", why: `${type} does not concern a checkout` };
  }
}
