import {
  DAY_MS,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  SECOND_MS,
} from "../../../domain/values/time.ts";
import type { Decided } from "./decided.ts";

const UNITS = [
  ["d", DAY_MS],
  ["h", HOUR_MS],
  ["m", MINUTE_MS],
  ["s", SECOND_MS],
  ["ms", 1],
] as const;

/** An instant relative to the event: `+3d` is three days after it. */
function offset(instant: Instant, at: Instant): string {
  let rest = Math.abs(instant - at);
  if (rest === 0) return "now";
  const parts = UNITS.map(([unit, ms]) => {
    const count = Math.floor(rest / ms);
    rest -= count * ms;
    return count === 0 ? "" : `${count}${unit}`;
  });
  return `${instant < at ? "-" : "+"}${parts.join("")}`;
}

const YEAR_2000 = Date.UTC(2000);

/** A value on one line, without empty fields. */
function show(value: unknown, at: Instant): string {
  if (typeof value === "number" && value > YEAR_2000) return offset(value, at);
  if (typeof value === "string") return /\s/.test(value) ? JSON.stringify(value) : value;
  if (Array.isArray(value)) return `[${value.map((one) => show(one, at)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const fields = Object.entries(value)
    .filter(([, one]) => one !== null && one !== undefined)
    .map(([name, one]) => `${name} ${show(one, at)}`);
  return `{${fields.join(", ")}}`;
}

/** A decision in full, on several lines. */
export function describeDecision({ source, at, event, decision }: Decided): string {
  const { rule, reason, changes, effects, wakeAt, waitingFor, attributes } = decision;
  const wakes = wakeAt === null ? "never" : offset(wakeAt, at);
  return [
    `${source}: ${show(event, at)}`,
    `→ ${rule}: ${reason}`,
    `  wakes ${wakes}, for ${waitingFor}`,
    ...effects.map((effect) => `  effect ${show(effect, at)}`),
    ...Object.entries(changes).map(([name, value]) => `  changes ${name}: ${show(value, at)}`),
    ...(attributes === undefined ? [] : [`  shown ${show(attributes, at)}`]),
  ].join("\n");
}
