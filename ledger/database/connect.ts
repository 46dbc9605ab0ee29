import { CamelCasePlugin, Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { LedgerTables } from "./tables.ts";

export type LedgerDatabase = Kysely<LedgerTables>;

export type ConnectOptions = {
  /** `postgres://…` */
  readonly url: string;
  /** How many connections at most. */
  readonly connections: number;
  /** PostgreSQL ends a statement after this time. */
  readonly statementTimeoutMs: number;
  /** What `pg_stat_activity` shows. */
  readonly name: string;
};

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_MS = 30_000;

/** Connects when the first query comes, and again after a failure. */
export function connectLedger(options: ConnectOptions): LedgerDatabase {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_MS,
    statement_timeout: options.statementTimeoutMs,
    // A server that has gone without a word answers no statement, and ends none.
    query_timeout: options.statementTimeoutMs + CONNECT_TIMEOUT_MS,
    application_name: options.name,
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  });
  // A connection that broke while nothing used it: the pool replaces it, and the next query shows what is wrong.
  pool.on("error", () => undefined);
  return new Kysely<LedgerTables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin()],
  });
}

const { INT8, NUMERIC, TIMESTAMPTZ } = pg.types.builtins;

/** Amounts are below 2^53, as they are in the domain. */
const PARSERS: ReadonlyMap<number, (text: string) => number> = new Map([
  [INT8, (text: string) => Number(text)],
  [NUMERIC, (text: string) => Number(text)],
  [TIMESTAMPTZ, (text: string) => (pg.types.getTypeParser(TIMESTAMPTZ)(text) as Date).getTime()],
]);

function parserOf(type: number, format: "text" | "binary" = "text"): unknown {
  return PARSERS.get(type) ?? pg.types.getTypeParser(type, format as "text");
}
