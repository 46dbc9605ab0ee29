import { readFileSync } from "node:fs";
import { tableLines } from "../../../cli/text/table.ts";
import type { Prometheus, Series } from "./prometheus.ts";

type Panel = {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
};

/** Longer than the demo runs. Grafana takes a few scrapes. */
const RATE_INTERVAL = "30m";

/** Of a panel; the rest is counted. */
const SERIES_MAX = 4;

type Line = { readonly panel: string; readonly series: string; readonly value: string };

/** Every query of the Grafana dashboard, answered by a Prometheus, as a table: one line a series, the highest first. */
export async function dashboardText({ query }: Prometheus): Promise<string> {
  const path = "deploy/monitoring/dashboard.json";
  const { panels } = JSON.parse(readFileSync(path, "utf8")) as {
    readonly panels: readonly Panel[];
  };
  const lines: Line[] = [];
  for (const { title, type, targets = [] } of panels) {
    if (type === "row") lines.push({ panel: "", series: "", value: "" });
    if (type === "row") lines.push({ panel: title.toUpperCase(), series: "", value: "" });
    for (const [number, { expr }] of targets.entries()) {
      const answer = await query(expr.replaceAll("$__rate_interval", RATE_INTERVAL));
      lines.push(...linesOf(targets.length === 1 ? title : `${title} ${number + 1}`, answer));
    }
  }
  const head = `The queries of ${path}, each asked for the last ${RATE_INTERVAL}\n\n`;
  const table = tableLines(
    [
      { head: "panel", of: ({ panel }) => panel },
      { head: "series", of: ({ series }) => series },
      { head: "value", of: ({ value }) => value, isRight: true },
    ],
    lines,
  );
  return head + table.join("\n");
}

function linesOf(title: string, answer: readonly Series[]): readonly Line[] {
  if (answer.length === 0) return [{ panel: title, series: "no series", value: "" }];
  const sorted = answer.toSorted((one, other) => Number(other.value) - Number(one.value));
  const shown = sorted.filter(({ value }, at) => at === 0 || Number(value) > 0);
  const lines = shown.slice(0, SERIES_MAX).map(({ labels, value }, at) => ({
    panel: at === 0 ? title : "",
    series: labelText(labels),
    value: numberText(value),
  }));
  const hidden = answer.length - lines.length;
  return hidden === 0 ? lines : [...lines, { panel: "", series: `… ${hidden} more`, value: "" }];
}

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${value.length > 40 ? `${value.slice(0, 12)}…` : value}`)
    .join(" ");

/** At most three digits after the point, in the shortest form. */
const numberText = (value: string): string =>
  Number.isFinite(Number(value)) ? String(Number(Number(value).toFixed(3))) : value;
