import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStory, STORY_NAMES } from "./all.ts";
import type { StoryStage } from "./temporal/story-run.ts";
import { execute, openStoryStage, wantsOwnStage } from "./temporal/run-on-temporal.ts";
import { transcriptOf } from "./transcript/facts.ts";

let storyStage: StoryStage;

beforeAll(async () => {
  storyStage = await openStoryStage();
});

afterAll(async () => {
  await storyStage.stage.close();
});

/** Each takes a second or two; side by side on a busy machine, longer. */
const TIMEOUT_MS = 180_000;

describe("on the real workflow", () => {
  const names = STORY_NAMES.filter((name) => !wantsOwnStage(readStory(name)));

  test.concurrent.each(names)(
    "%s",
    async (name) => {
      const story = readStory(name);
      const facts = await execute(storyStage, story);
      expect(transcriptOf(facts)).toEqual(story.transcript);
    },
    TIMEOUT_MS,
  );
});
