import { visibleIn } from "../../domain/values/visible-text.ts";
import type { ReportAnswer } from "../gateway/answers.ts";
import type { Paint } from "../run/shell.ts";
import { type Column, orDash, tableLines } from "./table.ts";
import { amountText, instantText } from "./values.ts";

type Row = ReportAnswer["rows"][number];
type Sum = Row["at_risk"];

/** `3 USD 88.00`: how many debts, and what they owed. */
const sumText = ({ debts, amount }: Sum, currency: string): string =>
  debts === 0 ? "–" : `${debts}  ${orDash(amountText(amount, currency))}`;

const percent = (share: number): string => (share * 100).toFixed(1);

function rateText({ recovery_rate: rate }: Row): string {
  if (rate === null) return "–";
  return `${percent(rate.rate)} % (${percent(rate.low)}–${percent(rate.high)})`;
}

const columnsOf = (by: string): readonly Column<Row>[] => [
  { head: by.toUpperCase(), of: ({ key }) => orDash(key) },
  ...(by === "currency" ? [] : [{ head: "CURRENCY", of: ({ currency }: Row) => currency }]),
  { head: "AT RISK", of: (row) => sumText(row.at_risk, row.currency), isRight: true },
  { head: "RECOVERED", of: (row) => sumText(row.recovered_gross, row.currency), isRight: true },
  { head: "NATURALLY", of: (row) => sumText(row.recovered_naturally, row.currency), isRight: true },
  { head: "LOST", of: (row) => sumText(row.lost, row.currency), isRight: true },
  { head: "OPEN", of: (row) => sumText(row.open_debts, row.currency), isRight: true },
  { head: "RATE (95 %)", of: rateText, isRight: true },
  {
    head: "MEDIAN DAYS",
    of: ({ days_to_recover: days }) => (days === null ? "–" : days.median.toFixed(1)),
    isRight: true,
  },
];

/** The report as a table, with what its numbers mean. */
export function reportText({ by, rows, watermark }: ReportAnswer, paint: Paint): string {
  const fresh =
    watermark === null
      ? "The ledger is empty."
      : `As of ${instantText(watermark)}, when the ledger was written last.`;
  if (rows.length === 0) return `No debts at risk. ${fresh}`;
  const [head = "", ...lines] = tableLines(columnsOf(by), visibleIn(rows));
  const note = "Rates leave open debts out. docs/METRICS.md defines each number.";
  return [paint("bold", head), ...lines, "", fresh, note].join("\n");
}
