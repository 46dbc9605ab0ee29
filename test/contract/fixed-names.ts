/**
 * Names that deployments, tests from outside and other programs rely on. A row may be added when a name comes to the code; none may
 * be removed or renamed. test/contract/fixed-names.test.ts compares them with the code.
 */

/** `npm run`, or `npm`, and the name. */
export const SCRIPTS = [
  "demo",
  "test",
  "start",
  "build",
  "start:gateway",
  "start:worker",
  "check",
  "test:browser",
  "test:long",
  "bench",
  "reprise",
] as const;

/** `reprise` and its commands, with the options that have a fixed form. */
export const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  list: ["--state", "--outcome", "--customer"],
  show: [],
  pause: [],
  resume: [],
  retry: ["--confirmed-absent", "--confirmed-dead"],
  "mark-paid": [],
  "write-off": [],
  charge: ["--amount", "--idempotency-key"],
  "charging stop": ["--reason"],
  "charging resume": [],
  "charging status": [],
  sweep: [],
  "webhooks list": [],
  "webhooks redeliver": [],
  report: ["--from", "--to", "--by"],
  import: ["--from-dodo", "--confirm", "--retry", "--as"],
  doctor: ["--send-to"],
  proof: [],
  "shadow-report": [],
  "policy check": [],
  "policy show": [],
  "ledger rebuild": [],
  "ledger verify": [],
  "ledger export": ["--from", "--to", "--format"],
  completion: [],
};

/** Options of every command. */
export const GLOBAL_OPTIONS = ["--json", "--yes"] as const;

export const EXIT_CODES = {
  done: 0,
  refused: 1,
  usage: 2,
  unreachable: 69,
  configuration: 78,
} as const;

/** Variable: who reads it, and its default; `required` where the process does not start without it. */
export const VARIABLES: Readonly<
  Record<string, readonly [readBy: readonly string[], fallback: string | null]>
> = {
  MODE: [["worker"], "act"],
  DODO_PAYMENTS_API_KEY: [["worker"], "required"],
  DODO_PAYMENTS_ENVIRONMENT: [["worker"], "test_mode"],
  DODO_PAYMENTS_BASE_URL: [["worker"], null],
  DODO_PAYMENTS_TIMEOUT: [["worker"], "60s"],
  DODO_PAYMENTS_RATE_PER_MINUTE: [["worker"], "240"],
  DODO_PAYMENTS_WEBHOOK_KEY: [["gateway"], "required"],
  TEMPORAL_ADDRESS: [["gateway", "worker"], "127.0.0.1:7233"],
  TEMPORAL_NAMESPACE: [["gateway", "worker"], "default"],
  TEMPORAL_API_KEY: [["gateway", "worker"], null],
  "TEMPORAL_TLS…": [["gateway", "worker"], null],
  TEMPORAL_PROFILE: [["gateway", "worker"], null],
  TEMPORAL_CONFIG_FILE: [["gateway", "worker"], null],
  TEMPORAL_TASK_QUEUE: [["gateway", "worker"], "reprise"],
  HOST: [["gateway"], "127.0.0.1"],
  PORT: [["gateway"], "3000"],
  TRUST_PROXY: [["gateway"], null],
  PUBLIC_URL: [["gateway", "worker"], "http://127.0.0.1:3000"],
  LINK_SIGNING_KEYS: [["gateway", "worker"], "required"],
  SMTP_URL: [["worker"], "required"],
  EMAIL_FROM: [["worker"], "required"],
  OPERATOR_EMAIL: [["worker"], null],
  OPERATOR_API_KEYS: [["gateway"], null],
  RECOVERY_POLICY: [["worker"], null],
  BRAND_DIR: [["gateway", "worker"], null],
  PAYLOAD_ENCRYPTION_KEYS: [["gateway", "worker"], null],
  DATABASE_URL: [["gateway"], null],
  REPRISE_URL: [["cli"], null],
  REPRISE_API_KEY: [["cli"], null],
  OTEL_EXPORTER_OTLP_ENDPOINT: [["gateway", "worker"], null],
  GATEWAY_METRICS_ADDRESS: [["gateway"], null],
  WORKER_METRICS_ADDRESS: [["worker"], null],
  OUTGOING_WEBHOOK_URL: [["worker"], null],
  OUTGOING_WEBHOOK_KEY: [["worker"], null],
  LOG_LEVEL: [["gateway", "worker"], "info"],
};

/** The built-in policy, as a file has it. */
export const POLICY = `
retry:
  gaps: [3d, 7d, 7d]
  transient_gap: 24h
  align: authorization_time
  repeated_code_limit: 3
  settle: 24h
  settle_reads: 4
  outcome_deadline: 72h
  follow_up: [1m, 10m, 1h, 6h, 12h]
  after_method_change: 1h
notices:
  first_soft: 2h
  before_attempt: 24h
  hard: [0s, 3d, 7d, 14d]
  recovered: true
opening_reread: 10s
window: 30d
quiet_end: 72h
on_exhausted: leave
foreign_charges: ask
debt_key: null
max_debt_age: 7d
scheduled_subscriptions: observe
one_time_payments: ignore
unknown_tax: ask
replaced_by: ask
accept_risk: false
codes: {}
`;

/** Routes of the gateway, as Fastify declares them. */
export const ROUTES = [
  "POST /webhooks/dodo",
  "GET /pay/:token",
  "POST /pay/:token",
  "GET /healthz",
  "GET /readyz",
  "POST /v1/subscriptions",
  "POST /v1/subscriptions/:subscription_id/charges",
  "GET /v1/charges/:charge_id",
  "GET /v1/recoveries",
  "GET /v1/recoveries/:subscription_id",
  "POST /v1/recoveries/:subscription_id/:action",
  "POST /v1/charging/stop",
  "POST /v1/charging/resume",
  "GET /v1/charging",
  "POST /v1/sweep",
  "POST /v1/imports",
  "GET /v1/imports/:import_id",
  "GET /v1/reports/recovery",
  "GET /v1/deliveries",
  "POST /v1/deliveries/:id/redeliver",
  "GET /v1/openapi.json",
  "GET /docs",
] as const;

export const ACTIONS = ["pause", "resume", "retry", "mark-paid", "write-off"] as const;

export const WORKFLOWS = [
  "subscriptionRecovery",
  "chargeRequest",
  "mandateSetup",
  "checkoutRecovery",
  "webhookDelivery",
  "operatorAlerts",
  "reconciliationSweep",
] as const;

/** Ids of workflows, of the schedule and of queues for `sub_1`, `pay_1`, the task queue `reprise` and the cause `overcharged`. */
export const IDS = {
  recovery: "recovery-sub_1",
  checkout: "checkout-pay_1",
  delivery: "delivery-sub_1",
  alerts: "alerts-reprise-overcharged",
  schedule: "reprise-reconciliation",
  charges: "reprise-charges",
  dodo: "reprise-dodo",
} as const;

export const SIGNAL = "recoveryEvent";
export const QUERY = "recovery";

export const UPDATES = [
  "pause",
  "resume",
  "retryNow",
  "markPaid",
  "writeOff",
  "createPaymentLink",
  "stopReminders",
] as const;

export const SEARCH_ATTRIBUTES: Readonly<Record<string, string>> = {
  RecoveryState: "KEYWORD",
  RecoveryOutcome: "KEYWORD",
  DeclineCode: "KEYWORD",
  DeclineClass: "KEYWORD",
  CustomerId: "KEYWORD",
  Currency: "KEYWORD",
  NextAttemptAt: "DATETIME",
  StateSince: "DATETIME",
  ChargeUnknownSince: "DATETIME",
  AmountDue: "INT",
};

export const CHARGE_METADATA = ["recovery_id", "recovery_attempt", "retry_attempt"] as const;

export const OUTGOING_WEBHOOKS = [
  "recovery.opened",
  "recovery.attempt_failed",
  "recovery.action_required",
  "recovery.recovered",
  "recovery.collected",
  "recovery.exhausted",
  "recovery.cancelled",
  "recovery.written_off",
  "recovery.needs_attention",
] as const;

/** Metrics as a scrape has them, with their labels. */
export const METRICS: Readonly<Record<string, readonly string[]>> = {
  reprise_webhooks_total: ["type", "answer"],
  reprise_webhook_ack_seconds: [],
  reprise_recoveries_opened_total: ["mode"],
  reprise_recoveries_ended_total: ["outcome", "by"],
  reprise_recoveries_open: ["state"],
  reprise_needs_attention_oldest_seconds: [],
  reprise_at_risk_minor: ["currency"],
  reprise_attempts_total: ["trigger", "result", "decline_class"],
  reprise_collected_minor_total: ["currency"],
  reprise_charges_unknown: [],
  reprise_charges_unknown_oldest_seconds: [],
  reprise_attempt_overdue_seconds: [],
  reprise_charging_stopped: [],
  reprise_notices_total: ["kind", "result"],
  reprise_deliveries_total: ["type", "result"],
  reprise_dodo_requests_total: ["route", "status"],
  reprise_dodo_request_seconds: ["route"],
  reprise_sweep_found_total: ["what"],
  reprise_sweep_age_seconds: [],
  reprise_operator_alerts_total: ["cause"],
  reprise_build_info: ["version", "build_id"],
};

export const ATTEMPT_RESULTS = [
  "succeeded",
  "declined",
  "refused",
  "not_attempted",
  "unknown",
  "shadowed",
] as const;

export const NOTICE_RESULTS = ["sent", "rejected", "withheld", "shadowed"] as const;

export const EXPORT_COLUMNS = [
  "provider",
  "recovery_id",
  "subscription_id",
  "customer_id",
  "debt_id",
  "product_id",
  "brand_id",
  "segment",
  "arm",
  "currency",
  "amount_minor",
  "first_failed_at",
  "opened_at",
  "ended_at",
  "outcome",
  "cause",
  "attempts",
  "notices",
  "first_decline_code",
  "decline_class",
  "collected_minor",
  "settled_by_payment_id",
  "settled_attempt",
  "trigger",
  "country",
  "notices_before_settlement",
  "days_to_recover",
] as const;
