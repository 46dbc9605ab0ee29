import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from "../../domain/values/time.ts";
import { differenceFrom } from "../support/recorded-text.ts";
import { type Decided, decidedInEveryState, decidedInStories } from "./decisions/decided.ts";

const UNITS = [
  ["d", DAY_MS],
  ["h", HOUR_MS],
  ["m", MINUTE_MS],
  ["s", SECOND_MS],
  ["ms", 1],
] as const;

/** An instant as what it is to the event: `+3d` is three days after it. */
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
const isInstant = (value: unknown): value is Instant =>
  typeof value === "number" && value > YEAR_2000;

/** Of a list that only grows, what came last. */
const LAST_SHOWN = 1;

/** A value in one line: instants as offsets, names without their numbers, what is empty left out. */
function show(value: unknown, at: Instant): string {
  if (isInstant(value)) return offset(value, at);
  if (typeof value === "string") return value.replaceAll(/\b(pay|pm|e|cmd|msg)_?\d+/g, "$1");
  if (Array.isArray(value)) {
    const shown = value.slice(-LAST_SHOWN).map((one) => show(one, at));
    return `[${value.length > LAST_SHOWN ? "… " : ""}${shown.join(", ")}]`;
  }
  if (typeof value !== "object" || value === null) return String(value);
  const fields = Object.entries(value)
    .filter(([, one]) => one !== null && one !== undefined)
    .map(([name, one]) => `${name} ${show(one, at)}`);
  return `{${fields.join(", ")}}`;
}

/** Pinned as a whole at opening, and read as a whole: their own tests say what is in them. */
const WHOLE = ["policy", "subscription"];

function lineOf({ at, event, decision }: Decided): string {
  const { rule, changes, effects, wakeAt, waitingFor, attributes } = decision;
  const { kind } = event;
  const changed = Object.entries(changes).map(([name, value]) =>
    WHOLE.includes(name) ? name : `${name} ${show(value, at)}`,
  );
  const wakes = wakeAt === null ? "never" : offset(wakeAt, at);
  const parts = [
    `${kind} → ${rule}; wakes ${wakes}, for ${show(waitingFor, at)}`,
    `changes: ${changed.join("; ")}`,
    `effects: ${effects.map((effect) => show(effect, at)).join("; ")}`,
    ...(attributes === undefined ? [] : [`shown: ${show(attributes, at)}`]),
  ];
  return parts.join("\n    ");
}

const linesOf = (all: readonly Decided[]): string =>
  `${[...new Set(all.map(lineOf))].toSorted().join("\n")}\n`;

/** Read, and found good: `npm run stories:record` after a change that was meant. */
describe("all that is decided", () => {
  test("about every event in every state", async () => {
    const lines = linesOf(await decidedInEveryState());
    expect(differenceFrom("test/stories/decisions-of-the-matrix.txt", lines)).toBeNull();
  });

  test("in the stories", async () => {
    const lines = linesOf(await decidedInStories());
    expect(differenceFrom("test/stories/decisions.txt", lines)).toBeNull();
  });
});
