import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { METRICS } from "../../domain/metrics/catalogue.ts";
import { ROOT } from "../support/documents.ts";
import { ALERTS } from "../support/metrics/alerts.ts";
import { recordedSeries, SDK_METRICS } from "../support/metrics/series.ts";

type Panel = { readonly title: string; readonly targets?: readonly { readonly expr: string }[] };

const dashboard = JSON.parse(
  readFileSync(join(ROOT, "deploy/monitoring/dashboard.json"), "utf8"),
) as { readonly panels: readonly Panel[] };

const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** Every metric with its labels, as two gateways and two workers served them. */
const served = new Map(
  ["gateway-1", "gateway-2", "worker-1", "worker-2"]
    .flatMap((process) => recordedSeries(process))
    .map(({ name, labels }) => [name, Object.keys(labels)]),
);

const metricsIn = (query: string): string[] => query.match(/\b(?:reprise|temporal)_\w+/g) ?? [];

describe("the queries of the dashboard and of the alerts", () => {
  const all = [...queries, ...ALERTS.map(({ expr }) => expr)];

  test("name only metrics that the processes serve", () => {
    expect(all.length).toBeGreaterThan(30);
    expect(all.flatMap(metricsIn).filter((name) => !served.has(name))).toEqual([]);
  });

  test("select and group by labels that those metrics have", () => {
    const wrong = all.flatMap((query) => {
      const labels = ["le", ...metricsIn(query).flatMap((name) => served.get(name) ?? [])];
      const selected = [...query.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label]) => label ?? "");
      const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
        list.split(",").map((label) => label.trim()),
      );
      return [...selected, ...grouped]
        .filter((label) => !labels.includes(label))
        .map((label) => `${label} in ${query}`);
    });
    expect(wrong).toEqual([]);
  });

  test("of the dashboard show every metric of the table", () => {
    const shown = new Set(queries.flatMap(metricsIn).map((name) => name.replace(/_bucket$/, "")));
    expect(Object.keys(METRICS).filter((name) => !shown.has(name))).toEqual([]);
  });

  test("ask the SDK only for metrics that a scrape was recorded for", () => {
    const asked = all.flatMap(metricsIn).filter((name) => name.startsWith("temporal_"));
    expect(asked.filter((name) => !SDK_METRICS.includes(name))).toEqual([]);
  });
});

describe("each alert", () => {
  test("says what it means, what to do, and where to read on", () => {
    for (const { alert, labels, annotations } of ALERTS) {
      const { summary, description, action, runbook = "" } = annotations;
      for (const text of [summary, description, action]) expect(text, alert).toMatch(/^\S.*\.$/);
      expect(["critical", "warning"], alert).toContain(labels["severity"]);
      const [path = "", anchor] = runbook.split("#");
      expect(existsSync(join(ROOT, path)), alert).toBe(true);
      expect(anchor).toBe(alert.toLowerCase());
      expect(readFileSync(join(ROOT, path), "utf8")).toContain(`### ${alert}\n`);
    }
  });
});
