import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EVENTS, type EventName, type Log } from "../../../platform/logs/catalogue.ts";
import { FIELDS, type FieldName } from "../../../platform/logs/fields.ts";
import type { EventRow } from "../../../platform/logs/row.ts";
import { createLog } from "../../../platform/log.ts";

/** A line as it was written. */
export type Line = Readonly<Record<string, unknown>> & { readonly event: string };

/** A log that keeps its lines; those that the table does not allow are in `faults`. */
export type RecordedLog = {
  readonly log: Log;
  readonly lines: readonly Line[];
  readonly faults: readonly string[];
};

/** The real log, at level `debug`. */
export function recordedLog(process: "gateway" | "worker" = "worker"): RecordedLog {
  const lines: Line[] = [];
  const faults: string[] = [];
  const write = (text: string): void => {
    faults.push(...faultsOf(text));
    lines.push(JSON.parse(text) as Line);
  };
  return { log: createLog("debug", process, { write }), lines, faults };
}

const IN_EVERY_LINE = ["level", "time", "process", "event", "msg"];
const ID_MAX = 200;
/** A mail address, and not a `Message-ID` of ours. */
const PERSON = /(?<![0-9a-f]{39})[^\s<>"/]@[^\s<>"]+\.[a-z]{2,}/i;

/** How a line differs from its row: no event, a field too many or too few, a value of the wrong kind, an address. */
export function faultsOf(text: string): string[] {
  const line = JSON.parse(text) as Line;
  const about = (what: string): string => `${what}: ${text.trim()}`;
  const row: EventRow | undefined = EVENTS[line.event as EventName];
  if (row === undefined) return [about("no such event")];
  const faults: string[] = [];
  if (![row.level].flat().includes(line["level"] as never)) faults.push(about("level"));
  if (row.isOpen === true) return faults;
  if (PERSON.test(text)) faults.push(about("an address"));
  for (const name of row.fields) if (!(name in line)) faults.push(about(`${name} is missing`));
  const allowed = new Set<string>([...IN_EVERY_LINE, ...row.fields, ...(row.optional ?? [])]);
  for (const [name, value] of Object.entries(line)) {
    if (!allowed.has(name)) faults.push(about(`${name} is too much`));
    else if (name in FIELDS && !isOfKind(name as FieldName, value, row)) faults.push(about(name));
  }
  return faults;
}

function isOfKind(name: FieldName, value: unknown, { optional = [] }: EventRow): boolean {
  if (value === null) return optional.includes(name);
  const text = (one: unknown, max: number): boolean => typeof one === "string" && one.length <= max;
  const { kind } = FIELDS[name];
  switch (kind) {
    case "id":
    case "word":
      return text(value, ID_MAX);
    case "text":
      return text(value, 501);
    case "ids":
    case "words":
      return Array.isArray(value) && value.length <= 200 && value.every((one) => text(one, ID_MAX));
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "flag":
      return typeof value === "boolean";
    case "error":
      return typeof value === "object";
  }
}

/** The lines of every gateway and worker that wrote into the folder. */
export function linesIn(folder: string): readonly { readonly text: string; readonly line: Line }[] {
  return readdirSync(folder)
    .filter((name) => /^(?:gateway|worker)\b.*\.log$/.test(name))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"))
    .filter((text) => text.startsWith("{") && text.endsWith("}"))
    .map((text) => ({ text, line: JSON.parse(text) as Line }));
}
