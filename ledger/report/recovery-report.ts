import { sql } from "kysely";
import { currencyExponent } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { LedgerDatabase } from "../database/connect.ts";
import { watermarkOf } from "../export/export-debts.ts";
import { RATE_SELECTION } from "../views/sums.ts";
import { type Dimension, DIMENSIONS, OF_PAID_DEBTS } from "./dimensions.ts";

export type ReportQuery = {
  /** By first failure, inclusive; null: no limit. */
  readonly from: Instant | null;
  /** By first failure, exclusive. */
  readonly to: Instant | null;
  readonly by: Dimension;
};

export type Sum = { readonly debts: number; readonly amount: number };

/** Debts of one currency, with one value of the dimension. The names are those of docs/METRICS.md. */
export type ReportRow = {
  /** Null where it is not known. */
  readonly key: string | null;
  readonly currency: string;
  /** How many decimal places its amounts have. */
  readonly exponent: number;
  readonly at_risk: Sum;
  readonly open_debts: Sum;
  readonly recovered_gross: Sum;
  readonly recovered_naturally: Sum;
  readonly recovered_late: Sum;
  readonly lost: Sum;
  /** Null for dimensions that only paid debts have, and where no debt has ended. */
  readonly recovery_rate: {
    readonly rate: number;
    readonly low: number;
    readonly high: number;
    readonly by_money: number | null;
  } | null;
  readonly days_to_recover: { readonly median: number; readonly p90: number } | null;
};

export type Report = {
  readonly by: Dimension;
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** When the ledger was written last; null if it is empty. */
  readonly watermark: Instant | null;
  readonly rows: readonly ReportRow[];
};

type Selected = Readonly<Record<string, number | null>> & {
  readonly key: string | number | null;
  readonly currency: string | null;
};

/** The numbers of docs/METRICS.md for the debts that failed first in a range of time. */
export async function recoveryReport(db: LedgerDatabase, query: ReportQuery): Promise<Report> {
  const { from, to, by } = query;
  const watermark = await watermarkOf(db);
  const key = sql.ref(DIMENSIONS[by]);
  const { rows } = await sql<Selected>`
    select ${key} as key, currency, ${sql.raw(RATE_SELECTION)}, ${sql.raw(SUMS)},
      round(percentile_cont(0.5) within group (order by days_to_recover)
        filter (where is_recovered)::numeric, 4) as median_days,
      round(percentile_cont(0.9) within group (order by days_to_recover)
        filter (where is_recovered)::numeric, 4) as p90_days
    from debt_outcomes
    where is_at_risk
      and ${from === null ? sql`true` : sql`first_failed_at >= ${new Date(from)}`}
      and ${to === null ? sql`true` : sql`first_failed_at < ${new Date(to)}`}
    group by 1, currency order by 1 nulls last, currency`.execute(db);
  return { by, from, to, watermark, rows: rows.map((row) => reportRowOf(row, by)) };
}

const sumOf = (name: string, flag: string): string =>
  `count(*) filter (where ${flag}) as ${name}_debts, coalesce(sum(amount_minor) filter (where ${flag}), 0) as ${name}_amount`;

const SUMS = [
  sumOf("natural", "is_natural"),
  sumOf("late", "is_recovered_late"),
  sumOf("lost", "is_lost"),
].join(", ");

function reportRowOf(row: Selected, by: Dimension): ReportRow {
  const number = (name: string): number => row[name] ?? 0;
  const sum = (debts: string, amount: string): Sum => ({
    debts: number(debts),
    amount: number(amount),
  });
  const currency = row.currency ?? "";
  const { rate, rateLow, rateHigh, rateByMoney, medianDays, p90Days } = row;
  const hasRate = rate != null && !OF_PAID_DEBTS.includes(by);
  return {
    key: row.key === null ? null : String(row.key),
    currency,
    exponent: currencyExponent(currency),
    at_risk: sum("atRisk", "atRiskMinor"),
    open_debts: sum("open", "openMinor"),
    recovered_gross: sum("recovered", "recoveredMinor"),
    recovered_naturally: sum("naturalDebts", "naturalAmount"),
    recovered_late: sum("lateDebts", "lateAmount"),
    lost: sum("lostDebts", "lostAmount"),
    recovery_rate: hasRate
      ? { rate, low: rateLow ?? 0, high: rateHigh ?? 1, by_money: rateByMoney ?? null }
      : null,
    days_to_recover: medianDays == null ? null : { median: medianDays, p90: p90Days ?? 0 },
  };
}
