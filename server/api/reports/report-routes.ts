import { z } from "zod";
import { type Instant, parseInstant } from "../../../domain/values/time.ts";
import { DIMENSION_NAMES } from "../../../ledger/report/dimensions.ts";
import type { Report, ReportQuery } from "../../../ledger/report/recovery-report.ts";
import type { ApiScope } from "../api-scope.ts";
import { Problem, problemAnswer } from "../problem.ts";

/** Makes reports of the ledger; null: there is none. */
export type Reports = ((query: ReportQuery) => Promise<Report>) | null;

const RETRY_AFTER_S = 5;

/** A date, which begins at midnight UTC, or an instant. */
const instant = z
  .string()
  .max(40)
  .transform((text, context): Instant => {
    const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
    const at = parseInstant(isDate ? `${text}T00:00:00Z` : text);
    if (at !== null && (!isDate || new Date(at).toISOString().startsWith(text))) return at;
    context.addIssue({ code: "custom", message: "expected a date or an instant (ISO 8601)" });
    return z.NEVER;
  });

const querySchema = z.strictObject({
  from: instant.optional().describe("First failed at or after it: a date or an instant, UTC."),
  to: instant.optional().describe("First failed before it."),
  by: z.enum(DIMENSION_NAMES).default("month"),
});

const sum = z.object({
  debts: z.int(),
  amount: z.int().describe("In the currency's smallest unit."),
});

const rowSchema = z.object({
  key: z.string().nullable().describe("The value of `by`; null where it is not known."),
  currency: z.string(),
  exponent: z.int().describe("Decimal places of the currency's amounts."),
  at_risk: sum,
  open_debts: sum.describe("Not ended; the rate leaves them out."),
  recovered_gross: sum,
  recovered_naturally: sum,
  recovered_late: sum,
  lost: sum,
  recovery_rate: z
    .object({
      rate: z.number(),
      low: z.number().describe("The low end of Wilson's 95 % interval."),
      high: z.number(),
      by_money: z.number().nullable(),
    })
    .nullable()
    .describe(
      "Null where no debt has ended, and by `cause` and `attempt`, which only paid debts have.",
    ),
  days_to_recover: z.object({ median: z.number(), p90: z.number() }).nullable(),
});

export const reportSchema = z
  .object({
    by: z.enum(DIMENSION_NAMES),
    from: z.iso.datetime().nullable(),
    to: z.iso.datetime().nullable(),
    watermark: z.iso.datetime().nullable().describe("When the ledger was written last."),
    definitions: z.string().describe("Where each number is defined."),
    rows: z.array(rowSchema),
  })
  .meta({ id: "RecoveryReport" });

/** The numbers of the ledger. */
export function addReportRoutes(api: ApiScope, reports: Reports): void {
  api.get(
    "/reports/recovery",
    {
      schema: {
        tags: ["Reports"],
        summary: "Get what was at risk, what came back and what brought it back",
        description:
          "The numbers of docs/METRICS.md, by month, currency or another field, for debts that failed first in a range of time. " +
          "Amounts of two currencies are never added. 503 `no_ledger`: DATABASE_URL is not set.",
        querystring: querySchema,
        response: { 200: reportSchema, default: problemAnswer },
      },
    },
    async ({ query: { from = null, to = null, by } }) => {
      if (reports === null) {
        throw new Problem(503, "no_ledger", "There is no ledger: set DATABASE_URL.");
      }
      return bodyOf(await madeBy(reports, { from, to, by }));
    },
  );
}

async function madeBy(reports: NonNullable<Reports>, query: ReportQuery): Promise<Report> {
  try {
    return await reports(query);
  } catch (error) {
    const detail = "The ledger's database did not answer in time.";
    const problem = new Problem(503, "ledger_unavailable", detail, { retryAfterS: RETRY_AFTER_S });
    problem.cause = error;
    throw problem;
  }
}

function bodyOf({ by, from, to, watermark, rows }: Report): z.input<typeof reportSchema> {
  const text = (at: Instant | null): string | null =>
    at === null ? null : new Date(at).toISOString();
  return {
    by,
    from: text(from),
    to: text(to),
    watermark: text(watermark),
    definitions: "docs/METRICS.md",
    rows: rows.map((row) => ({ ...row })),
  };
}
