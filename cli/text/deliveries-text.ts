import { visibleIn } from "../../domain/values/visible-text.ts";
import type { DeliveryAnswer } from "../gateway/answers.ts";
import type { Paint, Style } from "../run/shell.ts";
import { type Column, tableLines } from "./table.ts";
import { instantText } from "./values.ts";

const lastOf = ({ attempts }: DeliveryAnswer): string => {
  const last = attempts.at(-1);
  if (last === undefined) return "–";
  return `${last.status === null ? "no answer" : `HTTP ${last.status}`}, ${instantText(last.at)}`;
};

const COLUMNS: readonly Column<DeliveryAnswer>[] = [
  { head: "WEBHOOK-ID", of: ({ id }) => id },
  { head: "TYPE", of: ({ type }) => type },
  { head: "STATE", of: ({ state }) => state },
  { head: "TRIES", of: ({ attempts }) => String(attempts.length), isRight: true },
  { head: "LAST ANSWER", of: lastOf },
  {
    head: "NEXT TRY",
    of: ({ next_attempt_at: at }) => (at === null ? "–" : instantText(at)),
  },
];

const STYLES: Readonly<Record<string, Style>> = {
  delivered: "green",
  trying: "yellow",
  given_up: "red",
};

/** Outgoing webhooks as a table; a line is coloured by its state. */
export function deliveriesText(deliveries: readonly DeliveryAnswer[], paint: Paint): string {
  const rows = visibleIn(deliveries);
  const [head = "", ...lines] = tableLines(COLUMNS, rows);
  const styled = lines.map((line, at) => {
    const style = STYLES[rows[at]?.state ?? ""];
    return style === undefined ? line : paint(style, line);
  });
  return [paint("bold", head), ...styled].join("\n");
}
