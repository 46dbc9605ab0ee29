import type { FastifyInstance } from "fastify";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectLedger, type LedgerDatabase } from "../../ledger/database/connect.ts";
import { migrateLedger } from "../../ledger/database/migrate.ts";
import { replaceRuns } from "../../ledger/database/replace-runs.ts";
import { createReports } from "../../ledger/report/cached-reports.ts";
import { reprise } from "../support/command-line.ts";
import { commandsOf } from "../support/documents.ts";
import { differencesFromSchema } from "../support/json-schema.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres/database.ts";
import { buildTestGateway, OPERATOR_KEYS } from "../support/system/gateway.ts";
import { EXAMPLE, sampleRun } from "./sample-runs.ts";

let postgres: TestPostgres;
let db: LedgerDatabase;
let app: FastifyInstance;
let env: Readonly<Record<string, string>>;

const gatewayWith = (reports: ReturnType<typeof createReports> | null): FastifyInstance =>
  buildTestGateway(null, "nowhere", undefined, undefined, null, undefined, { reports });

const headers = { authorization: `Bearer ${OPERATOR_KEYS[0].secret}` };

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.database();
  db = connectLedger({ url, connections: 2, statementTimeoutMs: 30_000, name: "test" });
  await migrateLedger(db);
  await replaceRuns(db, EXAMPLE.map(sampleRun));
  app = gatewayWith(createReports(db));
  env = {
    REPRISE_URL: await app.listen({ host: "127.0.0.1", port: 0 }),
    REPRISE_API_KEY: OPERATOR_KEYS[0].secret,
  };
});

afterAll(async () => {
  await app.close();
  await db.destroy();
  await postgres.stop();
});

type Body = { readonly rows: readonly Record<string, unknown>[]; readonly watermark: string };

async function report(query: string): Promise<Body> {
  const response = await app.inject({ url: `/v1/reports/recovery?${query}`, headers });
  expect(response.statusCode).toBe(200);
  return response.json<Body>();
}

describe("GET /v1/reports/recovery", () => {
  test("has the numbers of the views by month and currency", async () => {
    const { rows } = await report("by=month");
    expect(rows.map(({ key, currency }) => [key, currency])).toEqual([
      ["2026-10", "JPY"],
      ["2026-10", "USD"],
      ["2026-11", "KWD"],
    ]);
    expect(rows[1]).toEqual({
      key: "2026-10",
      currency: "USD",
      exponent: 2,
      at_risk: { debts: 6, amount: 12_200 },
      open_debts: { debts: 1, amount: 500 },
      recovered_gross: { debts: 3, amount: 8_800 },
      recovered_naturally: { debts: 1, amount: 4_900 },
      recovered_late: { debts: 1, amount: 900 },
      lost: { debts: 1, amount: 2_000 },
      recovery_rate: { rate: 0.6, low: 0.230_724, high: 0.882_379, by_money: 0.752_137 },
      days_to_recover: { median: 3, p90: 4.6 },
    });
    expect([rows[0]?.["exponent"], rows[2]?.["exponent"]]).toEqual([0, 3]);
  });

  test("takes debts that failed first in a range, its end excluded", async () => {
    const november = await report("from=2026-11-01&to=2026-12-01");
    expect(november.rows.map(({ key }) => key)).toEqual(["2026-11"]);
    // The debt failed at midnight exactly.
    expect((await report("to=2026-11-01T00:00:00Z")).rows.map(({ key }) => key)).toEqual([
      "2026-10",
      "2026-10",
    ]);
  });

  test("groups by cause without a rate, since only paid debts have one", async () => {
    const { rows } = await report("by=cause");
    const attempt = rows.find(({ key }) => key === "attempt");
    expect(attempt).toMatchObject({
      recovered_gross: { debts: 1, amount: 2_900 },
      recovery_rate: null,
    });
  });

  test.each(["currency", "code", "class", "trigger", "product", "attempt"])(
    "by %s counts each debt once",
    async (by) => {
      const { rows } = await report(`by=${by}`);
      const debts = rows.map(({ at_risk: sum }) => (sum as { debts: number }).debts);
      expect(debts.reduce((all, one) => all + one, 0)).toBe(8);
    },
  );

  test("is kept until the ledger is written, and shows then what is new", async () => {
    const before = await report("by=currency");
    await replaceRuns(db, [sampleRun({ debtId: "pay_eur", currency: "EUR" })]);
    const after = await report("by=currency");
    expect(after.rows).toHaveLength(before.rows.length + 1);
    expect(after.watermark > before.watermark).toBe(true);
    await sql`delete from debts where debt_id = 'pay_eur'`.execute(db);
    // Nothing was written as the ledger writes, so it is the kept one.
    expect(await report("by=currency")).toEqual(after);
    await replaceRuns(db, [sampleRun({ debtId: "pay_gbp", currency: "GBP" })]);
    expect((await report("by=currency")).rows).toHaveLength(before.rows.length + 1);
  });

  test.each(["by=weather", "from=yesterday", "from=2026-02-31", "since=2026-01-01"])(
    "answers 422 to ?%s",
    async (query) => {
      const response = await app.inject({ url: `/v1/reports/recovery?${query}`, headers });
      expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([
        422,
        "invalid_request",
      ]);
    },
  );

  test("answers 503 no_ledger without a ledger, and 503 ledger_unavailable if it is down", async () => {
    const codeOf = async (gateway: FastifyInstance): Promise<unknown[]> => {
      const answer = await gateway.inject({ url: "/v1/reports/recovery", headers });
      await gateway.close();
      return [answer.statusCode, answer.json<{ code: string }>().code];
    };
    expect(await codeOf(gatewayWith(null))).toEqual([503, "no_ledger"]);
    const url = "postgres://u:p@127.0.0.1:1/x";
    const down = connectLedger({ url, connections: 1, statementTimeoutMs: 1_000, name: "test" });
    expect(await codeOf(gatewayWith(createReports(down)))).toEqual([503, "ledger_unavailable"]);
    await down.destroy();
  });
});

describe("reprise report", () => {
  test("shows amounts in their currencies, and the rate with its interval", async () => {
    const { code, out } = await reprise(["report", "--to", "2026-11-01"], { env });
    expect(code).toBe(0);
    expect(out).toContain("3  USD 88.00");
    expect(out).toContain("1  JPY 3000");
    expect(out).toContain("60.0 % (23.1–88.2)");
  });

  test("does what docs/LEDGER.md shows", async () => {
    const commands = commandsOf("docs/LEDGER.md").filter((one) => one.startsWith("reprise report"));
    expect(commands.length).toBeGreaterThan(2);
    for (const command of commands) {
      const { code } = await reprise(command.split(" ").slice(1), { env });
      expect([command, code]).toEqual([command, 0]);
    }
  });

  test("prints JSON of the documented shape", async () => {
    const { out } = await reprise(["report", "--by", "code", "--json"], { env });
    expect(differencesFromSchema("report", out)).toEqual([]);
  });
});
