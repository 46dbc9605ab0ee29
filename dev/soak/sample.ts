/** What a process held at one moment. */
export type Sample = {
  readonly at: number;
  readonly name: "gateway" | "worker";
  readonly pid: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** Open file descriptors. */
  readonly files: number;
  /** Active resources of the event loop by type. @source https://nodejs.org/api/process.html#processgetactiveresourcesinfo */
  readonly resources: Readonly<Record<string, number>>;
  /** Listeners on `process`. */
  readonly listeners: number;
};

/** How much more memory a process may hold at the end than after it has warmed up. */
const GROWTH_MAX = 0.1;
/** Sockets and timers come and go with the load. */
const SPARE = 5;

/** A measure of one process: its median early, once warm, and late. */
export type Trend = {
  readonly name: string;
  readonly measure: string;
  readonly early: number;
  readonly late: number;
  readonly isSteady: boolean;
};

/**
 * Compares the samples of a process after the warm-up with its last ones. Each side is a tenth of the time.
 * @param from when the process counts as warm
 */
export function trendsOf(samples: readonly Sample[], from: number): readonly Trend[] {
  const names = [...new Set(samples.map(({ name }) => name))];
  return names.flatMap((name) =>
    trendsOfProcess(
      name,
      samples.filter((one) => one.name === name && one.at >= from),
    ),
  );
}

function trendsOfProcess(name: string, samples: readonly Sample[]): Trend[] {
  const side = Math.max(1, Math.floor(samples.length / 10));
  const early = samples.slice(0, side);
  const late = samples.slice(-side);
  if (early.length === 0) return [];
  const compare = (
    measure: string,
    valueOf: (sample: Sample) => number,
    maxOf: (value: number) => number,
  ): Trend => {
    const [before, after] = [median(early.map(valueOf)), median(late.map(valueOf))];
    return { name, measure, early: before, late: after, isSteady: after <= maxOf(before) };
  };
  const grown = (value: number): number => value * (1 + GROWTH_MAX);
  const spared = (value: number): number => value + SPARE;
  const types = [...new Set(samples.flatMap(({ resources }) => Object.keys(resources)))].toSorted();
  return [
    compare("memory (RSS), MB", ({ rssBytes }) => megabytes(rssBytes), grown),
    compare("open files", ({ files }) => files, spared),
    compare(
      "listeners",
      ({ listeners }) => listeners,
      (value) => value,
    ),
    ...types.map((type) => compare(type, ({ resources }) => resources[type] ?? 0, spared)),
  ];
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
