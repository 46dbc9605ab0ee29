import { sql, type Transaction } from "kysely";
import type { Instant } from "../../domain/values/time.ts";
import type { LedgerDatabase } from "../database/connect.ts";
import type { LedgerTables } from "../database/tables.ts";
import { EXPORT_COLUMNS, type ExportRow } from "./columns.ts";

/** Which debts. Null: no limit. */
export type ExportRange = {
  /** By first failure, inclusive. */
  readonly from: Instant | null;
  /** By first failure, exclusive. */
  readonly to: Instant | null;
  /** Only debts of recoveries that were written after this instant: an earlier export's watermark. */
  readonly after: Instant | null;
};

const BATCH = 1_000;

/** How long a transaction may take to become visible: what is written meanwhile comes again with the next export. */
const OVERLAP_MS = 60_000;

const TIMES = ["first_failed_at", "opened_at", "ended_at"];

/**
 * Reads debts in batches of one snapshot, oldest failure first, without holding more than one batch.
 *
 * @param onRows is awaited, so that a slow reader slows the export
 * @returns the watermark from which the next export can go on; null for an empty ledger
 */
export async function exportDebts(
  db: LedgerDatabase,
  range: ExportRange,
  onRows: (rows: readonly ExportRow[]) => Promise<void>,
): Promise<Instant | null> {
  return await db
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute(async (transaction) => {
      const watermark = await watermarkOf(transaction);
      await declareCursor(transaction, range);
      for (;;) {
        const { rows } = await sql<Record<string, unknown>>`
          fetch ${sql.lit(BATCH)} from exported`.execute(transaction);
        if (rows.length === 0) return watermark === null ? null : watermark - OVERLAP_MS;
        await onRows(rows.map(exportRowOf));
      }
    });
}

/** When the ledger was written last; null if it is empty. */
export async function watermarkOf(
  db: LedgerDatabase | Transaction<LedgerTables>,
): Promise<Instant | null> {
  const row = await db
    .selectFrom("recoveries")
    .select(({ fn }) => fn.max("writtenAt").as("at"))
    .executeTakeFirst();
  return row?.at ?? null;
}

async function declareCursor(
  transaction: Transaction<LedgerTables>,
  { from, to, after }: ExportRange,
): Promise<void> {
  const columns = sql.join(EXPORT_COLUMNS.map((column) => sql.ref(column)));
  const written = sql`recovery_id in (select recovery_id from recoveries where written_at > ${dateOf(after)})`;
  await sql`
    declare exported no scroll cursor for
    select ${columns} from debt_outcomes
    where ${from === null ? sql`true` : sql`first_failed_at >= ${dateOf(from)}`}
      and ${to === null ? sql`true` : sql`first_failed_at < ${dateOf(to)}`}
      and ${after === null ? sql`true` : written}
    order by first_failed_at, recovery_id, debt_id`.execute(transaction);
}

const dateOf = (instant: Instant | null): Date => new Date(instant ?? 0);

/** The plugin has made the names of the columns `camelCase`. */
function exportRowOf(row: Record<string, unknown>): ExportRow {
  const entries = EXPORT_COLUMNS.map((column) => {
    const name = column.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
    const value = row[name] as ExportRow[typeof column];
    const isTime = TIMES.includes(column) && typeof value === "number";
    return [column, isTime ? new Date(value).toISOString() : value] as const;
  });
  return Object.fromEntries(entries) as ExportRow;
}
