import type { MandateReport } from "../domain/mandate/mandate.ts";
import { MANDATE_METADATA } from "../domain/mandate/mandate.ts";
import type { WebhookEvent } from "../domain/state/event.ts";
import {
  type MandateId,
  parseMandateId,
  parseSubscriptionId,
  type PaymentId,
  type SubscriptionId,
} from "../domain/values/ids.ts";
import { type Instant, parseInstant } from "../domain/values/time.ts";
import { fieldsOf, paymentOf, subscriptionOf, textOf } from "./shapes.ts";

/** An event on its way to one recovery; only those that report a failure open one. */
export type Routed = {
  readonly subscriptionId: SubscriptionId;
  readonly event: WebhookEvent;
  readonly opens: boolean;
};

/** A hint to the mandate whose id the metadata carries. */
export type RoutedToMandate = { readonly mandateId: MandateId; readonly report: MandateReport };

export type Translation =
  | {
      readonly kind: "routed";
      readonly routed: readonly Routed[];
      /** Null where it is of no mandate that was asked of us. */
      readonly mandate: RoutedToMandate | null;
    }
  /** A payment without a subscription that failed. */
  | { readonly kind: "checkout"; readonly paymentId: PaymentId }
  | { readonly kind: "ignored"; readonly why: string }
  | { readonly kind: "malformed"; readonly why: string };

/** @source design, "One workflow per subscription" */
const OPENING_TYPES = new Set(["payment.failed", "subscription.on_hold", "subscription.past_due"]);

/**
 * A verified body into events for recoveries. Unknown types, statuses and fields never fail: what we cannot use
 * is ignored with a reason, and only what is no event at all is malformed.
 */
export function translateWebhook(body: Buffer, webhookId: string, now: Instant): Translation {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    return { kind: "malformed", why: "not JSON" };
  }
  const envelope = fieldsOf(parsed);
  const type = textOf(envelope["type"]);
  if (type === null || type.length > 100) return { kind: "malformed", why: "no type" };
  const data = fieldsOf(envelope["data"]);
  const [topic = ""] = type.split(".");
  switch (topic) {
    case "payment":
      return paymentEvent(type, data, webhookId, now);
    case "subscription":
      return subscriptionEvent(type, data, webhookId, now);
    case "dunning":
      return dunningEvent(type, data, webhookId);
    default:
      // Refunds and disputes are seen by reads.
      return { kind: "ignored", why: `${type} does not concern a recovery` };
  }
}

function paymentEvent(
  type: string,
  data: Readonly<Record<string, unknown>>,
  webhookId: string,
  now: Instant,
): Translation {
  const payment = paymentOf(data, now);
  if (payment === null) return { kind: "ignored", why: `${type} without a payment id` };
  const routed = payment.subscriptionIds.flatMap((id) => {
    const subscriptionId = parseSubscriptionId(id);
    if (subscriptionId === null) return [];
    const event: WebhookEvent = { kind: "payment_reported", webhookId, type, payment };
    return [{ subscriptionId, event, opens: OPENING_TYPES.has(type) }];
  });
  if (routed.length === 0) {
    const { paymentId, totalMinor, state } = payment;
    const isUnpaid = type === "payment.failed" && state === "declined" && totalMinor > 0;
    return isUnpaid
      ? { kind: "checkout", paymentId }
      : { kind: "ignored", why: `${type} of a one-time payment` };
  }
  const mandate = mandateOf(type, data, routed[0]?.subscriptionId ?? null, webhookId);
  return { kind: "routed", routed, mandate };
}

/** Metadata is returned with the subscription, and with its payments. @source dodo.md 5.9 */
function mandateOf(
  type: string,
  data: Readonly<Record<string, unknown>>,
  subscriptionId: SubscriptionId | null,
  webhookId: string,
): RoutedToMandate | null {
  const mandateId = parseMandateId(fieldsOf(data["metadata"])[MANDATE_METADATA]);
  return mandateId === null ? null : { mandateId, report: { webhookId, type, subscriptionId } };
}

function subscriptionEvent(
  type: string,
  data: Readonly<Record<string, unknown>>,
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
  const routed = [{ subscriptionId, event, opens: OPENING_TYPES.has(type) }];
  return { kind: "routed", routed, mandate };
}

function dunningEvent(
  type: string,
  data: Readonly<Record<string, unknown>>,
  webhookId: string,
): Translation {
  const subscriptionId = parseSubscriptionId(data["subscription_id"]);
  if (subscriptionId === null) return { kind: "ignored", why: `${type} without a subscription id` };
  const dodoStatus = textOf(data["status"]);
  const event: WebhookEvent = { kind: "dodo_dunning_reported", webhookId, type, dodoStatus };
  return { kind: "routed", routed: [{ subscriptionId, event, opens: false }], mandate: null };
}
