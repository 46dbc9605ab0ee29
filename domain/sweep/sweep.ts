import type { Policy } from "../policy.ts";
import { canOpenDebt, mayHaveAmount, type Payment, type Subscription } from "../state/payment.ts";
import type { PaymentId, SubscriptionId } from "../values/ids.ts";
import { DAY_MS, formatInstant, HOUR_MS, type Instant, parseInstant } from "../values/time.ts";
import { canFailLate, LATE_FAILURE_MS, type ListedPayment } from "./late-failures.ts";

/**
 * Dodo's lists, in the order of the sweep. Failed payments come before holds, so that a hold finds the recovery that its
 * payment has opened.
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

/** Lists of one-time payments. */
const CHECKOUT_SCANS: readonly Scan[] = ["abandoned_checkouts", "unconfirmed_checkouts"];

/** What one sweep reads and may open: decided once, at its start. */
export type SweepPlan = {
  readonly at: Instant;
  readonly scans: readonly Scan[];
  readonly maxDebtAgeMs: number;
  /** Debts since then are opened, older ones listed. Unset in sweeps that an earlier release started. */
  readonly openSince?: Instant;
  readonly maxOpened?: number;
  readonly failedSince: Instant;
  /**
   * Payments that were made since then may have failed lately, and are read for it; older ones are not. Unset in sweeps that
   * an earlier release started.
   */
  readonly lateSince?: Instant;
  readonly succeededSince: Instant;
  /** Null where one-time payments are ignored. */
  readonly checkoutsSince: Instant | null;
};

/** Lists lag, and Dodo does not say by how much: each sweep reads this much again. @source docs/dodo/payments.md, "Visibility lag" */
export const OVERLAP_MS = 2 * HOUR_MS;

/** How far back a first sweep reads successes. */
const FIRST_READ_MS = DAY_MS;

/** A checkout gets notices in its first day only. @source docs/RECOVERY.md, "One-time payments" */
export const CHECKOUT_AGE_MAX_MS = DAY_MS;

/**
 * Plans one sweep. Every sweep reads all failed payments of the last `max_debt_age`, since a payment may fail days after it
 * was created; after a longer break, up to the window's length. A payment that was made earlier counts by its failure.
 *
 * @param last where the last sweep ended; null for the first
 * @source docs/dodo/charging.md, "India"
 */
export function planSweep(policy: Policy, last: SweepCursor | null, now: Instant): SweepPlan {
  const { maxDebtAgeMs, maxOpenedPerSweep, windowMs, oneTimePayments } = policy;
  const resumeAt = last === null ? null : Math.min(last.upTo, now) - OVERLAP_MS;
  const earliest = now - Math.max(windowMs, maxDebtAgeMs);
  // Deferred debts do not age: one that was young enough when first deferred is opened in its turn.
  const openSince = Math.max((last?.deferredSince ?? now) - maxDebtAgeMs, earliest);
  const isNotifying = oneTimePayments === "notify";
  const failedSince = Math.max(Math.min(openSince, resumeAt ?? now), earliest);
  return {
    at: now,
    scans: SCANS.filter((scan) => isNotifying || !CHECKOUT_SCANS.includes(scan)),
    maxDebtAgeMs,
    openSince,
    maxOpened: maxOpenedPerSweep,
    failedSince,
    lateSince: Math.max(failedSince - LATE_FAILURE_MS, earliest),
    succeededSince: Math.max(resumeAt ?? now - FIRST_READ_MS, earliest),
    checkoutsSince: isNotifying ? now - CHECKOUT_AGE_MAX_MS : null,
  };
}

const openSinceOf = ({ openSince, at, maxDebtAgeMs }: SweepPlan): Instant =>
  openSince ?? at - maxDebtAgeMs;

/** The newest run of a subscription's recovery at Temporal. */
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
      /** The payments that name its debts, and those of its attempts. */
      readonly paymentIds: readonly string[];
    }
  /** Terminated, timed out or failed: its debts are still owed. @source docs/RECOVERY.md, "Terminate and Reset" */
  | { readonly kind: "stopped" }
  /** Its result cannot be read, so a person decides. */
  | { readonly kind: "unreadable" };

/**
 * What to do about one row of a list: `open` a recovery · `notify` the open one that its debt may be paid · `list` it for a
 * person · `read_payment` for the time of its failure, and judge again. The others do nothing, and say why.
 */
export type Verdict =
  "open" | "notify" | "list" | "read_payment" | "recovery_open" | "ended_earlier" | "no_debt";

/** Ends that concern the whole subscription, and so every payment of it. */
const SUBSCRIPTION_WIDE_RULES: readonly (string | null)[] = [
  "opening.first_payment",
  "opening.opted_out",
];

/**
 * Judges a failed payment of a subscription. An ended run has dealt with it if it names the payment, or if it started after
 * the failure, since every run first reads all payments. Its age counts from the failure.
 *
 * @param failedAt when the payment failed, which lists do not show; null where it has not been read yet
 */
export function judgeFailure(
  payment: ListedPayment,
  run: RecoveryRun,
  plan: SweepPlan,
  failedAt: Instant | null,
): Verdict {
  if (payment.totalMinor === null) return run.kind === "open" ? "recovery_open" : "list";
  // A failed attempt of ours belongs to the debt of an earlier payment.
  if (!canOpenDebt(payment)) return "no_debt";
  switch (run.kind) {
    case "open":
      return "recovery_open";
    case "unreadable":
      return byAge(payment, plan, failedAt, "list");
    case "stopped":
    case "none":
      return byAge(payment, plan, failedAt, "open");
    case "ended": {
      if (run.paymentIds.includes(payment.paymentId)) return "ended_earlier";
      if (run.startedAt >= payment.createdAt) {
        if (SUBSCRIPTION_WIDE_RULES.includes(run.rule)) return "ended_earlier";
        if (failedAt === null && isInReach(payment, plan)) return "read_payment";
        if (failedAt === null || run.startedAt >= failedAt) return "ended_earlier";
      }
      return byAge(payment, plan, failedAt, "open");
    }
  }
}

/** @param ifYoung what to do about a failure that is young enough to be opened */
function byAge(
  payment: ListedPayment,
  plan: SweepPlan,
  failedAt: Instant | null,
  ifYoung: "open" | "list",
): Verdict {
  if (Math.max(payment.createdAt, failedAt ?? 0) >= openSinceOf(plan)) return ifYoung;
  if (failedAt === null && canFailLate(payment)) return "read_payment";
  return payment.createdAt >= plan.failedSince ? "list" : "no_debt";
}

/** An earlier payment is read only because it may have failed lately. */
function isInReach(payment: ListedPayment, plan: SweepPlan): boolean {
  return payment.createdAt >= plan.failedSince || canFailLate(payment);
}

/** Judges a success: one since the open recovery started may have paid its debt. */
export function judgeSuccess(payment: Payment, run: RecoveryRun): Verdict {
  if (!mayHaveAmount(payment) || run.kind !== "open") return "no_debt";
  return payment.createdAt >= run.startedAt ? "notify" : "recovery_open";
}

/** Ends after which a subscription stays on hold. */
const LEFT_ON_HOLD: readonly (string | null)[] = ["exhausted", "written_off", "cancelled"];

/**
 * Judges a subscription on hold. A recent failed payment has opened its recovery earlier in this sweep. A hold does not show
 * its age, so a person decides about the others.
 */
export function judgeHold(subscription: Subscription, run: RecoveryRun): Verdict {
  if (subscription.optedOut) return "no_debt";
  if (run.kind === "open") return "recovery_open";
  if (run.kind !== "ended") return "list";
  const isExplained = LEFT_ON_HOLD.includes(run.outcome) || run.reactivated === false;
  return isExplained ? "ended_earlier" : "list";
}

/** A payment without a subscription that asks for an amount: an order that was not completed. */
export function isUnfinishedCheckout(payment: Payment, plan: SweepPlan): boolean {
  return (
    plan.checkoutsSince !== null &&
    payment.subscriptionIds.length === 0 &&
    mayHaveAmount(payment) &&
    payment.isMethodUpdate !== true
  );
}

/**
 * Judges an unfinished checkout. Its age counts from its failure where it has failed.
 * @param failedAt as for `judgeFailure`
 */
export function judgeCheckout(
  payment: ListedPayment,
  { checkoutsSince }: SweepPlan,
  failedAt: Instant | null,
): "start" | "read_payment" | "too_old" {
  if (checkoutsSince === null) return "too_old";
  if (Math.max(payment.createdAt, failedAt ?? 0) >= checkoutsSince) return "start";
  const mayBeLate = payment.state === "declined" && failedAt === null && canFailLate(payment);
  return mayBeLate ? "read_payment" : "too_old";
}

/** One thing that the sweep found. `paymentId` and `since` are null for a hold. */
export type Finding = {
  readonly subscriptionId: SubscriptionId;
  readonly paymentId: PaymentId | null;
  readonly since: Instant | null;
  readonly why: Scan;
};

/** What one page of a list yielded. */
export type PageFindings = {
  readonly rows: number;
  readonly isLast: boolean;
  readonly opened: readonly Finding[];
  readonly notified: readonly Finding[];
  readonly listed: readonly Finding[];
  /** Payments whose checkout recovery was started. */
  readonly checkouts: readonly PaymentId[];
  readonly haveRecovery: number;
  readonly endedBefore: number;
  /** Debts left to a later sweep, as this one has opened as many as it may. */
  readonly deferred?: number;
};

/** How many findings of each kind are listed; the counts cover all. */
export const FINDINGS_MAX = 100;

/** The state of a sweep: plain JSON, carried through continue-as-new. */
export type Sweep = {
  readonly plan: SweepPlan;
  /** The next page: the index of its scan in the plan, and its 0-based number. */
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

/** The sweep after one more page. A row that a moving list shows twice is judged twice, and acted on once. */
export function addPage(sweep: Sweep, found: PageFindings): Sweep {
  const { counts } = sweep;
  // A hold and its failed payment are one finding.
  const isListed = new Set(sweep.listed.map(({ subscriptionId }) => subscriptionId));
  // While debts are deferred, a hold may belong to one of them.
  const hasDeferred = (counts.deferred ?? 0) > 0;
  const listed = found.listed.filter(
    ({ subscriptionId, paymentId }) =>
      !isListed.has(subscriptionId) && !(hasDeferred && paymentId === null),
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

/** The result of a sweep: plain JSON, for people and for the next sweep, which overlaps with this one. */
export type SweepResult = {
  /** ISO 8601: successes were read from here on, failures from further back. */
  readonly readFrom: string;
  /** ISO 8601: everything up to here was read. */
  readonly readUpTo: string;
  /** ISO 8601: since when debts are deferred; null where none is. */
  readonly deferredSince: string | null;
  readonly pages: number;
  readonly rows: number;
  readonly counts: Sweep["counts"];
  readonly opened: readonly Finding[];
  readonly notified: readonly Finding[];
  /** Debts and holds that were not opened: a person decides. */
  readonly listed: readonly Finding[];
  readonly checkouts: readonly PaymentId[];
};

export function sweepResultOf(sweep: Sweep): SweepResult {
  const { plan, pages, rows, counts, opened, notified, listed, checkouts } = sweep;
  const readFrom = formatInstant(plan.succeededSince);
  const readUpTo = formatInstant(plan.at);
  const hasDeferred = (counts.deferred ?? 0) > 0;
  const since = openSinceOf(plan) + plan.maxDebtAgeMs;
  const deferredSince = hasDeferred ? formatInstant(since) : null;
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

/** Where a sweep ended. */
export type SweepCursor = {
  /** It read everything up to then. */
  readonly upTo: Instant;
  /** Since when debts are deferred; null where none is. */
  readonly deferredSince: Instant | null;
};

/** Reads the cursor from the last sweep's result; null where it is none. */
export function cursorOf(lastResult: unknown): SweepCursor | null {
  if (typeof lastResult !== "object" || lastResult === null) return null;
  const { readUpTo, deferredSince } = lastResult as Readonly<Record<string, unknown>>;
  const upTo = parseInstant(readUpTo);
  return upTo === null ? null : { upTo, deferredSince: parseInstant(deferredSince) };
}
