/** One sample of a scrape: its series' name and labels, and its value. */
export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** Reads Prometheus' text format. @throws on a line that is none */
export function samplesOf(text: string): readonly Sample[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(sampleOf);
}

function sampleOf(line: string): Sample {
  const [, name, labels, value] = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`not a sample: ${line}`);
  return { name, labels: labelsOf(labels ?? ""), value: numberOf(value) };
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(
    pairs.map(([, name, value]) => [name ?? "", JSON.parse(`"${value ?? ""}"`) as string]),
  );
}

function numberOf(value: string): number {
  if (value === "+Inf") return Infinity;
  return value === "-Inf" ? -Infinity : Number(value);
}

/** The metric of a sample: a histogram has three. */
export function metricOf({ name }: Sample, histograms: readonly string[]): string {
  return (
    histograms.find((one) => [`${one}_bucket`, `${one}_sum`, `${one}_count`].includes(name)) ?? name
  );
}
