import { DAY_MS, parseInstant } from "../../domain/values/time.ts";
import { visibleIn } from "../../domain/values/visible-text.ts";
import type { ImportAnswer } from "../gateway/answers.ts";
import type { Paint } from "../run/shell.ts";
import { type Column, orDash, tableLines } from "./table.ts";
import { amountText, instantText, words } from "./values.ts";

type Row = ImportAnswer["rows"][number];
type Opened = Row & { readonly debt: NonNullable<Row["debt"]> };

const isOpened = (row: Row): row is Opened => row.debt !== null;

/** An import as tables: what it opens and what follows, and what it leaves out. */
export function importText(given: ImportAnswer, paint: Paint): string {
  const answer = visibleIn(given);
  const opened = answer.rows.filter(isOpened);
  const leftOut = answer.rows.filter((row) => !isOpened(row));
  const startedAt = parseInstant(answer.started_at) ?? 0;
  return [
    ...section(paint, tableLines(openedColumns(startedAt), opened), opened.length),
    ...section(paint, tableLines(LEFT_OUT_COLUMNS, leftOut), leftOut.length),
    ...summary(answer, paint),
  ].join("\n");
}

function section(paint: Paint, [head = "", ...lines]: readonly string[], rows: number): string[] {
  return rows === 0 ? [] : [paint("bold", head), ...lines, ""];
}

function openedColumns(startedAt: number): readonly Column<Opened>[] {
  return [
    { head: "SUBSCRIPTION", of: ({ subscription_id: id }) => id },
    {
      head: "DEBT",
      of: ({ debt }) => orDash(amountText(debt.amount, debt.currency)),
      isRight: true,
    },
    { head: "AGE", of: ({ debt }) => ageText(debt.failed_at, startedAt), isRight: true },
    { head: "LAST CODE", of: ({ debt }) => orDash(debt.decline_code) },
    { head: "WHAT FOLLOWS", of: ({ debt }) => whatFollows(debt) },
  ];
}

const LEFT_OUT_COLUMNS: readonly Column<Row>[] = [
  { head: "LEFT OUT", of: ({ subscription_id: id }) => id },
  { head: "WHY", of: ({ why }) => (why === null ? "–" : words(why)) },
];

function ageText(failedAt: string, startedAt: number): string {
  const at = parseInstant(failedAt);
  return at === null ? "–" : `${Math.floor((startedAt - at) / DAY_MS)} d`;
}

function whatFollows(debt: Opened["debt"]): string {
  const steps = [
    ...(debt.asks === null ? [] : [`asks you: ${words(debt.asks)}`]),
    ...(debt.observed ? ["follows Dodo's own retries"] : []),
    ...(debt.mail_at === null ? [] : [`mail ${instantText(debt.mail_at)}`]),
    ...(debt.charge_at === null ? [] : [`charge ${instantText(debt.charge_at)}`]),
    ...(debt.queued === 0 ? [] : [`then ${debt.queued} more`]),
  ];
  return steps.length === 0 ? "–" : steps.join(", ");
}

function summary(answer: ImportAnswer, paint: Paint): string[] {
  const { opens, judged, total, dry_run: isDryRun, state, amounts } = answer;
  const sums = amounts.map(({ currency, amount }) => amountText(amount, currency) ?? currency);
  const verb = isDryRun ? "would be opened" : "opened";
  const worth = sums.length === 0 ? "" : `: ${sums.join(" and ")}`;
  const leftOut = Object.entries(answer.left_out).map(([why, count]) => `${count} ${words(why)}`);
  return [
    paint("green", `${opens} of ${total} ${verb}${worth}.`),
    ...(leftOut.length === 0 ? [] : [`Left out: ${leftOut.join(", ")}.`]),
    ...(answer.have_recovery === 0 ? [] : [`${answer.have_recovery} have an open recovery.`]),
    ...(state === "stopped" ? [paint("red", `Stopped after ${judged} of ${total}.`)] : []),
    ...(answer.cut_off ? ["Dodo lists more than one import takes: import again."] : []),
    ...(isDryRun && opens > 0 ? ["Nothing was opened. Open them: the same with --confirm"] : []),
  ];
}
