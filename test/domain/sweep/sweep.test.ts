import { describe, expect, test } from "vitest";
import { unattributedPayment } from "../../../dev/model/events.ts";
import { subscriptionStatus } from "../../../dodo/statuses.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { Subscription } from "../../../domain/state/payment.ts";
import type { ListedPayment } from "../../../domain/sweep/late-failures.ts";
import {
  addPage,
  cursorOf,
  type Finding,
  FINDINGS_MAX,
  isUnfinishedCheckout,
  judgeCheckout,
  judgeFailure,
  judgeHold,
  judgeSuccess,
  newSweep,
  OVERLAP_MS,
  type PageFindings,
  planSweep,
  type RecoveryRun,
  remainingOpenings,
  SCANS,
  type SweepCursor,
  sweepResultOf,
} from "../../../domain/sweep/sweep.ts";
import {
  parseAttemptKey,
  parsePaymentId,
  parseSubscriptionId,
  type PaymentId,
} from "../../../domain/values/ids.ts";
import {
  DAY_MS,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  parseInstant,
} from "../../../domain/values/time.ts";

const NOW = parseInstant("2026-10-05T13:10:00Z") ?? 0;
const NOTIFY: Policy = { ...DEFAULT_POLICY, oneTimePayments: "notify" };
const cursorAt = (upTo: Instant, deferredSince: Instant | null = null): SweepCursor => ({
  upTo,
  deferredSince,
});
const PLAN = planSweep(DEFAULT_POLICY, cursorAt(NOW - HOUR_MS), NOW);

const paymentId = parsePaymentId("pay_1") ?? (null as never);
const subscriptionId = parseSubscriptionId("sub_1") ?? (null as never);

const payment = (createdAt: Instant, extra: Partial<ListedPayment> = {}): ListedPayment => ({
  ...unattributedPayment(createdAt, { paymentId, methodId: null, ...extra }),
  isCard: extra.isCard ?? true,
});

const ended = (startedAt: Instant, extra: object = {}): RecoveryRun => ({
  kind: "ended",
  startedAt,
  outcome: "recovered",
  reactivated: true,
  rule: "payment.settles",
  paymentIds: [],
  ...extra,
});

describe("the plan of a sweep", () => {
  test("reads failures as old as max_debt_age, and successes since the last sweep", () => {
    expect(PLAN).toMatchObject({
      failedSince: NOW - 7 * DAY_MS,
      succeededSince: NOW - HOUR_MS - OVERLAP_MS,
      checkoutsSince: null,
    });
    expect(PLAN.scans).toEqual(SCANS.slice(0, 4));
  });

  test("reads back to the last sweep after a long outage, up to the window", () => {
    const back = planSweep(DEFAULT_POLICY, cursorAt(NOW - 12 * DAY_MS), NOW);
    expect(back.failedSince).toBe(NOW - 12 * DAY_MS - OVERLAP_MS);
    const far = planSweep(DEFAULT_POLICY, cursorAt(NOW - 300 * DAY_MS), NOW);
    expect(far).toMatchObject({
      failedSince: NOW - 30 * DAY_MS,
      succeededSince: NOW - 30 * DAY_MS,
    });
  });

  test("starts without a last sweep, and ignores a cursor in the future", () => {
    expect(planSweep(DEFAULT_POLICY, null, NOW)).toMatchObject({
      failedSince: NOW - 7 * DAY_MS,
      succeededSince: NOW - DAY_MS,
    });
    expect(planSweep(DEFAULT_POLICY, cursorAt(NOW + DAY_MS), NOW).succeededSince).toBe(
      NOW - OVERLAP_MS,
    );
  });

  test("reads unfinished checkouts of the last day if the policy notifies", () => {
    const plan = planSweep(NOTIFY, null, NOW);
    expect(plan.checkoutsSince).toBe(NOW - DAY_MS);
    expect(plan.scans).toEqual(SCANS);
    expect(isUnfinishedCheckout(payment(NOW - HOUR_MS, { subscriptionIds: [] }), plan)).toBe(true);
    const old = payment(NOW - 2 * DAY_MS, { subscriptionIds: [] });
    expect(judgeCheckout(payment(NOW - HOUR_MS, { subscriptionIds: [] }), plan, null)).toBe(
      "start",
    );
    expect(judgeCheckout(old, plan, null)).toBe("too_old");
    expect(isUnfinishedCheckout(payment(NOW - HOUR_MS), plan)).toBe(false);
    expect(isUnfinishedCheckout(payment(NOW - HOUR_MS, { subscriptionIds: [] }), PLAN)).toBe(false);
  });

  test("reads its cursor from the result of a sweep, and from nothing else", () => {
    expect(cursorOf(sweepResultOf(newSweep(PLAN)))).toEqual(cursorAt(NOW));
    for (const other of [undefined, null, "", 7, {}, { lookedUpTo: 7 }, { lookedUpTo: "soon" }])
      expect(cursorOf(other)).toBeNull();
  });
});

describe("a sweep that finds many debts", () => {
  const found = (given: Partial<PageFindings>): PageFindings => ({
    rows: 100,
    isLast: true,
    opened: [],
    notified: [],
    listed: [],
    checkouts: [],
    haveRecovery: 0,
    endedBefore: 0,
    ...given,
  });
  const finding = (why: Finding["why"], id: PaymentId | null): Finding => ({
    subscriptionId,
    paymentId: id,
    since: null,
    why,
  });

  test("opens as many recoveries as the policy allows, and defers the others", () => {
    const initial = newSweep(planSweep({ ...DEFAULT_POLICY, maxOpenedPerSweep: 3 }, null, NOW));
    expect(remainingOpenings(initial)).toBe(3);
    const opened = Array.from({ length: 2 }, () => finding("failed_payments", paymentId));
    const one = addPage(initial, found({ opened }));
    expect(remainingOpenings(one)).toBe(1);
    const full = addPage(one, found({ opened, deferred: 40 }));
    expect(remainingOpenings(full)).toBe(0);
    expect(addPage(full, found({ deferred: 2 })).counts).toMatchObject({ opened: 4, deferred: 42 });
    expect(sweepResultOf(full).deferredSince).toBe("2026-10-05T13:10:00.000Z");
    expect(sweepResultOf(one).deferredSince).toBeNull();
  });

  test("lists no hold while debts are deferred, as it may belong to one of them", () => {
    const page = found({
      listed: [finding("subscriptions_on_hold", null)],
      deferred: 1,
    });
    const initial = newSweep(PLAN);
    expect(addPage(initial, page).listed).toHaveLength(1);
    const deferred = addPage(initial, found({ deferred: 1 }));
    expect(addPage(deferred, page).listed).toEqual([]);
    const old = found({ listed: [finding("failed_payments", paymentId)] });
    expect(addPage(deferred, old).listed).toHaveLength(1);
  });

  test("opens a deferred debt even after it has passed max_debt_age", () => {
    const initial = NOW - 9 * HOUR_MS;
    const plan = planSweep(DEFAULT_POLICY, cursorAt(NOW - HOUR_MS, initial), NOW);
    const createdAt = initial - 7 * DAY_MS;
    expect(plan.failedSince).toBe(createdAt);
    expect(judgeFailure(payment(createdAt), { kind: "none" }, plan, null)).toBe("open");
    expect(judgeFailure(payment(createdAt - 1), { kind: "none" }, plan, null)).toBe("no_debt");
    const still = addPage(newSweep(plan), found({ deferred: 1 }));
    expect(cursorOf(sweepResultOf(still))).toEqual(cursorAt(NOW, initial));
    // No further back than the window.
    const late = planSweep(DEFAULT_POLICY, cursorAt(NOW - HOUR_MS, NOW - 60 * DAY_MS), NOW);
    expect(late.openSince).toBe(NOW - 30 * DAY_MS);
  });

  test("opens without a bound if an earlier release planned it", () => {
    const { openSince: _, maxOpened: __, ...older } = PLAN;
    const initial = newSweep(older);
    expect(remainingOpenings(initial)).toBeGreaterThan(1_000_000);
    expect(judgeFailure(payment(NOW - 8 * DAY_MS), { kind: "none" }, older, null)).toBe("no_debt");
    expect(judgeFailure(payment(NOW - 6 * DAY_MS), { kind: "none" }, older, null)).toBe("open");
    expect(sweepResultOf(initial).deferredSince).toBeNull();
  });
});

describe("a failed payment in a sweep", () => {
  const createdAt = NOW - DAY_MS;
  const judge = (
    run: RecoveryRun,
    failedAt: Instant | null = null,
    at: Instant = createdAt,
  ): string => judgeFailure(payment(at), run, PLAN, failedAt);

  test("opens a recovery if there was none, and is listed if it is old", () => {
    expect(judge({ kind: "none" })).toBe("open");
    expect(judge({ kind: "none" }, null, NOW - 7 * DAY_MS)).toBe("open");
    const plan = planSweep(DEFAULT_POLICY, cursorAt(NOW - 12 * DAY_MS), NOW);
    const old = payment(NOW - 7 * DAY_MS - 1);
    expect(judgeFailure(old, { kind: "none" }, plan, null)).toBe("list");
  });

  test("is left to an open recovery", () => {
    expect(judge({ kind: "open", startedAt: NOW - 20 * DAY_MS })).toBe("recovery_open");
  });

  test("opens a recovery again after the last one was stopped from outside, and is listed if that one cannot be read", () => {
    expect(judge({ kind: "stopped" })).toBe("open");
    expect(judge({ kind: "unreadable" })).toBe("list");
  });

  test("is done if an ended run names it, whenever the run started", () => {
    expect(judge(ended(createdAt - DAY_MS, { paymentIds: [paymentId] }))).toBe("ended_earlier");
    expect(judge(ended(createdAt + DAY_MS, { paymentIds: [paymentId] }))).toBe("ended_earlier");
  });

  test("opens another recovery if it was created after the last run started", () => {
    expect(judge(ended(createdAt - 1))).toBe("open");
    expect(judge(ended(createdAt - 1, { outcome: "exhausted", paymentIds: ["pay_0"] }))).toBe(
      "open",
    );
  });

  test("is read for the time of its failure if the last run may have seen it", () => {
    const run = ended(createdAt + MINUTE_MS, {
      rule: "opening.nothing_owed",
      outcome: "nothing_owed",
    });
    expect(judge(run)).toBe("read_payment");
    expect(judge(run, createdAt)).toBe("ended_earlier");
    expect(judge(run, createdAt + MINUTE_MS)).toBe("ended_earlier");
    expect(judge(run, createdAt + 2 * DAY_MS)).toBe("open");
  });

  test.each(["opening.first_payment", "opening.opted_out"])(
    "is done without a read if the last run ended by %s",
    (rule) => {
      expect(judge(ended(createdAt + MINUTE_MS, { rule }))).toBe("ended_earlier");
      expect(judge(ended(createdAt - MINUTE_MS, { rule }))).toBe("open");
    },
  );

  test("is no debt if it asks for nothing, or is an attempt of ours", () => {
    const key = "pay_0.2";
    expect(parseAttemptKey(key)).not.toBeNull();
    for (const extra of [{ totalMinor: 0 }, { isMethodUpdate: true }, { attemptKey: key as never }])
      expect(judgeFailure(payment(createdAt, extra), { kind: "none" }, PLAN, null)).toBe("no_debt");
  });
});

describe("a success in a sweep", () => {
  test("notifies the recovery that was open before it, and no other", () => {
    const createdAt = NOW - HOUR_MS;
    expect(judgeSuccess(payment(createdAt), { kind: "open", startedAt: createdAt })).toBe("notify");
    expect(judgeSuccess(payment(createdAt), { kind: "open", startedAt: createdAt + 1 })).toBe(
      "recovery_open",
    );
    expect(judgeSuccess(payment(createdAt), ended(createdAt - DAY_MS))).toBe("no_debt");
    expect(judgeSuccess(payment(createdAt), { kind: "none" })).toBe("no_debt");
    const free = payment(createdAt, { totalMinor: 0 });
    expect(judgeSuccess(free, { kind: "open", startedAt: 0 })).toBe("no_debt");
  });
});

describe("a subscription on hold in a sweep", () => {
  const held = {
    subscriptionId,
    ...subscriptionStatus("on_hold"),
    optedOut: false,
  } as Subscription;
  test.each([
    ["list", { kind: "none" } as const],
    ["list", { kind: "stopped" } as const],
    ["recovery_open", { kind: "open", startedAt: 0 } as const],
    ["list", ended(0)],
    ["ended_earlier", ended(0, { outcome: "exhausted" })],
    ["ended_earlier", ended(0, { outcome: "written_off" })],
    ["ended_earlier", ended(0, { reactivated: false })],
  ])("leads to the verdict %s: %#", (verdict, run) => {
    expect(judgeHold(held, run)).toBe(verdict);
    expect(judgeHold({ ...held, optedOut: true }, run)).toBe("no_debt");
  });
});

describe("the pages of a sweep", () => {
  const finding = (number: number): Finding => ({
    subscriptionId: parseSubscriptionId(`sub_${number}`) ?? (null as never),
    paymentId,
    since: NOW,
    why: "failed_payments",
  });
  const page = (extra: Partial<PageFindings> = {}): PageFindings => ({
    rows: 100,
    isLast: false,
    opened: [],
    notified: [],
    listed: [],
    checkouts: [],
    haveRecovery: 0,
    endedBefore: 0,
    ...extra,
  });

  test("are read list by list until the end", () => {
    let sweep = newSweep(PLAN);
    const read: string[] = [];
    while (sweep.scan < PLAN.scans.length) {
      read.push(`${PLAN.scans[sweep.scan]} ${sweep.page}`);
      sweep = addPage(sweep, page({ isLast: sweep.page === 1 || sweep.scan > 0 }));
    }
    expect(read).toEqual([
      "failed_payments 0",
      "failed_payments 1",
      "succeeded_payments 0",
      "subscriptions_on_hold 0",
      "subscriptions_past_due 0",
    ]);
    expect(sweepResultOf(sweep)).toMatchObject({ pages: 5, rows: 500 });
  });

  test("keep a bounded number of findings, and count all", () => {
    let sweep = newSweep(PLAN);
    for (let number = 0; number < 30; number += 1) {
      const opened = Array.from({ length: 50 }, (_, index) => finding(number * 50 + index));
      sweep = addPage(sweep, page({ opened, listed: opened }));
    }
    expect(sweep.opened).toHaveLength(FINDINGS_MAX);
    expect(sweep.listed).toHaveLength(FINDINGS_MAX);
    expect(sweep.counts).toMatchObject({ opened: 1_500, listed: 1_500 });
    expect(JSON.stringify(sweep).length).toBeLessThan(100_000);
    expect(JSON.parse(JSON.stringify(sweep))).toEqual(sweep);
  });

  test("add up to the counts of the sweep", () => {
    let sweep = newSweep(PLAN);
    expect(sweepResultOf(sweep)).toMatchObject({
      opened: [],
      notified: [],
      listed: [],
      checkouts: [],
    });
    const one = {
      notified: [finding(1)],
      checkouts: [paymentId],
      haveRecovery: 2,
      endedBefore: 3,
      deferred: 1,
    };
    sweep = addPage(addPage(sweep, page(one)), page(one));
    expect(sweep.counts).toEqual({
      opened: 0,
      notified: 2,
      listed: 0,
      checkouts: 2,
      haveRecovery: 4,
      endedBefore: 6,
      deferred: 2,
    });
    expect(sweep.notified).toEqual([finding(1), finding(1)]);
    expect(sweep.checkouts).toEqual([paymentId, paymentId]);
  });

  test("list a hold and its failed payment once", () => {
    let sweep = addPage(newSweep(PLAN), page({ listed: [finding(1)] }));
    sweep = addPage(sweep, page({ listed: [finding(1), finding(2)] }));
    expect(sweep.counts.listed).toBe(2);
    expect(sweep.listed).toHaveLength(2);
  });
});
