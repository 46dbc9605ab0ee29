import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { startRead } from "../decision/reads.ts";
import type { DebtImported } from "../state/event.ts";
import { newOpening } from "../state/current-debt.ts";
import type { Recovery } from "../state/recovery.ts";

/** An operator imports the subscription's debt: reads Dodo for it. A recovery that knows what is owed keeps its course. */
export function onDebtImported(draft: DecisionDraft, { import: given }: DebtImported): void {
  const { recovery } = draft;
  if (!canImport(recovery)) {
    explain(
      draft,
      "import.already_open",
      "the recovery is open already, so an import adds nothing",
    );
    return;
  }
  update(draft, {
    opening: recovery.opening ?? newOpening(draft.now),
    imported: { ...given, at: draft.now },
  });
  const name = given.isVerified ? given.by : `${given.by} (name not verified)`;
  explain(draft, "import.confirmed", `${name} imports what is owed: Dodo is read to find it`);
  startRead(draft, "what is owed");
}

/** Nothing is known to be owed, and nothing has been read for it. After its last debt a run may stay open for a notice. */
function canImport(recovery: Recovery): boolean {
  const { opening, debt, imported, latePayment, chargeRequests, queue } = recovery;
  if (imported !== null || debt !== null || latePayment !== null) return false;
  if (chargeRequests.length > 0 || queue.length > 0) return false;
  return opening === null || (opening.reads === 0 && opening.latePayment === undefined);
}
