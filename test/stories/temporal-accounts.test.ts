import { afterAll, describe, expect, test } from "vitest";
import { readStory, STORY_NAMES } from "./all.ts";
import { Accounts, wantsOwnStage } from "./temporal/run-on-temporal.ts";
import { transcriptOf } from "./transcript/facts.ts";

const accounts = new Accounts();

afterAll(async () => {
  await accounts.close();
});

/** The first of each policy opens a stage; on a busy machine that, too, takes its time. */
const TIMEOUT_MS = 90_000;

/** One after the other: the sweep goes through all that an account has. */
describe("on the real workflow, with an account for itself", () => {
  const names = STORY_NAMES.filter((name) => wantsOwnStage(readStory(name)));

  test.each(names)(
    "%s",
    async (name) => {
      const story = readStory(name);
      expect(transcriptOf(await accounts.execute(story))).toEqual(story.transcript);
    },
    TIMEOUT_MS,
  );
});
