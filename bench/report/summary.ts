import { type Goal, type Measure, type Path, PRODUCT } from "../run/path.ts";
import type { PathRun } from "../run/run-path.ts";
import { spreadOf, type Spread } from "./statistics.ts";

export type Verdict = "met" | "missed" | null;

export type MeasureSummary = {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly goal: Goal | null;
  readonly verdict: Verdict;
  /** By subject; null if no round of it gave this value. */
  readonly values: Readonly<Record<string, Spread | null>>;
  readonly ratios: readonly RatioSummary[];
};

/** The product's value divided by a floor's in the same round. */
export type RatioSummary = {
  readonly subject: string;
  readonly spread: Spread | null;
  readonly goal: Goal | null;
  readonly verdict: Verdict;
};

export type PathSummary = {
  readonly name: string;
  readonly title: string;
  readonly planned: number;
  readonly problem: string | null;
  readonly isUnavailable: boolean;
  readonly subjects: readonly string[];
  readonly measures: readonly MeasureSummary[];
  readonly failures: readonly {
    readonly round: number;
    readonly subject: string;
    readonly error: string;
  }[];
  readonly notes: readonly string[];
};

/** Medians and ranges of a path. A round that failed gives no value, and is listed. */
export function summaryOf(path: Path, run: PathRun): PathSummary {
  const subjects = [...new Set(run.rounds.map(({ subject }) => subject))].toSorted(productFirst);
  return {
    name: path.name,
    title: path.title,
    planned: run.planned,
    problem: run.problem,
    isUnavailable: run.isUnavailable,
    subjects,
    measures: path.measures.map((measure) => measureSummary(measure, subjects, run)),
    failures: run.rounds.flatMap(({ number, subject, error }) =>
      error === null ? [] : [{ round: number, subject, error }],
    ),
    notes: run.notes,
  };
}

function productFirst(a: string, b: string): number {
  return Number(b === PRODUCT) - Number(a === PRODUCT);
}

function measureSummary(
  { key, title, unit, goal: wanted, against = [] }: Measure,
  subjects: readonly string[],
  run: PathRun,
): MeasureSummary {
  const goal = wanted ?? null;
  const valuesOf = (name: string): ReadonlyMap<number, number> =>
    new Map(
      run.rounds.flatMap(({ number, subject, sample }) => {
        const value = subject === name ? sample?.[key] : undefined;
        return value === undefined ? [] : [[number, value] as const];
      }),
    );
  const own = valuesOf(PRODUCT);
  const values = Object.fromEntries(
    subjects.map((name) => [name, spreadOf([...valuesOf(name).values()])]),
  );
  const ratios = against.map(({ subject, goal: aim }): RatioSummary => {
    const goal = aim ?? null;
    const floor = valuesOf(subject);
    const quotients = [...own].flatMap(([round, value]) => {
      const divisor = floor.get(round) ?? 0;
      return divisor === 0 ? [] : [value / divisor];
    });
    const spread = spreadOf(quotients);
    return { subject, spread, goal, verdict: verdictOf(spread, goal) };
  });
  const verdict = verdictOf(values[PRODUCT] ?? null, goal);
  return { key, title, unit, goal, verdict, values, ratios };
}

function verdictOf(spread: Spread | null, goal: Goal | null): Verdict {
  if (goal === null || spread === null) return null;
  const { median } = spread;
  return ("atMost" in goal ? median <= goal.atMost : median >= goal.atLeast) ? "met" : "missed";
}
