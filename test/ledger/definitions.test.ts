import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectLedger, type LedgerDatabase } from "../../ledger/database/connect.ts";
import { migrateLedger } from "../../ledger/database/migrate.ts";
import { replaceRuns } from "../../ledger/database/replace-runs.ts";
import { VIEWS } from "../../ledger/views/views.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres/database.ts";
import { EXAMPLE, sampleRun } from "./sample-runs.ts";

let postgres: TestPostgres;
let db: LedgerDatabase;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.database();
  db = connectLedger({ url, connections: 2, statementTimeoutMs: 30_000, name: "test" });
  await migrateLedger(db);
  await replaceRuns(db, EXAMPLE.map(sampleRun));
});

afterAll(async () => {
  await db.destroy();
  await postgres.stop();
});

/** All rows of a view. Names of columns are as the plugin makes them: `amountMinor`. */
async function rowsOf(view: string): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(view)}`.execute(db);
  return rows;
}

async function october(
  view: string,
  currency = "USD",
): Promise<readonly Record<string, unknown>[]> {
  const rows = await rowsOf(view);
  return rows.filter((row) => row["cohort"] === "2026-10" && row["currency"] === currency);
}

const sum = (debts: number, amountMinor: number): object => ({ debts, amountMinor });

describe("by hand, of six debts at risk in dollars", () => {
  test("at risk are those that failed and were owed: not the one collected at once, not owed, or in shadow mode", async () => {
    // 29.00 + 49.00 + 10.00 + 20.00 + 5.00 + 9.00
    expect(await october("at_risk")).toMatchObject([sum(6, 12_200)]);
  });

  test("open is the one that has not ended", async () => {
    expect(await october("open_debts")).toMatchObject([sum(1, 500)]);
  });

  test("recovered are the three that were paid before they were given up", async () => {
    // 29.00 + 49.00 + 10.00
    expect(await october("recovered_gross")).toMatchObject([sum(3, 8_800)]);
  });

  test("the causes are one attempt, and two payments by customers", async () => {
    const rows = await october("recovered_by_cause");
    expect(rows.map(({ cause, debts, amountMinor }) => [cause, debts, amountMinor])).toEqual(
      expect.arrayContaining([
        ["attempt", 1, 2_900],
        ["customer", 2, 5_900],
      ]),
    );
    expect(rows).toHaveLength(2);
  });

  test("natural is the one that the customer paid before any email", async () => {
    expect(await october("recovered_naturally")).toMatchObject([sum(1, 4_900)]);
  });

  test("late is the one that was exhausted in an earlier run", async () => {
    expect(await october("recovered_late")).toMatchObject([sum(1, 900)]);
  });

  test("lost is the exhausted one, and in another month the cancelled one", async () => {
    expect(await october("lost")).toMatchObject([{ outcome: "exhausted", ...sum(1, 2_000) }]);
    const november = (await rowsOf("lost")).filter(({ cohort }) => cohort === "2026-11");
    expect(november).toMatchObject([{ currency: "KWD", outcome: "cancelled", ...sum(1, 12_345) }]);
  });

  test("the rate is three of the five that have ended, with Wilson's interval", async () => {
    expect(await october("recovery_rate")).toMatchObject([
      {
        atRisk: 6,
        open: 1,
        recovered: 3,
        rate: 0.6,
        // Newcombe's tables: 3 of 5 is 23.07 % to 88.24 %.
        rateLow: 0.230_724,
        rateHigh: 0.882_379,
        atRiskMinor: 12_200,
        openMinor: 500,
        recoveredMinor: 8_800,
        // 8,800 / 11,700
        rateByMoney: 0.752_137,
      },
    ]);
  });

  test("a rate is unknown, not zero, where nothing has ended", async () => {
    await replaceRuns(db, [sampleRun({ debtId: "pay_z", currency: "EUR" })]);
    expect(await october("recovery_rate", "EUR")).toMatchObject([
      { atRisk: 1, open: 1, rate: null, rateLow: null, rateHigh: null, rateByMoney: null },
    ]);
  });

  test("the rate by code tells the codes apart", async () => {
    const rows = await rowsOf("recovery_rate_by_code");
    const expired = rows.find(({ firstDeclineCode }) => firstDeclineCode === "EXPIRED_CARD");
    // Wilson's low end for 1 of 1 is 1 / (1 + z²).
    expect(expired).toMatchObject({
      atRisk: 1,
      recovered: 1,
      rate: 1,
      rateLow: 0.206_549,
      rateHigh: 1,
    });
  });

  test.each(["class", "trigger", "product"])("the rate by %s counts each debt once", async (by) => {
    const rows = await rowsOf(`recovery_rate_by_${by}`);
    const dollars = rows.filter(({ currency }) => currency === "USD");
    expect(dollars).toMatchObject([{ atRisk: 6, recovered: 3 }]);
  });

  test("of two second attempts one succeeded, and later ones did not", async () => {
    const rows = await rowsOf("attempt_success");
    const byNumber = rows.toSorted((a, b) => Number(a["number"]) - Number(b["number"]));
    expect(
      byNumber.map(({ number, attempts, succeeded, rate }) => [number, attempts, succeeded, rate]),
    ).toEqual([
      [2, 2, 1, 0.5],
      [3, 1, 0, 0],
      [4, 1, 0, 0],
    ]);
  });

  test("paid after 1, 3 and 5 days, their median is 3 days and nine of ten are paid within 4.6", async () => {
    expect(await october("days_to_recover")).toMatchObject([
      { debts: 3, medianDays: 3, p90Days: 4.6 },
    ]);
  });

  test("three recoveries took four attempts and eight emails, those about lost debts included", async () => {
    expect(await october("recovery_effort")).toMatchObject([
      { attempts: 4, notices: 8, attemptsPerRecovery: 1.333_333, noticesPerRecovery: 2.666_667 },
    ]);
  });

  test("a debt that two runs worked is one debt, as the run that ended it last left it", async () => {
    const rows = (await rowsOf("debt_outcomes")).filter(({ debtId }) => debtId === "pay_h");
    expect(rows).toMatchObject([
      { outcome: "recovered", cause: "link", isLate: true, isRecovered: false },
    ]);
  });

  test("a later run that found nothing owed does not take a debt's outcome back", async () => {
    const found = { debtId: "pay_a", run: "run-pay_a-2", outcome: "nothing_owed" } as const;
    await replaceRuns(db, [sampleRun({ ...found, endedBy: "reprise" })]);
    const rows = (await rowsOf("debt_outcomes")).filter(({ debtId }) => debtId === "pay_a");
    expect(rows).toMatchObject([
      { outcome: "recovered", cause: "attempt", notices: 2, attempts: 2 },
    ]);
  });
});

test("the views have the columns that docs/METRICS.md shows, with their meanings", async () => {
  for (const { name, meaning, columns } of VIEWS) {
    const there = await sql<{ column: string; meaning: string | null }>`
      select attname as column, col_description(attrelid, attnum) as meaning
      from pg_attribute where attrelid = ${name}::regclass and attnum > 0 order by attnum`.execute(
      db,
    );
    expect(
      there.rows.map(({ column, meaning: text }) => [column, text]),
      name,
    ).toEqual(Object.entries(columns));
    const comment = await sql<{ text: string }>`
      select obj_description(${name}::regclass) as text`.execute(db);
    expect(comment.rows[0]?.text).toBe(`Reprise: ${meaning}`);
  }
});
