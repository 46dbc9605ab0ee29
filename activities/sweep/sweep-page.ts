import type { ApplicationFailure } from "@temporalio/common";
import { failureOf, type Page, type PaymentFilter, type SweepPort } from "../../dodo/port.ts";
import type { SubscriptionReported } from "../../domain/state/event.ts";
import type { Payment } from "../../domain/state/payment.ts";
import type { ListedPayment } from "../../domain/sweep/late-failures.ts";
import {
  type Finding,
  isUnfinishedCheckout,
  judgeCheckout,
  judgeFailure,
  judgeHold,
  judgeSuccess,
  type PageFindings,
  type RecoveryRun,
  type Scan,
  type SweepPlan,
  type Verdict,
} from "../../domain/sweep/sweep.ts";
import { describeAnswer } from "../../domain/values/dodo-answer.ts";
import {
  parseSubscriptionId,
  type PaymentId,
  type SubscriptionId,
} from "../../domain/values/ids.ts";
import { describeAmount } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";
import { inBatches } from "../../platform/batches.ts";
import { activityFailure } from "../failure.ts";
import type { FailureTimes } from "./failure-times.ts";

/** Rows that are handled at the same time. */
const PARALLEL = 10;

export type SweepPageInput = {
  readonly at: Instant;
  readonly plan: SweepPlan;
  readonly scan: Scan;
  /** 0-based. */
  readonly page: number;
  /** How many recoveries this page may open; absent: any number. */
  readonly mayOpen?: number;
};

/** Temporal's client for the sweep. */
export type SweepClient = {
  readonly readNewestRun: (id: SubscriptionId) => Promise<RecoveryRun>;
  /** Starts a recovery with this event, or sends the event to the one that is open. */
  readonly open: (id: SubscriptionId, event: SubscriptionReported, why: string) => Promise<void>;
  /** Sends the event to the open recovery; does nothing if none is open. */
  readonly signalIfOpen: (id: SubscriptionId, event: SubscriptionReported) => Promise<void>;
  /** @returns false if the payment already has a checkout recovery */
  readonly startCheckout: (id: PaymentId) => Promise<boolean>;
};

export type SweepDependencies = {
  readonly dodo: SweepPort;
  readonly recoveries: SweepClient;
  readonly failureTimes: FailureTimes;
};

/**
 * Judges each row of one page of one of Dodo's lists, and acts on it. Handling the same page again is safe: an open recovery
 * stays open, and handles the same hint once.
 * @throws ApplicationFailure, non-retryable, if Dodo refuses the request
 * @throws DodoError in an outage: Temporal retries
 */
export async function sweepPage(
  input: SweepPageInput,
  dependencies: SweepDependencies,
): Promise<PageFindings> {
  try {
    const { rows, isLast, count } = await readRows(input, dependencies.dodo);
    const budget = { left: input.mayOpen ?? Number.MAX_SAFE_INTEGER };
    const results = await bySubscription(rows, (row) =>
      row.kind === "checkout"
        ? handleCheckout(row, input.plan, dependencies)
        : handleDebt(row, input.scan, budget, dependencies),
    );
    const of = (did: Handled["did"]): Finding[] =>
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
      deferred: results.filter(({ did }) => did === "deferred").length,
    };
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

/** A row of a list. A payment of several subscriptions has one row for each of them. */
type Row =
  | {
      readonly kind: "debt";
      readonly subscriptionId: SubscriptionId;
      /** Null if the row is a subscription. */
      readonly payment: Payment | null;
      readonly judge: (run: RecoveryRun, failedAt: Instant | null) => Verdict;
    }
  | { readonly kind: "checkout"; readonly payment: ListedPayment };

/** The result of one row. */
type Handled = {
  readonly did:
    "opened" | "notified" | "listed" | "recovery_open" | "ended_earlier" | "deferred" | "nothing";
  readonly finding: Finding | null;
  readonly checkout: PaymentId | null;
};

/** How many more recoveries this page may open. */
type Budget = { left: number };

const NOTHING: Handled = { did: "nothing", finding: null, checkout: null };

async function readRows({ scan, page, plan }: SweepPageInput, dodo: SweepPort): Promise<Page<Row>> {
  if (scan === "subscriptions_on_hold" || scan === "subscriptions_past_due") {
    const access = scan === "subscriptions_on_hold" ? "held" : "grace";
    const found = await dodo.subscriptionsPage(page, access);
    const rows = found.rows.map((subscription): Row => ({
      kind: "debt",
      subscriptionId: subscription.subscriptionId,
      payment: null,
      judge: (run) => judgeHold(subscription, run),
    }));
    return { ...found, rows };
  }
  const found = await dodo.paymentsPage(page, filterOf(scan, plan));
  return { ...found, rows: found.rows.flatMap((payment) => rowsOf(payment, scan, plan)) };
}

function filterOf(
  scan: Exclude<Scan, "subscriptions_on_hold" | "subscriptions_past_due">,
  { at, failedSince, lateSince, succeededSince, checkoutsSince }: SweepPlan,
): PaymentFilter {
  switch (scan) {
    case "failed_payments":
      return { state: "declined", since: lateSince ?? failedSince, until: at };
    case "succeeded_payments":
      return { state: "succeeded", since: succeededSince, until: at };
    case "abandoned_checkouts":
      return { state: "abandoned", since: checkoutsSince ?? at, until: at };
    case "unconfirmed_checkouts":
      return { state: "needs_customer", since: checkoutsSince ?? at, until: at };
  }
}

function rowsOf(payment: ListedPayment, scan: Scan, plan: SweepPlan): readonly Row[] {
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
    // An unfinished payment of a subscription belongs to its recovery, or to its first checkout.
    if (scan !== "failed_payments") return [];
    return [{ ...debt, judge: (run, failedAt) => judgeFailure(payment, run, plan, failedAt) }];
  });
}

async function handleCheckout(
  { payment }: Row & { readonly kind: "checkout" },
  plan: SweepPlan,
  { recoveries, failureTimes }: SweepDependencies,
): Promise<Handled> {
  const { paymentId } = payment;
  let verdict = judgeCheckout(payment, plan, null);
  if (verdict === "read_payment") {
    verdict = judgeCheckout(payment, plan, await failureTimes(paymentId));
  }
  if (verdict !== "start") return NOTHING;
  const isNew = await recoveries.startCheckout(paymentId);
  return isNew ? { ...NOTHING, checkout: paymentId } : NOTHING;
}

async function handleDebt(
  { subscriptionId, payment, judge }: Row & { readonly kind: "debt" },
  scan: Scan,
  budget: Budget,
  { recoveries, failureTimes }: SweepDependencies,
): Promise<Handled> {
  const run = await recoveries.readNewestRun(subscriptionId);
  let verdict = judge(run, null);
  if (verdict === "read_payment" && payment !== null) {
    const failedAt = await failureTimes(payment.paymentId);
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
      if (budget.left <= 0) return { ...NOTHING, did: "deferred" };
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

/** A hint like a webhook's: the recovery reads Dodo. Its id makes the recovery handle the same hint once. */
function hintOf(type: string, payment: Payment | null): SubscriptionReported {
  const webhookId = `${type}/${payment?.paymentId ?? ""}`;
  return {
    kind: "subscription_reported",
    webhookId,
    type,
    access: "unrecognized",
    dodoStatus: null,
  };
}

function whyOf(payment: Payment | null): string {
  if (payment === null) return "Found by the sweep";
  const amount = describeAmount(payment.totalMinor, payment.currency);
  return `${amount} failed: found by the sweep`;
}

/** Handles the rows of one subscription one after the other, so that the second row finds the recovery that the first opened. */
async function bySubscription(
  rows: readonly Row[],
  handle: (row: Row) => Promise<Handled>,
): Promise<Handled[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = row.kind === "debt" ? row.subscriptionId : row.payment.paymentId;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const results = await inBatches([...groups.values()], PARALLEL, async (group) => {
    const handled: Handled[] = [];
    for (const row of group) handled.push(await handle(row));
    return handled;
  });
  return results.flat();
}

/** A refusal, which a retry would not change. It ends the sweep; the next sweep begins anew. */
function refusalOf(error: unknown): ApplicationFailure | null {
  const failure = failureOf(error);
  if (failure.kind !== "unauthorized" && failure.kind !== "refused") return null;
  const said = describeAnswer(failure);
  const isAccount = failure.kind === "unauthorized";
  return activityFailure({
    message: isAccount
      ? `Dodo refuses the API key: ${said}. Nothing is swept until the key works; check DODO_PAYMENTS_API_KEY`
      : `Dodo refuses the sweep's request: ${said}`,
    type: isAccount ? "account_refused" : "refused_request",
    isFinal: true,
  });
}
