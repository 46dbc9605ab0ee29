import { lastEnd } from "../reporting/search-attributes.ts";
import type { EndedDebt } from "../state/debt.ts";
import { paymentIdsOf } from "../state/facts.ts";
import type { Recovery } from "../state/recovery.ts";
import type { CurrencyCode } from "../values/money.ts";
import { DAY_MS } from "../values/time.ts";

/** The result of a closed run, as plain JSON. People read it, and so do later runs of the same recovery. */
export type RecoveryResult = {
  readonly recoveryId: string;
  readonly subscriptionId: string;
  readonly customerId: string | null;
  /** The outcome of the debt that ended last; the fields below are that debt's too. */
  readonly outcome: EndedDebt["outcome"] | null;
  readonly by: EndedDebt["by"];
  readonly reactivated: boolean | null;
  readonly amountMinor: number | null;
  readonly currency: CurrencyCode | null;
  readonly firstDeclineCode: string | null;
  /** From the first failure to the end, to a tenth of a day. */
  readonly days: number | null;
  readonly debts: readonly EndedDebt[];
  /** Failed payments that were handled with these debts. They open no debt later. */
  readonly handledPayments?: readonly string[];
  /** Blocked payment methods, which later runs do not charge. */
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

/** Ids that open no debt in a later run. Results of an earlier version lack `handledPayments`. */
export function closedPaymentIds({
  debts,
  handledPayments = [],
}: Pick<RecoveryResult, "debts" | "handledPayments">): readonly string[] {
  const ids = debts.flatMap(({ debtId, paymentId }) =>
    [debtId, paymentId].filter((id) => id !== null),
  );
  return [...ids, ...debts.flatMap(({ attempts }) => paymentIdsOf(attempts)), ...handledPayments];
}

/**
 * The debts whose latest end is `exhausted`, newest first: a debt that was paid late is not among them.
 * @param results newest first
 */
export function exhaustedDebtsOf(
  results: readonly Pick<RecoveryResult, "debts">[],
): readonly EndedDebt[] {
  const newestFirst = results
    .flatMap(({ debts }) => debts)
    .toSorted((a, b) => b.endedAt - a.endedAt);
  return newestFirst
    .filter(
      (end, index) =>
        end.debtId !== null && newestFirst.findIndex((one) => one.debtId === end.debtId) === index,
    )
    .filter(({ outcome }) => outcome === "exhausted")
    .slice(0, EXHAUSTED_MAX);
}

/** How many exhausted debts a run knows: more than a subscription has within any retention. */
const EXHAUSTED_MAX = 20;

function daysOf(debt: EndedDebt | undefined): number | null {
  if (debt?.firstFailedAt == null) return null;
  return Math.round(((debt.endedAt - debt.firstFailedAt) / DAY_MS) * 10) / 10;
}
