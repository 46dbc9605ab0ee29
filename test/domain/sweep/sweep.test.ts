import { describe, expect, test } from "vitest";
import { unattributedPayment } from "../../../dev/model/events.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { Payment, Subscription } from "../../../domain/state/payment.ts";
import {
  addPage,
  cursorOf,
  type Finding,
  FINDINGS_MAX,
  isUnfinishedCheckout,
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
const leftAt = (upTo: Instant, deferredSince: Instant | null = null): SweepCursor => ({
  upTo,
  deferredSince,
});
const PLAN = planSweep(DEFAULT_POLICY, leftAt(NOW - HOUR_MS), NOW);

const paymentId = parsePaymentId("pay_1") ?? (null as never);
const subscriptionId = parseSubscriptionId("sub_1") ?? (null as never);

const payment = (createdAt: Instant, extra: Partial<Payment> = {}): Payment =>
  unattributedPayment(createdAt, { paymentId, methodId: null, ...extra });

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
  test("goes through failures as old as max_debt_age, and through successes from its place on", () => {
    expect(PLAN).toMatchObject({
      failedSince: NOW - 7 * DAY_MS,
      succeededSince: NOW - HOUR_MS - OVERLAP_MS,
      checkoutsSince: null,
    });
    expect(PLAN.scans).toEqual(SCANS.slice(0, 4));
  });

  test("goes back to its place after a long outage, and no further than the window", () => {
    const back = planSweep(DEFAULT_POLICY, leftAt(NOW - 12 * DAY_MS), NOW);
    expect(back.failedSince).toBe(NOW - 12 * DAY_MS - OVERLAP_MS);
    const far = planSweep(DEFAULT_POLICY, leftAt(NOW - 300 * DAY_MS), NOW);
    expect(far).toMatchObject({
      failedSince: NOW - 30 * DAY_MS,
      succeededSince: NOW - 30 * DAY_MS,
    });
  });

  test("has a beginning, and believes no place that lies ahead", () => {
    expect(planSweep(DEFAULT_POLICY, null, NOW)).toMatchObject({
      failedSince: NOW - 7 * DAY_MS,
      succeededSince: NOW - DAY_MS,
    });
    expect(planSweep(DEFAULT_POLICY, leftAt(NOW + DAY_MS), NOW).succeededSince).toBe(
      NOW - OVERLAP_MS,
    );
  });

  test("looks for unfinished checkouts of one day only where the policy says so", () => {
    const plan = planSweep(NOTIFY, null, NOW);
    expect(plan.checkoutsSince).toBe(NOW - DAY_MS);
    expect(plan.scans).toEqual(SCANS);
    expect(isUnfinishedCheckout(payment(NOW - HOUR_MS, { subscriptionIds: [] }), plan)).toBe(true);
    expect(isUnfinishedCheckout(payment(NOW - 2 * DAY_MS, { subscriptionIds: [] }), plan)).toBe(
      false,
    );
    expect(isUnfinishedCheckout(payment(NOW - HOUR_MS), plan)).toBe(false);
    expect(isUnfinishedCheckout(payment(NOW - HOUR_MS, { subscriptionIds: [] }), PLAN)).toBe(false);
  });

  test("finds its place in the result of an earlier sweep, and in nothing else", () => {
    expect(cursorOf(sweepResultOf(newSweep(PLAN)))).toEqual(leftAt(NOW));
    for (const no of [undefined, null, "", 7, {}, { lookedUpTo: 7 }, { lookedUpTo: "soon" }])
      expect(cursorOf(no)).toBeNull();
  });
});

describe("a first start", () => {
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

  test("opens as many recoveries as the policy allows, and leaves the others to later sweeps", () => {
    const begun = newSweep(planSweep({ ...DEFAULT_POLICY, maxOpenedPerSweep: 3 }, null, NOW));
    expect(remainingOpenings(begun)).toBe(3);
    const opened = Array.from({ length: 2 }, () => finding("failed_payments", paymentId));
    const one = addPage(begun, found({ opened }));
    expect(remainingOpenings(one)).toBe(1);
    const full = addPage(one, found({ opened, deferred: 40 }));
    expect(remainingOpenings(full)).toBe(0);
    expect(addPage(full, found({ deferred: 2 })).counts).toMatchObject({ opened: 4, deferred: 42 });
    expect(sweepResultOf(full).deferredSince).toBe("2026-10-05T13:10:00.000Z");
    expect(sweepResultOf(one).deferredSince).toBeNull();
  });

  test("lists no hold for a person while debts wait, as it may be one of theirs", () => {
    const page = found({
      listed: [finding("subscriptions_on_hold", null)],
      deferred: 1,
    });
    const begun = newSweep(PLAN);
    expect(addPage(begun, page).listed).toHaveLength(1);
    const deferred = addPage(begun, found({ deferred: 1 }));
    expect(addPage(deferred, page).listed).toEqual([]);
    const old = found({ listed: [finding("failed_payments", paymentId)] });
    expect(addPage(deferred, old).listed).toHaveLength(1);
  });

  test("lets no debt grow too old while it waits", () => {
    const begun = NOW - 9 * HOUR_MS;
    const plan = planSweep(DEFAULT_POLICY, leftAt(NOW - HOUR_MS, begun), NOW);
    const made = begun - 7 * DAY_MS;
    expect(plan.failedSince).toBe(made);
    expect(judgeFailure(payment(made), { kind: "none" }, plan, null)).toBe("open");
    expect(judgeFailure(payment(made - 1), { kind: "none" }, plan, null)).toBe("list");
    const still = addPage(newSweep(plan), found({ deferred: 1 }));
    expect(cursorOf(sweepResultOf(still))).toEqual(leftAt(NOW, begun));
    // Not for ever: no further back than the window.
    const late = planSweep(DEFAULT_POLICY, leftAt(NOW - HOUR_MS, NOW - 60 * DAY_MS), NOW);
    expect(late.openSince).toBe(NOW - 30 * DAY_MS);
  });

  test("of an earlier release's sweep knows no bound", () => {
    const { openSince: _, maxOpened: __, ...older } = PLAN;
    const begun = newSweep(older);
    expect(remainingOpenings(begun)).toBeGreaterThan(1_000_000);
    expect(judgeFailure(payment(NOW - 8 * DAY_MS), { kind: "none" }, older, null)).toBe("list");
    expect(judgeFailure(payment(NOW - 6 * DAY_MS), { kind: "none" }, older, null)).toBe("open");
    expect(sweepResultOf(begun).deferredSince).toBeNull();
  });
});

describe("a failed payment", () => {
  const made = NOW - DAY_MS;
  const judge = (run: RecoveryRun, failedAt: Instant | null = null, at: Instant = made): string =>
    judgeFailure(payment(at), run, PLAN, failedAt);

  test("opens a recovery where there was none, and is listed when it is old", () => {
    expect(judge({ kind: "none" })).toBe("open");
    expect(judge({ kind: "none" }, null, NOW - 7 * DAY_MS)).toBe("open");
    expect(judge({ kind: "none" }, null, NOW - 7 * DAY_MS - 1)).toBe("list");
  });

  test("is left to the recovery that is open", () => {
    expect(judge({ kind: "open", startedAt: NOW - 20 * DAY_MS })).toBe("recovery_open");
  });

  test("is listed where its recovery was stopped from outside", () => {
    expect(judge({ kind: "stopped" })).toBe("list");
  });

  test("that an ended run names is over, whenever the run began", () => {
    expect(judge(ended(made - DAY_MS, { paymentIds: [paymentId] }))).toBe("ended_earlier");
    expect(judge(ended(made + DAY_MS, { paymentIds: [paymentId] }))).toBe("ended_earlier");
  });

  test("of after the last run began opens another", () => {
    expect(judge(ended(made - 1))).toBe("open");
    expect(judge(ended(made - 1, { outcome: "exhausted", paymentIds: ["pay_0"] }))).toBe("open");
  });

  test("that a run may have seen is asked when it failed: seen if that was before the run", () => {
    const run = ended(made + MINUTE_MS, { rule: "opening.nothing_owed", outcome: "nothing_owed" });
    expect(judge(run)).toBe("read_payment");
    expect(judge(run, made)).toBe("ended_earlier");
    expect(judge(run, made + MINUTE_MS)).toBe("ended_earlier");
    expect(judge(run, made + 2 * DAY_MS)).toBe("open");
  });

  test.each(["opening.first_payment", "opening.opted_out"])(
    "is over without asking where the run ended by %s",
    (rule) => {
      expect(judge(ended(made + MINUTE_MS, { rule }))).toBe("ended_earlier");
      expect(judge(ended(made - MINUTE_MS, { rule }))).toBe("open");
    },
  );

  test("is none of ours to open when it asks for nothing, or is an attempt of ours", () => {
    const key = "pay_0.2";
    expect(parseAttemptKey(key)).not.toBeNull();
    for (const extra of [{ totalMinor: 0 }, { isMethodUpdate: true }, { attemptKey: key as never }])
      expect(judgeFailure(payment(made, extra), { kind: "none" }, PLAN, null)).toBe("no_debt");
  });
});

describe("a success", () => {
  test("is told to the recovery that was open before it, and to no other", () => {
    const made = NOW - HOUR_MS;
    expect(judgeSuccess(payment(made), { kind: "open", startedAt: made })).toBe("notify");
    expect(judgeSuccess(payment(made), { kind: "open", startedAt: made + 1 })).toBe(
      "recovery_open",
    );
    expect(judgeSuccess(payment(made), ended(made - DAY_MS))).toBe("no_debt");
    expect(judgeSuccess(payment(made), { kind: "none" })).toBe("no_debt");
    const free = payment(made, { totalMinor: 0 });
    expect(judgeSuccess(free, { kind: "open", startedAt: 0 })).toBe("no_debt");
  });
});

describe("a subscription on hold", () => {
  const held = { subscriptionId, status: "on_hold", optedOut: false } as Subscription;
  test.each([
    ["list", { kind: "none" } as const],
    ["list", { kind: "stopped" } as const],
    ["recovery_open", { kind: "open", startedAt: 0 } as const],
    ["list", ended(0)],
    ["ended_earlier", ended(0, { outcome: "exhausted" })],
    ["ended_earlier", ended(0, { outcome: "written_off" })],
    ["ended_earlier", ended(0, { reactivated: false })],
  ])("comes to %s: %#", (verdict, run) => {
    expect(judgeHold(held, run)).toBe(verdict);
    expect(judgeHold({ ...held, optedOut: true }, run)).toBe("no_debt");
  });
});

describe("a sweep under way", () => {
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

  test("turns page after page, list after list, and ends", () => {
    let sweep = newSweep(PLAN);
    const turned: string[] = [];
    while (sweep.scan < PLAN.scans.length) {
      turned.push(`${PLAN.scans[sweep.scan]} ${sweep.page}`);
      sweep = addPage(sweep, page({ isLast: sweep.page === 1 || sweep.scan > 0 }));
    }
    expect(turned).toEqual([
      "failed_payments 0",
      "failed_payments 1",
      "succeeded_payments 0",
      "subscriptions_on_hold 0",
      "subscriptions_past_due 0",
    ]);
    expect(sweepResultOf(sweep)).toMatchObject({ pages: 5, rows: 500 });
  });

  test("keeps a bounded number of findings by name, and counts all", () => {
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

  test("begins with nothing, and adds up what its pages show", () => {
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

  test("lists a hold and the payment behind it once", () => {
    let sweep = addPage(newSweep(PLAN), page({ listed: [finding(1)] }));
    sweep = addPage(sweep, page({ listed: [finding(1), finding(2)] }));
    expect(sweep.counts.listed).toBe(2);
    expect(sweep.listed).toHaveLength(2);
  });
});
