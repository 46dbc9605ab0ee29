import { parsePolicy } from "../../../config/policy.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { type ChargeResult, parseChargeResult } from "./charge-results.ts";
import { type CheckoutEvent, parseCheckoutEvent } from "./checkout-events.ts";
import { DEFAULT_GIVEN, type Given, parseGiven } from "./givens.ts";
import { parseRecoveryEvent, type RecoveryEvent } from "./recovery-events.ts";
import { parseDayAndTime } from "./sentence.ts";

/** An event and its time: milliseconds since the midnight before the story begins. */
export type TimedEvent<Event = RecoveryEvent> = {
  readonly at: number;
  readonly event: Event;
  readonly line: number;
};

export type Story = {
  readonly name: string;
  readonly title: string;
  /** Numbers of the points that it shows. */
  readonly points: readonly string[];
  readonly given: Given;
  readonly policy: Policy;
  /** Results of Reprise's charge requests, in order. All later ones succeed. */
  readonly chargeResults: readonly ChargeResult[];
  /** Events of a subscription, in order of time. */
  readonly events: readonly TimedEvent[];
  /** Events of payments without a subscription, if the story is about those. */
  readonly checkoutEvents: readonly TimedEvent<CheckoutEvent>[];
  /** What happened outside of Reprise, as recorded. */
  readonly transcript: readonly string[];
};

const HEADINGS = ["shows", "given", "when", "charges by Reprise", "then"] as const;
type Heading = (typeof HEADINGS)[number];

type Line = { readonly number: number; readonly text: string };
type Section = { readonly heading: Heading; readonly lines: readonly Line[] };

/** A story that cannot be parsed: names the file, the line and what was expected there. */
export class StoryError extends Error {
  override readonly name = "StoryError";
  constructor(file: string, line: number, expected: string) {
    super(`${file}:${line}: ${expected}`);
  }
}

/**
 * Parses a story. `test/stories/README.md` describes the format.
 *
 * @throws StoryError for the first line that does not match the format
 */
export function parseStory(name: string, text: string): Story {
  const file = `${name}.story`;
  const lines = text.split("\n").map((line, index) => ({ number: index + 1, text: line }));
  const [title, ...rest] = lines;
  if (title === undefined || title.text.trim() === "" || /^\s/.test(title.text)) {
    throw new StoryError(file, 1, "expected the title");
  }
  const sections = sectionsOf(file, rest);
  const linesOf = (heading: Heading): readonly Line[] =>
    sections.find((section) => section.heading === heading)?.lines ?? [];
  for (const heading of ["shows", "given", "when"] as const) {
    if (linesOf(heading).length > 0) continue;
    throw new StoryError(file, lines.length, `expected something under "${heading}"`);
  }
  const { given, policy } = givenOf(file, linesOf("given"));
  const when = linesOf("when");
  return {
    name,
    title: title.text,
    points: linesOf("shows").map((line) => pointOf(file, line)),
    given,
    policy,
    chargeResults: linesOf("charges by Reprise").map((line) =>
      withLine(file, line, () => parseChargeResult(line.text.trim())),
    ),
    events: given.oneTime ? [] : eventsOf(file, when, parseRecoveryEvent),
    checkoutEvents: given.oneTime ? eventsOf(file, when, parseCheckoutEvent) : [],
    transcript: linesOf("then").map((line) => line.text.slice(2)),
  };
}

function sectionsOf(file: string, lines: readonly Line[]): Section[] {
  const sections: { heading: Heading; lines: Line[] }[] = [];
  for (const line of lines) {
    if (line.text.trim() === "") continue;
    if (line.text.startsWith("  ")) {
      const section = sections.at(-1);
      if (section === undefined) throw new StoryError(file, line.number, "expected a heading");
      section.lines.push(line);
      continue;
    }
    const last = sections.at(-1)?.heading;
    const left = HEADINGS.slice(last === undefined ? 0 : HEADINGS.indexOf(last) + 1);
    const heading = left.find((one) => one === line.text);
    if (heading === undefined) {
      throw new StoryError(file, line.number, `expected one of these headings: ${left.join(", ")}`);
    }
    sections.push({ heading, lines: [] });
  }
  return sections;
}

/** Adds the line's number to an error that parsing it throws. */
function withLine<T>(file: string, line: Line, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new StoryError(file, line.number, error instanceof Error ? error.message : String(error));
  }
}

function pointOf(file: string, line: Line): string {
  const [, number] = /^ {2}(\d+\.\d+)(?: .*)?$/.exec(line.text) ?? [];
  if (number === undefined) {
    throw new StoryError(file, line.number, "expected a point's number, as in 3.1");
  }
  return number;
}

function givenOf(
  file: string,
  lines: readonly Line[],
): { readonly given: Given; readonly policy: Policy } {
  let given: Partial<Given> = DEFAULT_GIVEN;
  const start = lines.findIndex(({ text }) => text === "  policy");
  const sentences = start === -1 ? lines : lines.slice(0, start);
  const yaml = start === -1 ? [] : lines.slice(start + 1);
  for (const line of sentences) {
    given = { ...given, ...withLine(file, line, () => parseGiven(line.text.trim())) };
  }
  const { price, authorizedAtMs } = given;
  if (price === undefined || authorizedAtMs === undefined) {
    throw new StoryError(
      file,
      lines[0]?.number ?? 1,
      "expected the subscription or the one-time payment",
    );
  }
  const policyYaml = yaml.map(({ text }) => text.slice(4)).join("\n");
  const policy = withLine(file, lines[start] ?? { number: 1, text: "" }, () =>
    policyOf(policyYaml),
  );
  return { given: { ...DEFAULT_GIVEN, ...given, price, authorizedAtMs, policyYaml }, policy };
}

/** @throws Error with the problems of the policy file */
export function policyOf(yaml: string): Policy {
  if (yaml === "") return DEFAULT_POLICY;
  const reading = parsePolicy(yaml);
  if (reading.kind === "policy") return reading.policy;
  throw new Error(reading.problems.map(({ path, problem }) => `${path}: ${problem}`).join("; "));
}

function eventsOf<Event>(
  file: string,
  lines: readonly Line[],
  parse: (sentence: string) => Event,
): TimedEvent<Event>[] {
  const events = lines.map((line): TimedEvent<Event> => {
    const [, when = "", sentence = ""] = /^ {2}(day \d+ \d\d:\d\d) +(.*)$/.exec(line.text) ?? [];
    const at = withLine(file, line, () => parseDayAndTime(when));
    if (at === null) {
      throw new StoryError(file, line.number, 'expected a time, as in "day 3 13:10", and an event');
    }
    const event = withLine(file, line, () => parse(sentence));
    return { at, event, line: line.number };
  });
  for (const [index, { at, line }] of events.entries()) {
    if (at >= (events[index - 1]?.at ?? 0)) continue;
    throw new StoryError(file, line, "expected a time that is not before the line above");
  }
  return events;
}

/** Replaces the transcript and the texts of the points. */
export function withTranscript(
  text: string,
  transcript: readonly string[],
  pointText: (point: string) => string,
): string {
  const [head = ""] = text.split(/^then$/m);
  const updated = head.replaceAll(
    /^ {2}(\d+\.\d+)\b.*$/gm,
    (_, point: string) => `  ${point} ${pointText(point)}`,
  );
  return `${updated.trimEnd()}\n\nthen\n${transcript.map((line) => `  ${line}`).join("\n")}\n`;
}
