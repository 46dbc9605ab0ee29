import { describe, expect, test } from "vitest";
import { allDecisions, decideStories, type Decisions } from "./decisions/decided.ts";
import { differenceFromDigests, formatDigests } from "./decisions/digest.ts";
import type { runInModel } from "./model/run-in-model.ts";
import type { Variant } from "./no-prose/variants.ts";
import { withoutSentences } from "./no-prose/without-sentences.ts";
import { readStory, STORY_NAMES } from "./story-files.ts";
import { transcriptOf } from "./transcript/transcript.ts";

/** What the tests use of a file that is loaded in a variant of the code. */
type Loaded = {
  readonly "./decisions/decided.ts": {
    readonly allDecisions: typeof allDecisions;
    readonly decideStories: typeof decideStories;
  };
  readonly "./model/run-in-model.ts": { readonly runInModel: typeof runInModel };
};

/** Loads a file in a variant of the code; `variantsPlugin` in vitest.config.ts makes the variants. */
async function load<Path extends keyof Loaded>(
  path: Path,
  variant: Variant,
): Promise<Loaded[Path]> {
  return (await import(`${path}?variant=${variant}`)) as Loaded[Path];
}

const TWO_WORDS = /\p{L} \p{L}/u;

/** Reasons of two words or more. */
function sentencesOf({ stories, matrix }: Decisions): string[] {
  return [...stories, ...matrix]
    .map(({ decision }) => decision.reason)
    .filter((reason) => TWO_WORDS.test(reason));
}

describe("the code without its sentences", () => {
  test("takes the same decisions in all stories and in the matrix", async () => {
    const original = await allDecisions();
    const replaced = await (await load("./decisions/decided.ts", "no-prose")).allDecisions();
    expect(sentencesOf(original).length).toBeGreaterThan(1_000);
    expect(sentencesOf(replaced)).toEqual([]);
    expect(differenceFromDigests(formatDigests(original), replaced)).toBeNull();
  });

  test("has the same transcripts, also for sweeps and for payments without a subscription", async () => {
    const replaced = await load("./model/run-in-model.ts", "no-prose");
    for (const name of STORY_NAMES) {
      const story = readStory(name);
      const { facts } = await replaced.runInModel(story);
      expect(transcriptOf(facts), name).toEqual(story.transcript);
    }
  });

  test("takes other decisions if one of them is taken from a sentence", async () => {
    const names = ["015-suggested-calendar"];
    const recorded = formatDigests({ stories: await decideStories(names), matrix: [] });
    const difference = async (variant: Variant): Promise<string | null> => {
      const replaced = await load("./decisions/decided.ts", variant);
      const stories = await replaced.decideStories(names);
      return differenceFromDigests(recorded, { stories, matrix: [] });
    };
    expect(await difference("planted")).toBeNull();
    expect(await difference("planted-no-prose")).toContain("schedule.due timer_fired");
  });
});

describe("replacing sentences", () => {
  test.each([
    ["a sentence", 'f("attempt is due")', 'f("…")'],
    ["a sentence in single quotes", "f('attempt is due')", 'f("…")'],
    ["words with punctuation between them", 'f("declined: soft")', 'f("…")'],
    ["a template", "f(`attempt is ${state}`)", 'f("…")'],
    ["a word before a value", "f(`attempt ${number}`)", 'f("…")'],
    ["a template in a template", "f(`attempt ${`number ${n}`} is due`)", 'f("…")'],
    ["a sentence as a key", 'const a = { "is due": 1 };', 'const a = { "…": 1 };'],
    ["a sentence that is compared", 'if (a === "is due") f();', 'if (a === "…") f();'],
  ])("replaces %s", (_, code, expected) => {
    expect(withoutSentences("a.ts", code)).toBe(expected);
  });

  test.each([
    ["a word", 'f("charge_finished")'],
    ["a template without spaces", "f(`${debtId}.${number}`)"],
    ["a key of values alone", "f(`${cause} ${detail}`)"],
    ["a module's name", 'import { a } from "./a b.ts";'],
    ["a type's module", 'type A = import("./a b.ts").A;'],
    ["a regular expression", "f(/is due/)"],
    ["a comment", "/* attempt is due */ f();"],
    ["a tagged template", String.raw`f(String.raw${"`is due`"})`],
  ])("keeps %s", (_, code) => {
    expect(withoutSentences("a.ts", code)).toBe(code);
  });
});
