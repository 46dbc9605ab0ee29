import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { ROOT } from "../support/documents.ts";
import { ALERTS } from "../support/metrics/alerts.ts";
import type { Sample } from "../support/metrics/exposition.ts";
import { recordedSeries } from "../support/metrics/series.ts";

const RULES = join(ROOT, "deploy/monitoring/rules.yml");

/** The series of two gateways and two workers, as they served them. */
const SERIES: readonly Series[] = ["gateway-1", "gateway-2", "worker-1", "worker-2"].flatMap(
  (process) =>
    recordedSeries(process)
      .filter(({ name }) => ALERTS.some(({ expr }) => expr.includes(name)))
      .map(({ name, labels }) => ({
        name,
        labels: { ...labels, job: process.split("-")[0] ?? "", instance: process },
      })),
);

type Series = Pick<Sample, "name" | "labels">;

/** Changes some series of a quiet day. @returns their values in promtool's notation; null for those that stay as they are */
type Change = (series: Series) => string | null;

type Scenario = {
  readonly alert: string;
  /** One sample a minute; the change is one after two hours. */
  readonly change: Change;
  /** When it fires, at the latest. */
  readonly at: string;
  /** Further alerts that the same event raises. */
  readonly also?: readonly string[];
};

/** Minutes of quiet before a change, and after it. */
const BEFORE = 120;
const AFTER = 150;

const QUIET_GAUGES: Readonly<Record<string, number>> = {
  reprise_recoveries_open: 3,
  // Somebody answers within hours.
  reprise_needs_attention_oldest_seconds: 20_000,
  reprise_at_risk_minor: 5_000,
  reprise_charges_unknown: 1,
  reprise_charges_unknown_oldest_seconds: 80_000,
  // A customer had a payment page open.
  reprise_attempt_overdue_seconds: 80_000,
  reprise_sweep_age_seconds: 3_900,
  reprise_task_queue_pollers: 2,
  reprise_build_info: 1,
};

const BAD = [
  { name: "reprise_webhooks_total", label: "answer", value: /^(4|5)/ },
  { name: "reprise_mails_total", label: "result", value: /^(failed|rejected)$/ },
  { name: "reprise_deliveries_total", label: "result", value: /^failed$/ },
  { name: "reprise_dodo_requests_total", label: "status", value: /^(429|5|none)/ },
] as const;

/** What goes wrong once on a quiet day: one series of each kind. */
const HICCUPS: readonly Series[] = BAD.flatMap(
  ({ name, label, value }) =>
    SERIES.find((one) => one.name === name && value.test(one.labels[label] ?? "")) ?? [],
);

/** A counter of what goes wrong counts one, in the middle, or none; another one each minute. */
function quiet(series: Series, minutes = BEFORE + AFTER): string {
  const { name, labels } = series;
  if (!/_(total|count|sum|bucket)$/.test(name)) return `${QUIET_GAUGES[name] ?? 0}x${minutes}`;
  if (HICCUPS.includes(series)) return `0x${minutes / 2} 1x${minutes / 2}`;
  const isBad =
    name.startsWith("temporal_") ||
    /^40[13]$/.test(labels["status"] ?? "") ||
    BAD.some((one) => one.name === name && one.value.test(labels[one.label] ?? ""));
  return isBad ? `0x${minutes}` : `0+1x${minutes}`;
}

/** As on a quiet day until the change; then nothing. */
const gone = (series: Series): string => `${quiet(series).replace(/x\d+.*$/, "")}x${BEFORE}`;

const isOf =
  (name: string, wanted: Readonly<Record<string, string>> = {}) =>
  ({ name: found, labels }: Series): boolean =>
    found === name && Object.entries(wanted).every(([label, value]) => labels[label] === value);

/** From the change on, one more each minute. */
const COUNTING = `0x${BEFORE} 0+1x${AFTER}`;
/** Counts until the change, and nothing from there on. */
const STILL = `0+1x${BEFORE} ${BEFORE}x${AFTER}`;
const gaugeFrom = (before: number, after: number): string =>
  `${before}x${BEFORE} ${after}x${AFTER}`;

function changes(...pairs: readonly (readonly [(series: Series) => boolean, string])[]): Change {
  return (series) => pairs.find(([matches]) => matches(series))?.[1] ?? null;
}

const webhook = (answer: string) => isOf("reprise_webhooks_total", { answer });

const SCENARIOS: readonly Scenario[] = [
  {
    alert: "RepriseWebhooksFailing",
    change: changes([
      isOf("reprise_webhooks_total", { type: "payment.failed", answer: "503" }),
      COUNTING,
    ]),
    at: "2h10m",
  },
  {
    alert: "RepriseWebhooksRejected",
    change: changes([webhook("401"), COUNTING], [webhook("200"), STILL]),
    at: "3h30m",
  },
  {
    alert: "RepriseChargeUnknownTooLong",
    change: changes([isOf("reprise_charges_unknown_oldest_seconds"), gaugeFrom(80_000, 90_001)]),
    at: "2h15m",
  },
  {
    alert: "RepriseAttemptsOverdue",
    change: changes([isOf("reprise_attempt_overdue_seconds"), gaugeFrom(0, 90_001)]),
    at: "2h15m",
  },
  {
    alert: "RepriseAttemptsOverdue",
    change: changes([
      isOf("reprise_task_queue_backlog_seconds", { queue: "charges" }),
      gaugeFrom(0, 3_601),
    ]),
    at: "2h15m",
  },
  {
    alert: "RepriseNeedsAttention",
    change: changes([isOf("reprise_needs_attention_oldest_seconds"), gaugeFrom(0, 86_401)]),
    at: "2h15m",
  },
  {
    alert: "RepriseMailsFailing",
    change: changes(
      [isOf("reprise_mails_total", { result: "failed" }), COUNTING],
      [isOf("reprise_mails_total", { result: "sent" }), STILL],
    ),
    at: "3h15m",
  },
  {
    alert: "RepriseDodoRateLimited",
    change: changes([
      isOf("reprise_dodo_requests_total", { route: "GET /payments", status: "429" }),
      COUNTING,
    ]),
    at: "2h30m",
  },
  {
    alert: "RepriseDodoRefusesKey",
    change: changes([
      isOf("reprise_dodo_requests_total", { route: "GET /payments", status: "401" }),
      COUNTING,
    ]),
    at: "2h5m",
  },
  {
    alert: "RepriseDodoFailing",
    change: changes(
      [isOf("reprise_dodo_requests_total", { status: "none" }), COUNTING],
      [isOf("reprise_dodo_requests_total", { status: "200" }), STILL],
    ),
    at: "2h40m",
  },
  {
    alert: "RepriseDeliveriesFailing",
    change: changes(
      [isOf("reprise_deliveries_total", { result: "failed" }), COUNTING],
      [isOf("reprise_deliveries_total", { result: "delivered" }), STILL],
    ),
    at: "3h45m",
  },
  {
    alert: "RepriseWorkflowTasksFailing",
    change: changes([isOf("temporal_workflow_task_execution_failed_total"), COUNTING]),
    at: "2h20m",
  },
  {
    alert: "RepriseChargingStopped",
    change: changes([isOf("reprise_charging_stopped"), gaugeFrom(0, 1)]),
    at: "2h10m",
  },
  {
    // Nothing is overdue because of a stop that a person knows of.
    alert: "RepriseChargingStopped",
    change: changes(
      [isOf("reprise_charging_stopped"), gaugeFrom(0, 1)],
      [isOf("reprise_task_queue_backlog_seconds", { queue: "charges" }), gaugeFrom(0, 7_200)],
    ),
    at: "2h30m",
  },
  {
    alert: "RepriseWorkerMissing",
    change: changes([isOf("reprise_task_queue_pollers", { queue: "charges" }), gaugeFrom(2, 0)]),
    at: "2h10m",
  },
  {
    // Its own gauges are stale or gone; a gateway still serves them.
    alert: "RepriseWorkerMissing",
    change: (series) => {
      if (series.labels["job"] === "worker") return gone(series);
      return isOf("reprise_task_queue_pollers")(series) ? gaugeFrom(2, 0) : null;
    },
    at: "2h15m",
  },
  {
    alert: "RepriseSweepNotRun",
    change: changes([isOf("reprise_sweep_age_seconds"), gaugeFrom(3_900, 10_801)]),
    at: "2h10m",
  },
  {
    alert: "RepriseLedgerDrift",
    change: changes([isOf("reprise_ledger_drift", { class: "amount" }), gaugeFrom(0, 1)]),
    at: "2h10m",
  },
  {
    alert: "RepriseLedgerBehind",
    change: changes([isOf("reprise_ledger_pending"), gaugeFrom(0, 1)]),
    at: "2h40m",
  },
  {
    alert: "RepriseGaugesUnknown",
    change: (series) => (series.name in QUIET_GAUGES ? gone(series) : null),
    at: "2h20m",
  },
  { alert: "RepriseGaugesUnknown", change: gone, at: "2h20m" },
];

type RuleTest = Readonly<Record<string, unknown>>;

const FIRING = 'group by (alertname) (ALERTS{alertstate="firing"})';

function inputOf(change: Change, minutes?: number): readonly RuleTest[] {
  return SERIES.map((series) => ({
    series: nameOf(series),
    values: change(series) ?? quiet(series, minutes),
  }));
}

function firing(eval_time: string, alerts: readonly string[]): RuleTest {
  const exp_samples = alerts.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 }));
  return { expr: FIRING, eval_time, exp_samples };
}

function nameOf({ name, labels }: Series): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(",")}}`;
}

/** @returns what promtool says: `SUCCESS`, or what is different */
function promtool(tests: readonly RuleTest[], evaluation_interval = "1m"): string {
  const folder = mkdtempSync(join(tmpdir(), "reprise-rules-"));
  try {
    const file = join(folder, "tests.yml");
    writeFileSync(file, stringify({ rule_files: [RULES], evaluation_interval, tests }));
    const { stdout, stderr } = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });
    return `${stdout}${stderr}`.replace(/^Unit Testing:.*\n/, "").trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the alerts of deploy/monitoring/rules.yml", () => {
  test("pass promtool check rules", () => {
    const args = ["check", "rules", "--lint=all", "--lint-fatal", RULES];
    expect(spawnSync("promtool", args).status).toBe(0);
  });

  test("are silent on a quiet day with a hiccup of everything", () => {
    const hours = 26;
    expect(
      promtool([
        {
          interval: "1m",
          input_series: inputOf(() => null, hours * 60),
          promql_expr_test: ["2h", "8h", "13h5m", "13h20m", "13h40m", "25h50m"].map((at) =>
            firing(at, []),
          ),
        },
      ]),
    ).toBe("SUCCESS");
  });

  test("are each raised by an event of this file", () => {
    const raised = new Set([...SCENARIOS.map(({ alert }) => alert), "RepriseWebhooksSilent"]);
    expect([...raised].toSorted()).toEqual(ALERTS.map(({ alert }) => alert).toSorted());
  });

  for (const [index, { alert, change, at, also = [] }] of SCENARIOS.entries()) {
    test(`${alert} fires, and nothing else, in scenario ${index + 1}`, () => {
      expect(
        promtool([
          {
            interval: "1m",
            input_series: inputOf(change),
            promql_expr_test: [firing("1h55m", []), firing(at, [alert, ...also].toSorted())],
          },
        ]),
      ).toBe("SUCCESS");
    });
  }

  test("RepriseWebhooksSilent fires after a day without a webhook, and not where there never was one", () => {
    const webhooks = SERIES.filter(isOf("reprise_webhooks_total"));
    const of = (values: string, alerts: readonly string[]): RuleTest => ({
      interval: "10m",
      input_series: webhooks.map((series) => ({
        series: nameOf(series),
        values: webhook("200")(series) ? values : "0x432",
      })),
      promql_expr_test: [
        {
          ...firing("71h", alerts),
          expr: 'group by (alertname) (ALERTS{alertstate="firing",alertname="RepriseWebhooksSilent"})',
        },
      ],
    });
    expect(
      promtool(
        [of("0+1x144 144x288", ["RepriseWebhooksSilent"]), of("0+1x432", []), of("0x432", [])],
        "10m",
      ),
    ).toBe("SUCCESS");
  });

  test("read NaN as unknown: no threshold is reached, and absent says so", () => {
    const { name, labels } = { name: "reprise_charges_unknown", labels: {} };
    const at = { eval_time: "1m" };
    const nan = "max(reprise_charges_unknown * NaN)";
    expect(
      promtool([
        {
          interval: "1m",
          input_series: [{ series: nameOf({ name, labels }), values: "1x5" }],
          promql_expr_test: [
            { ...at, expr: `${nan} > 0`, exp_samples: [] },
            { ...at, expr: `absent(${nan} >= 0)`, exp_samples: [{ labels: "{}", value: 1 }] },
          ],
        },
      ]),
    ).toBe("SUCCESS");
  });
});
