import { visibleIn } from "../../domain/values/visible-text.ts";
import type { RecoveryPageAnswer } from "../gateway/answers.ts";
import type { Paint, Style } from "../run/shell.ts";
import { type Column, orDash, tableLines } from "./table.ts";
import { amountText, instantText } from "./values.ts";

type Row = RecoveryPageAnswer["recoveries"][number];

const isOver = ({ outcome }: Row): boolean => outcome !== null;

const COLUMNS: readonly Column<Row>[] = [
  { head: "SUBSCRIPTION", of: ({ subscription_id: id }) => id },
  { head: "STATE", of: ({ state, outcome }) => orDash(outcome ?? state) },
  {
    head: "DUE",
    of: (row) => (isOver(row) ? "–" : orDash(amountText(row.amount_due, row.currency))),
    isRight: true,
  },
  { head: "DECLINE CODE", of: ({ decline_code: code }) => orDash(code) },
  {
    head: "NEXT ATTEMPT",
    of: (row) =>
      row.next_attempt_at === null || isOver(row) ? "–" : instantText(row.next_attempt_at),
  },
  { head: "CUSTOMER", of: ({ customer_id: id }) => orDash(id) },
];

const STYLES: Readonly<Record<string, Style>> = {
  needs_attention: "yellow",
  recovered: "green",
  collected: "green",
};

/** Recoveries as a table; a line is coloured by its state. */
export function listText(recoveries: readonly Row[], paint: Paint): string {
  const rows = visibleIn(recoveries);
  const [head = "", ...lines] = tableLines(COLUMNS, rows);
  const styled = lines.map((line, at) => {
    const row = rows[at];
    const style = STYLES[row?.outcome ?? row?.state ?? ""];
    return style === undefined ? line : paint(style, line);
  });
  return [paint("bold", head), ...styled].join("\n");
}
