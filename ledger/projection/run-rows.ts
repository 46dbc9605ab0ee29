import type { DecisionStep, LedgerRun } from "./decision-rows.ts";
import { rowsOfDecision } from "./decision-rows.ts";
import type { DebtRow, DebtState, DecisionRows, RunRows } from "./rows.ts";

/** All rows of a run, from its decisions. @param steps oldest first @returns null for a run without a decision */
export function rowsOfRun(run: LedgerRun, steps: readonly DecisionStep[]): RunRows | null {
  const rows = new RowsOfRun();
  for (const step of steps) rows.add(rowsOfDecision(run, step));
  return rows.toRows();
}

/** The rows of a run so far: what its decisions have written, each replacing its earlier version. */
export class RowsOfRun {
  #recovery: RunRows["recovery"] | null = null;
  readonly #debts = new Map<string, DebtState>();
  readonly #attempts = new Map<string, RunRows["attempts"][number]>();
  readonly #notices = new Map<string, RunRows["notices"][number]>();
  readonly #actions = new Map<string, RunRows["actions"][number]>();

  add(rows: DecisionRows): void {
    this.#recovery = rows.recovery;
    for (const debtId of rows.removedDebts) {
      this.#debts.delete(debtId);
      for (const [name, attempt] of this.#attempts) {
        if (attempt.debtId === debtId) this.#attempts.delete(name);
      }
    }
    for (const debt of rows.debts) this.#debts.set(debt.debtId, debt);
    for (const one of rows.attempts) this.#attempts.set(`${one.debtId} ${one.position}`, one);
    for (const notice of rows.notices) this.#notices.set(notice.effectId, notice);
    for (const { effectId, result, decision } of rows.noticeEnds) {
      const notice = this.#notices.get(effectId);
      if (notice !== undefined) this.#notices.set(effectId, { ...notice, result, decision });
    }
    for (const action of rows.actions) this.#actions.set(action.updateId, action);
  }

  toRows(): RunRows | null {
    if (this.#recovery === null) return null;
    return {
      recovery: this.#recovery,
      debts: [...this.#debts.values()].map((debt) => this.#withNotices(debt)),
      attempts: [...this.#attempts.values()],
      notices: [...this.#notices.values()],
      actions: [...this.#actions.values()],
    };
  }

  #withNotices(debt: DebtState): DebtRow {
    const { debtId, settledAt } = debt;
    const sent = [...this.#notices.values()].filter(
      (notice) => notice.debtId === debtId && notice.result === "sent",
    );
    const before = sent.filter(({ startedAt }) => settledAt === null || startedAt < settledAt);
    return { ...debt, notices: sent.length, noticesBeforeSettlement: before.length };
  }
}
