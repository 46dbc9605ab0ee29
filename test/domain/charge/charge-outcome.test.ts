import { describe, expect, test } from "vitest";
import { paymentReported } from "../../../dev/model/events.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import type { ChargeOutcome, NotAttemptedReason } from "../../../domain/state/event.ts";
import { type Deciding, retryPolicy } from "../../support/domain/recovery-driver.ts";
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
    const deciding = charging();
    const { effects } = deciding.charged(notAttempted(why));
    expect(effects).toEqual([]);
    const { plan, attention, followUp, customerAction } = deciding.recovery;
    expect(plan).toMatchObject({ number: 2, tries: 1, at: deciding.now + MINUTE_MS });
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
    const deciding = charging();
    for (let tries = 1; tries <= 5; tries += 1) {
      expect(deciding.recovery.attention).toEqual([]);
      const { effects } = deciding.charged(notAttempted(why));
      expect(effects).toContainEqual(expect.objectContaining({ kind: "read" }));
      deciding.read([FAILED]);
      if (tries < 5) deciding.charge();
    }
    expect(deciding.recovery.attention).toMatchObject([
      { cause: "charge_blocked", why, detail: why },
    ]);
  });

  test("does not count an unsent attempt among the charges of 30 days", () => {
    const deciding = charging();
    expect(deciding.recovery.recentChargesAt).toHaveLength(2);
    deciding.charged(notAttempted("stale"));
    expect(deciding.recovery.recentChargesAt).toEqual([FAILED.createdAt]);
  });

  test.each([
    ["a later time is kept", 2 * HOUR_MS, 2 * HOUR_MS],
    ["a time that has passed by our clock becomes a minute from now", -HOUR_MS, MINUTE_MS],
  ])("plans the manual retry for the time that Dodo names: %s", (_what, untilMs, expectedMs) => {
    const deciding = charging();
    deciding.charged(notAttempted("cooling_down", deciding.now + 1_000 + untilMs));
    const at = deciding.now + expectedMs;
    expect(deciding.recovery.plan).toMatchObject({ at, dueAt: at, tries: 0, announce: false });
  });

  test.each([
    ["in the quiet end, the customer is asked", 0, true],
    ["just before the quiet end, the attempt moves", -1, false],
  ])("plans around a cooldown: %s", (_what, offsetMs, isSpent) => {
    const deciding = charging();
    const quietFrom = (deciding.recovery.windowEndsAt ?? 0) - DEFAULT_POLICY.quietEndMs;
    const decision = deciding.charged(notAttempted("cooling_down", quietFrom + offsetMs));
    expect(deciding.recovery.customerAction?.reason).toBe(isSpent ? "schedule_spent" : undefined);
    expect(decision.rule).toBe(isSpent ? "schedule.no_attempts_left" : "manual_retry.cooling_down");
    expect(decision.reason).toContain(isSpent ? "the window's quiet end" : "the attempt moves to");
  });
});

describe("an accepted attempt", () => {
  test("follows an accepted attempt from its first webhook, even if the answer comes later", () => {
    const deciding = charging();
    deciding.tell(paymentReported(secondAttempt(deciding, { status: "processing" })));
    const { followUp } = deciding.recovery;
    expect(followUp).toMatchObject({ reason: "charge", since: deciding.now });
    deciding.charged(ACCEPTED);
    expect(deciding.recovery.followUp).toEqual(followUp);
    expect(deciding.recovery.charge).toMatchObject({ phase: "accepted", paymentId: "pay_2" });
  });

  test("says whether the attempt was accepted or found", () => {
    const found = charging();
    expect(found.charged({ ...ACCEPTED, adopted: true }).reason).toContain("was found as pay_2");
    expect(charging().charged(ACCEPTED).reason).toContain("attempt 2 was accepted as pay_2");
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
      const deciding = charging(policy, failed);
      deciding.charged(ACCEPTED);
      const since = deciding.now;
      const open = secondAttempt(deciding, { status: "processing", currency: currency as never });
      deciding.followUntilAsked([failed, open]);
      expect(deciding.recovery.attention).toMatchObject([
        { cause: "outcome_deadline", paymentId: "pay_2" },
      ]);
      expect(deciding.now - since).toBeGreaterThanOrEqual(expected);
      expect(deciding.now - since).toBeLessThan(expected + 2 * HOUR_MS);
    },
  );

  test("resolves the question about a payment that ends after its deadline", () => {
    const deciding = charging(
      retryPolicy({ outcomeDeadlineMs: 2 * HOUR_MS, followUpMs: [HOUR_MS] }),
    );
    deciding.charged(ACCEPTED);
    const open = secondAttempt(deciding, { status: "processing" });
    deciding.followUntilAsked([FAILED, open]);
    deciding.tell(paymentReported({ ...open, status: "failed", declineCode: "GENERIC_DECLINE" }));
    expect(deciding.recovery.attention).toEqual([]);
    expect(deciding.recovery.plan).toMatchObject({ number: 3 });
  });

  test("records the card of the attempt, or the subscription's where the payment names none", () => {
    const named = charging();
    named.charged(ACCEPTED);
    named.tell(paymentReported(secondAttempt(named, { status: "failed", methodId: "pm_7" })));
    expect(named.recovery.attempts.at(-1)?.methodId).toBe("pm_7");
    const unnamed = charging();
    unnamed.charged(ACCEPTED);
    unnamed.tell(paymentReported(secondAttempt(unnamed, { status: "failed", methodId: null })));
    expect(unnamed.recovery.attempts.at(-1)?.methodId).toBe("pm_1");
  });

  test("follows an attempt that waits for a payment method like an open one", () => {
    const deciding = charging();
    deciding.tell(paymentReported(secondAttempt(deciding, { status: "requires_payment_method" })));
    expect(deciding.recovery.charge).toMatchObject({ phase: "accepted", paymentId: "pay_2" });
  });
});

describe("the fence", () => {
  const policy = retryPolicy({ settleMs: 10 * MINUTE_MS, settleReads: 4, followUpMs: [HOUR_MS] });

  function fenced(): { readonly deciding: Deciding; readonly sentNoLaterThan: number } {
    const deciding = charging(policy);
    const sentNoLaterThan = deciding.now + 1_000;
    deciding.charged({ kind: "unknown", detail: "the answer was lost", sentNoLaterThan });
    return { deciding, sentNoLaterThan };
  }

  /** A read that finds nothing, by a worker whose clock shows `readAt`. */
  function readNothing(deciding: Deciding, readAt: number): void {
    deciding.wake();
    deciding.read([FAILED], {}, { readAt });
  }

  test("lifts the fence with the fourth read, if that comes after the settling time", () => {
    const { deciding, sentNoLaterThan } = fenced();
    for (const after of [0, 1, 2]) readNothing(deciding, sentNoLaterThan + after);
    expect(deciding.recovery.charge).toMatchObject({ phase: "unknown" });
    readNothing(deciding, sentNoLaterThan + 10 * MINUTE_MS);
    expect(deciding.recovery.charge).toBeNull();
    expect(deciding.recovery.plan).toMatchObject({ number: 2, absences: 1, at: deciding.now + 1 });
  });

  test("keeps the fence until the settling time is over and four reads were made", () => {
    const early = fenced();
    for (const after of [0, 1, 2, 10 * MINUTE_MS - 1])
      readNothing(early.deciding, early.sentNoLaterThan + after);
    expect(early.deciding.recovery.charge).toMatchObject({ phase: "unknown" });
    const few = fenced();
    for (const after of [0, 1, 20 * MINUTE_MS])
      readNothing(few.deciding, few.sentNoLaterThan + after);
    expect(few.deciding.recovery.charge).toMatchObject({ phase: "unknown" });
  });

  test("does not count reads from before the request could have been sent", () => {
    const { deciding, sentNoLaterThan } = fenced();
    for (const after of [-1, -1, 0, 1]) readNothing(deciding, sentNoLaterThan + after);
    expect(deciding.recovery.followUp?.reads).toBe(2);
  });

  test("spreads the reads of a fence over the settling time", () => {
    const { deciding, sentNoLaterThan } = fenced();
    readNothing(deciding, sentNoLaterThan);
    const waitMs = (deciding.recovery.followUp?.nextAt ?? 0) - deciding.now;
    expect(waitMs).toBeGreaterThan(2 * MINUTE_MS);
    expect(waitMs).toBeLessThanOrEqual(4 * MINUTE_MS);
  });

  test("lifts the fence without a person once a read shows the payment", () => {
    const { deciding } = fenced();
    const payment = secondAttempt(deciding, { status: "processing" });
    deciding.wake();
    deciding.read([FAILED, payment]);
    expect(deciding.recovery.charge).toMatchObject({ phase: "accepted", paymentId: "pay_2" });
    expect(deciding.recovery.attention).toEqual([]);
  });
});
