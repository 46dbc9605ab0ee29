import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../dev/simulator/random.ts";
import { DAY_MS, parseInstant } from "../../domain/values/time.ts";
import { connectLedger, type LedgerDatabase } from "../../ledger/database/connect.ts";
import { migrateLedger } from "../../ledger/database/migrate.ts";
import { replaceRuns } from "../../ledger/database/replace-runs.ts";
import { csvLine } from "../../ledger/export/columns.ts";
import type { RunRows } from "../../ledger/projection/rows.ts";
import { reprise } from "../support/command-line.ts";
import { ROOT } from "../support/documents.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres/database.ts";
import { runInModel } from "../stories/model/run-in-model.ts";
import { readStory, STORY_NAMES } from "../stories/story-files.ts";
import { EXAMPLE, type SampleDebt, sampleRun } from "./sample-runs.ts";
import { rowsOf, runsOf } from "./story-rows.ts";

let postgres: TestPostgres;
let db: LedgerDatabase;
let url: string;
const folder = mkdtempSync(join(tmpdir(), "reprise-export-"));

/** Random debts: all currencies, outcomes and causes, in four months. */
const SEED = 20_261_130;
const DEBTS = 3_000;

beforeAll(async () => {
  postgres = await startTestPostgres();
  url = await postgres.database();
  db = connectLedger({ url, connections: 2, statementTimeoutMs: 60_000, name: "test" });
  await migrateLedger(db);
  await replaceRuns(db, [...randomRuns(), ...EXAMPLE.map(sampleRun)]);
  await replaceRuns(db, await storyRuns());
});

afterAll(async () => {
  await db.destroy();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

function randomRuns(): readonly RunRows[] {
  const random = new Random(SEED);
  const july = parseInstant("2026-07-01T00:00:00Z") ?? 0;
  return Array.from({ length: DEBTS }, (_one, index): RunRows => {
    const outcome = random.of([
      "recovered",
      "recovered",
      "recovered",
      "exhausted",
      "cancelled",
      "written_off",
      "collected",
      "nothing_owed",
      null,
    ] as const);
    const isPaid = outcome === "recovered" || outcome === "collected";
    const debt: SampleDebt = {
      debtId: `pay_${index}`,
      currency: random.of(["USD", "EUR", "INR", "JPY", "KWD"]),
      amountMinor: random.whole(1, 5_000_000),
      firstFailedAt: july + random.whole(0, 120 * DAY_MS),
      outcome,
      isLate: outcome === "recovered" && random.chance(10),
      isRequested: random.chance(3),
      endedBy: isPaid
        ? random.of(["attempt", "link", "dodo", "merchant", "customer", "operator"] as const)
        : null,
      retries: Array.from({ length: random.whole(0, 3) }, () => "declined" as const),
      noticeDays: Array.from({ length: random.whole(0, 4) }, () => random.whole(0, 30)),
      ...(isPaid ? { paidAfterDays: random.whole(1, 30_000) / 1_000 } : {}),
    };
    return sampleRun(debt);
  });
}

async function storyRuns(): Promise<readonly RunRows[]> {
  const all: RunRows[] = [];
  for (const name of STORY_NAMES) {
    const { decisions } = await runInModel(readStory(name));
    for (const [index, one] of runsOf(decisions).entries()) {
      const run = { ...one.run, recoveryId: `recovery-${name}`, runId: `${name}-${index}` };
      all.push(rowsOf({ ...one, run }));
    }
  }
  return all;
}

type Numbers = { readonly cohort: string; readonly currency: string } & Readonly<
  Record<string, unknown>
>;

async function recompute(csv: string): Promise<readonly Numbers[]> {
  const file = join(folder, "export.csv");
  writeFileSync(file, csv);
  const script = join(ROOT, "docs/recompute/recompute.py");
  const { stdout } = await promisify(execFile)("python3", [script, file, "--json"]);
  return JSON.parse(stdout) as Numbers[];
}

type ViewRow = Readonly<Record<string, string | number | null>>;

const VIEWED = new Map<string, readonly ViewRow[]>();

async function view(name: string, { cohort, currency }: Numbers): Promise<readonly ViewRow[]> {
  const known = VIEWED.get(name);
  const rows = known ?? (await sql<ViewRow>`select * from ${sql.table(name)}`.execute(db)).rows;
  VIEWED.set(name, rows);
  return rows.filter((row) => row["cohort"] === cohort && row["currency"] === currency);
}

/** Debts and money of a view's rows. */
function totalOf(rows: readonly ViewRow[]): object {
  const sum = (name: string): number => rows.reduce((all, row) => all + Number(row[name]), 0);
  return { debts: sum("debts"), amount_minor: sum("amountMinor") };
}

const run = async (...args: string[]): Promise<string[]> => {
  const { code, out, err } = await reprise(["ledger", "export", ...args], {
    env: { DATABASE_URL: url },
  });
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  return out.trim().split("\n");
};

describe("the second program, of the export alone", () => {
  test(`computes every headline number of ${DEBTS} random debts (seed ${SEED}) and of all stories to the minor unit`, async () => {
    const all = await recompute((await run()).join("\n"));
    const { rows } = await sql<Numbers>`select cohort, currency from at_risk order by 1, 2`.execute(
      db,
    );
    expect(all.map(({ cohort, currency }) => `${cohort} ${currency}`)).toEqual(
      rows.map(({ cohort, currency }) => `${cohort} ${currency}`),
    );
    expect(new Set(all.map(({ currency }) => currency))).toContain("KWD");
    expect(new Set(all.map(({ currency }) => currency))).toContain("JPY");
    for (const one of all) {
      const [rate] = await view("recovery_rate", one);
      const [days] = await view("days_to_recover", one);
      const [effort] = await view("recovery_effort", one);
      const causes = await view("recovered_by_cause", one);
      const byCause = causes
        .toSorted((a, b) => (String(a["cause"]) < String(b["cause"]) ? -1 : 1))
        .map((row) => [row["cause"], totalOf([row])]);
      expect(one).toEqual({
        cohort: one.cohort,
        currency: one.currency,
        at_risk: totalOf(await view("at_risk", one)),
        open_debts: totalOf(await view("open_debts", one)),
        recovered_gross: totalOf(await view("recovered_gross", one)),
        recovered_by_cause: Object.fromEntries(byCause) as object,
        recovered_naturally: totalOf(await view("recovered_naturally", one)),
        recovered_late: totalOf(await view("recovered_late", one)),
        lost: totalOf(await view("lost", one)),
        recovery_rate: {
          rate: rate?.["rate"],
          rate_low: rate?.["rateLow"],
          rate_high: rate?.["rateHigh"],
          rate_by_money: rate?.["rateByMoney"],
        },
        days_to_recover: {
          median_days: days?.["medianDays"] ?? null,
          p90_days: days?.["p90Days"] ?? null,
        },
        recovery_effort: { attempts: effort?.["attempts"], notices: effort?.["notices"] },
      });
    }
  });

  test("differs from the views if one amount in the export is another one", async () => {
    const out = (await run()).join("\n");
    const [head = "", ...lines] = out.trim().split("\n");
    const at = head.split(",").indexOf("amount_minor");
    const index = lines.findIndex((line) => line.includes(",exhausted,"));
    const cells = (lines[index] ?? "").split(",");
    cells[at] = String(Number(cells[at]) + 1);
    lines[index] = cells.join(",");
    const changed = await recompute([head, ...lines].join("\n"));
    expect(changed).not.toEqual(await recompute(out));
  });
});

describe("an export", () => {
  test("has the debts that failed first in a range of time, its end excluded", async () => {
    const lines = await run("--from", "2026-08-01", "--to", "2026-09-01", "--format", "jsonl");
    const times = lines.map(
      (line) => (JSON.parse(line) as Record<string, string>)["first_failed_at"] ?? "",
    );
    expect(times.length).toBeGreaterThan(100);
    expect(times.filter((time) => !time.startsWith("2026-08-"))).toEqual([]);
    expect(times).toEqual(times.toSorted());
    const both = [
      ...(await run("--to", "2026-08-01", "--format", "jsonl")),
      ...lines,
      ...(await run("--from", "2026-09-01", "--format", "jsonl")),
    ];
    const everything = await run("--format", "jsonl");
    const dated = everything.filter((line) => !line.includes(`"first_failed_at":null`));
    expect(both.toSorted()).toEqual(dated.toSorted());
  });

  test("goes on from a watermark with what was written since, and from a later one with nothing", async () => {
    const later = new Date(Date.now() + DAY_MS).toISOString();
    expect(await run("--after", later)).toHaveLength(1);
    const { err } = await reprise(["ledger", "export"], { env: { DATABASE_URL: url } });
    const [, watermark = ""] = /--after (\S+)/.exec(err) ?? [];
    await replaceRuns(db, [sampleRun({ debtId: "pay_new" })]);
    expect((await run("--after", watermark)).join("\n")).toContain("pay_new");
  });

  test("gives a spreadsheet no formula, and quotes what CSV needs quoted", () => {
    const hostile = ["=1+1", "+cmd", "-2", "@sum", 'a"b', "a,b", "a\nb", null, -5, true];
    expect(csvLine(hostile)).toBe(`'=1+1,'+cmd,'-2,'@sum,"a""b","a,b","a\nb",,-5,true`);
  });
});

describe("without a ledger", () => {
  test.each(["export", "rebuild", "verify"])(
    "`reprise ledger %s` names DATABASE_URL",
    async (command) => {
      const { code, out, err } = await reprise(["ledger", command]);
      expect([code, out]).toEqual([78, ""]);
      expect(err).toContain("DATABASE_URL: required");
    },
  );

  test("a database that does not answer is unreachable, and a wrong password is configuration", async () => {
    const closed = { DATABASE_URL: "postgres://u:p@127.0.0.1:1/x" };
    expect((await reprise(["ledger", "export"], { env: closed })).code).toBe(69);
    const wrong = new URL(url);
    wrong.password = "wrong-secret";
    const refused = await reprise(["ledger", "export"], { env: { DATABASE_URL: wrong.href } });
    expect(refused.code).toBe(78);
    expect(refused.err).not.toContain("wrong-secret");
  });
});
