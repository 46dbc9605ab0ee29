import { WAITING_MAX } from "../charge/payment-link.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { startRead } from "../decision/reads.ts";
import { newOpening } from "../state/current-debt.ts";
import type { EndedDebt } from "../state/debt.ts";
import { isPending, latestEndOf } from "../state/facts.ts";
import type { Recovery } from "../state/recovery.ts";
import type { DebtId } from "../values/ids.ts";

/** The debt, if its latest end is `exhausted`. */
export function exhaustedDebt(
  recovery: Pick<Recovery, "ended" | "exhaustedDebts">,
  debtId: string,
): EndedDebt | null {
  const end = latestEndOf(recovery, debtId);
  return end?.outcome === "exhausted" ? end : null;
}

/**
 * May a customer ask to pay this debt late? Only while no debt is open. Whether it is exhausted is often known only after
 * the read, which an opening that nobody has to answer makes soon.
 */
export function canAskLate(recovery: Recovery, debtId: string | null): boolean {
  const { debt, opening, attention, paused } = recovery;
  if (debtId === null || debt !== null || attention.length > 0 || paused !== null) return false;
  if (opening === null) return exhaustedDebt(recovery, debtId) !== null;
  const request = opening.latePayment;
  if (request === undefined) return true;
  return request.debtId === debtId && request.waiting.length < WAITING_MAX;
}

/** A customer wants to pay a debt that ended as `exhausted`: Dodo is read before a page is created. */
export function askLate(draft: DecisionDraft, commandId: string, debtId: string | null): void {
  if (debtId === null) return;
  const opening = draft.recovery.opening ?? newOpening(draft.now);
  const waiting = [...(opening.latePayment?.waiting ?? []), commandId];
  update(draft, {
    opening: { ...opening, latePayment: { debtId: debtId as DebtId, waiting } },
  });
  explain(draft, "late_payment.asked", `a customer wants to pay ${debtId}: Dodo is read`);
  // The second read of an opening has its own time.
  if (opening.reads === 0 && !isPending(draft.recovery, "read")) startRead(draft, "a late payment");
}
