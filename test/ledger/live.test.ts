import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LedgerDatabase } from "../../ledger/database/connect.ts";
import { readStory } from "../stories/story-files.ts";
import {
  inItsMinutes,
  runOnTemporal,
  startStorySystem,
} from "../stories/temporal/run-on-temporal.ts";
import type { StorySystem } from "../stories/temporal/temporal-run.ts";
import { compareRuns, openLiveLedger, openTestLedger } from "../support/ledger.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres/database.ts";

/** Attempts, a queued debt, operator's commands, a page, a confirmation that awaits a read, two debts. */
const STORIES = [
  "015-suggested-calendar",
  "058-page-left",
  "081-written-off",
  "102-separate-debt",
  "108-another-debt",
  "137-confirmed-dead",
  "146-two-owed-and-two-paid",
  "155-late-payer",
];

describe("written as decisions are made", () => {
  let postgres: TestPostgres;
  let db: LedgerDatabase;
  let storySystem: StorySystem;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    const url = await postgres.database();
    db = await openTestLedger(url);
    storySystem = await startStorySystem({
      openLedger: async (options) => await openLiveLedger(url, options),
    });
  });

  afterAll(async () => {
    await storySystem.system.close();
    await db.destroy();
    await postgres.stop();
  });

  test("rows equal those of the histories, row by row", async () => {
    await Promise.all(
      STORIES.map((name) =>
        inItsMinutes(async () => await runOnTemporal(storySystem, readStory(name))),
      ),
    );
    const { client, taskQueue } = storySystem.system;
    const compared = await compareRuns(db, client, taskQueue);
    expect(compared.length).toBeGreaterThanOrEqual(STORIES.length);
    for (const { stored, history, runId } of compared) expect(stored, runId).toEqual(history);
  });
});
