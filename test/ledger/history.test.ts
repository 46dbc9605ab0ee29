import { historyFromJSON } from "@temporalio/common/lib/proto-utils.js";
import { defaultPayloadConverter, type Payload } from "@temporalio/common";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY_MS } from "../../domain/values/time.ts";
import { connectLedger, type LedgerDatabase } from "../../ledger/database/connect.ts";
import { migrateLedger } from "../../ledger/database/migrate.ts";
import { storedRun } from "../../ledger/database/read-run.ts";
import { replaceRuns } from "../../ledger/database/replace-runs.ts";
import { type Decode, historyRunOf } from "../../ledger/history/history-run.ts";
import { readRun } from "../../ledger/history/read-run.ts";
import { stepsOf } from "../../ledger/history/steps.ts";
import type { RunRows } from "../../ledger/projection/rows.ts";
import { rowsOfRun } from "../../ledger/projection/run-rows.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres/database.ts";
import { failedCharge } from "../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";

const HISTORIES = fileURLToPath(new URL("../replay/histories/", import.meta.url));

const decode: Decode = (payloads) => {
  const [first] = payloads?.payloads ?? [];
  return first === undefined ? undefined : defaultPayloadConverter.fromPayload(first as Payload);
};

function recorded(name: string): RunRows {
  const file = readdirSync(HISTORIES).findLast((one) => one.endsWith(`.${name}.json`)) ?? "";
  const json: unknown = JSON.parse(readFileSync(`${HISTORIES}${file}`, "utf8"));
  const run = historyRunOf(historyFromJSON(json).events ?? [], decode);
  const key = { provider: "dodo", recoveryId: "recovery-1", runId: "run-1" };
  const rows = rowsOfRun({ ...key, startedAt: run.startedAt }, stepsOf(run));
  if (rows === null) throw new Error("the history has no decision");
  return rows;
}

describe("the rows of a history that a server recorded", () => {
  test("have the attempts and the emails of a recovered debt", () => {
    const { debts, attempts, notices, recovery } = recorded("soft-decline-recovered");
    expect(recovery).toMatchObject({ state: "ended", mode: "act" });
    expect(debts).toMatchObject([{ outcome: "recovered", endedBy: "attempt" }]);
    expect(attempts.map(({ result }) => result)).toEqual(["declined", "declined", "succeeded"]);
    expect(notices.length).toBeGreaterThan(2);
    expect(notices.filter(({ result }) => result !== "sent")).toEqual([]);
  });

  test("have the operator's commands, and not who gave them", () => {
    const { actions } = recorded("operator");
    expect(actions.map(({ action, refusal }) => ({ action, refusal }))).toEqual(
      ["resume", "pause", "resume", "retry_now"].map((action) => ({ action, refusal: null })),
    );
    expect(JSON.stringify(actions)).not.toContain("anna");
    const times = actions.map(({ givenAt }) => givenAt);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(DAY_MS);
  });
});

describe("with a real server and PostgreSQL", () => {
  let postgres: TestPostgres;
  let db: LedgerDatabase;
  let system: TestSystem;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    const url = await postgres.database();
    db = connectLedger({ url, connections: 2, statementTimeoutMs: 30_000, name: "test" });
    await migrateLedger(db);
    system = await startTestSystem();
  });

  afterAll(async () => {
    await system.close();
    await db.destroy();
    await postgres.stop();
  });

  test("each decision of a run has the workflow's own time, and a run is stored as it was read", async () => {
    const given = { email: "ada@customer.example", name: "Ada Lovelace" };
    const outcomes = [{ decline: "INSUFFICIENT_FUNDS" }];
    const subscriptionId = await failedCharge(system, outcomes, given);
    await system.handle(subscriptionId).executeUpdate("pause", { args: [{ by: "anna" }] });
    const { timeline } = await system.readView(subscriptionId);
    const { runId } = await system.handle(subscriptionId).describe();
    const history = await system.client.workflow
      .getHandle(`recovery-${subscriptionId}`, runId)
      .fetchHistory();
    const steps = stepsOf(historyRunOf(history.events ?? [], decode));
    // A decision on several events has a line of the timeline for each, also with the same rule; the last one has its time.
    const lines = new Set(timeline.map(({ at, rule }) => `${at} ${rule}`));
    const decided = steps.map(({ at, rule }) => `${at} ${rule}`);
    expect([...lines].filter((line) => decided.includes(line))).toEqual(decided);
    expect(decided.length).toBeGreaterThan(3);
    const workflowId = `recovery-${subscriptionId}`;
    const { rows } = (await readRun(system.client, { workflowId, runId })) ?? { rows: null };
    if (rows === null) throw new Error("the run has no rows");
    await replaceRuns(db, [rows]);
    await replaceRuns(db, [rows]);
    expect(await storedRun(db, rows.recovery)).toEqual(rows);
    const texts = JSON.stringify(rows);
    for (const personal of ["ada@", "Ada", "Lovelace", "anna"])
      expect(texts).not.toContain(personal);
  });
});
