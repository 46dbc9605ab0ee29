import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStory, STORY_NAMES } from "../support/stories/all.ts";
import type { StoryStage } from "../support/stories/executor-scene.ts";
import { execute, openStoryStage, wantsOwnStage } from "../support/stories/executor.ts";
import { transcriptOf } from "../support/stories/facts.ts";

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
