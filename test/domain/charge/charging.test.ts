import { describe, expect, test } from "vitest";
import {
  foreignPayment,
  paymentReported,
  subscriptionReported,
} from "../../../dev/model/events.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { ChargeOutcome, NotAttemptedReason } from "../../../domain/state/event.ts";
import type { Payment, Subscription } from "../../../domain/state/payment.ts";
import { Deciding, retryPolicy } from "../../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { DAY_0, DAY_MS, HOUR_MS, MINUTE_MS } from "../../support/domain/scenario.ts";

const FAILED = foreignPayment(DAY_0, { paymentId: id("pay_1"), declineCode: "INSUFFICIENT_FUNDS" });
const failedWith = (given: Partial<Payment>): Payment => ({ ...FAILED, ...given });

function waiting(
  policy: Partial<Policy> = {},
  failed: Payment = FAILED,
  subscription: Partial<Subscription> = {},
): Deciding {
  const deciding = new Deciding(policy);
  deciding.open([failed], subscription);
  return deciding;
}

function charging(policy: Partial<Policy> = {}, failed: Payment = FAILED): Deciding {
  const deciding = waiting(policy, failed, { currency: failed.currency });
  deciding.charge();
  return deciding;
}

const accepted = { kind: "accepted", paymentId: id("pay_2"), adopted: false } as const;
const notAttempted = (why: NotAttemptedReason, until?: number): ChargeOutcome => ({
  kind: "not_attempted",
  why,
  detail: why,
  ...(until === undefined ? {} : { until }),
});

/** Our second attempt, as Dodo shows it. */
const attempt = (deciding: Deciding, given: Partial<Payment>): Payment =>
  foreignPayment(deciding.now, {
    paymentId: id("pay_2"),
    attemptKey: "pay_1.2" as never,
    ...given,
  });

describe("an attempt that was not sent", () => {
  const STAYS_DUE: readonly NotAttemptedReason[] = [
    "unauthorized",
    "stale",
    "rate_limited",
    "unreachable",
  ];
  test.each(STAYS_DUE)("%s: stays due, and nobody is asked", (why) => {
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

  const LOOKS: readonly NotAttemptedReason[] = [
    "payment_exists",
    "status_changed",
    "method_blocked",
    "opted_out",
  ];
  test.each(LOOKS)("%s: Dodo is read, and a person asked after five tries", (why) => {
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

  test("it does not count among the charges of thirty days", () => {
    const deciding = charging();
    expect(deciding.recovery.recentChargesAt).toHaveLength(2);
    deciding.charged(notAttempted("stale"));
    expect(deciding.recovery.recentChargesAt).toEqual([FAILED.createdAt]);
  });

  test.each([
    ["a time to come is waited for", 2 * HOUR_MS, 2 * HOUR_MS],
    ["one that has come by our clock, and not by Dodo's, is a minute ahead", -HOUR_MS, MINUTE_MS],
  ])("cooling down: %s", (_what, untilMs, expectedMs) => {
    const deciding = charging();
    deciding.charged(notAttempted("cooling_down", deciding.now + 1_000 + untilMs));
    const at = deciding.now + expectedMs;
    expect(deciding.recovery.plan).toMatchObject({ at, dueAt: at, tries: 0, announce: false });
  });

  test.each([
    ["into the quiet end", 0, true],
    ["just before it", -1, false],
  ])("cooling down %s", (_what, offsetMs, isSpent) => {
    const deciding = charging();
    const quietFrom = (deciding.recovery.windowEndsAt ?? 0) - DEFAULT_POLICY.quietEndMs;
    const decision = deciding.charged(notAttempted("cooling_down", quietFrom + offsetMs));
    expect(deciding.recovery.customerAction?.reason).toBe(isSpent ? "schedule_spent" : undefined);
    expect(decision.rule).toBe(isSpent ? "schedule.no_attempts_left" : "manual_retry.cooling_down");
    expect(decision.reason).toContain(isSpent ? "quiet end is near" : "the attempt is made");
  });
});

describe("an accepted attempt", () => {
  test("that a webhook told first keeps the time it was known since", () => {
    const deciding = charging();
    deciding.tell(paymentReported(attempt(deciding, { status: "processing" })));
    const { followUp } = deciding.recovery;
    expect(followUp).toMatchObject({ reason: "charge", since: deciding.now });
    deciding.charged(accepted);
    expect(deciding.recovery.followUp).toEqual(followUp);
    expect(deciding.recovery.charge).toMatchObject({ phase: "accepted", paymentId: "pay_2" });
  });

  test("that was found says so", () => {
    const found = charging();
    expect(found.charged({ ...accepted, adopted: true }).reason).toContain("was found as pay_2");
    expect(charging().charged(accepted).reason).toContain("attempt 2 is pay_2");
  });

  test.each([
    ["USD", 2 * HOUR_MS, 2 * HOUR_MS],
    ["INR", 2 * HOUR_MS, 51 * HOUR_MS],
    ["INR", 60 * HOUR_MS, 60 * HOUR_MS],
  ])("in %s with a deadline of %d ms is asked about after %d ms", (currency, given, expected) => {
    const policy = retryPolicy({ outcomeDeadlineMs: given, followUpMs: [HOUR_MS] });
    const failed = failedWith({ currency: currency as never });
    const deciding = charging(policy, failed);
    deciding.charged(accepted);
    const since = deciding.now;
    const open = attempt(deciding, { status: "processing", currency: currency as never });
    deciding.followUntilAsked([failed, open]);
    expect(deciding.recovery.attention).toMatchObject([
      { cause: "outcome_deadline", paymentId: "pay_2" },
    ]);
    expect(deciding.now - since).toBeGreaterThanOrEqual(expected);
    expect(deciding.now - since).toBeLessThan(expected + 2 * HOUR_MS);
  });

  test("that ends after its deadline needs no person any more", () => {
    const deciding = charging(
      retryPolicy({ outcomeDeadlineMs: 2 * HOUR_MS, followUpMs: [HOUR_MS] }),
    );
    deciding.charged(accepted);
    const open = attempt(deciding, { status: "processing" });
    deciding.followUntilAsked([FAILED, open]);
    deciding.tell(paymentReported({ ...open, status: "failed", declineCode: "GENERIC_DECLINE" }));
    expect(deciding.recovery.attention).toEqual([]);
    expect(deciding.recovery.plan).toMatchObject({ number: 3 });
  });

  test("says which card it was, and where it does not, the subscription's is meant", () => {
    const said = charging();
    said.charged(accepted);
    said.tell(paymentReported(attempt(said, { status: "failed", methodId: "pm_7" })));
    expect(said.recovery.attempts.at(-1)?.methodId).toBe("pm_7");
    const unsaid = charging();
    unsaid.charged(accepted);
    unsaid.tell(paymentReported(attempt(unsaid, { status: "failed", methodId: null })));
    expect(unsaid.recovery.attempts.at(-1)?.methodId).toBe("pm_1");
  });

  test("that leaves a page is followed like an open one", () => {
    const deciding = charging();
    deciding.tell(paymentReported(attempt(deciding, { status: "requires_payment_method" })));
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

  /** Looks, and finds nothing, by a worker whose clock says this. */
  function looks(deciding: Deciding, readAt: number): void {
    deciding.wake();
    deciding.read([FAILED], {}, { readAt });
  }

  test("falls with the fourth read, where the last was made at the end of the settling time", () => {
    const { deciding, sentNoLaterThan } = fenced();
    for (const after of [0, 1, 2]) looks(deciding, sentNoLaterThan + after);
    expect(deciding.recovery.charge).toMatchObject({ phase: "unknown" });
    looks(deciding, sentNoLaterThan + 10 * MINUTE_MS);
    expect(deciding.recovery.charge).toBeNull();
    expect(deciding.recovery.plan).toMatchObject({ number: 2, absences: 1, at: deciding.now + 1 });
  });

  test("does not fall a moment before, nor with fewer reads", () => {
    const early = fenced();
    for (const after of [0, 1, 2, 10 * MINUTE_MS - 1])
      looks(early.deciding, early.sentNoLaterThan + after);
    expect(early.deciding.recovery.charge).toMatchObject({ phase: "unknown" });
    const few = fenced();
    for (const after of [0, 1, 20 * MINUTE_MS]) looks(few.deciding, few.sentNoLaterThan + after);
    expect(few.deciding.recovery.charge).toMatchObject({ phase: "unknown" });
  });

  test("counts no read that was made before the request had left", () => {
    const { deciding, sentNoLaterThan } = fenced();
    for (const after of [-1, -1, 0, 1]) looks(deciding, sentNoLaterThan + after);
    expect(deciding.recovery.followUp?.reads).toBe(2);
  });

  test("spreads its reads over the settling time", () => {
    const { deciding, sentNoLaterThan } = fenced();
    looks(deciding, sentNoLaterThan);
    const waitMs = (deciding.recovery.followUp?.nextAt ?? 0) - deciding.now;
    expect(waitMs).toBeGreaterThan(2 * MINUTE_MS);
    expect(waitMs).toBeLessThanOrEqual(4 * MINUTE_MS);
  });

  test("needs no person any more once a person's question is answered by reading", () => {
    const { deciding } = fenced();
    const payment = attempt(deciding, { status: "processing" });
    deciding.wake();
    deciding.read([FAILED, payment]);
    expect(deciding.recovery.charge).toMatchObject({ phase: "accepted", paymentId: "pay_2" });
    expect(deciding.recovery.attention).toEqual([]);
  });
});

describe("what stands in the way", () => {
  const POLICY = retryPolicy({ followUpMs: [HOUR_MS], outcomeDeadlineMs: 3 * HOUR_MS });
  const OPEN = foreignPayment(DAY_0 + MINUTE_MS, { paymentId: id("pay_9"), status: "processing" });

  test("an open payment is followed, and asked about after the deadline", () => {
    const deciding = waiting(POLICY);
    deciding.tell(paymentReported(OPEN));
    expect(deciding.recovery.followUp).toMatchObject({ reason: "open_payment", reads: 0 });
    const since = deciding.now;
    while (deciding.recovery.attention.length === 0) {
      const decision = deciding.wake();
      if (decision.effects.some(({ kind }) => kind === "read")) deciding.read([FAILED, OPEN]);
      else deciding.now += 1;
      expect(deciding.now - since).toBeLessThan(6 * HOUR_MS);
    }
    expect(deciding.recovery.attention).toMatchObject([
      { cause: "outcome_deadline", paymentId: "pay_9" },
    ]);
    expect(deciding.now - since).toBeGreaterThanOrEqual(3 * HOUR_MS);
    deciding.wake();
    deciding.read([FAILED, { ...OPEN, status: "failed", totalMinor: 0 }]);
    expect(deciding.recovery).toMatchObject({ attention: [], followUp: null });
  });

  test("one without a status is one, and is called so", () => {
    const deciding = waiting(POLICY);
    const decision = deciding.tell(paymentReported({ ...OPEN, status: null }));
    expect(decision.reason).toContain("pay_9 is without a status");
    deciding.now += HOUR_MS;
    deciding.wake();
    const still = deciding.read([FAILED, { ...OPEN, status: null }]);
    expect(still.reason).toContain("pay_9 is still without a status");
  });
});

describe("a payment of this debt that is none of our attempts", () => {
  test("the failed one itself, paid on its own page: by the customer", () => {
    const deciding = waiting();
    deciding.tell(paymentReported({ ...FAILED, status: "succeeded" }));
    expect(deciding.recovery.settlement).toMatchObject({ by: "customer", paymentId: "pay_1" });
  });

  test("an attempt that had failed, and succeeds: by the attempt, once", () => {
    const deciding = charging();
    deciding.charged(accepted);
    const payment = attempt(deciding, { status: "failed", declineCode: "GENERIC_DECLINE" });
    deciding.tell(paymentReported(payment));
    expect(deciding.recovery.settlement).toBeNull();
    deciding.tell(paymentReported({ ...payment, status: "succeeded" }));
    expect(deciding.recovery.settlement).toMatchObject({ by: "attempt", paymentId: "pay_2" });
    const { alertsSent } = deciding.recovery;
    deciding.tell(paymentReported({ ...payment, status: "succeeded" }));
    expect(deciding.recovery.alertsSent).toEqual(alertsSent);
  });

  test("one of our attempts that nobody here knows, still open: it is waited for", () => {
    const deciding = waiting();
    deciding.tell(paymentReported(attempt(deciding, { status: "processing" })));
    expect(deciding.recovery.followUp).toMatchObject({ reason: "open_payment" });
  });

  test("Dodo's collection asks for more than was owed: the operator hears of it", () => {
    const deciding = waiting();
    const given = { paymentId: id("pay_5"), status: "succeeded", isMethodUpdate: true } as const;
    deciding.tell(paymentReported(foreignPayment(deciding.now, { ...given, totalMinor: 3_000 })));
    expect(deciding.recovery.settlement).toMatchObject({ by: "customer", paymentId: "pay_5" });
    expect(deciding.recovery.alertsSent).toContainEqual({
      cause: "overcharged",
      paymentId: "pay_5",
      totals: { collectedMinor: 3_000, owedMinor: 2_900, currency: "USD" },
    });
    const exact = waiting();
    exact.tell(paymentReported(foreignPayment(exact.now, given)));
    expect(exact.recovery.alertsSent).toEqual([]);
  });

  test.each([
    ["the merchant's", 0, "merchant"],
    ["Dodo's", 1, "dodo"],
  ])("same_debt: another try that succeeds is %s", (_whose, retryAttempt, by) => {
    const deciding = waiting({ foreignCharges: "same_debt" });
    const given = { paymentId: id("pay_6"), status: "succeeded", retryAttempt } as const;
    deciding.tell(paymentReported(foreignPayment(deciding.now, { ...given, totalMinor: 0 })));
    expect(deciding.recovery.settlement).toBeNull();
    deciding.tell(paymentReported(foreignPayment(deciding.now, given)));
    expect(deciding.recovery.settlement).toMatchObject({ by, paymentId: "pay_6" });
  });

  test("what comes after the debt was paid is told as too much, once", () => {
    const deciding = waiting();
    deciding.tell(paymentReported({ ...FAILED, status: "succeeded" }));
    const other = foreignPayment(deciding.now, { paymentId: id("pay_7"), status: "succeeded" });
    deciding.tell(paymentReported({ ...other, totalMinor: 0 }));
    expect(deciding.recovery.alertsSent).toEqual([]);
    deciding.tell(paymentReported(other));
    const { alertsSent } = deciding.recovery;
    expect(alertsSent).toHaveLength(1);
    deciding.tell(paymentReported(other));
    expect(deciding.recovery.alertsSent).toEqual(alertsSent);
  });
});

describe("paid, and still on hold", () => {
  test("is looked at for a day, then told", () => {
    const deciding = waiting(retryPolicy({ followUpMs: [5 * HOUR_MS] }));
    const paid = { ...FAILED, status: "succeeded" };
    deciding.tell(paymentReported(paid));
    const since = deciding.now;
    let last = deciding.now;
    while (deciding.recovery.ended.length === 0) {
      deciding.read([paid], { status: "on_hold" });
      last = deciding.now;
      if (deciding.recovery.ended.length === 0) deciding.wake();
    }
    expect(last - since).toBeGreaterThanOrEqual(DAY_MS);
    expect(last - since).toBeLessThan(DAY_MS + MINUTE_MS);
    expect(deciding.recovery.ended).toMatchObject([
      { outcome: "recovered", rule: "subscription.not_reactivated", reactivated: false },
    ]);
  });

  test("waits for another payment that is open", () => {
    const deciding = waiting();
    const paid = { ...FAILED, status: "succeeded" };
    deciding.tell(paymentReported(paid));
    const open = foreignPayment(deciding.now, { paymentId: id("pay_8"), status: "processing" });
    const decision = deciding.read([paid, open], { status: "active" });
    expect(decision.reason).toContain("another payment is open");
    deciding.wake();
    deciding.read([paid, { ...open, status: "failed", totalMinor: 0 }], { status: "active" });
    expect(deciding.recovery.ended).toMatchObject([{ outcome: "recovered", reactivated: true }]);
  });
});

describe("a scheduled cancellation, a changed card", () => {
  test("nothing is planned while one is scheduled, and it says why", () => {
    const deciding = new Deciding();
    const decision = deciding.open([FAILED], { cancelAtNextBillingDate: true });
    expect(deciding.recovery).toMatchObject({
      plan: null,
      customerAction: { reason: "cancellation_scheduled" },
    });
    expect(decision.reason).toContain("Dodo takes no charge any more");
  });

  test("a barred card that is on file again stops the attempt", () => {
    const deciding = waiting();
    const stolen = foreignPayment(DAY_0 - MINUTE_MS, {
      paymentId: id("pay_0"),
      declineCode: "STOLEN_CARD",
      methodId: "pm_9",
    });
    deciding.tell(subscriptionReported("subscription.updated", "on_hold"));
    const decision = deciding.read([stolen, FAILED], { methodId: "pm_9" });
    expect(deciding.recovery).toMatchObject({ plan: null, customerAction: { reason: "decline" } });
    expect(decision.rule).toBe("decline.never");
  });

  test("a card changed back before the attempt was made leaves the schedule as it was", () => {
    const deciding = waiting();
    const { plan } = deciding.recovery;
    deciding.tell(subscriptionReported("subscription.update_payment_method", "active"));
    deciding.read([FAILED], { status: "active", methodId: "pm_2" });
    expect(deciding.recovery.plan).toMatchObject({ trigger: "payment_method_update", number: 2 });
    deciding.tell(subscriptionReported("subscription.update_payment_method", "active"));
    deciding.read([FAILED], { status: "active", methodId: "pm_1" });
    expect(deciding.recovery.plan).toMatchObject({ trigger: "schedule", at: plan?.at });
  });

  test("a new card is not charged where the window's quiet end is near", () => {
    const deciding = waiting();
    const before = deciding.recovery.plan;
    deciding.now = (deciding.recovery.windowEndsAt ?? 0) - DEFAULT_POLICY.quietEndMs - HOUR_MS;
    deciding.tell(subscriptionReported("subscription.update_payment_method", "active"));
    deciding.read([FAILED], { status: "active", methodId: "pm_2" });
    expect(deciding.recovery.plan).toEqual(before);
  });
});
