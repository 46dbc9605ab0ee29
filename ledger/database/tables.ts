import type { ColumnType, Generated, Insertable } from "kysely";
import type { Instant } from "../../domain/values/time.ts";
import type {
  AttemptRow,
  DebtRow,
  NoticeRow,
  OperatorActionRow,
  RecoveryRow,
} from "../projection/rows.ts";

/** A time: written as a `Date`, read as milliseconds since 1970. */
type Time<T> = ColumnType<T, Date | Extract<T, null>, Date | Extract<T, null>>;

type Timed<R> = {
  readonly [C in keyof R]: C extends `${string}At` ? Time<R[C] & (Instant | null)> : R[C];
};

/** The tables of the ledger; in SQL, `debtId` is `debt_id`. */
export type LedgerTables = {
  readonly recoveries: Timed<RecoveryRow> & {
    /** When the run's rows were written last, by the database's clock. */
    readonly writtenAt: ColumnType<Instant, Date | undefined, Date>;
    /** The last decision whose rows came from the run's history; 0 where none did. */
    readonly recorded: Generated<number>;
    /** When the run closed, where its rows came from its complete history. */
    readonly closedAt: ColumnType<Instant | null, Date | null | undefined, Date | null>;
  };
  readonly debts: Timed<DebtRow>;
  readonly attempts: Timed<AttemptRow>;
  readonly notices: Timed<NoticeRow>;
  readonly operatorActions: Timed<OperatorActionRow>;
  /** One row: which text the views were made from. */
  readonly ledgerViews: { readonly version: string };
};

/** A row as the driver takes it: each `…At` as a `Date`. */
export function stored<R extends object>(row: R): Insertable<Timed<R>> {
  const entries = Object.entries(row).map(([name, value]) =>
    name.endsWith("At") && typeof value === "number" ? [name, new Date(value)] : [name, value],
  );
  return Object.fromEntries(entries) as Insertable<Timed<R>>;
}

/** The tables with rows of runs; a run's row in `recoveries` comes before its others. */
export const RUN_TABLES = [
  "recoveries",
  "debts",
  "attempts",
  "notices",
  "operatorActions",
] as const;

export type RunTable = (typeof RUN_TABLES)[number];

/** PostgreSQL takes 65,535 parameters in a statement, and no row has more than 30. */
const ROWS_MAX = 2_000;

/** The rows in as many parts as PostgreSQL needs statements for them. */
export function statementsOf<Row>(rows: readonly Row[]): readonly (readonly Row[])[] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_MAX) }, (_, at) =>
    rows.slice(at * ROWS_MAX, (at + 1) * ROWS_MAX),
  );
}
