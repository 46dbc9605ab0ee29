import { afterAll, beforeAll, expect, test } from "vitest";
import type { LedgerDatabase } from "../../../ledger/database/connect.ts";
import { readStory, STORY_NAMES } from "../../stories/story-files.ts";
import {
  Accounts,
  inItsMinutes,
  needsOwnAccount,
  runOnTemporal,
  startStorySystem,
} from "../../stories/temporal/run-on-temporal.ts";
import { compareRuns, openLiveLedger, openTestLedger } from "../../support/ledger.ts";
import { startTestPostgres, type TestPostgres } from "../../support/postgres/database.ts";
import type { TestSystemOptions } from "../../support/system/test-system.ts";

let postgres: TestPostgres;
let db: LedgerDatabase;
let options: TestSystemOptions;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.database();
  db = await openTestLedger(url);
  options = { openLedger: async (given) => await openLiveLedger(url, given) };
});

afterAll(async () => {
  await db.destroy();
  await postgres.stop();
});

/** At the same time; more of them only wait for the machine. */
const AT_ONCE = 12;

test("in every story, rows written as decisions are made equal those of the histories", async () => {
  const stories = STORY_NAMES.map((name) => readStory(name));
  const system = await startStorySystem(options);
  const accounts = new Accounts(options);
  try {
    const own = stories.filter((story) => !needsOwnAccount(story));
    for (let from = 0; from < own.length; from += AT_ONCE) {
      await Promise.all(
        own
          .slice(from, from + AT_ONCE)
          .map((story) => inItsMinutes(() => runOnTemporal(system, story))),
      );
    }
    for (const story of stories.filter(needsOwnAccount)) {
      await inItsMinutes(() => accounts.run(story));
    }
    let runs = 0;
    for (const { system: one } of [system, ...accounts.systems()]) {
      for (const { stored, history, runId } of await compareRuns(db, one.client, one.taskQueue)) {
        expect(stored, runId).toEqual(history);
        runs += 1;
      }
    }
    console.log(`${runs} runs compared`);
    expect(runs).toBeGreaterThan(own.length);
  } finally {
    await system.system.close();
    await accounts.close();
  }
});
