import type { AttentionCause } from "../state/attention.ts";
import type { DebtId, SubscriptionId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";

/**
 * Why an import leaves a subscription out.
 * - `recovery_open`: it has an open recovery, or an earlier import opened one
 * - `paid_since`, `refunded`: the failed payment was paid since; `refunded` where that money went back
 * - `ended_earlier`: an earlier recovery ended its debt
 * - `disputed`: the customer disputed a payment in the last 180 days
 * - `cancelled`: the subscription has ended · `opted_out`: its metadata `reprise` is `off`
 * - `first_payment`: it never started · `no_failed_payment`: nothing has failed in the last year
 * - `too_old`: what failed is older than a year
 * - `unclear`: it cannot be told what is owed · `not_found`, `refused`: Dodo does not have it, or refuses the read
 */
export const LEFT_OUT = [
  "recovery_open",
  "paid_since",
  "refunded",
  "ended_earlier",
  "disputed",
  "cancelled",
  "opted_out",
  "first_payment",
  "no_failed_payment",
  "too_old",
  "unclear",
  "not_found",
  "refused",
] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

/** A debt that an import opens, and what follows. Amounts are with tax, in the smallest unit. */
export type ImportedDebt = {
  readonly debtId: DebtId;
  readonly amountMinor: number;
  readonly currency: CurrencyCode;
  /** When its first payment failed. */
  readonly failedAt: Instant;
  /** Of the latest failure. */
  readonly declineCode: string | null;
  /** When the customer gets the first mail; null: none is planned. */
  readonly mailAt: Instant | null;
  /** When the first charge is due; null: none is planned. */
  readonly chargeAt: Instant | null;
  /** What the operator is asked first. Absent: nothing. */
  readonly asks?: AttentionCause;
  /** Dodo's own retries collect it, and Reprise follows them. */
  readonly isObserved?: true;
  /** Further debts of the subscription that wait behind it. Absent: none. */
  readonly queued?: number;
};

/** One row of an import's table. `would_open` in a dry run. */
export type ImportRow =
  | {
      readonly subscriptionId: SubscriptionId;
      readonly did: "opened" | "would_open";
      readonly debt: ImportedDebt;
    }
  | {
      readonly subscriptionId: SubscriptionId;
      readonly did: "left_out";
      readonly why: LeftOut;
    };

/** What an operator asks for. */
export type ImportOrder = {
  readonly importId: string;
  /** Null: every subscription that is on hold at Dodo. */
  readonly subscriptionIds: readonly SubscriptionId[] | null;
  /** Reads and judges, and opens nothing. */
  readonly dryRun: boolean;
  /** Charges also debts that are older than the policy's `max_debt_age`. */
  readonly retry: boolean;
  readonly by: string;
  readonly isVerified: boolean;
};

/** Subscriptions of one import: its whole table fits Temporal's limit of a payload. */
export const IMPORT_MAX = 5_000;

/** The state of an import: plain JSON, carried through continue-as-new. */
export type ImportProgress = {
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  /** The next page of Dodo's list; null once all subscriptions are known. */
  readonly nextPage: number | null;
  /** Subscriptions that wait, in order. */
  readonly waiting: readonly SubscriptionId[];
  /** The table, in the order in which rows were judged. */
  readonly rows: readonly ImportRow[];
  /** Subscriptions on hold that have an open recovery already; they get no row. */
  readonly haveRecovery: number;
  /** Dodo lists more than one import takes: the next import continues. */
  readonly isCutOff: boolean;
};

export function newImport({ subscriptionIds }: ImportOrder, now: Instant): ImportProgress {
  const waiting = [...new Set(subscriptionIds ?? [])];
  return {
    startedAt: now,
    endedAt: null,
    nextPage: subscriptionIds === null ? 0 : null,
    waiting: waiting.slice(0, IMPORT_MAX),
    rows: [],
    haveRecovery: 0,
    isCutOff: waiting.length > IMPORT_MAX,
  };
}

/** One page of Dodo's list of subscriptions on hold. */
export type HeldPage = {
  /** Those without an open recovery. */
  readonly subscriptionIds: readonly SubscriptionId[];
  readonly haveRecovery: number;
  readonly isLast: boolean;
};

/** The import after one more page. A list that moves meanwhile shows a row twice; it is taken once. */
export function addHeldPage(progress: ImportProgress, page: HeldPage): ImportProgress {
  const known = [...new Set([...progress.waiting, ...page.subscriptionIds])];
  const isFull = known.length > IMPORT_MAX;
  const isDone = page.isLast || isFull;
  return {
    ...progress,
    waiting: known.slice(0, IMPORT_MAX),
    haveRecovery: progress.haveRecovery + page.haveRecovery,
    nextPage: isDone ? null : (progress.nextPage ?? 0) + 1,
    isCutOff: isFull,
  };
}

/** The import after one more subscription was judged. */
export function addRow(progress: ImportProgress, row: ImportRow): ImportProgress {
  return {
    ...progress,
    waiting: progress.waiting.filter((id) => id !== row.subscriptionId),
    rows: [...progress.rows, row],
  };
}

/** The answer of an import's query: its sums, and a part of its table. */
export type ImportView = Pick<ImportOrder, "importId" | "dryRun" | "retry" | "by" | "isVerified"> &
  Pick<ImportProgress, "startedAt" | "endedAt" | "isCutOff"> & {
    /** It takes every subscription that is on hold at Dodo. */
    readonly isFromDodo: boolean;
    /** Dodo's list is still being read, so `total` grows. */
    readonly isListing: boolean;
    readonly counts: ImportCounts;
    readonly rows: readonly ImportRow[];
  };

/** Which rows of the table: `offset` is 0-based. */
export type ImportRange = { readonly offset: number; readonly limit: number };

export function importViewOf(
  { subscriptionIds, ...order }: ImportOrder,
  progress: ImportProgress,
  { offset, limit }: ImportRange,
): ImportView {
  const { startedAt, endedAt, isCutOff, nextPage, rows } = progress;
  return {
    ...order,
    startedAt,
    endedAt,
    isCutOff,
    isFromDodo: subscriptionIds === null,
    isListing: nextPage !== null,
    counts: countsOf(progress),
    rows: rows.slice(offset, offset + limit),
  };
}

/** Sums of an import. Amounts are per currency, of the debts that are or would be opened. */
export type ImportCounts = {
  readonly total: number;
  readonly judged: number;
  readonly opens: number;
  readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>;
  readonly haveRecovery: number;
  readonly amounts: Readonly<Record<CurrencyCode, number>>;
};

export function countsOf({ rows, waiting, haveRecovery }: ImportProgress): ImportCounts {
  const leftOut: Partial<Record<LeftOut, number>> = {};
  const amounts: Record<CurrencyCode, number> = {};
  let opens = 0;
  for (const row of rows) {
    if (row.did === "left_out") leftOut[row.why] = (leftOut[row.why] ?? 0) + 1;
    else {
      opens += 1;
      amounts[row.debt.currency] = (amounts[row.debt.currency] ?? 0) + row.debt.amountMinor;
    }
  }
  const total = rows.length + waiting.length;
  return { total, judged: rows.length, opens, leftOut, haveRecovery, amounts };
}
