import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isRecording } from "../support/recorded-text.ts";
import { readStory, recordStory, STORY_NAMES, wordsOf } from "./all.ts";
import { transcriptOf } from "./transcript/facts.ts";
import { plan } from "./model/run-in-model.ts";
import { parseStory } from "./language/story-file.ts";
import { POINTS } from "./points.ts";

describe("in virtual time", () => {
  test.each(STORY_NAMES)("%s", async (name) => {
    const { facts } = await plan(readStory(name));
    const transcript = transcriptOf(facts);
    if (isRecording) recordStory(name, transcript);
    expect(transcript).toEqual(readStory(name).transcript);
  });
});

describe.skipIf(isRecording)("the stories", () => {
  const stories = STORY_NAMES.map(readStory);

  test("show every point", () => {
    const shown = new Set(stories.flatMap(({ points }) => points));
    expect(Object.keys(POINTS).filter((point) => !shown.has(point))).toEqual([]);
  });

  test("show points that there are, in their words", () => {
    for (const { name, points } of stories) {
      const text = readFileSync(new URL(`${name}.story`, import.meta.url), "utf8");
      for (const point of points) expect(text).toContain(`  ${point} ${wordsOf(point)}\n`);
    }
  });

  test("have no twins", () => {
    const twins = stories.filter(({ transcript }, index) =>
      stories.slice(0, index).some((one) => one.transcript.join() === transcript.join()),
    );
    expect(twins.map(({ name }) => name)).toEqual([]);
    expect(new Set(stories.map(({ title }) => title)).size).toBe(stories.length);
  });

  test("tell sensitive reasons to nobody", () => {
    const masked = /reason (STOLEN_CARD|LOST_CARD|PICKUP_CARD|FRAUDULENT)/;
    for (const { name, transcript } of stories) {
      expect(transcript.join("\n"), name).not.toMatch(masked);
    }
  });
});

describe("a story that cannot be read", () => {
  const GOOD = [
    "A title",
    "",
    "shows",
    "  3.1",
    "",
    "given",
    "  an on-demand subscription of USD 29.00, authorized at 13:10",
    "",
    "happens",
    "  day 0 13:10  the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS",
    "",
    "the charges of Reprise",
    "  succeeds",
  ];

  /** The story with another line in one place. */
  const story = (line: number, text: string): string =>
    GOOD.map((one, index) => (index + 1 === line ? text : one)).join("\n");

  test("is none when it is as it should be", () => {
    expect(parseStory("x", GOOD.join("\n"))).toMatchObject({ title: "A title", points: ["3.1"] });
  });

  test.each([
    [1, "  not a title", "expected the title"],
    [3, "shown", "expected one of these headings"],
    [4, "  three", "expected a point's number"],
    [9, "shows", "expected one of these headings"],
    [7, "  a subscription", 'no such sentence: "a subscription"'],
    [7, "  an on-demand subscription of JPY 29.00, authorized at 13:10", "JPY has 0 decimals"],
    [7, "  an on-demand subscription of USD 29.00, authorized at 25:10", "no such time of day"],
    [10, "  day 0  the merchant charges USD 29.00: succeeds", "expected a time"],
    [10, "  day 0 13:10  the merchant is happy", "no such sentence"],
    [10, "  day 0 13:10  the merchant charges USD 29.00: perhaps", "no such sentence"],
    [13, "  maybe", "no such sentence"],
  ])("says line %i of %j", (line, text, expected) => {
    expect(() => parseStory("x", story(line, text))).toThrow(`x.story:${line}: `);
    expect(() => parseStory("x", story(line, text))).toThrow(expected);
  });

  test("says that a payment without a subscription is another story", () => {
    const text = story(7, "  a one-time payment of USD 29.00");
    expect(() => parseStory("x", text)).toThrow("x.story:10: no such sentence");
    const order = "  day 0 13:10  the customer's payment is declined INSUFFICIENT_FUNDS";
    expect(() => parseStory("x", story(10, order))).toThrow("x.story:10: no such sentence");
  });

  test("says what is wrong with its policy", () => {
    const text = [...GOOD.slice(0, 7), "  policy", "    window: soon", ...GOOD.slice(7)].join("\n");
    expect(() => parseStory("x", text)).toThrow("x.story:8: window: expected a duration");
  });

  test("says when time runs backwards", () => {
    const lines = [...GOOD.slice(0, 10), "  day 0 09:00  the story stops here", ...GOOD.slice(10)];
    expect(() => parseStory("x", lines.join("\n"))).toThrow("x.story:11: expected a time");
  });

  test("says what is missing", () => {
    expect(() => parseStory("x", GOOD.slice(0, 8).join("\n"))).toThrow('under "happens"');
  });
});
