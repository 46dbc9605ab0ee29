import { describe, expect, test } from "vitest";
import { markdownOf, numberText, textOf } from "../../bench/report/markdown.ts";
import { isComplete, type Results } from "../../bench/report/results.ts";
import { quantileOf, spreadOf } from "../../bench/report/statistics.ts";
import { summaryOf } from "../../bench/report/summary.ts";
import type { Path, Sample } from "../../bench/run/path.ts";
import type { PathRun, Round } from "../../bench/run/run-path.ts";

const PATH: Path = {
  name: "sample",
  title: "a sample path",
  rounds: { full: 3, quick: 1 },
  warmUps: { full: 1, quick: 1 },
  measures: [
    {
      key: "cpu",
      title: "CPU",
      unit: "ms",
      against: [{ subject: "floor", goal: { atMost: 1.5 } }],
    },
    { key: "rate", title: "rate", unit: "", goal: { atLeast: 60 } },
    { key: "none", title: "never measured", unit: "" },
  ],
  open: () => Promise.reject(new Error("not opened here")),
};

const round = (
  number: number,
  subject: string,
  sample: Sample | null,
  error: string | null = null,
): Round => ({
  number,
  subject,
  sample,
  error,
  tookMs: 1,
});

const RUN: PathRun = {
  name: "sample",
  planned: 3,
  rounds: [
    round(1, "floor", { cpu: 10 }),
    round(1, "product", { cpu: 12, rate: 50 }),
    round(2, "product", { cpu: 30, rate: 70 }),
    round(2, "floor", { cpu: 20 }),
    round(3, "floor", { cpu: 10 }),
    round(3, "product", null, "an answer was 503\nwith more lines"),
  ],
  notes: ["A note."],
  problem: null,
  isUnavailable: false,
};

function resultsOf(run: PathRun, wasInterrupted = false): Results {
  return {
    command: "npm run bench -- sample",
    startedAt: "2026-11-30T21:00:00.000Z",
    tookMs: 61_000,
    commit: "abc1234",
    temporal: "1.9.1",
    isQuick: false,
    machine: {
      cores: 2,
      cpu: "A processor",
      memoryGb: 24,
      system: "Linux 6.1",
      node: "v20.20.2",
      loadBefore: 0.1,
    },
    steal: 0.012,
    wasInterrupted,
    summaries: [summaryOf(PATH, run)],
    runs: [run],
  };
}

describe("the statistics of a benchmark", () => {
  test("are the median with the lowest and the highest round", () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, lowest: 1, highest: 3, count: 3 });
    expect(spreadOf([4, 1])).toEqual({ median: 2.5, lowest: 1, highest: 4, count: 2 });
  });

  test("of no round are null", () => {
    expect(spreadOf([])).toBeNull();
  });

  test("interpolate a quantile between two values", () => {
    expect(quantileOf([0, 10], 0.99)).toBeCloseTo(9.9);
    expect(quantileOf([5], 0.99)).toBe(5);
  });
});

describe("the summary of a path", () => {
  const { measures, subjects, failures } = summaryOf(PATH, RUN);

  test("names the product first", () => {
    expect(subjects).toEqual(["product", "floor"]);
  });

  test("divides within a round, and leaves out rounds in which either side failed", () => {
    const [ratio] = measures[0]?.ratios ?? [];
    expect(ratio?.spread).toEqual({ median: 1.35, lowest: 1.2, highest: 1.5, count: 2 });
    expect(ratio?.verdict).toBe("met");
  });

  test("judges the product's median by the goal", () => {
    expect(measures[1]?.verdict).toBe("met");
    const slow = { ...RUN, rounds: [round(1, "product", { rate: 59 })] };
    expect(summaryOf(PATH, slow).measures[1]?.verdict).toBe("missed");
  });

  test("gives no verdict on what was not measured", () => {
    const nothing = summaryOf(PATH, { ...RUN, rounds: [] });
    expect(nothing.measures.map(({ verdict }) => verdict)).toEqual([null, null, null]);
  });

  test("lists every round that failed", () => {
    expect(failures).toEqual([
      { round: 3, subject: "product", error: "an answer was 503\nwith more lines" },
    ]);
  });
});

describe("the report of a benchmark", () => {
  const report = markdownOf(resultsOf(RUN), null);

  test("says how it was made, and on which machine", () => {
    expect(report).toContain("`npm run bench -- sample`");
    expect(report).toContain("2 cores of A processor, 24 GB, Linux 6.1, Node v20.20.2");
    expect(report).toContain("steal during the run 1.2 %");
  });

  test("has the values, the ratios and the verdicts, and no row without a value", () => {
    expect(report).toContain("| CPU, ms | 21 (12–30) | 10 (10–20) |");
    expect(report).toContain("| CPU: product ÷ floor | 1.35 (1.20–1.50) | ≤ 1.50: met |");
    expect(report).not.toContain("never measured");
  });

  test("names a round that failed, in one line", () => {
    expect(report).toContain("**Failed**: round 3 of product: an answer was 503\n");
    expect(report).not.toContain("with more lines");
  });

  test("says why a path was not measured or did not end", () => {
    const unavailable = { ...RUN, rounds: [], problem: "no database", isUnavailable: true };
    expect(markdownOf(resultsOf(unavailable), null)).toContain("Not measured: no database");
    const broken = { ...RUN, problem: "the server ended" };
    expect(markdownOf(resultsOf(broken), null)).toContain(
      "did not run to its end**: the server ended",
    );
  });

  test("warns when other programs were running", () => {
    const results = resultsOf(RUN);
    const busy = { ...results, machine: { ...results.machine, loadBefore: 5 } };
    expect(markdownOf(busy, null)).toContain("Other programs were running");
    expect(report).not.toContain("Other programs were running");
  });

  test("puts an earlier run beside this one", () => {
    const earlierRun = {
      ...RUN,
      rounds: [round(1, "product", { cpu: 40, rate: 20 }), round(1, "floor", { cpu: 10 })],
    };
    const compared = markdownOf(resultsOf(RUN), resultsOf(earlierRun));
    expect(compared).toContain("| CPU, ms | 21 (12–30) | 10 (10–20) | 40 |");
    expect(compared).toContain("| CPU: product ÷ floor | 1.35 (1.20–1.50) | 4 | ≤ 1.50: met |");
  });

  test("writes numbers with three digits, and a range only where there is one", () => {
    expect([1_234.5, 12.34, 1.234, 7].map(numberText)).toEqual(["1,235", "12.3", "1.23", "7"]);
    expect(textOf({ median: 7, lowest: 7, highest: 7, count: 3 })).toBe("7");
    expect(textOf(null)).toBe("–");
  });
});

describe("a run of the benchmark", () => {
  const whole = { ...RUN, rounds: RUN.rounds.filter(({ error }) => error === null) };

  test("is complete if no round failed, and nothing else did", () => {
    expect(isComplete(resultsOf(whole))).toBe(true);
    expect(isComplete(resultsOf(RUN))).toBe(false);
    expect(isComplete(resultsOf({ ...whole, problem: "ended" }))).toBe(false);
    expect(isComplete(resultsOf(whole, true))).toBe(false);
  });

  test("is complete where the machine lacks what a path needs", () => {
    const unavailable = { ...whole, problem: "no database", isUnavailable: true };
    expect(isComplete(resultsOf(unavailable))).toBe(true);
  });
});
