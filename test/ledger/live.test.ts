import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LedgerCheck } from "../../domain/reporting/ledger-check.ts";
import type { LedgerDatabase } from "../../ledger/database/connect.ts";
import { deleteRun } from "../../ledger/database/delete-run.ts";
import { storedRun } from "../../ledger/database/read-run.ts";
import { replaceRuns } from "../../ledger/database/replace-runs.ts";
import { readRun } from "../../ledger/history/read-run.ts";
import { ledgerGauges } from "../../platform/gauges/ledger-gauges.ts";
import { openWorkerLedger } from "../../worker/ledger/worker-ledger.ts";
import { readStory } from "../stories/story-files.ts";
import {
  inItsMinutes,
  runOnTemporal,
  startStorySystem,
} from "../stories/temporal/run-on-temporal.ts";
import type { StorySystem } from "../stories/temporal/temporal-run.ts";
import { compareRuns, inOrder, openLiveLedger, openTestLedger } from "../support/ledger.ts";
import { recordedLog } from "../support/logs/lines.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres/database.ts";
import { failedCharge } from "../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

/**
 * Attempts, an operator's command, a confirmation that awaits a read, two debts. test/long/ledger/stories.test.ts has all stories.
 */
const STORIES = [
  "015-suggested-calendar",
  "081-written-off",
  "137-confirmed-dead",
  "146-two-owed-and-two-paid",
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

describe("when a run ends", () => {
  let postgres: TestPostgres;
  let url: string;
  let db: LedgerDatabase;
  let system: TestSystem;
  const { log, lines, faults } = recordedLog();

  beforeAll(async () => {
    postgres = await startTestPostgres();
    url = await postgres.database();
    db = await openTestLedger(url);
    system = await startTestSystem({
      log,
      openLedger: async (options) => openWorkerLedger({ ...options, url }),
    });
  });

  afterAll(async () => {
    await system.close();
    await db.destroy();
    await postgres.stop();
  });

  const runOf = async (subscriptionId: string) => {
    const { runId } = await system.handle(subscriptionId).describe();
    return { provider: "dodo", recoveryId: `recovery-${subscriptionId}`, runId };
  };

  const expectAgreement = async (subscriptionId: string): Promise<void> => {
    const run = await runOf(subscriptionId);
    const history = await readRun(system.client, { ...run, workflowId: run.recoveryId });
    expect(inOrder(await storedRun(db, run))).toEqual(inOrder(history?.rows));
  };

  const check = async (): Promise<LedgerCheck | null> =>
    (await system.client.workflow.execute("ledgerCheck", {
      taskQueue: system.taskQueue,
      workflowId: `check-${randomUUID()}`,
    })) as LedgerCheck | null;

  test("decisions that were written and never recorded leave no row, and the run has one activity more", async () => {
    const subscriptionId = await failedCharge(system, [{ decline: "INSUFFICIENT_FUNDS" }]);
    const run = await runOf(subscriptionId);
    await until(async () => await storedRun(db, run), { what: "its rows" });
    const ghost = { ...run, decision: 99, debtId: "pay_ghost", effectId: "e999" };
    const started = { kind: "recovered", noticeKey: "recovered", startedAt: new Date() } as const;
    await db
      .insertInto("notices")
      .values({ ...ghost, ...started, result: null })
      .execute();
    await db
      .updateTable("recoveries")
      .set({ decision: 99 })
      .where("runId", "=", run.runId)
      .execute();
    await system.runToEnd(subscriptionId);
    await expectAgreement(subscriptionId);
    const { events } = await system.handle(subscriptionId).fetchHistory();
    const names = (events ?? []).map(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name,
    );
    expect(names.filter((name) => name === "completeLedger")).toHaveLength(1);
    expect(names.findLast((name) => name !== undefined)).toBe("completeLedger");
  });

  test("and on the database's failure, the nightly check fills what is missing and finds nothing else", async () => {
    const subscriptionId = await failedCharge(system, [{ decline: "INSUFFICIENT_FUNDS" }]);
    await system.runToEnd(subscriptionId);
    const run = await runOf(subscriptionId);
    await deleteRun(db, run);
    expect(await check()).toMatchObject({ drifts: 0 });
    await expectAgreement(subscriptionId);
  });

  test("a run that a restored Temporal has lost and run again leaves no row after the nightly check", async () => {
    const subscriptionId = await failedCharge(system, [{ decline: "INSUFFICIENT_FUNDS" }]);
    const run = await runOf(subscriptionId);
    const stored = await until(async () => await storedRun(db, run), { what: "its rows" });
    const lost = { ...stored, recovery: { ...stored.recovery, runId: randomUUID() } };
    await replaceRuns(db, [{ ...lost, debts: [], attempts: [], notices: [], actions: [] }]);
    await system.runToEnd(subscriptionId);
    expect(await check()).toMatchObject({ drifts: 0 });
    expect(await storedRun(db, lost.recovery)).toBeNull();
    await expectAgreement(subscriptionId);
  });

  test("a number that somebody changed in the ledger is found at night, and the operator is told", async () => {
    const subscriptionId = await failedCharge(system, [{ decline: "INSUFFICIENT_FUNDS" }]);
    await system.runToEnd(subscriptionId);
    expect(await check()).toMatchObject({ drifts: 0 });
    const { runId } = await runOf(subscriptionId);
    await db.updateTable("debts").set({ amountMinor: 1 }).where("runId", "=", runId).execute();
    expect(await check()).toMatchObject({ drifts: 1, byClass: { amount: 1 } });
    await until(
      () => system.mailsTo("operator@").some((subject) => subject.includes("the ledger differs")),
      { what: "the mail to the operator" },
    );
    const { value } = await ledgerGauge("amount");
    expect(value).toBe(1);
  });

  const ledgerGauge = async (kind: string) => {
    const [reader] = ledgerGauges(system.client, system.taskQueue);
    const values = (await reader?.read(Date.now())) ?? [];
    const found = values.find(({ labels }) => "class" in labels && labels.class === kind);
    if (found === undefined) throw new Error(`no series of ${kind}`);
    return found;
  };

  test("each line about the ledger is in the catalogue", () => {
    expect(lines.map(({ event }) => event)).toContain("ledger_ready");
    expect(faults).toEqual([]);
  });
});
