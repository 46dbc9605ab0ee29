import { type Goal, PRODUCT } from "../run/path.ts";
import type { Results } from "./results.ts";
import type { Spread } from "./statistics.ts";
import type { MeasureSummary, PathSummary, Verdict } from "./summary.ts";

/**
 * The report of a run as Markdown.
 * @param earlier an earlier run of the command, on the same kind of machine
 */
export function markdownOf(results: Results, earlier: Results | null): string {
  return [
    "# Benchmark results",
    "",
    ...headOf(results, earlier),
    "",
    ...results.summaries.flatMap((summary) => [
      ...pathLines(summary, earlier?.summaries.find(({ name }) => name === summary.name) ?? null),
      "",
    ]),
  ].join("\n");
}

function headOf(results: Results, earlier: Results | null): readonly string[] {
  const { machine, steal, commit, temporal, startedAt, tookMs, wasInterrupted } = results;
  const percent = steal === null ? "unknown" : `${(steal * 100).toFixed(1)} %`;
  return [
    `Written by \`${results.command}\`. [README.md](README.md) says what each path, floor and peer is.`,
    "",
    `- ${startedAt.slice(0, 16).replace("T", " ")} UTC, ${Math.ceil(tookMs / 60_000)} min, commit ${commit ?? "unknown"}` +
      (wasInterrupted ? ", **interrupted**" : ""),
    `- ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}` +
      (temporal === null ? "" : `, Temporal CLI ${temporal}`),
    `- steal during the run ${percent}; load average before it ${machine.loadBefore.toFixed(1)}`,
    ...(machine.loadBefore >= LOAD_MAX
      ? [
          "- Other programs were running: of these figures only the ratios and the counts say something.",
        ]
      : []),
    ...(earlier === null
      ? []
      : [
          `- earlier: the same command at commit ${earlier.commit ?? "unknown"}, ${earlier.startedAt.slice(0, 10)}`,
        ]),
    "",
    "`a (b–c)`: median (lowest–highest round). A ratio is taken within each round. Warm-ups are not counted.",
  ];
}

/** A machine with nothing else to do has less. */
const LOAD_MAX = 0.7;

function pathLines(summary: PathSummary, earlier: PathSummary | null): readonly string[] {
  const { name, title, problem, isUnavailable, failures, notes, planned } = summary;
  const heading = `## ${name}: ${title}`;
  if (isUnavailable) return [heading, "", `Not measured: ${String(problem)}`];
  const rows = summary.measures.filter((measure) =>
    Object.values(measure.values).some((spread) => spread !== null),
  );
  return [
    heading,
    "",
    ...(rows.length === 0 ? [] : [...valueTable(summary, rows, earlier), ""]),
    ...ratioTable(rows, earlier),
    `${planned} round${planned === 1 ? "" : "s"}.`,
    ...notes.map((note) => `\n${note}`),
    ...(problem === null ? [] : ["", `**The path did not run to its end**: ${oneLine(problem)}`]),
    ...failures.map(
      ({ round, subject, error }) =>
        `\n**Failed**: ${round > 0 ? `round ${round}` : "a warm-up"} of ${subject}: ${oneLine(error)}`,
    ),
  ];
}

function valueTable(
  { subjects }: PathSummary,
  rows: readonly MeasureSummary[],
  earlier: PathSummary | null,
): readonly string[] {
  const hasGoals = rows.some(({ goal }) => goal !== null);
  const head = ["", ...subjects, ...(earlier === null ? [] : ["earlier"])];
  const lines = rows.map(({ key, title, unit, values, goal, verdict }) => [
    unit === "" ? title : `${title}, ${unit}`,
    ...subjects.map((subject) => textOf(values[subject] ?? null)),
    ...(earlier === null
      ? []
      : [textOf(earlier.measures.find((one) => one.key === key)?.values[PRODUCT] ?? null)]),
    ...(hasGoals ? [goalText(goal, verdict)] : []),
  ]);
  return tableOf([...head, ...(hasGoals ? ["goal"] : [])], lines);
}

function ratioTable(
  rows: readonly MeasureSummary[],
  earlier: PathSummary | null,
): readonly string[] {
  const lines = rows.flatMap(({ key, title, ratios }) =>
    ratios
      .filter(({ spread }) => spread !== null)
      .map(({ subject, spread, goal, verdict }) => [
        `${title}: product ÷ ${subject}`,
        textOf(spread),
        ...(earlier === null ? [] : [textOf(ratioIn(earlier, key, subject))]),
        goalText(goal, verdict),
      ]),
  );
  if (lines.length === 0) return [];
  return [...tableOf(["", "ratio", ...(earlier === null ? [] : ["earlier"]), "goal"], lines), ""];
}

function ratioIn(earlier: PathSummary, key: string, subject: string): Spread | null {
  const measure = earlier.measures.find((one) => one.key === key);
  return measure?.ratios.find((one) => one.subject === subject)?.spread ?? null;
}

function tableOf(
  head: readonly string[],
  lines: readonly (readonly string[])[],
): readonly string[] {
  const rows = [head, head.map((_, at) => (at === 0 ? "---" : "---:")), ...lines];
  return rows.map((cells) => `| ${cells.join(" | ")} |`);
}

/** `a (b–c)`, or only the value where all rounds gave the same. */
export function textOf(spread: Spread | null): string {
  if (spread === null) return "–";
  const { median, lowest, highest } = spread;
  const [middle, low, high] = [median, lowest, highest].map(numberText);
  return low === high ? (middle ?? "") : `${middle} (${low}–${high})`;
}

/** Three significant digits, and whole numbers in full. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString("en-US");
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function goalText(goal: Goal | null, verdict: Verdict): string {
  if (goal === null) return "";
  const text = "atMost" in goal ? `≤ ${numberText(goal.atMost)}` : `≥ ${numberText(goal.atLeast)}`;
  return verdict === null ? text : `${text}: ${verdict}`;
}

/** The end of a log belongs in the JSON file. */
function oneLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
