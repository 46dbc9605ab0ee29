import { parsePolicy } from "../../../config/policy.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { type CheckoutWhat, readCheckoutHappening } from "./checkout-events.ts";
import { dayMs } from "./sentence.ts";
import {
  type Answer,
  type Given,
  NOTHING_GIVEN,
  readAnswer,
  readGiven,
  readHappening,
  type What,
} from "./recovery-events.ts";

/** One thing that the world does, and when: milliseconds since the midnight before the story begins. */
export type Happening<Does = What> = {
  readonly at: number;
  readonly what: Does;
  readonly line: number;
};

export type Story = {
  readonly name: string;
  readonly title: string;
  /** Numbers of the points it shows. */
  readonly points: readonly string[];
  readonly given: Given;
  readonly policy: Policy;
  /** What the charges of Reprise come to, one after the other; then they succeed. */
  readonly answers: readonly Answer[];
  /** To a subscription, in the order of time. */
  readonly happenings: readonly Happening[];
  /** To payments without a subscription, where the story is of these. */
  readonly checkoutHappenings: readonly Happening<CheckoutWhat>[];
  /** What happened outside, as it was recorded. */
  readonly transcript: readonly string[];
};

const HEADINGS = ["shows", "given", "happens", "the charges of Reprise", "then"] as const;
type Heading = (typeof HEADINGS)[number];

type Line = { readonly number: number; readonly text: string };
type Section = { readonly heading: Heading; readonly lines: readonly Line[] };

/** A story that cannot be read: says in which line of which file, and what was expected there. */
export class StoryError extends Error {
  override readonly name = "StoryError";
  constructor(file: string, line: number, expected: string) {
    super(`${file}:${line}: ${expected}`);
  }
}

/**
 * Reads a story. Its form is described in `test/stories/README.md`.
 *
 * @throws StoryError for the first line that is not as it should be
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
  for (const heading of ["shows", "given", "happens"] as const) {
    if (linesOf(heading).length > 0) continue;
    throw new StoryError(file, lines.length, `expected something under "${heading}"`);
  }
  const { given, policy } = givenOf(file, linesOf("given"));
  const happens = linesOf("happens");
  return {
    name,
    title: title.text,
    points: linesOf("shows").map((line) => pointOf(file, line)),
    given,
    policy,
    answers: linesOf("the charges of Reprise").map((line) =>
      at(file, line, () => readAnswer(line.text.trim())),
    ),
    happenings: given.oneTime ? [] : happeningsOf(file, happens, readHappening),
    checkoutHappenings: given.oneTime ? happeningsOf(file, happens, readCheckoutHappening) : [],
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

/** Lends a line's number to what reading it throws. */
function at<T>(file: string, line: Line, reading: () => T): T {
  try {
    return reading();
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
  let given: Partial<Given> = NOTHING_GIVEN;
  const start = lines.findIndex(({ text }) => text === "  policy");
  const sentences = start === -1 ? lines : lines.slice(0, start);
  const yaml = start === -1 ? [] : lines.slice(start + 1);
  for (const line of sentences) {
    given = { ...given, ...at(file, line, () => readGiven(line.text.trim())) };
  }
  const { price, authorizedAtMs } = given;
  if (price === undefined || authorizedAtMs === undefined) {
    throw new StoryError(file, lines[0]?.number ?? 1, "expected what is paid for, first of all");
  }
  const policyYaml = yaml.map(({ text }) => text.slice(4)).join("\n");
  const policy = at(file, lines[start] ?? { number: 1, text: "" }, () => policyOf(policyYaml));
  return { given: { ...NOTHING_GIVEN, ...given, price, authorizedAtMs, policyYaml }, policy };
}

/** @throws Error that names what is wrong with the policy file */
export function policyOf(yaml: string): Policy {
  if (yaml === "") return DEFAULT_POLICY;
  const reading = parsePolicy(yaml);
  if (reading.kind === "policy") return reading.policy;
  throw new Error(reading.problems.map(({ path, problem }) => `${path}: ${problem}`).join("; "));
}

function happeningsOf<Does>(
  file: string,
  lines: readonly Line[],
  read: (sentence: string) => Does,
): Happening<Does>[] {
  const happenings = lines.map((line): Happening<Does> => {
    const [, when = "", sentence = ""] = /^ {2}(day \d+ \d\d:\d\d) +(.*)$/.exec(line.text) ?? [];
    const instant = at(file, line, () => dayMs(when));
    if (instant === null) {
      throw new StoryError(
        file,
        line.number,
        'expected a time, as in "day 3 13:10", and what happens',
      );
    }
    const what = at(file, line, () => read(sentence));
    return { at: instant, what, line: line.number };
  });
  for (const [index, one] of happenings.entries()) {
    if (one.at >= (happenings[index - 1]?.at ?? 0)) continue;
    throw new StoryError(file, one.line, "expected a time that is not before the line above");
  }
  return happenings;
}

/** The text with another transcript, and the points' own words. */
export function withTranscript(
  text: string,
  transcript: readonly string[],
  wordsOf: (point: string) => string,
): string {
  const [head = ""] = text.split(/^then$/m);
  const worded = head.replaceAll(
    /^ {2}(\d+\.\d+)\b.*$/gm,
    (_, point: string) => `  ${point} ${wordsOf(point)}`,
  );
  return `${worded.trimEnd()}\n\nthen\n${transcript.map((line) => `  ${line}`).join("\n")}\n`;
}
