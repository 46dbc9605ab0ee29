import type { EndedDebt } from "../../domain/state/debt.ts";
import { latestEndOf, sendsNothing } from "../../domain/state/facts.ts";
import type { Outcome } from "../../domain/state/outcome.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { DebtId } from "../../domain/values/ids.ts";
import { money, type Money } from "../../domain/values/money.ts";
import type { DebtFacts } from "./debt-facts.ts";

/** What the customer's page shows of a debt. */
export type DebtView = (
  | {
      readonly kind: "owed";
      readonly total: Money;
      /** Payments that failed or were abandoned. */
      readonly handledPayments: readonly string[];
    }
  | { readonly kind: "being_processed"; readonly total: Money }
  /** A payment waits for the customer. `hasPage`: Dodo has a page for it. */
  | { readonly kind: "needs_confirmation"; readonly total: Money; readonly hasPage: boolean }
  /** Dodo is being read. */
  | { readonly kind: "checking" }
  /** It is exhausted, and can no longer be paid here. */
  | { readonly kind: "unpaid"; readonly total: Money }
  | { readonly kind: "paid" | "cancelled" | "nothing_owed" }
) & {
  /** The debt had ended as `exhausted`. */
  readonly late?: true;
  /** Absent where no recovery is known. */
  readonly facts?: DebtFacts;
};

const LATE = { late: true } as const;

/** The view of a debt by what its recovery's latest run knows, open or closed. */
export function debtViewOf(recovery: Recovery, debtId: DebtId): DebtView {
  const { debt, settlement, closing, charge, followUp, handledPayments, waitingPayment } = recovery;
  if (debt === null || debt.id !== debtId) return viewOfOther(recovery, debtId);
  const late = recovery.latePayment === null ? {} : LATE;
  if (settlement !== null) return { kind: "paid", ...late };
  if (closing !== null) return endedView(closing.outcome);
  const total = money(debt.totalMinor, debt.currency);
  if (waitingPayment?.waitsFor === "customer") {
    return { kind: "needs_confirmation", total, hasPage: waitingPayment.hasPage, ...late };
  }
  const isOpen = followUp?.reason === "open_payment" || followUp?.reason === "pending_payment";
  if (charge !== null || isOpen) return { kind: "being_processed", total, ...late };
  return { kind: "owed", total, handledPayments, ...late };
}

/** A debt that is not the current one: it has ended, or Dodo is being read for it. */
function viewOfOther(recovery: Recovery, debtId: DebtId): DebtView {
  const { opening, attention } = recovery;
  if (opening?.latePayment?.debtId === debtId) return { kind: "checking", ...LATE };
  const end = latestEndOf(recovery, debtId);
  if (end === null) {
    const isRead = opening !== null && attention.length === 0;
    return isRead ? { kind: "checking", ...LATE } : { kind: "nothing_owed" };
  }
  if (end.outcome === "exhausted") return exhaustedView(recovery, end);
  return { ...endedView(end.outcome), ...(end.late === true ? LATE : {}) };
}

/** Only on a hold, by the last read, does a page collect it; and not while another debt is collected. */
function exhaustedView(recovery: Recovery, { amountMinor, currency }: EndedDebt): DebtView {
  const { subscription, debt, handledPayments } = recovery;
  if (amountMinor === null || currency === null || sendsNothing(recovery)) {
    return { kind: "nothing_owed" };
  }
  const total = money(amountMinor, currency);
  return debt === null && subscription?.access === "held"
    ? { kind: "owed", total, handledPayments, ...LATE }
    : { kind: "unpaid", total, ...LATE };
}

function endedView(outcome: Outcome): DebtView {
  switch (outcome) {
    case "recovered":
    case "collected":
      return { kind: "paid" };
    case "cancelled":
      return { kind: "cancelled" };
    case "exhausted":
    case "written_off":
    case "nothing_owed":
      return { kind: "nothing_owed" };
  }
}
