export type Punctuality = {
  /** Attempts a second, from the first to the last. */
  readonly rate: number;
  /** Attempts a second of the middle four fifths, so that a few late ones do not lower what they are judged by. */
  readonly steadyRate: number;
  /** How long after it was due the last one started, in seconds. */
  readonly lastS: number;
  /** The most that an attempt, the k-th to start, started later than k ÷ `steadyRate`, in seconds. */
  readonly lateS: number;
};

/** @param starts instants in milliseconds, at least two of them different */
export function punctualityOf(dueAt: number, starts: readonly number[]): Punctuality {
  const sorted = starts.map((at) => (at - dueAt) / 1_000).toSorted((a, b) => a - b);
  const [first = Number.NaN] = sorted;
  const last = sorted.at(-1) ?? Number.NaN;
  const [from, to] = [Math.floor(sorted.length * 0.1), Math.ceil(sorted.length * 0.9) - 1];
  const steadyRate = (to - from) / ((sorted[to] ?? Number.NaN) - (sorted[from] ?? Number.NaN));
  const late = sorted.map((at, index) => at - (index + 1) / steadyRate);
  return {
    rate: (sorted.length - 1) / (last - first),
    steadyRate,
    lastS: last,
    lateS: Math.max(...late),
  };
}
