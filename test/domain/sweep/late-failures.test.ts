import { describe, expect, test } from "vitest";
import { unattributedPayment } from "../../../dev/model/events.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import type { ListedPayment } from "../../../domain/sweep/late-failures.ts";
import {
  judgeCheckout,
  judgeFailure,
  planSweep,
  type RecoveryRun,
} from "../../../domain/sweep/sweep.ts";
import { DAY_MS, HOUR_MS, type Instant, parseInstant } from "../../../domain/values/time.ts";
import { paymentIdOf } from "../../support/domain/ids.ts";

const NOW = parseInstant("2026-10-05T13:10:00Z") ?? 0;
const PLAN = planSweep(DEFAULT_POLICY, { upTo: NOW - HOUR_MS, deferredSince: null }, NOW);

const payment = (createdAt: Instant, extra: Partial<ListedPayment> = {}): ListedPayment => ({
  ...unattributedPayment(createdAt, { paymentId: paymentIdOf("pay_1"), methodId: null, ...extra }),
  isCard: extra.isCard ?? true,
});

const ended = (startedAt: Instant, rule: string): RecoveryRun => ({
  kind: "ended",
  startedAt,
  outcome: "nothing_owed",
  reactivated: null,
  rule,
  paymentIds: [],
});

describe("a failed payment in a sweep", () => {
  test.each([
    ["a bank debit", {}],
    ["an Indian card", { isCard: true, currency: "INR" }],
  ] as const)("counts its age from its failure if it is %s that failed lately", (_what, given) => {
    const made = NOW - 9 * DAY_MS;
    const debit = payment(made, { isCard: false, ...given });
    const at = (failedAt: Instant | null, run: RecoveryRun = { kind: "none" }): string =>
      judgeFailure(debit, run, PLAN, failedAt);
    expect(PLAN.lateSince).toBeLessThan(made);
    expect(at(null)).toBe("read_payment");
    expect(at(NOW - DAY_MS)).toBe("open");
    expect(at(NOW - 8 * DAY_MS)).toBe("no_debt");
    expect(at(null, { kind: "unreadable" })).toBe("read_payment");
    expect(at(NOW - DAY_MS, { kind: "unreadable" })).toBe("list");
    // A run that started before the failure has not dealt with it.
    const earlier = ended(made + HOUR_MS, "opening.nothing_owed");
    expect(at(null, earlier)).toBe("read_payment");
    expect(at(NOW - DAY_MS, earlier)).toBe("open");
    expect(at(made, earlier)).toBe("ended_earlier");
    expect(at(null, { kind: "open", startedAt: made })).toBe("recovery_open");
  });

  test("is not read for its failure if it is an old card payment", () => {
    const card = payment(NOW - 9 * DAY_MS);
    expect(judgeFailure(card, { kind: "none" }, PLAN, null)).toBe("no_debt");
    expect(judgeFailure(card, ended(NOW - 8 * DAY_MS, "payment.settles"), PLAN, null)).toBe(
      "ended_earlier",
    );
  });
});

describe("an unfinished checkout in a sweep", () => {
  const plan = planSweep({ ...DEFAULT_POLICY, oneTimePayments: "notify" }, null, NOW);
  const debit = (extra: Partial<ListedPayment> = {}): ListedPayment =>
    payment(NOW - 6 * DAY_MS, { subscriptionIds: [], isCard: false, ...extra });

  test("counts its age from its failure if it is a bank debit", () => {
    expect(judgeCheckout(debit(), plan, null)).toBe("read_payment");
    expect(judgeCheckout(debit(), plan, NOW - HOUR_MS)).toBe("start");
    expect(judgeCheckout(debit(), plan, NOW - 2 * DAY_MS)).toBe("too_old");
  });

  test("counts its age from its making if it has not failed, or is a card payment", () => {
    expect(judgeCheckout(debit({ state: "abandoned" }), plan, null)).toBe("too_old");
    expect(judgeCheckout(debit({ isCard: true }), plan, null)).toBe("too_old");
    expect(judgeCheckout(debit(), PLAN, NOW)).toBe("too_old");
  });
});
