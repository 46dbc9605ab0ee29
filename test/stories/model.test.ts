import { describe, expect, test } from "vitest";
import { isRecording } from "../support/recorded-text.ts";
import { parseStory } from "./language/story-file.ts";
import { runInModel } from "./model/run-in-model.ts";
import { POINTS } from "./points.ts";
import {
  pointText,
  readStory,
  readStoryText,
  recordStory,
  STORY_NAMES,
  storyTests,
} from "./story-files.ts";
import { transcriptOf } from "./transcript/transcript.ts";

describe("in the model, the story has its recorded transcript", () => {
  test.each(storyTests())("%s: %s", async (name) => {
    const { facts } = await runInModel(readStory(name));
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

  test("name only points that exist, with their texts", () => {
    for (const { name, points } of stories) {
      const text = readStoryText(name);
      for (const point of points) expect(text).toContain(`  ${point} ${pointText(point)}\n`);
    }
  });

  test("differ in their titles and transcripts", () => {
    const twins = stories.filter(({ transcript }, index) =>
      stories.slice(0, index).some((one) => one.transcript.join() === transcript.join()),
    );
    expect(twins.map(({ name }) => name)).toEqual([]);
    expect(new Set(stories.map(({ title }) => title)).size).toBe(stories.length);
  });

  test("give sensitive decline reasons in no mail", () => {
    const masked = /reason (STOLEN_CARD|LOST_CARD|PICKUP_CARD|FRAUDULENT)/;
    for (const { name, transcript } of stories) {
      expect(transcript.join("\n"), name).not.toMatch(masked);
    }
  });
});

describe("parsing a story", () => {
  const GOOD = [
    "A title",
    "",
    "shows",
    "  3.1",
    "",
    "given",
    "  an on-demand subscription of USD 29.00, authorized at 13:10",
    "",
    "when",
    "  day 0 13:10  the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS",
    "",
    "charges by Reprise",
    "  succeeded",
  ];

  /** The story with one line replaced. */
  const story = (line: number, text: string): string =>
    GOOD.map((one, index) => (index + 1 === line ? text : one)).join("\n");

  test("returns a story in the right format", () => {
    expect(parseStory("x", GOOD.join("\n"))).toMatchObject({ title: "A title", points: ["3.1"] });
  });

  test.each([
    [1, "  not a title", "expected the title"],
    [3, "shown", "expected one of these headings"],
    [4, "  three", "expected a point's number"],
    [9, "shows", "expected one of these headings"],
    [7, "  a subscription", 'unknown sentence: "a subscription"'],
    [7, "  an on-demand subscription of JPY 29.00, authorized at 13:10", "JPY has 0 decimals"],
    [7, "  an on-demand subscription of USD 29.00, authorized at 25:10", "not a time of day"],
    [10, "  day 0  the merchant charges USD 29.00: succeeded", "expected a time"],
    [10, "  day 0 13:10  the merchant is happy", "unknown sentence"],
    [10, "  day 0 13:10  the merchant charges USD 29.00: perhaps", "unknown sentence"],
    [13, "  maybe", "unknown sentence"],
  ])("fails at line %i if it is %j", (line, text, expected) => {
    expect(() => parseStory("x", story(line, text))).toThrow(`x.story:${line}: `);
    expect(() => parseStory("x", story(line, text))).toThrow(expected);
  });

  test("fails if a story mixes a subscription with payments without one", () => {
    const text = story(7, "  a one-time payment of USD 29.00");
    expect(() => parseStory("x", text)).toThrow("x.story:10: unknown sentence");
    const order = "  day 0 13:10  the customer pays: declined INSUFFICIENT_FUNDS";
    expect(() => parseStory("x", story(10, order))).toThrow("x.story:10: unknown sentence");
  });

  test("fails if the policy is not valid", () => {
    const text = [...GOOD.slice(0, 7), "  policy", "    window: soon", ...GOOD.slice(7)].join("\n");
    expect(() => parseStory("x", text)).toThrow("x.story:8: window: expected a duration");
  });

  test("fails if an event is earlier than the one above it", () => {
    const lines = [...GOOD.slice(0, 10), "  day 0 09:00  the story stops here", ...GOOD.slice(10)];
    expect(() => parseStory("x", lines.join("\n"))).toThrow("x.story:11: expected a time");
  });

  test("fails if a section is missing", () => {
    expect(() => parseStory("x", GOOD.slice(0, 8).join("\n"))).toThrow('under "when"');
  });
});
