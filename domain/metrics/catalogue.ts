import { CHECKOUT_NOTICES } from "../checkout/checkout.ts";
import { NOTICE_KINDS } from "../state/notice.ts";
import { ATTEMPT_TRIGGERS } from "../state/attempt.ts";
import { MODES, OUTCOMES } from "../state/outcome.ts";
import { PUBLICATION_TYPES } from "../state/publication.ts";
import { ATTENTION_CAUSES, type AttentionCause } from "../state/attention.ts";
import {
  ATTEMPT_RESULTS,
  DECLINE_CLASSES,
  ENDED_BY,
  FOUND,
  NOTICE_RESULTS,
} from "./label-values.ts";

/**
 * A metric: its labels, all with a bounded number of values, and its meaning. Which process serves it: `gateway`, `worker`, or
 * both.
 */
export type MetricRow = {
  readonly kind: "counter" | "histogram" | "gauge";
  readonly labels: readonly string[];
  readonly servedBy: "gateway" | "worker" | "both";
  /** One sentence; Prometheus shows it. */
  readonly help: string;
};

const row = <const Row extends MetricRow>(metric: Row): Row => metric;

/**
 * Every metric of ours, by its name in a scrape. Other programs rely on the names: add, never rename. Amounts are in the
 * currency's smallest unit. Counters begin at zero when their process starts.
 */
export const METRICS = {
  reprise_webhooks_total: row({
    kind: "counter",
    labels: ["type", "answer"],
    servedBy: "gateway",
    help: "Webhooks of Dodo, by event type and HTTP status of the answer.",
  }),
  reprise_webhook_ack_seconds: row({
    kind: "histogram",
    labels: [],
    servedBy: "gateway",
    help: "Time from a webhook's arrival to its acknowledgement with HTTP 200.",
  }),
  reprise_recoveries_opened_total: row({
    kind: "counter",
    labels: ["mode"],
    servedBy: "worker",
    help: "Recoveries that started, by mode, ordinary requested charges included.",
  }),
  reprise_recoveries_ended_total: row({
    kind: "counter",
    labels: ["outcome", "by"],
    servedBy: "worker",
    help: "Recoveries that ended, by the outcome of their last debt and who brought it about.",
  }),
  reprise_recoveries_open: row({
    kind: "gauge",
    labels: ["state"],
    servedBy: "both",
    help: "Open recoveries, by state.",
  }),
  reprise_needs_attention_oldest_seconds: row({
    kind: "gauge",
    labels: [],
    servedBy: "both",
    help: "How long the oldest recovery in needs_attention has been there; 0 where none is.",
  }),
  reprise_at_risk_minor: row({
    kind: "gauge",
    labels: ["currency"],
    servedBy: "both",
    help: "What open recoveries are owed, with tax, in the smallest unit of the currency.",
  }),
  reprise_attempts_total: row({
    kind: "counter",
    labels: ["trigger", "result", "decline_class"],
    servedBy: "worker",
    help: "Charge attempts whose result was learned, the failed charge that opened a recovery included.",
  }),
  reprise_collected_minor_total: row({
    kind: "counter",
    labels: ["currency"],
    servedBy: "worker",
    help: "Debts that were settled, by whatever way, with tax, in the smallest unit of the currency.",
  }),
  reprise_charges_unknown: row({
    kind: "gauge",
    labels: [],
    servedBy: "both",
    help: "Charges whose outcome is unknown; no other charge of their subscriptions starts.",
  }),
  reprise_charges_unknown_oldest_seconds: row({
    kind: "gauge",
    labels: [],
    servedBy: "both",
    help: "Time since the oldest charge of unknown outcome could have left; 0 where none is.",
  }),
  reprise_attempt_overdue_seconds: row({
    kind: "gauge",
    labels: [],
    servedBy: "both",
    help: "How long the attempt that waits longest has been due; 0 where none is.",
  }),
  reprise_charging_stopped: row({
    kind: "gauge",
    labels: [],
    servedBy: "both",
    help: "1 while all charges are stopped, else 0.",
  }),
  reprise_notices_total: row({
    kind: "counter",
    labels: ["kind", "result"],
    servedBy: "worker",
    help: "Notices to customers, by kind and result.",
  }),
  reprise_mails_total: row({
    kind: "counter",
    labels: ["result"],
    servedBy: "worker",
    help: "Tries to hand a mail to the mail server, to customers and to the operator.",
  }),
  reprise_deliveries_total: row({
    kind: "counter",
    labels: ["type", "result"],
    servedBy: "worker",
    help: "Tries to deliver an outgoing webhook, by type and result.",
  }),
  reprise_dodo_requests_total: row({
    kind: "counter",
    labels: ["route", "status"],
    servedBy: "worker",
    help: "Requests to Dodo, by route and HTTP status; status none where no answer came.",
  }),
  reprise_dodo_request_seconds: row({
    kind: "histogram",
    labels: ["route"],
    servedBy: "worker",
    help: "Time until the answer of Dodo, or until none came, by route.",
  }),
  reprise_sweep_found_total: row({
    kind: "counter",
    labels: ["what"],
    servedBy: "worker",
    help: "What sweeps found, by what they did with it.",
  }),
  reprise_sweep_age_seconds: row({
    kind: "gauge",
    labels: [],
    servedBy: "both",
    help: "Time since the last sweep completed, or since its schedule was created where none has.",
  }),
  reprise_ledger_pending: row({
    kind: "gauge",
    labels: [],
    servedBy: "worker",
    help: "Decisions that wait to be written to the ledger, and runs of which one was dropped.",
  }),
  reprise_ledger_drift: row({
    kind: "gauge",
    labels: ["class"],
    servedBy: "both",
    help: "Differences between the ledger and the histories at the last nightly check, by class.",
  }),
  reprise_operator_alerts_total: row({
    kind: "counter",
    labels: ["cause"],
    servedBy: "both",
    help: "Alerts to the operator, by cause, whether or not a mail was sent.",
  }),
  reprise_task_queue_pollers: row({
    kind: "gauge",
    labels: ["queue"],
    servedBy: "both",
    help: "Workers that polled a task queue in the last minutes, as Temporal knows them.",
  }),
  reprise_task_queue_backlog_seconds: row({
    kind: "gauge",
    labels: ["queue"],
    servedBy: "both",
    help: "How long the oldest task has waited in a task queue, as Temporal estimates it.",
  }),
  reprise_build_info: row({
    kind: "gauge",
    labels: ["version", "build_id"],
    servedBy: "both",
    help: "1, with the version and the digest of the workflow bundle that this process runs.",
  }),
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof METRICS;

type NameOf<Kind extends MetricRow["kind"]> = {
  [Name in MetricName]: (typeof METRICS)[Name]["kind"] extends Kind ? Name : never;
}[MetricName];

export type CounterName = NameOf<"counter">;
export type HistogramName = NameOf<"histogram">;
export type GaugeName = NameOf<"gauge">;

export type LabelsOf<Name extends MetricName> = Readonly<
  Record<(typeof METRICS)[Name]["labels"][number], string>
>;

/** Upper bounds of the buckets, in seconds. A webhook has 3 seconds, a request to Dodo a minute. */
export const BUCKETS: Readonly<Record<HistogramName, readonly number[]>> = {
  reprise_webhook_ack_seconds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3],
  reprise_dodo_request_seconds: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
};

/** One increment of a counter. */
export type Count = {
  [Name in CounterName]: {
    readonly metric: Name;
    readonly labels: LabelsOf<Name>;
    readonly by: number;
  };
}[CounterName];

/** The value of one series of a gauge. `value: null`: unknown. */
export type GaugeValue = {
  [Name in GaugeName]: {
    readonly metric: Name;
    readonly labels: LabelsOf<Name>;
    readonly value: number | null;
  };
}[GaugeName];

const CAUSES = Object.keys(ATTENTION_CAUSES) as AttentionCause[];

/**
 * The series that a worker shows from its start, at zero: a series that appears with its first event loses that event for
 * `increase()`.
 */
export function workerCounts(): readonly Count[] {
  const results = ATTEMPT_RESULTS.filter((result) => result !== "declined");
  const attempts = ATTEMPT_TRIGGERS.flatMap((trigger) => [
    ...results.map((result) => ({ trigger, result, decline_class: "" })),
    ...DECLINE_CLASSES.map((decline_class) => ({ trigger, result: "declined", decline_class })),
  ]);
  return [
    ...MODES.map((mode) => zero("reprise_recoveries_opened_total", { mode })),
    ...product(OUTCOMES, ENDED_BY).map(([outcome, by]) =>
      zero("reprise_recoveries_ended_total", { outcome, by }),
    ),
    ...attempts.map((labels) => zero("reprise_attempts_total", labels)),
    ...product([...NOTICE_KINDS, ...CHECKOUT_NOTICES], NOTICE_RESULTS).map(([kind, result]) =>
      zero("reprise_notices_total", { kind, result }),
    ),
    ...["sent", "rejected", "failed"].map((result) => zero("reprise_mails_total", { result })),
    ...product(PUBLICATION_TYPES, ["delivered", "failed"]).map(([type, result]) =>
      zero("reprise_deliveries_total", { type, result }),
    ),
    ...FOUND.map((what) => zero("reprise_sweep_found_total", { what })),
    ...alertCounts(),
  ];
}

/** As `workerCounts`, of what both processes count. */
export function alertCounts(): readonly Count[] {
  return CAUSES.map((cause) => zero("reprise_operator_alerts_total", { cause }));
}

export function zero<Name extends CounterName>(metric: Name, labels: LabelsOf<Name>): Count {
  return { metric, labels, by: 0 } as unknown as Count;
}

function product<A, B>(first: readonly A[], second: readonly B[]): readonly (readonly [A, B])[] {
  return first.flatMap((a) => second.map((b) => [a, b] as const));
}
