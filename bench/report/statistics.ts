/** The median of several rounds with the lowest and the highest. */
export type Spread = {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  /** How many rounds gave a value. */
  readonly count: number;
};

/** @returns null where no round gave a value */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [lowest] = sorted;
  const highest = sorted.at(-1);
  if (lowest === undefined || highest === undefined) return null;
  return { median: quantileOf(sorted, 0.5), lowest, highest, count: sorted.length };
}

/**
 * The value below which this part of the values lies, between two of them by linear interpolation.
 * @param sorted in ascending order, at least one
 * @param part 0 to 1
 */
export function quantileOf(sorted: readonly number[], part: number): number {
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new Error("no values");
  return below + (above - below) * (at - Math.floor(at));
}
