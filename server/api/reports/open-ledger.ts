import type { Reports } from "./report-routes.ts";

/** A report that takes longer is not worth a person's wait. */
const STATEMENT_TIMEOUT_MS = 5_000;
const CONNECTIONS = 4;

export type OpenLedger = { readonly reports: Reports; readonly close: () => Promise<void> };

/** The ledger of `DATABASE_URL`. Without one, its packages are not loaded. */
export async function openLedger(url: string | null): Promise<OpenLedger> {
  if (url === null) return { reports: null, close: async () => await Promise.resolve() };
  const { connectLedger } = await import("../../../ledger/database/connect.ts");
  const { createReports } = await import("../../../ledger/report/cached-reports.ts");
  const db = connectLedger({
    url,
    connections: CONNECTIONS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    name: "reprise-gateway",
  });
  return { reports: createReports(db), close: async () => await db.destroy() };
}
