import { createHash } from "node:crypto";
import { type Migration, Migrator, sql, type Transaction } from "kysely";
import { OwnError } from "../../domain/values/own-error.ts";
import { VIEWS } from "../views/views.ts";
import type { LedgerDatabase } from "./connect.ts";
import { tables } from "./migrations/0001-tables.ts";
import { recorded } from "./migrations/0002-recorded.ts";
import type { LedgerTables } from "./tables.ts";

/** In the order of their names. A released migration never changes; there is none that goes back. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-tables": tables,
  "0002-recorded": recorded,
};

/**
 * Brings the database to this version: its tables, and then its views. It runs in one transaction, under an advisory lock, so
 * that processes which start together do it once.
 *
 * @throws OwnError for a database of a later version; otherwise PostgreSQL's error
 */
export async function migrateLedger(db: LedgerDatabase): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => await Promise.resolve({ ...MIGRATIONS }) },
    migrationTableName: "ledger_migrations",
    migrationLockTableName: "ledger_migrations_lock",
  });
  await refuseLaterVersion(db);
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  await db.transaction().execute(replaceViews);
}

async function refuseLaterVersion(db: LedgerDatabase): Promise<void> {
  const there = await sql<{ name: string | null }>`
    select to_regclass('ledger_migrations')::text as name`.execute(db);
  if (there.rows[0]?.name == null) return;
  const done = await sql<{ name: string }>`select name from ledger_migrations`.execute(db);
  const unknown = done.rows.map(({ name }) => name).filter((name) => !(name in MIGRATIONS));
  if (unknown.length === 0) return;
  throw new OwnError(
    `the ledger's database has been migrated by a later version (${unknown.join(", ")}); use that version`,
  );
}

/** Any number that no other program of the database uses. */
const VIEWS_LOCK = 7_312_001;

/** Views hold no data. Where their text has changed, all of them are made anew. */
async function replaceViews(db: Transaction<LedgerTables>): Promise<void> {
  const version = createHash("sha256").update(JSON.stringify(VIEWS)).digest("hex");
  await sql`select pg_advisory_xact_lock(${VIEWS_LOCK})`.execute(db);
  const stored = await db.selectFrom("ledgerViews").select("version").executeTakeFirst();
  if (stored?.version === version) return;
  const old = await sql<{ name: string }>`
    select table_name as name from information_schema.views
    where table_schema = current_schema() and obj_description(table_name::regclass) like 'Reprise: %'`.execute(
    db,
  );
  for (const { name } of old.rows) {
    await sql`drop view if exists ${sql.table(name)} cascade`.execute(db);
  }
  for (const { name, query, meaning, columns } of VIEWS) {
    await sql.raw(`create view ${name} as ${query}`).execute(db);
    await sql.raw(`comment on view ${name} is ${quoted(`Reprise: ${meaning}`)}`).execute(db);
    for (const [column, text] of Object.entries(columns)) {
      await sql.raw(`comment on column ${name}.${column} is ${quoted(text)}`).execute(db);
    }
  }
  await db.deleteFrom("ledgerViews").execute();
  await db.insertInto("ledgerViews").values({ version }).execute();
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
