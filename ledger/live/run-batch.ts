import type { DecisionRows, NoticeEnd, RunKey } from "../projection/rows.ts";

/** The rows of these decisions, each replacing its earlier version. @param decisions of one run, in order */
export function batchOf(decisions: readonly [DecisionRows, ...DecisionRows[]]): DecisionRows {
  const debts = new Map<string, DecisionRows["debts"][number]>();
  const attempts = new Map<string, DecisionRows["attempts"][number]>();
  const notices = new Map<string, DecisionRows["notices"][number]>();
  const actions = new Map<string, DecisionRows["actions"][number]>();
  const ends = new Map<string, NoticeEnd>();
  const removed = new Set<string>();
  for (const rows of decisions) {
    for (const debtId of rows.removedDebts) {
      removed.add(debtId);
      debts.delete(debtId);
      for (const [name, attempt] of attempts) if (attempt.debtId === debtId) attempts.delete(name);
    }
    for (const debt of rows.debts) debts.set(debt.debtId, debt);
    for (const one of rows.attempts) attempts.set(`${one.debtId} ${one.position}`, one);
    for (const notice of rows.notices) notices.set(notice.effectId, notice);
    for (const end of rows.noticeEnds) {
      const { effectId, result, decision } = end;
      const notice = notices.get(effectId);
      if (notice === undefined) ends.set(effectId, end);
      else notices.set(effectId, { ...notice, result, decision });
    }
    for (const action of rows.actions) actions.set(action.updateId, action);
  }
  return {
    recovery: (decisions.at(-1) ?? decisions[0]).recovery,
    debts: [...debts.values()],
    attempts: [...attempts.values()],
    notices: [...notices.values()],
    actions: [...actions.values()],
    noticeEnds: [...ends.values()],
    removedDebts: [...removed],
  };
}

export const runOf = ({ recovery }: Pick<DecisionRows, "recovery">): RunKey => {
  const { provider, recoveryId, runId } = recovery;
  return { provider, recoveryId, runId };
};
