import { afterAll, describe, expect, test } from "vitest";
import { readStory, storyTests } from "./story-files.ts";
import { Accounts, inItsMinutes, needsOwnAccount } from "./temporal/run-on-temporal.ts";
import { transcriptOf } from "./transcript/transcript.ts";

const accounts = new Accounts();

afterAll(async () => {
  await accounts.close();
});

/** One at a time, because the sweep reads the whole account. */
describe("on Temporal with an account of its own, the story has its recorded transcript", () => {
  test.each(storyTests(needsOwnAccount))("%s: %s", async (name) => {
    const story = readStory(name);
    const facts = await inItsMinutes(() => accounts.run(story));
    expect(transcriptOf(facts)).toEqual(story.transcript);
  });
});
