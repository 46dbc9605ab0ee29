import { type EventRow, row } from "./row.ts";

/** What the gateway logs. */
export const GATEWAY_EVENTS = {
  webhook_routed: row({
    level: "info",
    fields: ["webhookId", "result"],
    optional: ["type", "kind", "recoveryId", "subscriptionId", "paymentId", "mandateId"],
    means:
      "A webhook of Dodo's has reached Temporal; `result` is `signaled`, or `not_open` where nothing needs it. One line for each recovery.",
  }),
  webhook_ignored: row({
    level: "info",
    fields: ["webhookId", "reason"],
    means: "A webhook was acknowledged and leads to nothing.",
  }),
  webhook_too_large: row({
    level: "warn",
    fields: ["webhookId", "paymentId"],
    means: "A payment is for too many subscriptions; the sweep opens their recoveries.",
  }),
  webhook_rejected: row({
    level: "warn",
    fields: ["requestId", "reason"],
    optional: ["skewSeconds"],
    means: "A webhook was answered 401: its headers, its time or its signature are not right.",
  }),
  webhook_malformed: row({
    level: "warn",
    fields: ["webhookId", "reason"],
    means: "A signed webhook is not an event, and was answered 400.",
  }),
  webhook_failed: row({
    level: "error",
    fields: ["webhookId", "err"],
    means: "Temporal did not take the event in time: the answer is 503, and Dodo delivers again.",
  }),
  operator_action: row({
    level: "info",
    fields: ["requestId", "by", "action", "status", "result"],
    optional: ["recoveryId", "subscriptionId", "chargeId", "mandateId"],
    means:
      "A request to the operator API that changes something was answered; `result` is `done`, or the `code` of the problem.",
  }),
  operator_key_refused: row({
    level: "warn",
    fields: ["requestId"],
    means: "A request to the operator API had no valid key, and was answered 401.",
  }),
  api_request_failed: row({
    level: "error",
    fields: ["requestId", "err"],
    means: "A request to the operator API was answered 500 or 503.",
  }),
  request_failed: row({
    level: "error",
    fields: ["requestId", "err"],
    means: "Another request was answered 500.",
  }),
  charging_resumed: row({
    level: "warn",
    fields: ["by", "requestId"],
    means: "An operator resumed all charges.",
  }),
  payment_link_requested: row({
    level: "info",
    fields: ["requestId", "recoveryId", "subscriptionId", "result"],
    means: "The customer pressed the button of the page; `page` leads to Dodo's payment page.",
  }),
  payment_link_failed: row({
    level: "error",
    fields: ["requestId", "recoveryId", "subscriptionId", "err"],
    means: "The customer pressed the button, and no answer came in time.",
  }),
  payment_page_failed: row({
    level: "error",
    fields: ["requestId", "recoveryId", "err"],
    means: "The customer's page could not be shown.",
  }),
  reminders_stop_requested: row({
    level: "info",
    fields: ["requestId", "recoveryId", "subscriptionId", "isStopped"],
    means: "The customer asked for no more reminders.",
  }),
  reminders_stop_failed: row({
    level: "error",
    fields: ["requestId", "recoveryId", "subscriptionId", "err"],
    means: "The customer asked for no more reminders, and no answer came in time.",
  }),
  business_not_recorded: row({
    level: "warn",
    fields: ["businessId", "detail"],
    means: "Temporal refuses to record the namespace's business.",
  }),
  merchant_unnamed: row({
    level: "warn",
    fields: [],
    means: "Customers' pages name no merchant.",
  }),
  temporal_connected: row({
    level: "info",
    fields: ["namespace"],
    means: "The gateway has reached Temporal; until then it answers webhooks with 503.",
  }),
  listening: row({
    level: "info",
    fields: ["host", "port"],
    means: "The gateway is ready.",
  }),
  listen_failed: row({
    level: "fatal",
    fields: ["host", "port", "detail"],
    means: "The gateway cannot listen, and ends.",
  }),
} as const satisfies Readonly<Record<string, EventRow>>;
