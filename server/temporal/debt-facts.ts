import { latestEndOf } from "../../domain/state/facts.ts";
import type { PaymentMethodSummary } from "../../domain/state/notice.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { DebtId, PaymentId } from "../../domain/values/ids.ts";
import { money, type Money } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";

/** What the customer's page says about a debt, whatever its state. Unknown facts are null. */
export type DebtFacts = {
  readonly total: Money | null;
  readonly productName: string | null;
  /** The payment that the latest notice was about. */
  readonly payment: {
    readonly paymentId: PaymentId | null;
    readonly at: Instant | null;
    readonly paidWith: PaymentMethodSummary | null;
  } | null;
  /** The payment that settled the debt. */
  readonly settledBy: PaymentId | null;
  /** The end of the window; null where the debt has ended. */
  readonly payUntil: Instant | null;
  /** The format of amounts and dates in the mail that linked to the page. */
  readonly reader: { readonly locale: string; readonly timeZone: string } | null;
};

/** From the recovery's record alone: what its latest notice showed, and the debt. */
export function debtFactsOf(recovery: Recovery, debtId: DebtId): DebtFacts {
  const { shown, settlement, closing, windowEndsAt } = recovery;
  const debt = recovery.debt?.id === debtId ? recovery.debt : null;
  const ended = latestEndOf(recovery, debtId);
  const isOpen = debt !== null && settlement === null && closing === null;
  return {
    total: totalOf(debt, ended),
    productName: shown?.productName ?? null,
    payment:
      shown?.debtId === debtId
        ? { paymentId: shown.paymentId, at: shown.paidAt, paidWith: shown.paidWith }
        : null,
    settledBy: (debt === null ? ended : settlement)?.paymentId ?? null,
    payUntil: isOpen ? windowEndsAt : null,
    reader: shown === undefined ? null : { locale: shown.locale, timeZone: shown.timeZone },
  };
}

function totalOf(debt: Recovery["debt"], ended: Recovery["ended"][number] | null): Money | null {
  if (debt !== null) return money(debt.totalMinor, debt.currency);
  if (ended === null || ended.amountMinor === null || ended.currency === null) return null;
  return money(ended.totalMinor ?? ended.amountMinor, ended.currency);
}
