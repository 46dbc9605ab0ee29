import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStory, storyTests } from "./story-files.ts";
import {
  inItsMinutes,
  needsOwnAccount,
  runOnTemporal,
  startStorySystem,
} from "./temporal/run-on-temporal.ts";
import type { StorySystem } from "./temporal/temporal-run.ts";
import { transcriptOf } from "./transcript/transcript.ts";

let storySystem: StorySystem;

beforeAll(async () => {
  storySystem = await startStorySystem();
});

afterAll(async () => {
  await storySystem.system.close();
});

describe("on Temporal, the story has its recorded transcript", () => {
  test.concurrent.each(storyTests((story) => !needsOwnAccount(story)))("%s: %s", async (name) => {
    const story = readStory(name);
    const facts = await inItsMinutes(() => runOnTemporal(storySystem, story));
    expect(transcriptOf(facts)).toEqual(story.transcript);
  });
});
