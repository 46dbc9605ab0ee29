import { ApplicationFailure } from "@temporalio/common";
import { failureOf } from "../../dodo/errors.ts";
import type { DodoLists, PaymentFilter } from "../../dodo/lists.ts";
import { paymentOf, subscriptionOf } from "../../dodo/shapes.ts";
import type { SubscriptionReported } from "../../domain/state/event.ts";
import type { Payment } from "../../domain/state/payment.ts";
import {
  type Finding,
  isUnfinishedCheckout,
  judgeFailure,
  judgeHold,
  judgeSuccess,
  type PageFindings,
  type RecoveryRun,
  type Scan,
  type SweepPlan,
  type Verdict,
} from "../../domain/sweep/sweep.ts";
import {
  parseSubscriptionId,
  type PaymentId,
  type SubscriptionId,
} from "../../domain/values/ids.ts";
import { describeMoney, money } from "../../domain/values/money.ts";
import { type Instant, parseInstant } from "../../domain/values/time.ts";

/** Rows that are looked up in Temporal at the same time. */
const PARALLEL = 10;

export type SweepPageInput = {
  readonly at: Instant;
  readonly plan: SweepPlan;
  readonly scan: Scan;
  /** 0-based. */
  readonly page: number;
  /** How many recoveries it may open; unset by a workflow of an earlier release. */
  readonly mayOpen?: number;
};

/** The recoveries, as the worker's Temporal client sees them. */
export type SweepClient = {
  readonly readNewestRun: (id: SubscriptionId) => Promise<RecoveryRun>;
  /** Starts a recovery with this event, or gives it to the one that is open. */
  readonly open: (id: SubscriptionId, event: SubscriptionReported, why: string) => Promise<void>;
  /** Does nothing where none is open. */
  readonly signalIfOpen: (id: SubscriptionId, event: SubscriptionReported) => Promise<void>;
  /** @returns false where this payment's checkout recovery was started before */
  readonly startCheckout: (id: PaymentId) => Promise<boolean>;
};

export type SweepDependencies = {
  readonly lists: DodoLists;
  readonly recoveries: SweepClient;
};

/**
 * One page of one of Dodo's lists: each row is judged and dealt with. The same page given twice does no more than
 * once: what was opened is open, and a recovery takes the same hint once.
 *
 * @throws non-retryable where Dodo says no for good; an outage is thrown, and Temporal tries again
 */
export async function sweepPage(
  input: SweepPageInput,
  dependencies: SweepDependencies,
): Promise<PageFindings> {
  try {
    const { rows, isLast, count } = await read(input, dependencies.lists);
    const budget = { left: input.mayOpen ?? Number.MAX_SAFE_INTEGER };
    const results = await inGroups(rows, (row) =>
      row.kind === "checkout"
        ? dealWithCheckout(row, dependencies.recoveries)
        : dealWithDebt(row, input.scan, budget, dependencies),
    );
    const of = (did: Dealt["did"]): Finding[] =>
      results.flatMap((one) => (one.did === did && one.finding !== null ? [one.finding] : []));
    return {
      rows: count,
      isLast,
      opened: of("opened"),
      notified: of("notified"),
      listed: of("listed"),
      checkouts: results.flatMap(({ checkout }) => checkout ?? []),
      haveRecovery: results.filter(({ did }) => did === "recovery_open").length,
      endedBefore: results.filter(({ did }) => did === "ended_earlier").length,
      deferred: results.filter(({ did }) => did === "waiting").length,
    };
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

/** A row of a list, as it concerns one subscription (a payment of several concerns each of them), or none. */
type Row =
  | {
      readonly kind: "debt";
      readonly subscriptionId: SubscriptionId;
      /** Null where the row is a subscription on hold. */
      readonly payment: Payment | null;
      readonly judge: (run: RecoveryRun, failedAt: Instant | null) => Verdict;
    }
  | { readonly kind: "checkout"; readonly payment: Payment };

/** What was done about a row. */
type Dealt = {
  readonly did:
    "opened" | "notified" | "listed" | "recovery_open" | "ended_earlier" | "waiting" | "nothing";
  readonly finding: Finding | null;
  readonly checkout: PaymentId | null;
};

/** What the rows of a page share. */
type Budget = { left: number };

const NOTHING: Dealt = { did: "nothing", finding: null, checkout: null };

type Read = {
  readonly rows: readonly Row[];
  readonly isLast: boolean;
  /** Rows of the list itself. */
  readonly count: number;
};

async function read({ at, scan, page, plan }: SweepPageInput, lists: DodoLists): Promise<Read> {
  if (scan === "subscriptions_on_hold" || scan === "subscriptions_past_due") {
    const status = scan === "subscriptions_on_hold" ? "on_hold" : "past_due";
    const { rows, isLast } = await lists.subscriptions(page, status);
    const held = rows.map((row) => subscriptionOf(row, at)).filter((row) => row !== null);
    return {
      isLast,
      count: rows.length,
      rows: held.map((subscription) => ({
        kind: "debt",
        subscriptionId: subscription.subscriptionId,
        payment: null,
        judge: (run) => judgeHold(subscription, run),
      })),
    };
  }
  const { rows, isLast } = await lists.payments(page, filterOf(scan, plan));
  const payments = rows.map((row) => paymentOf(row, at)).filter((row) => row !== null);
  return {
    isLast,
    count: rows.length,
    rows: payments.flatMap((payment) => rowsOf(payment, scan, plan)),
  };
}

function filterOf(
  scan: Exclude<Scan, "subscriptions_on_hold" | "subscriptions_past_due">,
  { at, failedSince, succeededSince, checkoutsSince }: SweepPlan,
): PaymentFilter {
  switch (scan) {
    case "failed_payments":
      return { status: "failed", since: failedSince, until: at };
    case "succeeded_payments":
      return { status: "succeeded", since: succeededSince, until: at };
    case "abandoned_checkouts":
      return { status: "requires_payment_method", since: checkoutsSince ?? at, until: at };
    case "unconfirmed_checkouts":
      return { status: "requires_customer_action", since: checkoutsSince ?? at, until: at };
  }
}

function rowsOf(payment: Payment, scan: Scan, plan: SweepPlan): readonly Row[] {
  if (isUnfinishedCheckout(payment, plan) && scan !== "succeeded_payments") {
    return [{ kind: "checkout", payment }];
  }
  return payment.subscriptionIds.flatMap((id): Row[] => {
    const subscriptionId = parseSubscriptionId(id);
    if (subscriptionId === null) return [];
    const debt = { kind: "debt", subscriptionId, payment } as const;
    if (scan === "succeeded_payments") {
      return [{ ...debt, judge: (run) => judgeSuccess(payment, run) }];
    }
    // An unfinished payment of a subscription is its recovery's, or its first checkout's, own matter.
    if (scan !== "failed_payments") return [];
    return [{ ...debt, judge: (run, failedAt) => judgeFailure(payment, run, plan, failedAt) }];
  });
}

async function dealWithCheckout(
  { payment: { paymentId } }: Row & { readonly kind: "checkout" },
  recoveries: SweepClient,
): Promise<Dealt> {
  return (await recoveries.startCheckout(paymentId))
    ? { ...NOTHING, checkout: paymentId }
    : NOTHING;
}

async function dealWithDebt(
  { subscriptionId, payment, judge }: Row & { readonly kind: "debt" },
  scan: Scan,
  budget: Budget,
  { lists, recoveries }: SweepDependencies,
): Promise<Dealt> {
  const run = await recoveries.readNewestRun(subscriptionId);
  let verdict = judge(run, null);
  if (verdict === "read_payment" && payment !== null) {
    const failedAt = await failedAtOf(payment, lists);
    if (failedAt !== null) verdict = judge(run, failedAt);
  }
  const finding: Finding = {
    subscriptionId,
    paymentId: payment?.paymentId ?? null,
    since: payment?.createdAt ?? null,
    why: scan,
  };
  switch (verdict) {
    case "open":
      if (budget.left <= 0) return { ...NOTHING, did: "waiting" };
      budget.left -= 1;
      await recoveries.open(subscriptionId, hintOf("sweep.debt_found", payment), whyOf(payment));
      return { did: "opened", finding, checkout: null };
    case "notify":
      await recoveries.signalIfOpen(subscriptionId, hintOf("sweep.debt_gone", payment));
      return { did: "notified", finding, checkout: null };
    case "list":
      return { did: "listed", finding, checkout: null };
    case "recovery_open":
    case "ended_earlier":
      return { ...NOTHING, did: verdict };
    case "read_payment":
    case "no_debt":
      return NOTHING;
  }
}

/** When it failed, as near as Dodo tells it: its last change. Null for a payment that cannot be read by itself yet. */
async function failedAtOf(payment: Payment, lists: DodoLists): Promise<Instant | null> {
  try {
    const whole = await lists.payment(payment.paymentId);
    return parseInstant(whole.updated_at) ?? payment.createdAt;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === "refused" && failure.httpStatus === 404) return null;
    throw error;
  }
}

/** Told as a webhook about the subscription would be: a hint, after which Dodo is read. The same one counts once. */
function hintOf(type: string, payment: Payment | null): SubscriptionReported {
  const webhookId = `${type}/${payment?.paymentId ?? ""}`;
  return { kind: "subscription_reported", webhookId, type, status: null };
}

function whyOf(payment: Payment | null): string {
  if (payment === null) return "Found by the sweep";
  const amount = describeMoney(money(payment.totalMinor, payment.currency));
  return `${amount} failed: found by the sweep`;
}

/** Rows of one subscription one after the other, so that the second finds what the first opened. */
async function inGroups(
  rows: readonly Row[],
  work: (row: Row) => Promise<Dealt>,
): Promise<Dealt[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = row.kind === "debt" ? row.subscriptionId : row.payment.paymentId;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const waiting = [...groups.values()];
  const results: Dealt[] = [];
  for (let start = 0; start < waiting.length; start += PARALLEL) {
    const batch = waiting.slice(start, start + PARALLEL).map(async (group) => {
      const dealt: Dealt[] = [];
      for (const row of group) dealt.push(await work(row));
      return dealt;
    });
    results.push(...(await Promise.all(batch)).flat());
  }
  return results;
}

/** What trying again would not change: the sweep ends with the reason, and the next one begins anew. */
function refusalOf(error: unknown): ApplicationFailure | null {
  const failure = failureOf(error);
  if (failure.kind !== "unauthorized" && failure.kind !== "refused") return null;
  const said = `${failure.code} (HTTP ${failure.httpStatus})`;
  const isAccount = failure.kind === "unauthorized";
  return ApplicationFailure.create({
    message: isAccount
      ? `Dodo refuses the API key: ${said}. Nothing is swept until it is mended`
      : `Dodo refuses what the sweep asks: ${said}`,
    type: isAccount ? "account_refused" : "refused_request",
    nonRetryable: true,
  });
}
