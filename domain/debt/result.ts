import { lastEnd } from "../reporting/search-attributes.ts";
import type { EndedDebt } from "../state/debt.ts";
import { paymentIdsOf } from "../state/facts.ts";
import type { Recovery } from "../state/recovery.ts";
import type { CurrencyCode } from "../values/money.ts";
import { DAY_MS } from "../values/time.ts";

/** What a closed run leaves: plain JSON, for people and for the reading of later runs. */
export type RecoveryResult = {
  readonly recoveryId: string;
  readonly subscriptionId: string;
  readonly customerId: string | null;
  /** Of the debt that ended last. */
  readonly outcome: EndedDebt["outcome"] | null;
  readonly by: EndedDebt["by"];
  readonly reactivated: boolean | null;
  readonly amountMinor: number | null;
  readonly currency: CurrencyCode | null;
  readonly firstDeclineCode: string | null;
  /** From the first failure to the end. */
  readonly days: number | null;
  readonly debts: readonly EndedDebt[];
  /** Failed payments that were taken for other tries of these debts: they open nothing later. */
  readonly handledPayments?: readonly string[];
  /** Methods that a bank said no to for good: later runs do not charge them. */
  readonly blockedMethods?: readonly string[];
};

export function resultOf(recovery: Recovery): RecoveryResult {
  const last = lastEnd(recovery);
  return {
    recoveryId: recovery.recoveryId,
    subscriptionId: recovery.subscriptionId,
    customerId: recovery.subscription?.customerId ?? null,
    outcome: last?.outcome ?? null,
    by: last?.by ?? null,
    reactivated: last?.reactivated ?? null,
    amountMinor: last?.amountMinor ?? null,
    currency: last?.currency ?? null,
    firstDeclineCode: last?.firstDeclineCode ?? null,
    days: daysOf(last),
    debts: recovery.ended,
    handledPayments: recovery.handledPayments,
    blockedMethods: recovery.blockedMethods,
  };
}

/** What a later run must not take for a new debt. Results of an earlier version lack `handledPayments`. */
export function closedPaymentIds({
  debts,
  handledPayments = [],
}: Pick<RecoveryResult, "debts" | "handledPayments">): readonly string[] {
  const ids = debts.map(({ debtId }) => debtId).filter((id) => id !== null);
  return [...ids, ...debts.flatMap(({ attempts }) => paymentIdsOf(attempts)), ...handledPayments];
}

function daysOf(debt: EndedDebt | undefined): number | null {
  if (debt?.firstFailedAt == null) return null;
  return Math.round(((debt.endedAt - debt.firstFailedAt) / DAY_MS) * 10) / 10;
}
