import type { Sample } from "./exposition.ts";

/** The series of a scrape without their values, sorted, one a line. Of a histogram, the bucket of infinity stands for all. */
export function seriesText(samples: readonly Sample[]): string {
  const lines = samples
    .filter(({ name, labels }) => !name.endsWith("_bucket") || labels["le"] === "+Inf")
    .map(({ name, labels }) => `${name}{${labelText(labels)}}`);
  return `${[...new Set(lines)].toSorted().join("\n")}\n`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",");
}
