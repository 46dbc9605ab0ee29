import { describe, expect, test } from "vitest";
import { paymentReported } from "../../../dev/model/events.ts";
import { paymentStatus } from "../../../dodo/statuses.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import type { ChargeOutcome, NotAttemptedReason } from "../../../domain/state/event.ts";
import { type RecoveryDriver, retryPolicy } from "../../support/domain/recovery-driver.ts";
import { HOUR_MS, MINUTE_MS } from "../../support/domain/scenario.ts";
import { ACCEPTED, charging, FAILED, secondAttempt } from "../charging.ts";

const notAttempted = (why: NotAttemptedReason, until?: number): ChargeOutcome => ({
  kind: "not_attempted",
  why,
  detail: why,
  ...(until === undefined ? {} : { until }),
});

describe("an attempt that was not sent", () => {
  const STAYS_DUE: readonly NotAttemptedReason[] = [
    "unauthorized",
    "stale",
    "rate_limited",
    "unreachable",
  ];
  test.each(STAYS_DUE)("stays due and asks nobody after: %s", (why) => {
    const driver = charging();
    const { effects } = driver.finishCharge(notAttempted(why));
    expect(effects).toEqual([]);
    const { plan, attention, followUp, customerAction } = driver.recovery;
    expect(plan).toMatchObject({ number: 2, tries: 1, at: driver.now + MINUTE_MS });
    expect({ attention, followUp, customerAction }).toEqual({
      attention: [],
      followUp: null,
      customerAction: null,
    });
  });

  const BLOCKED: readonly NotAttemptedReason[] = [
    "payment_exists",
    "status_changed",
    "method_blocked",
    "opted_out",
  ];
  test.each(BLOCKED)("reads Dodo, and asks a person after five tries blocked by: %s", (why) => {
    const driver = charging();
    for (let tries = 1; tries <= 5; tries += 1) {
      expect(driver.recovery.attention).toEqual([]);
      const { effects } = driver.finishCharge(notAttempted(why));
      expect(effects).toContainEqual(expect.objectContaining({ kind: "read" }));
      driver.finishRead([FAILED]);
      if (tries < 5) driver.advanceToCharge();
    }
    expect(driver.recovery.attention).toMatchObject([
      { cause: "charge_blocked", why, detail: why },
    ]);
  });

  test("does not count an unsent attempt among the charges of 30 days", () => {
    const driver = charging();
    expect(driver.recovery.recentChargesAt).toHaveLength(2);
    driver.finishCharge(notAttempted("stale"));
    expect(driver.recovery.recentChargesAt).toEqual([FAILED.createdAt]);
  });

  test.each([
    ["a later time is kept", 2 * HOUR_MS, 2 * HOUR_MS],
    ["a time that has passed by our clock becomes a minute from now", -HOUR_MS, MINUTE_MS],
  ])("plans the manual retry for the time that Dodo names: %s", (_what, untilMs, expectedMs) => {
    const driver = charging();
    driver.finishCharge(notAttempted("cooling_down", driver.now + 1_000 + untilMs));
    const at = driver.now + expectedMs;
    expect(driver.recovery.plan).toMatchObject({ at, dueAt: at, tries: 0, announce: false });
  });

  test.each([
    ["in the quiet end, the customer is asked", 0, true],
    ["just before the quiet end, the attempt moves", -1, false],
  ])("plans around a cooldown: %s", (_what, offsetMs, isSpent) => {
    const driver = charging();
    const quietFrom = (driver.recovery.windowEndsAt ?? 0) - DEFAULT_POLICY.quietEndMs;
    const decision = driver.finishCharge(notAttempted("cooling_down", quietFrom + offsetMs));
    expect(driver.recovery.customerAction?.reason).toBe(isSpent ? "schedule_spent" : undefined);
    expect(decision.rule).toBe(isSpent ? "schedule.no_attempts_left" : "manual_retry.cooling_down");
    expect(decision.reason).toContain(isSpent ? "the window's quiet end" : "the attempt moves to");
  });
});

describe("an accepted attempt", () => {
  test("follows an accepted attempt from its first webhook, even if the answer comes later", () => {
    const driver = charging();
    driver.receive(paymentReported(secondAttempt(driver, paymentStatus("processing"))));
    const { followUp } = driver.recovery;
    expect(followUp).toMatchObject({ reason: "charge", since: driver.now });
    driver.finishCharge(ACCEPTED);
    expect(driver.recovery.followUp).toEqual(followUp);
    expect(driver.recovery.charge).toMatchObject({ phase: "accepted", paymentId: "pay_2" });
  });

  test("says whether the attempt was accepted or found", () => {
    const found = charging();
    expect(found.finishCharge({ ...ACCEPTED, adopted: true }).reason).toContain(
      "was found as pay_2",
    );
    expect(charging().finishCharge(ACCEPTED).reason).toContain("attempt 2 was accepted as pay_2");
  });

  test.each([
    ["USD", 2 * HOUR_MS, 2 * HOUR_MS],
    ["INR", 2 * HOUR_MS, 51 * HOUR_MS],
    ["INR", 60 * HOUR_MS, 60 * HOUR_MS],
  ])(
    "asks about an open payment in %s with a deadline of %d ms after %d ms",
    (currency, given, expected) => {
      const policy = retryPolicy({ outcomeDeadlineMs: given, followUpMs: [HOUR_MS] });
      const failed = { ...FAILED, currency: currency as never };
      const driver = charging(policy, failed);
      driver.finishCharge(ACCEPTED);
      const since = driver.now;
      const open = secondAttempt(driver, {
        ...paymentStatus("processing"),
        currency: currency as never,
      });
      driver.readUntilAttention([failed, open]);
      expect(driver.recovery.attention).toMatchObject([
        { cause: "outcome_deadline", paymentId: "pay_2" },
      ]);
      expect(driver.now - since).toBeGreaterThanOrEqual(expected);
      expect(driver.now - since).toBeLessThan(expected + 2 * HOUR_MS);
    },
  );

  test("resolves the question about a payment that ends after its deadline", () => {
    const driver = charging(retryPolicy({ outcomeDeadlineMs: 2 * HOUR_MS, followUpMs: [HOUR_MS] }));
    driver.finishCharge(ACCEPTED);
    const open = secondAttempt(driver, paymentStatus("processing"));
    driver.readUntilAttention([FAILED, open]);
    driver.receive(
      paymentReported({ ...open, ...paymentStatus("failed"), declineCode: "GENERIC_DECLINE" }),
    );
    expect(driver.recovery.attention).toEqual([]);
    expect(driver.recovery.plan).toMatchObject({ number: 3 });
  });

  test("records the card of the attempt, or the subscription's where the payment names none", () => {
    const named = charging();
    named.finishCharge(ACCEPTED);
    named.receive(
      paymentReported(secondAttempt(named, { ...paymentStatus("failed"), methodId: "pm_7" })),
    );
    expect(named.recovery.attempts.at(-1)?.methodId).toBe("pm_7");
    const unnamed = charging();
    unnamed.finishCharge(ACCEPTED);
    unnamed.receive(
      paymentReported(secondAttempt(unnamed, { ...paymentStatus("failed"), methodId: null })),
    );
    expect(unnamed.recovery.attempts.at(-1)?.methodId).toBe("pm_1");
  });

  test("follows an attempt that waits for a payment method like an open one", () => {
    const driver = charging();
    driver.receive(
      paymentReported(secondAttempt(driver, paymentStatus("requires_payment_method"))),
    );
    expect(driver.recovery.charge).toMatchObject({ phase: "accepted", paymentId: "pay_2" });
  });
});

describe("the fence", () => {
  const policy = retryPolicy({ settleMs: 10 * MINUTE_MS, settleReads: 4, followUpMs: [HOUR_MS] });

  function fenced(): { readonly driver: RecoveryDriver; readonly sentNoLaterThan: number } {
    const driver = charging(policy);
    const sentNoLaterThan = driver.now + 1_000;
    driver.finishCharge({ kind: "unknown", detail: "the answer was lost", sentNoLaterThan });
    return { driver, sentNoLaterThan };
  }

  /** A read that finds nothing, by a worker whose clock shows `readAt`. */
  function readNothing(driver: RecoveryDriver, readAt: number): void {
    driver.wake();
    driver.finishRead([FAILED], {}, { readAt });
  }

  test("lifts the fence with the fourth read, if that comes after the settling time", () => {
    const { driver, sentNoLaterThan } = fenced();
    for (const after of [0, 1, 2]) readNothing(driver, sentNoLaterThan + after);
    expect(driver.recovery.charge).toMatchObject({ phase: "unknown" });
    readNothing(driver, sentNoLaterThan + 10 * MINUTE_MS);
    expect(driver.recovery.charge).toBeNull();
    expect(driver.recovery.plan).toMatchObject({ number: 2, absences: 1, at: driver.now + 1 });
  });

  test("keeps the fence until the settling time is over and four reads were made", () => {
    const early = fenced();
    for (const after of [0, 1, 2, 10 * MINUTE_MS - 1])
      readNothing(early.driver, early.sentNoLaterThan + after);
    expect(early.driver.recovery.charge).toMatchObject({ phase: "unknown" });
    const few = fenced();
    for (const after of [0, 1, 20 * MINUTE_MS])
      readNothing(few.driver, few.sentNoLaterThan + after);
    expect(few.driver.recovery.charge).toMatchObject({ phase: "unknown" });
  });

  test("does not count reads from before the request could have been sent", () => {
    const { driver, sentNoLaterThan } = fenced();
    for (const after of [-1, -1, 0, 1]) readNothing(driver, sentNoLaterThan + after);
    expect(driver.recovery.followUp?.reads).toBe(2);
  });

  test("spreads the reads of a fence over the settling time", () => {
    const { driver, sentNoLaterThan } = fenced();
    readNothing(driver, sentNoLaterThan);
    const waitMs = (driver.recovery.followUp?.nextAt ?? 0) - driver.now;
    expect(waitMs).toBeGreaterThan(2 * MINUTE_MS);
    expect(waitMs).toBeLessThanOrEqual(4 * MINUTE_MS);
  });

  test("lifts the fence without a person once a read shows the payment", () => {
    const { driver } = fenced();
    const payment = secondAttempt(driver, paymentStatus("processing"));
    driver.wake();
    driver.finishRead([FAILED, payment]);
    expect(driver.recovery.charge).toMatchObject({ phase: "accepted", paymentId: "pay_2" });
    expect(driver.recovery.attention).toEqual([]);
  });
});
