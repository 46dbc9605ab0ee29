import { visibleIn } from "../../domain/values/visible-text.ts";
import type { CheckStatus } from "./check.ts";
import type { Examination, Examined } from "./examine.ts";
import type { Paint, Style } from "../run/shell.ts";
import { wrapped } from "../text/table.ts";

const STYLES: Readonly<Record<CheckStatus, Style>> = {
  ok: "green",
  warn: "yellow",
  fail: "red",
  unknown: "dim",
};

const STATUS_COLUMNS = 7;
const WHAT_COLUMNS = 21;
const TEXT_INDENT = " ".repeat(2 + STATUS_COLUMNS + 2 + WHAT_COLUMNS + 1);
const LINE_COLUMNS = 110;

/** The lines of all checks by group, what to do below each, and at the end how many there are. */
export function doctorText(examination: Examination, paint: Paint): string {
  const { checks, counts, lists } = visibleIn(examination);
  const groups = [...new Set(checks.map(({ group }) => group))];
  const lines = groups.flatMap((group) => [
    paint("bold", group),
    ...checks.filter((one) => one.group === group).flatMap((one) => linesOf(one, paint)),
    "",
  ]);
  const links =
    lists.length === 0
      ? []
      : [
          paint("bold", "Lists in the Temporal Web UI"),
          ...lists.flatMap(({ name, url }) => [`  ${name}`, `    ${url}`]),
          "",
        ];
  return [...lines, ...links, summaryOf(counts, paint)].join("\n");
}

function linesOf({ status, what, detail, mend }: Examined, paint: Paint): readonly string[] {
  const [first = "", ...rest] = wrapped(detail, TEXT_INDENT, LINE_COLUMNS);
  const head = `  ${paint(STYLES[status], status.padEnd(STATUS_COLUMNS))}  ${what.padEnd(WHAT_COLUMNS)} `;
  // A command stays on one line, so that it can be copied.
  const mending = mend === null ? [] : [`${TEXT_INDENT}→ ${mend}`];
  return [head + first.trimStart(), ...rest, ...mending];
}

function summaryOf(counts: Examination["counts"], paint: Paint): string {
  const { ok, warn, fail, unknown } = counts;
  const said = `${fail} failed, ${warn} ${warn === 1 ? "warning" : "warnings"}, ${unknown} unknown, ${ok} ok`;
  return paint(fail > 0 ? "red" : warn > 0 ? "yellow" : "green", said);
}
