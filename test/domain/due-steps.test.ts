import { describe, expect, test } from "vitest";
import {
  paymentReported,
  subscriptionReported,
  unattributedPayment,
} from "../../dev/model/events.ts";
import { paymentStatus, subscriptionStatus } from "../../dodo/statuses.ts";
import type { Decision } from "../../domain/decision/decision.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import { DEFAULT_POLICY, type Policy } from "../../domain/policy.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Payment } from "../../domain/state/payment.ts";
import { paymentIdOf as id } from "../support/domain/ids.ts";
import { RETRY } from "../support/domain/operator-commands.ts";
import { RecoveryDriver, retryPolicy } from "../support/domain/recovery-driver.ts";
import { DAY_0, DAY_MS, HOUR_MS, MINUTE_MS } from "../support/domain/scenario.ts";

const FAILED = unattributedPayment(DAY_0 - MINUTE_MS, {
  paymentId: id("pay_1"),
  declineCode: "INSUFFICIENT_FUNDS",
});

function opened(policy: Partial<Policy> = {}, failed: Partial<Payment> = {}): RecoveryDriver {
  const driver = new RecoveryDriver(policy);
  driver.open([{ ...FAILED, ...failed }]);
  return driver;
}

const kinds = ({ effects }: Decision): string[] => effects.map(({ kind }) => kind);
const noticesOf = ({ decisions }: RecoveryDriver): (Effect & { kind: "notice" })[] =>
  decisions.flatMap(({ effects }) => effects.filter((effect) => effect.kind === "notice"));

/** Wakes the recovery until `at`, delivers every notice and answers every read. */
function runTo(driver: RecoveryDriver, at: number): void {
  for (;;) {
    driver.deliverNotice();
    const { wakeAt } = driver.decisions.at(-1) ?? {};
    if (wakeAt == null || wakeAt > at) return;
    if (kinds(driver.wake()).includes("read")) driver.finishRead([FAILED]);
  }
}

describe("an attempt that is due", () => {
  /** Its only retry is due an hour before the quiet end, the last three days of the window. */
  const LATE = retryPolicy({ gapsMs: [26 * DAY_MS] });
  const quietFrom = ({ recovery }: RecoveryDriver): number =>
    (recovery.windowEndsAt ?? 0) - DEFAULT_POLICY.quietEndMs;

  test("starts before the quiet end, and asks the customer instead once it has begun", () => {
    for (const [lateMs, charges] of [
      [-1_000, 1],
      [0, 0],
      [HOUR_MS, 0],
    ] as const) {
      const driver = opened(LATE);
      const { plan } = driver.recovery;
      expect(plan).toMatchObject({ number: 2, trigger: "schedule" });
      driver.recovery = {
        ...driver.recovery,
        plan: plan && { ...plan, dueAt: quietFrom(driver) },
        notices: ["payment_failed", "retry_ahead.2"],
      };
      driver.now = quietFrom(driver) + lateMs - 1_000;
      const decision = driver.receive({ kind: "timer_fired" });
      expect(kinds(decision).filter((kind) => kind === "charge")).toHaveLength(charges);
      if (charges === 1) continue;
      expect(decision.reason).toContain("the window's quiet end has begun");
      expect(driver.recovery).toMatchObject({
        plan: null,
        customerAction: { reason: "schedule_spent" },
      });
    }
  });

  test("starts in the quiet end when an operator commands it", () => {
    const driver = opened(LATE);
    driver.now = quietFrom(driver) + HOUR_MS;
    expect(kinds(driver.command(RETRY))).toContain("charge");
  });

  test("asks the customer instead of charging a card that was blocked meanwhile", () => {
    const driver = opened();
    const { blockedMethods } = driver.recovery;
    expect(blockedMethods).toEqual([]);
    driver.recovery = { ...driver.recovery, blockedMethods: ["pm_1"] };
    driver.now = driver.recovery.plan?.at ?? 0;
    const decision = driver.receive({ kind: "timer_fired" });
    expect(kinds(decision)).not.toContain("charge");
    expect(decision.reason).toContain("the card on file is never charged again");
    expect(driver.recovery.customerAction).toMatchObject({ reason: "decline" });
  });

  test("starts up to a day late, and moves when it is later", () => {
    const late = (ms: number): string[] => {
      const driver = opened();
      const notices = ["payment_failed", "retry_ahead.2"];
      driver.recovery = { ...driver.recovery, notices };
      driver.now = (driver.recovery.plan?.dueAt ?? 0) + ms - 1_000;
      return kinds(driver.receive({ kind: "timer_fired" }));
    };
    expect(late(DAY_MS)).toContain("charge");
    expect(late(DAY_MS + 1)).not.toContain("charge");
  });
});

describe("the end of the window", () => {
  const CANCEL = { onExhausted: "cancel" } as const;

  /** A recovery whose window has ended, with the final read done. */
  function over(
    policy: Partial<Policy>,
    given: Partial<RecoveryDriver["recovery"]> = {},
  ): RecoveryDriver {
    const driver = opened(policy, { declineCode: "EXPIRED_CARD" });
    driver.recovery = { ...driver.recovery, noticesDelivered: 1, pendingEffects: {}, ...given };
    driver.now = driver.recovery.windowEndsAt ?? 0;
    const finalRead = driver.receive({ kind: "timer_fired" });
    expect(finalRead.reason).toContain("the window is over, so Dodo is read once more");
    driver.finishRead([{ ...FAILED, declineCode: "EXPIRED_CARD" }]);
    return driver;
  }

  test("exhausts the debt after a final read and leaves the subscription", () => {
    const driver = over({});
    expect(driver.recovery.ended).toMatchObject([{ outcome: "exhausted", by: "reprise" }]);
    expect(kinds(driver.decisions.at(-1) as Decision)).not.toContain("cancel");
  });

  test("cancels the subscription when the policy says so", () => {
    const driver = over(CANCEL);
    expect(kinds(driver.decisions.at(-1) as Decision)).toContain("cancel");
    expect(driver.decisions.at(-1)?.reason).toContain(
      "the debt is unpaid at the end of the window",
    );
  });

  test("does not cancel when no notice was delivered", () => {
    const driver = over(CANCEL, { noticesDelivered: 0 });
    expect(driver.recovery.ended).toMatchObject([{ outcome: "exhausted" }]);
  });

  test("does not cancel after a decline on the merchant's side", () => {
    const { attempts } = opened().recovery;
    const faulty = attempts.map((attempt) => ({ ...attempt, declineCode: "INVALID_AMOUNT" }));
    const driver = over(CANCEL, { attempts: faulty });
    expect(driver.recovery.ended).toMatchObject([{ outcome: "exhausted" }]);
  });
});

describe("the notices of the schedule", () => {
  const notices = (given: Partial<Policy["notices"]>): Partial<Policy> => ({
    notices: { ...DEFAULT_POLICY.notices, ...given },
  });

  /** The notices before the first retry, each with the hours since the failure was known. */
  function noticesBeforeRetry(policy: Partial<Policy>): string[] {
    const driver = opened(policy);
    const knownAt = driver.recovery.attempts[0]?.endedAt ?? 0;
    const sent: string[] = [];
    const attemptAt = driver.recovery.plan?.at ?? 0;
    for (;;) {
      const { wakeAt } = driver.decisions.at(-1) ?? {};
      if (wakeAt == null || wakeAt >= attemptAt) return sent;
      const due = wakeAt;
      const before = noticesOf(driver).length;
      runTo(driver, due);
      const [notice] = noticesOf(driver).slice(before);
      if (notice !== undefined)
        sent.push(`${notice.notice} ${Math.round((due - knownAt) / HOUR_MS)} h`);
    }
  }

  test("are one about the failure and one a day before the retry", () => {
    const [first, ahead] = noticesBeforeRetry({});
    expect(first).toBe("payment_failed 2 h");
    expect(ahead).toMatch(/^retry_ahead \d+ h$/);
  });

  test("leave out the announcement of the retry when the policy sets it to 0", () => {
    expect(noticesBeforeRetry(notices({ beforeAttemptMs: 0 }))).toEqual(["payment_failed 2 h"]);
  });

  test("leave out the announcement when the first notice comes after it", () => {
    expect(noticesBeforeRetry(notices({ firstSoftMs: 60 * HOUR_MS }))).toEqual([
      "payment_failed 60 h",
    ]);
  });

  test("leave out the first notice when the retry comes before it", () => {
    const sent = noticesBeforeRetry(notices({ firstSoftMs: 20 * DAY_MS }));
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(/^retry_ahead/);
  });
});

describe("the notices of a debt that only the customer can pay", () => {
  test("name the end of the grace period as the deadline when it comes before the window's", () => {
    const deadline = (graceEndsAt: number | null): number | undefined => {
      const driver = opened({}, { declineCode: "EXPIRED_CARD" });
      driver.recovery = { ...driver.recovery, graceEndsAt, notices: [], pendingEffects: {} };
      const before = noticesOf(driver).length;
      driver.receive({ kind: "timer_fired" });
      return noticesOf(driver)[before]?.windowEndsAt;
    };
    const windowEndsAt = FAILED.createdAt + DEFAULT_POLICY.windowMs;
    expect(deadline(null)).toBe(windowEndsAt);
    expect(deadline(DAY_0 + 5 * DAY_MS)).toBe(DAY_0 + 5 * DAY_MS);
    expect(deadline(DAY_0 + 90 * DAY_MS)).toBe(windowEndsAt);
  });

  test("that would fall into the quiet end are sent once, right before it", () => {
    const hardMs = [0, 3 * DAY_MS, 28 * DAY_MS, 29 * DAY_MS];
    const policy = { notices: { ...DEFAULT_POLICY.notices, hardMs } };
    const driver = opened(policy, { declineCode: "EXPIRED_CARD" });
    const since = driver.recovery.customerAction?.since ?? 0;
    runTo(driver, since + 27.9 * DAY_MS);
    expect(noticesOf(driver).map(({ step }) => step)).toEqual(["first", "reminder", "last"]);
    expect(driver.recovery.notices).toHaveLength(3);
  });
});

test("Dodo is read once, a minute after the end of the grace period", () => {
  const driver = opened();
  const graceEndsAt = driver.now + HOUR_MS;
  const report = subscriptionReported("subscription.past_due", "past_due");
  driver.receive({ ...report, graceEndsAt } as DomainEvent);
  driver.finishRead([FAILED], subscriptionStatus("past_due"));
  const decision = driver.wake();
  expect(driver.now).toBe(graceEndsAt + MINUTE_MS + 1_000);
  expect(decision.rule).toBe("subscription.grace_ends");
  expect(decision.effects).toMatchObject([{ kind: "read", why: "the end of the grace period" }]);
  expect(driver.recovery.graceEndsAt).toBeNull();
});

test("a recovery that waits for an open payment says so", () => {
  const driver = opened();
  const { waitingFor } = driver.receive(
    paymentReported({ ...FAILED, paymentId: id("pay_2"), ...paymentStatus("processing") }),
  );
  expect(waitingFor).toBe("a read of Dodo (open payment)");
});
