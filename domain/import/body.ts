import { formatInstant, type Instant } from "../values/time.ts";
import type { ImportedDebt, ImportRow, ImportView } from "./import.ts";

/** How an import stands. `stopped`: it was cancelled or terminated, or failed; what it had opened goes on. */
export type ImportState = "running" | "done" | "stopped";

/** Rows of one page of the table. */
export const IMPORT_PAGE = 100;

const instant = (at: Instant | null): string | null => (at === null ? null : formatInstant(at));

/** An import as JSON: what the operator API answers, and `reprise import --json` prints. @param offset of the first row */
export function importBodyOf(view: ImportView, state: ImportState, offset: number) {
  const { counts, rows } = view;
  const next = offset + rows.length;
  return {
    import_id: view.importId,
    state,
    dry_run: view.dryRun,
    retry: view.retry,
    by: view.by,
    verified: view.isVerified,
    from_dodo: view.isFromDodo,
    started_at: formatInstant(view.startedAt),
    ended_at: instant(view.endedAt),
    listing: view.isListing,
    cut_off: view.isCutOff,
    total: counts.total,
    judged: counts.judged,
    opens: counts.opens,
    have_recovery: counts.haveRecovery,
    left_out: counts.leftOut,
    amounts: Object.entries(counts.amounts).map(([currency, amount]) => ({ currency, amount })),
    rows: rows.map(rowBody),
    next_cursor: next < counts.judged ? String(next) : null,
  };
}

export type ImportBody = ReturnType<typeof importBodyOf>;

function rowBody(row: ImportRow) {
  return {
    subscription_id: row.subscriptionId,
    did: row.did,
    why: row.did === "left_out" ? row.why : null,
    debt: row.did === "left_out" ? null : debtBody(row.debt),
  };
}

function debtBody(debt: ImportedDebt) {
  return {
    debt_id: debt.debtId,
    amount: debt.amountMinor,
    currency: debt.currency,
    failed_at: formatInstant(debt.failedAt),
    decline_code: debt.declineCode,
    mail_at: instant(debt.mailAt),
    charge_at: instant(debt.chargeAt),
    asks: debt.asks ?? null,
    observed: debt.isObserved === true,
    queued: debt.queued ?? 0,
  };
}
