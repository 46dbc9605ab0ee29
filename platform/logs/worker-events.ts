import { type EventRow, row } from "./row.ts";

/** What the worker logs about recoveries, charges and what follows from them. */
export const WORKER_EVENTS = {
  decided: row({
    level: "info",
    fields: ["recoveryId", "on", "rule", "reason", "state"],
    optional: ["webhookId", "requestId", "action", "by", "effects"],
    means: "A recovery decided on an event.",
  }),
  charge_sent: row({
    level: "info",
    fields: ["via"],
    optional: [
      "recoveryId",
      "subscriptionId",
      "attempt",
      "number",
      "paymentId",
      "amountMinor",
      "currency",
    ],
    means:
      "The request to charge leaves for Dodo now. `paymentId`: the failed payment of a manual retry.",
  }),
  charge_finished: row({
    level: "info",
    fields: ["recoveryId", "subscriptionId", "attempt", "number", "result"],
    optional: ["paymentId", "adopted", "why", "code", "httpStatus", "requestId"],
    means:
      "An attempt has its first outcome: `accepted`, `refused`, `not_attempted` or `unknown`. The payment's result comes later, on a decision.",
  }),
  dodo_answered: row({
    level: "info",
    fields: ["route", "status", "seconds"],
    optional: ["requestId", "recoveryId", "workflowId"],
    means:
      "Dodo carried out a request that changes something: a charge, a payment page, a cancellation, a checkout.",
  }),
  dodo_refused: row({
    level: "warn",
    fields: ["method", "path", "code", "httpStatus"],
    optional: ["said", "requestId", "recoveryId", "workflowId"],
    means: "Dodo answered with an error.",
  }),
  dodo_unanswered: row({
    level: "warn",
    fields: ["route", "seconds"],
    optional: ["recoveryId", "workflowId"],
    means: "Dodo did not answer.",
  }),
  notice_finished: row({
    level: "info",
    fields: ["recoveryId", "subscriptionId", "debtId", "notice", "key", "result"],
    optional: ["why", "messageId", "detail"],
    means:
      "A notice to the customer was `sent`, is `not_sent` because it is no longer due, or is `undeliverable`.",
  }),
  notice_failed: row({
    level: "warn",
    fields: ["recoveryId", "subscriptionId", "debtId", "notice", "key", "detail"],
    means: "A notice could not be sent, and is tried again.",
  }),
  payment_link_finished: row({
    level: "info",
    fields: ["recoveryId", "subscriptionId", "debtId", "result"],
    optional: ["paymentId", "why", "code", "httpStatus", "requestId"],
    means: "A payment page was `made` at Dodo, was `not_made`, was `refused`, or is `unknown`.",
  }),
  cancel_finished: row({
    level: "info",
    fields: ["recoveryId", "subscriptionId", "result"],
    optional: ["why", "code", "httpStatus", "requestId"],
    means:
      "The subscription was `cancelled` at the end of an unpaid window, was `not_cancelled`, or Dodo `refused`.",
  }),
  outgoing_webhooks_enqueued: row({
    level: "info",
    fields: ["recoveryId", "subscriptionId", "publications"],
    means: "Outgoing webhooks wait for their delivery.",
  }),
  outgoing_webhook_delivered: row({
    level: "info",
    fields: ["deliveryId", "type", "recoveryId", "subscriptionId"],
    means: "The merchant's receiver took an outgoing webhook.",
  }),
  outgoing_webhook_failed: row({
    level: "warn",
    fields: ["deliveryId", "type", "recoveryId", "subscriptionId", "detail", "isFinal"],
    means: "The receiver did not take an outgoing webhook.",
  }),
  charge_request_submitted: row({
    level: "info",
    fields: ["chargeId", "recoveryId", "subscriptionId", "result"],
    means:
      "A charge that the merchant requested was `submitted` to its recovery, was `refused`, or has `ended` before.",
  }),
  mandate_decided: row({
    level: "info",
    fields: ["mandateId", "on", "rule", "reason"],
    means: "A requested mandate decided on an event.",
  }),
  mandate_checkout_finished: row({
    level: "info",
    fields: ["mandateId", "result"],
    optional: ["subscriptionId", "code", "httpStatus", "requestId"],
    means:
      "The checkout of a mandate was `created` at Dodo, was `refused`, or its subscription `already_exists`.",
  }),
  checkout_decided: row({
    level: "info",
    fields: ["paymentId", "on", "rule", "reason"],
    means: "The recovery of a one-time payment decided on an event.",
  }),
  checkout_notice_finished: row({
    level: "info",
    fields: ["paymentId", "notice", "number", "result"],
    optional: ["messageId", "detail"],
    means: "As `notice_finished`, of a one-time payment.",
  }),
  checkout_notice_failed: row({
    level: "warn",
    fields: ["paymentId", "notice", "number", "detail"],
    means: "As `notice_failed`, of a one-time payment.",
  }),
  sweep_started: row({
    level: "info",
    fields: ["workflowId", "scans"],
    means: "A sweep of Dodo's lists begins.",
  }),
  swept: row({
    level: "info",
    fields: ["scan", "page", "rows", "opened", "notified", "listed"],
    optional: ["deferred", "checkouts", "workflowId"],
    means: "The sweep has read one page.",
  }),
  imported: row({
    level: "info",
    fields: ["importId", "subscriptionId", "result"],
    optional: ["why"],
    means: "An import has read a subscription: `opened`, `would_open` (a dry run) or `left_out`.",
  }),
  operator_mail_sent: row({
    level: "info",
    fields: ["cause", "count", "messageId"],
    means: "The operator was mailed.",
  }),
  operator_mail_rejected: row({
    level: "error",
    fields: ["cause", "detail"],
    means: "The mail server refuses the operator's address.",
  }),
  operator_alert_failed: row({
    level: "error",
    fields: ["cause", "error"],
    optional: ["answer", "refusal"],
    means: "An alert about the account did not reach Temporal.",
  }),
  charging_stop_failed: row({
    level: "error",
    fields: ["answer", "detail"],
    means: "Dodo refuses the API key, and the charges could not be stopped.",
  }),
  sender_refused: row({
    level: "error",
    fields: ["refusal"],
    means: "The mail server refuses the sender; logged once, until a mail has passed again.",
  }),
} as const satisfies Readonly<Record<string, EventRow>>;

/** What the worker logs about its namespace and itself. */
export const WORKER_SET_UP_EVENTS = {
  worker_started: row({
    level: "info",
    fields: ["taskQueue", "mode", "environment"],
    means: "The worker is ready.",
  }),
  namespace_fit: row({
    level: "info",
    fields: ["namespace"],
    means: "The namespace has all that a worker needs.",
  }),
  namespace_unfit: row({
    level: "fatal",
    fields: ["what", "namespace"],
    means: "The namespace must not be used, and the worker ends with code 78.",
  }),
  namespace_check_failed: row({
    level: "warn",
    fields: ["detail"],
    means: "The namespace could not be checked; the worker tries again.",
  }),
  namespace_not_described: row({
    level: "info",
    fields: ["namespace", "detail"],
    means:
      "Temporal does not let the worker describe the namespace, so its retention is not checked.",
  }),
  retention_short: row({
    level: "warn",
    fields: ["namespace", "retentionDays", "neededDays"],
    means: "The namespace forgets ended recoveries too early.",
  }),
  search_attributes_created: row({
    level: "info",
    fields: ["namespace", "names"],
    means: "The worker created search attributes.",
  }),
  schedule_created: row({
    level: "info",
    fields: ["schedule"],
    means: "The worker created the schedule of the sweep, or of the ledger's nightly check.",
  }),
  schedule_exists: row({
    level: "info",
    fields: ["schedule"],
    optional: ["mode"],
    means: "The schedule already existed.",
  }),
  ledger_off: row({
    level: "info",
    fields: [],
    means: "This worker keeps no ledger, because DATABASE_URL is not set.",
  }),
  ledger_ready: row({
    level: "info",
    fields: [],
    means: "The ledger's database has the tables of this version.",
  }),
  ledger_not_ready: row({
    level: "error",
    fields: ["detail"],
    means: "The ledger's database cannot be used yet. Recoveries go on, and it is filled later.",
  }),
  ledger_write_failed: row({
    level: "warn",
    fields: ["count", "detail"],
    means: "The ledger cannot be written. Recoveries go on, and it is tried again.",
  }),
  ledger_write_resumed: row({
    level: "info",
    fields: [],
    means: "The ledger is written again after a failure.",
  }),
  ledger_decision_dropped: row({
    level: "error",
    fields: ["recoveryId", "detail"],
    means: "A decision is not in the ledger; the end of its run or the nightly check adds it.",
  }),
  ledger_schedule_failed: row({
    level: "error",
    fields: ["detail"],
    means: "The schedule of the ledger's nightly check is not created yet; retrying.",
  }),
  mode_recorded: row({
    level: "info",
    fields: ["schedule", "mode"],
    means: "The mode that owns the namespace was recorded.",
  }),
  customer_rate_limit_kept: row({
    level: "info",
    fields: ["perSecond"],
    means: "The queue has a limit per customer, which stays.",
  }),
  customer_rate_limit_set: row({
    level: "info",
    fields: ["perSecond"],
    means: "The worker set the limit per customer.",
  }),
  customer_rate_limit_failed: row({
    level: "error",
    fields: ["detail"],
    means: "The limit per customer could not be set; the worker tries again.",
  }),
  fairness_missing: row({
    level: "warn",
    fields: [],
    optional: ["serverVersion", "perSecond"],
    means: "Temporal dispatches without fairness: the limit per customer does not hold.",
  }),
  business_confirmed: row({
    level: "info",
    fields: ["businessId"],
    means: "The API key belongs to the business that owns the namespace.",
  }),
  business_corrected: row({
    level: "warn",
    fields: ["businessId", "recorded"],
    means: "The API key's business replaces one that only a webhook had named.",
  }),
  business_check_failed: row({
    level: "warn",
    fields: ["detail"],
    means: "The business of the API key is not known yet; the worker tries again.",
  }),
} as const satisfies Readonly<Record<string, EventRow>>;
