import type { Policy } from "../policy.ts";
import { canOpenDebt, type Payment, type Subscription } from "../state/payment.ts";
import type { PaymentId, SubscriptionId } from "../values/ids.ts";
import { DAY_MS, formatInstant, HOUR_MS, type Instant, parseInstant } from "../values/time.ts";

/**
 * Dodo's lists in the order in which the sweep goes through them. Failed payments come before holds: what the first
 * opened, the second finds open.
 */
export const SCANS = [
  "failed_payments",
  "succeeded_payments",
  "subscriptions_on_hold",
  "subscriptions_past_due",
  "abandoned_checkouts",
  "unconfirmed_checkouts",
] as const;
export type Scan = (typeof SCANS)[number];

/** What one sweep goes by: decided once, at its start. */
export type SweepPlan = {
  readonly at: Instant;
  readonly scans: readonly Scan[];
  readonly maxDebtAgeMs: number;
  /** Debts since then are opened, older ones listed. Unset in sweeps that an earlier release began. */
  readonly openSince?: Instant;
  readonly maxOpened?: number;
  /** Payments made before this are not looked at. */
  readonly failedSince: Instant;
  readonly succeededSince: Instant;
  /** Null where one-time payments are ignored. */
  readonly checkoutsSince: Instant | null;
};

/** Lists lag behind, and nothing says by how much: this much is looked at again. @source dodo.md 11, question 8 */
export const OVERLAP_MS = 2 * HOUR_MS;

/** Where no earlier sweep left a place, successes are looked for this far back. */
const FIRST_LOOK_MS = DAY_MS;

/** A checkout is written about in its first day only. @source design, "Rules" */
export const CHECKOUT_AGE_MAX_MS = DAY_MS;

/**
 * Failed payments are gone through for all of `max_debt_age` at each sweep, since a payment may fail days after it was
 * made (dodo.md 5.8); and further back, to the window's length, where no sweep ran for longer than that.
 *
 * @param last where an earlier sweep has left off; null = there was none
 */
export function planSweep(policy: Policy, last: SweepCursor | null, now: Instant): SweepPlan {
  const { maxDebtAgeMs, maxOpenedPerSweep, windowMs, oneTimePayments } = policy;
  const place = last === null ? null : Math.min(last.upTo, now) - OVERLAP_MS;
  const earliest = now - Math.max(windowMs, maxDebtAgeMs);
  // What was young when it was first left waiting stays so until its turn has come.
  const openSince = Math.max((last?.deferredSince ?? now) - maxDebtAgeMs, earliest);
  const isNotifying = oneTimePayments === "notify";
  return {
    at: now,
    scans: SCANS.filter((scan) => isNotifying || !scan.endsWith("_checkouts")),
    maxDebtAgeMs,
    openSince,
    maxOpened: maxOpenedPerSweep,
    failedSince: Math.max(Math.min(openSince, place ?? now), earliest),
    succeededSince: Math.max(place ?? now - FIRST_LOOK_MS, earliest),
    checkoutsSince: isNotifying ? now - CHECKOUT_AGE_MAX_MS : null,
  };
}

const openSinceOf = ({ openSince, at, maxDebtAgeMs }: SweepPlan): Instant =>
  openSince ?? at - maxDebtAgeMs;

/** The newest run of a subscription's recovery, as Temporal tells it. */
export type RecoveryRun =
  | { readonly kind: "none" }
  | { readonly kind: "open"; readonly startedAt: Instant }
  | {
      readonly kind: "ended";
      readonly startedAt: Instant;
      /** Of the debt that ended last. */
      readonly outcome: string | null;
      readonly reactivated: boolean | null;
      readonly rule: string | null;
      /** The payments that its debts are named by, or were attempted with. */
      readonly paymentIds: readonly string[];
    }
  /** Ended from outside (terminated, say): what it would have found is not known. */
  | { readonly kind: "stopped" };

/**
 * What is to be done about one row of a list.
 * `open` a recovery · `notify` the open one that its debt is gone · `list` it for a person · `read_payment` when it failed, and
 * judge again · the others: nothing, and why.
 */
export type Verdict =
  "open" | "notify" | "list" | "read_payment" | "recovery_open" | "ended_earlier" | "no_debt";

/** Ends that say nothing of single payments: the subscription as a whole was not to be worked on. */
const SUBSCRIPTION_WIDE_RULES: readonly (string | null)[] = [
  "opening.first_payment",
  "opening.opted_out",
];

/**
 * A failed payment of a subscription. An ended run has judged it if it names it, or if it began after the payment had
 * failed, since every run begins by reading all of them.
 *
 * @param failedAt when it failed, which lists do not say; null = not asked yet
 */
export function judgeFailure(
  payment: Payment,
  run: RecoveryRun,
  plan: SweepPlan,
  failedAt: Instant | null,
): Verdict {
  // A failed attempt of ours belongs to a debt that an earlier payment names.
  if (!canOpenDebt(payment)) return "no_debt";
  const isYoung = payment.createdAt >= openSinceOf(plan);
  switch (run.kind) {
    case "open":
      return "recovery_open";
    case "stopped":
      return "list";
    case "none":
      return isYoung ? "open" : "list";
    case "ended": {
      if (run.paymentIds.includes(payment.paymentId)) return "ended_earlier";
      if (run.startedAt >= payment.createdAt) {
        if (SUBSCRIPTION_WIDE_RULES.includes(run.rule)) return "ended_earlier";
        if (failedAt === null) return "read_payment";
        if (run.startedAt >= failedAt) return "ended_earlier";
      }
      return isYoung ? "open" : "list";
    }
  }
}

/** A success since the open recovery began: its debt may be gone, so it reads. */
export function judgeSuccess(payment: Payment, run: RecoveryRun): Verdict {
  if (payment.totalMinor <= 0 || run.kind !== "open") return "no_debt";
  return payment.createdAt >= run.startedAt ? "notify" : "recovery_open";
}

/** Ends after which a subscription stays on hold. */
const LEFT_ON_HOLD: readonly (string | null)[] = ["exhausted", "written_off", "cancelled"];

/**
 * A subscription on hold. Its failed payment, had it a young one, has opened a recovery by now; a hold does not say how
 * old it is, so that the rest is a person's to open.
 */
export function judgeHold(subscription: Subscription, run: RecoveryRun): Verdict {
  if (subscription.optedOut) return "no_debt";
  if (run.kind === "open") return "recovery_open";
  if (run.kind !== "ended") return "list";
  const isExplained = LEFT_ON_HOLD.includes(run.outcome) || run.reactivated === false;
  return isExplained ? "ended_earlier" : "list";
}

/** A payment without a subscription that nobody completed: an order somebody meant to make. */
export function isUnfinishedCheckout(payment: Payment, plan: SweepPlan): boolean {
  return (
    plan.checkoutsSince !== null &&
    payment.createdAt >= plan.checkoutsSince &&
    payment.subscriptionIds.length === 0 &&
    payment.totalMinor > 0 &&
    !payment.isMethodUpdate
  );
}

/** One thing found. `paymentId` and `since` are null where only a hold is known. */
export type Finding = {
  readonly subscriptionId: SubscriptionId;
  readonly paymentId: PaymentId | null;
  readonly since: Instant | null;
  readonly why: Scan;
};

/** What one page of one list gave. */
export type PageFindings = {
  readonly rows: number;
  readonly isLast: boolean;
  readonly opened: readonly Finding[];
  readonly notified: readonly Finding[];
  readonly listed: readonly Finding[];
  /** Payments whose checkout is followed from now on. */
  readonly checkouts: readonly PaymentId[];
  readonly haveRecovery: number;
  readonly endedBefore: number;
  /** To be opened, but by a later sweep: this one has opened as many as it may. */
  readonly deferred?: number;
};

/** How many of each kind are kept by name; the counts are of all. */
export const FINDINGS_MAX = 100;

/** A sweep under way: plain JSON, which continues as new. */
export type Sweep = {
  readonly plan: SweepPlan;
  /** The next page: which of the plan's scans, and its 0-based number. */
  readonly scan: number;
  readonly page: number;
  readonly pages: number;
  readonly rows: number;
  readonly opened: readonly Finding[];
  readonly notified: readonly Finding[];
  readonly listed: readonly Finding[];
  readonly checkouts: readonly PaymentId[];
  readonly counts: {
    readonly opened: number;
    readonly notified: number;
    readonly listed: number;
    readonly checkouts: number;
    readonly haveRecovery: number;
    readonly endedBefore: number;
    readonly deferred?: number;
  };
};

/** How many recoveries the next page may open. */
export function remainingOpenings({ plan, counts }: Sweep): number {
  return Math.max((plan.maxOpened ?? Number.MAX_SAFE_INTEGER) - counts.opened, 0);
}

export function newSweep(plan: SweepPlan): Sweep {
  return {
    plan,
    scan: 0,
    page: 0,
    pages: 0,
    rows: 0,
    opened: [],
    notified: [],
    listed: [],
    checkouts: [],
    counts: {
      opened: 0,
      notified: 0,
      listed: 0,
      checkouts: 0,
      haveRecovery: 0,
      endedBefore: 0,
      deferred: 0,
    },
  };
}

/** The sweep after one more page. A row that a moving list shows twice is read twice, and done once. */
export function addPage(sweep: Sweep, found: PageFindings): Sweep {
  const { counts } = sweep;
  // A hold and the payment behind it are one thing to look at.
  const isListed = new Set(sweep.listed.map(({ subscriptionId }) => subscriptionId));
  // While debts wait for their turn, a hold may be one of theirs.
  const mayWait = (counts.deferred ?? 0) > 0;
  const listed = found.listed.filter(
    ({ subscriptionId, paymentId }) =>
      !isListed.has(subscriptionId) && !(mayWait && paymentId === null),
  );
  return {
    ...sweep,
    ...(found.isLast
      ? { scan: sweep.scan + 1, page: 0 }
      : { scan: sweep.scan, page: sweep.page + 1 }),
    pages: sweep.pages + 1,
    rows: sweep.rows + found.rows,
    opened: appendBounded(sweep.opened, found.opened),
    notified: appendBounded(sweep.notified, found.notified),
    listed: appendBounded(sweep.listed, listed),
    checkouts: appendBounded(sweep.checkouts, found.checkouts),
    counts: {
      opened: counts.opened + found.opened.length,
      notified: counts.notified + found.notified.length,
      listed: counts.listed + listed.length,
      checkouts: counts.checkouts + found.checkouts.length,
      haveRecovery: counts.haveRecovery + found.haveRecovery,
      endedBefore: counts.endedBefore + found.endedBefore,
      deferred: (counts.deferred ?? 0) + (found.deferred ?? 0),
    },
  };
}

function appendBounded<Item>(before: readonly Item[], more: readonly Item[]): readonly Item[] {
  return [...before, ...more].slice(0, FINDINGS_MAX);
}

/** What a sweep leaves: plain JSON, for people and for the next sweep, which begins where this one began. */
export type SweepResult = {
  /** ISO 8601: successes were looked at from here on; failures from further back. */
  readonly readFrom: string;
  /** ISO 8601: everything up to here was looked at. */
  readonly readUpTo: string;
  /** ISO 8601: since when debts wait to be opened; null where none does. */
  readonly deferredSince: string | null;
  readonly pages: number;
  readonly rows: number;
  readonly counts: Sweep["counts"];
  readonly opened: readonly Finding[];
  readonly notified: readonly Finding[];
  /** Debts and holds that were not opened: a person looks at them. */
  readonly listed: readonly Finding[];
  readonly checkouts: readonly PaymentId[];
};

export function sweepResultOf(sweep: Sweep): SweepResult {
  const { plan, pages, rows, counts, opened, notified, listed, checkouts } = sweep;
  const readFrom = formatInstant(plan.succeededSince);
  const readUpTo = formatInstant(plan.at);
  const isWaiting = (counts.deferred ?? 0) > 0;
  const since = openSinceOf(plan) + plan.maxDebtAgeMs;
  const deferredSince = isWaiting ? formatInstant(since) : null;
  return {
    readFrom,
    readUpTo,
    deferredSince,
    pages,
    rows,
    counts,
    opened,
    notified,
    listed,
    checkouts,
  };
}

/** Where a sweep has left off. */
export type SweepCursor = {
  /** Up to when it has looked. */
  readonly upTo: Instant;
  /** Since when debts wait for their turn to be opened; null = none does. */
  readonly deferredSince: Instant | null;
};

/** From an earlier sweep's result. Whatever else it may be is no place. */
export function cursorOf(lastResult: unknown): SweepCursor | null {
  if (typeof lastResult !== "object" || lastResult === null) return null;
  const { readUpTo, deferredSince } = lastResult as Readonly<Record<string, unknown>>;
  const upTo = parseInstant(readUpTo);
  return upTo === null ? null : { upTo, deferredSince: parseInstant(deferredSince) };
}
