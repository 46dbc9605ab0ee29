import type { LedgerDatabase } from "../database/connect.ts";
import { watermarkOf } from "../export/export-debts.ts";
import { recoveryReport, type Report, type ReportQuery } from "./recovery-report.ts";

/** Ranges and groups that people look at, a few at a time. */
const CACHED_MAX = 50;

/** Makes reports, and keeps each until the ledger is written again. */
export function createReports(db: LedgerDatabase): (query: ReportQuery) => Promise<Report> {
  const cached = new Map<string, Report>();
  return async (query) => {
    const name = JSON.stringify([query.from, query.to, query.by]);
    const known = cached.get(name);
    if (known !== undefined && known.watermark === (await watermarkOf(db))) return known;
    const report = await recoveryReport(db, query);
    cached.delete(name);
    cached.set(name, report);
    const [oldest] = cached.keys();
    if (cached.size > CACHED_MAX && oldest !== undefined) cached.delete(oldest);
    return report;
  };
}
