import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectLedger, type LedgerDatabase } from "../../ledger/database/connect.ts";
import { migrateLedger } from "../../ledger/database/migrate.ts";
import { storedRun } from "../../ledger/database/read-run.ts";
import { replaceRuns } from "../../ledger/database/replace-runs.ts";
import type { RunRows } from "../../ledger/projection/rows.ts";
import { VIEWS } from "../../ledger/views/views.ts";
import { runInModel } from "../stories/model/run-in-model.ts";
import { readStory, STORY_NAMES } from "../stories/story-files.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres/database.ts";
import { type ModelRun, rowsOf, runsOf } from "./story-rows.ts";

let postgres: TestPostgres;
const open: LedgerDatabase[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});

afterAll(async () => {
  for (const db of open) await db.destroy();
  await postgres.stop();
});

function connect(url: string, statementTimeoutMs = 30_000): LedgerDatabase {
  const db = connectLedger({ url, connections: 2, statementTimeoutMs, name: "test" });
  open.push(db);
  return db;
}

describe("migrating the ledger", () => {
  test("makes an empty database fit, and does nothing the second time", async () => {
    const db = connect(await postgres.database());
    await migrateLedger(db);
    await migrateLedger(db);
    expect(await db.selectFrom("debts").selectAll().execute()).toEqual([]);
  });

  test("is done once by processes that start together", async () => {
    const url = await postgres.database();
    await Promise.all([1, 2, 3, 4].map(async () => await migrateLedger(connect(url))));
    const done = await sql<{
      name: string;
    }>`select name from ledger_migrations order by name`.execute(connect(url));
    expect(done.rows.map(({ name }) => name)).toEqual(["0001-tables", "0002-recorded"]);
  });

  test("refuses a database of a later version", async () => {
    const db = connect(await postgres.database());
    await migrateLedger(db);
    await sql`insert into ledger_migrations values ('9999-later', now())`.execute(db);
    await expect(migrateLedger(db)).rejects.toThrow("migrated by a later version (9999-later)");
  });

  test("makes views anew whose text has changed, and leaves other views alone", async () => {
    const db = connect(await postgres.database());
    await migrateLedger(db);
    await sql`create view mine as select 1 as one`.execute(db);
    await sql`update ledger_views set version = 'older'`.execute(db);
    await migrateLedger(db);
    const views = await sql<{ name: string }>`
      select table_name as name from information_schema.views where table_schema = 'public'`.execute(
      db,
    );
    expect(views.rows.map(({ name }) => name).toSorted()).toEqual(
      ["mine", ...VIEWS.map(({ name }) => name)].toSorted(),
    );
  });
});

describe("a statement", () => {
  test("ends after its limit of time", async () => {
    const db = connect(await postgres.database(), 200);
    await expect(sql`select pg_sleep(20)`.execute(db)).rejects.toThrow("statement timeout");
  });
});

describe("replacing a run", () => {
  test("stores the rows of every story as they are, and takes away what the history does not have", async () => {
    const db = connect(await postgres.database());
    await migrateLedger(db);
    const all = [];
    for (const name of STORY_NAMES) {
      const { decisions } = await runInModel(readStory(name));
      const runs = runsOf(decisions);
      all.push(...runs.map((one, index) => rowsOf(named(one, `${name}-${index}`))));
    }
    await replaceRuns(db, all.map(withGhost));
    await replaceRuns(db, all);
    for (const rows of all) {
      const { runId } = rows.recovery;
      expect(sorted(await storedRun(db, rows.recovery)), runId).toEqual(sorted(rows));
    }
  });
});

const named = (one: ModelRun, runId: string): ModelRun => ({ ...one, run: { ...one.run, runId } });

/** With a notice that no history has: a decision that was written and never recorded started it. */
function withGhost(rows: RunRows): RunRows {
  const { provider, recoveryId, runId, decision } = rows.recovery;
  const key = { provider, recoveryId, runId, decision, debtId: "pay_1", effectId: "e999" };
  const ghost = { kind: "recovered", noticeKey: "recovered", startedAt: 0, result: null } as const;
  return { ...rows, notices: [...rows.notices, { ...key, ...ghost }] };
}

function sorted(rows: RunRows | null): unknown {
  if (rows === null) return null;
  const inOrder = (list: readonly object[]): string[] =>
    list.map((row) => JSON.stringify(Object.entries(row).toSorted())).toSorted();
  return Object.fromEntries(
    Object.entries(rows).map(([name, value]) => [
      name,
      Array.isArray(value) ? inOrder(value as object[]) : value,
    ]),
  );
}
