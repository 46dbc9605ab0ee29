import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../documents.ts";
import { type Sample, samplesOf } from "./exposition.ts";

/** The SDK's metrics that alerts and the dashboard ask for. */
export const SDK_METRICS = [
  "temporal_workflow_task_execution_failed_total",
  "temporal_activity_execution_failed_total",
  "temporal_num_pollers",
  "temporal_request_failure_total",
];

/**
 * The series of a scrape without their values, sorted, one a line: ours, and those of the SDK that alerts ask for. Of a histogram,
 * the bucket of infinity stands for all.
 * @param names what differs from run to run, by what stands for it
 */
export function seriesText(
  samples: readonly Sample[],
  names: Readonly<Record<string, string>>,
): string {
  const lines = samples
    .filter(({ name }) => name.startsWith("reprise_") || SDK_METRICS.includes(name))
    .filter(({ name, labels }) => !name.endsWith("_bucket") || labels["le"] === "+Inf")
    .map(({ name, labels }) => `${name}{${labelText(labels)}}`);
  const text = `${[...new Set(lines)].toSorted().join("\n")}\n`;
  return Object.entries(names).reduce((so, [name, by]) => so.replaceAll(name, by), text);
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",");
}

/** A series as `name{label,…}`. */
export function shapeOf({ name, labels }: Sample): string {
  return `${name}{${Object.keys(labels).toSorted().join(",")}}`;
}

/** Where the series of a process are recorded, such as `gateway-1`. */
export function recordedScrape(process: string): string {
  return join(ROOT, `test/monitoring/scrapes/${process}.txt`);
}

/** The recorded series of a process; their values mean nothing. */
export function recordedSeries(process: string): readonly Sample[] {
  const lines = readFileSync(recordedScrape(process), "utf8").trim().split("\n");
  return samplesOf(lines.map((line) => `${line} 0`).join("\n"));
}
