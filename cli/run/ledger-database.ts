import { readLedgerUrl } from "../../config/cli.ts";
import { describeError, OwnError } from "../../domain/values/own-error.ts";
import type { LedgerDatabase } from "../../ledger/database/connect.ts";
import { Failure } from "./failure.ts";
import { configured, type Session } from "./session.ts";

/** A statement over the whole ledger may take long, and nobody else waits for it. */
const STATEMENT_TIMEOUT_MS = 600_000;

/**
 * Connects to the ledger of `DATABASE_URL`, brings it to this version, runs `work` and closes the connection.
 *
 * @throws Failure without a ledger, or if its database does not answer
 */
export async function withLedger<T>(
  { shell }: Session,
  work: (db: LedgerDatabase) => Promise<T>,
): Promise<T> {
  const url = configured(() => readLedgerUrl(shell.env));
  const { connectLedger } = await import("../../ledger/database/connect.ts");
  const { migrateLedger } = await import("../../ledger/database/migrate.ts");
  const options = { connections: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS };
  const db = connectLedger({ url, ...options, name: "reprise-cli" });
  try {
    await migrateLedger(db);
    return await work(db);
  } catch (error) {
    throw failureOf(error);
  } finally {
    await db.destroy();
  }
}

/** SQLSTATE classes of a wrong password or a database that does not exist. @source PostgreSQL, "Error Codes" */
const WRONG_ADDRESS = /^(28|3D)/;
/** A connection that broke, a server that shuts down or starts. */
const UNREACHABLE = /^(08|57P|E[A-Z]+$)/;

/** The driver gives these errors no code. */
function isLost(error: unknown): boolean {
  return error instanceof Error && /timeout|Connection terminated/i.test(error.message);
}

/** PostgreSQL's SQLSTATE, such as `28P01`, or Node's code. */
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" && /^[A-Z0-9]{5,20}$/.test(error.code) ? error.code : "";
}

function failureOf(error: unknown): unknown {
  if (error instanceof Failure) return error;
  if (error instanceof OwnError) return new Failure("refused", error.message);
  const code = codeOf(error);
  if (WRONG_ADDRESS.test(code)) {
    return new Failure("configuration", `DATABASE_URL: PostgreSQL refuses it (${code}).`, {
      advice: "Check its user, password and database.",
    });
  }
  if (!UNREACHABLE.test(code) && !isLost(error)) return error;
  return new Failure("unreachable", `The ledger's database: ${describeError(error)}.`, {
    advice: "It needs PostgreSQL at DATABASE_URL.",
  });
}
