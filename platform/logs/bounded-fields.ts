import { EVENTS } from "./catalogue.ts";
import type { EventRow } from "./row.ts";

const TEXT_MAX = 500;
const ITEMS_MAX = 200;

const ROWS = new Map<string, ReadonlySet<string> | "any">(
  Object.entries<EventRow>(EVENTS).map(([name, { fields, optional = [], isOpen = false }]) => [
    name,
    isOpen ? "any" : new Set<string>(["event", ...fields, ...optional]),
  ]),
);

const NOTHING: ReadonlySet<string> = new Set(["event"]);

/** The known fields of a line that its row has, each of a bounded length: a spread may bring others past the compiler. */
export function boundedFields(line: Record<string, unknown>): Record<string, unknown> {
  const known = ROWS.get(String(line["event"])) ?? NOTHING;
  const bounded: Record<string, unknown> = {};
  for (const name of Object.keys(line)) {
    const value = line[name];
    if (value != null && (known === "any" || known.has(name))) bounded[name] = boundedValue(value);
  }
  return bounded;
}

function boundedValue(value: unknown): unknown {
  if (typeof value === "string") return boundedText(value);
  if (!Array.isArray(value)) return value;
  return value
    .slice(0, ITEMS_MAX)
    .map((one: unknown) => (typeof one === "string" ? boundedText(one) : one));
}

function boundedText(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}…`;
}
