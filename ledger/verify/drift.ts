import type { DriftClass } from "../../domain/reporting/ledger-check.ts";
import type { DebtRow, RunRows } from "../projection/rows.ts";

export type Drift = {
  readonly class: DriftClass;
  readonly recoveryId: string;
  readonly runId: string;
  /** The table, and what tells its row apart. */
  readonly what: string;
  readonly inLedger: string | null;
  readonly inHistory: string | null;
};

/** The differences between what the ledger has of a run, and what its history says. */
export function driftsOf(stored: RunRows | null, history: RunRows): readonly Drift[] {
  const { recoveryId, runId } = history.recovery;
  const drift = (
    what: string,
    kind: DriftClass,
    inLedger: string | null,
    inHistory: string | null,
  ): Drift => ({ class: kind, recoveryId, runId, what, inLedger, inHistory });
  if (stored === null) return [drift("run", "missing_in_ledger", null, "the run")];
  const behind = history.recovery.decision - stored.recovery.decision;
  if (behind > 0 && history.recovery.state !== "ended") {
    const decisions = (count: number): string => `${count} decisions`;
    const { recovery } = stored;
    return [
      drift("run", "late", decisions(recovery.decision), decisions(history.recovery.decision)),
    ];
  }
  return TABLES.flatMap(({ name, rowsOf, nameOf }) => {
    const there = new Map(rowsOf(stored).map((row) => [nameOf(row), row]));
    const expected = new Map(rowsOf(history).map((row) => [nameOf(row), row]));
    const missing = [...expected].flatMap(([id, row]) => {
      const found = there.get(id);
      if (found === undefined) return [drift(`${name} ${id}`, "missing_in_ledger", null, id)];
      return differingFields(found, row).map(([field, kind, one, other]) =>
        drift(`${name} ${id}: ${field}`, kind, one, other),
      );
    });
    const extra = [...there.keys()]
      .filter((id) => !expected.has(id))
      .map((id) => drift(`${name} ${id}`, "missing_in_history", id, null));
    return [...missing, ...extra];
  });
}

type Row = object;

const TABLES: readonly {
  readonly name: string;
  readonly rowsOf: (rows: RunRows) => readonly Row[];
  readonly nameOf: (row: Row) => string;
}[] = [
  { name: "recovery", rowsOf: ({ recovery }) => [recovery], nameOf: () => "itself" },
  { name: "debt", rowsOf: ({ debts }) => debts, nameOf: (row) => field(row, "debtId") },
  {
    name: "attempt",
    rowsOf: ({ attempts }) => attempts,
    nameOf: (row) => `${field(row, "debtId")} ${field(row, "position")}`,
  },
  { name: "notice", rowsOf: ({ notices }) => notices, nameOf: (row) => field(row, "effectId") },
  { name: "action", rowsOf: ({ actions }) => actions, nameOf: (row) => field(row, "updateId") },
];

const field = (row: Row, name: string): string => String((row as Record<string, unknown>)[name]);

const AMOUNTS: readonly (keyof DebtRow)[] = ["amountMinor", "collectedMinor"];

function differingFields(
  stored: Row,
  history: Row,
): readonly (readonly [string, DriftClass, string, string])[] {
  return Object.keys(history).flatMap((name) => {
    const [one, other] = [field(stored, name), field(history, name)];
    if (one === other) return [];
    return [[name, classOf(name), one, other] as const];
  });
}

function classOf(name: string): DriftClass {
  if ((AMOUNTS as readonly string[]).includes(name)) return "amount";
  return name === "currency" ? "currency" : "status";
}
