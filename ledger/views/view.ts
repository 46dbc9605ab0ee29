/** A view of the ledger: docs/METRICS.md shows its meaning and its columns, and a test compares them with the database. */
export type View = {
  readonly name: string;
  /** A sentence or two: the definition. */
  readonly meaning: string;
  /** Its columns and their meanings, in order. */
  readonly columns: Readonly<Record<string, string>>;
  readonly query: string;
};

/** Of the 95 % interval. */
const Z = "1.959963984540054";

/**
 * The ends of Wilson's 95 % interval for a share, as SQL that is null where nothing was counted.
 * @source NIST e-Handbook of Statistical Methods, 7.2.4.1
 */
export function wilson(
  successes: string,
  total: string,
): { readonly low: string; readonly high: string } {
  const n = `nullif(${total}, 0)::double precision`;
  const share = `(${successes} / ${n})`;
  const z2 = `(${Z}::double precision * ${Z})`;
  const centre = `${share} + ${z2} / (2 * ${n})`;
  const spread = `${Z} * sqrt(${share} * (1 - ${share}) / ${n} + ${z2} / (4 * ${n} * ${n}))`;
  const scale = `(1 + ${z2} / ${n})`;
  // greatest() and least() pass over null.
  const ifAny = (bound: string): string => `case when ${total} > 0 then ${rounded(bound)} end`;
  return {
    low: ifAny(`greatest((${centre} - ${spread}) / ${scale}, 0)`),
    high: ifAny(`least((${centre} + ${spread}) / ${scale}, 1)`),
  };
}

/** A share of two numbers, to six decimal places; null where the second is zero. */
export function share(part: string, whole: string): string {
  return rounded(`${part} / nullif(${whole}, 0)::double precision`);
}

function rounded(expression: string): string {
  return `round((${expression})::numeric, 6)`;
}
