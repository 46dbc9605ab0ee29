import { describe, expect, test } from "vitest";
import { subscriptionAs } from "../../../dev/model/events.ts";
import { subscriptionStatus } from "../../../dodo/statuses.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import type { Attempt } from "../../../domain/state/attempt.ts";
import {
  currentMethodId,
  hasAttention,
  isChargeable,
  isMethodBlocked,
  isOurAttempt,
  isOver,
  noticeKey,
  stateOf,
  unattributedPaymentPolicy,
} from "../../../domain/state/facts.ts";
import type { Subscription } from "../../../domain/state/payment.ts";
import { newRecovery, type Recovery } from "../../../domain/state/recovery.ts";
import { DAY_0 } from "../../support/domain/scenario.ts";

const EMPTY = newRecovery("sub_1" as never, DAY_0);
const with_ = (given: Record<string, unknown>): Recovery =>
  ({ ...EMPTY, opening: null, debt: { id: "pay_1" }, ...given }) as unknown as Recovery;
const subscribed = (given: Partial<Subscription>): Recovery =>
  with_({ subscription: subscriptionAs(EMPTY, given) });

describe("the state that people see", () => {
  const attention = [{ cause: "charge_blocked", since: DAY_0, detail: "" }];
  test.each([
    ["needs_attention", { attention, paused: {}, charge: {}, settlement: {} }],
    ["paused", { paused: {}, charge: {}, settlement: {} }],
    ["charging", { charge: {}, settlement: {}, opening: {} }],
    ["opening", { opening: {}, debt: null }],
    ["ended", { debt: null, plan: {} }],
    ["reactivating", { settlement: {}, observing: {}, plan: {} }],
    ["reactivating", { closing: {}, plan: {} }],
    ["observing", { observing: {}, plan: {} }],
    ["waiting", { plan: {} }],
    ["awaiting_customer", { plan: {}, customerAction: {} }],
    ["awaiting_customer", { customerAction: {} }],
    ["awaiting_customer", {}],
  ])("is %s for %j", (state, given) => {
    expect(stateOf(with_(given))).toBe(state);
  });

  test("is over only when nothing is owed, being opened or pending", () => {
    expect(isOver(with_({ debt: null }))).toBe(true);
    expect(isOver(with_({}))).toBe(false);
    expect(isOver(with_({ debt: null, opening: {} }))).toBe(false);
    expect(isOver(with_({ debt: null, pendingEffects: { e1: {} } }))).toBe(false);
  });
});

describe("isChargeable", () => {
  test.each([
    [true, subscriptionStatus("active")],
    [true, subscriptionStatus("on_hold")],
    [true, subscriptionStatus("past_due")],
    [false, subscriptionStatus("paused")],
    [false, subscriptionStatus(null)],
    [false, { ...subscriptionStatus("active"), cancelAtNextBillingDate: true }],
    [true, { ...subscriptionStatus("on_hold"), onDemand: false }],
    [false, { ...subscriptionStatus("active"), onDemand: false }],
    [false, { ...subscriptionStatus("past_due"), onDemand: false }],
    [false, { ...subscriptionStatus("on_hold"), onDemand: false, cancelAtNextBillingDate: true }],
  ])("is %s for %j", (expected, given) => {
    expect(isChargeable(subscribed(given))).toBe(expected);
  });

  test("is false before the subscription is read", () => {
    expect(isChargeable(with_({ subscription: null }))).toBe(false);
  });
});

describe("isMethodBlocked", () => {
  test("looks at the subscription's method, else at the latest attempt's", () => {
    const attempts = [{ methodId: "pm_old" }];
    expect(currentMethodId(subscribed({ methodId: "pm_1" }))).toBe("pm_1");
    expect(currentMethodId(with_({ subscription: null, attempts }))).toBe("pm_old");
    expect(currentMethodId(with_({ subscription: null, attempts: [] }))).toBeNull();
    const blockedMethods = ["pm_old"];
    expect(isMethodBlocked(with_({ subscription: null, attempts, blockedMethods }))).toBe(true);
    expect(isMethodBlocked(with_({ subscription: null, attempts, blockedMethods: [] }))).toBe(
      false,
    );
    const unknown = { subscription: null, attempts: [], blockedMethods: [null] };
    expect(isMethodBlocked(with_(unknown))).toBe(false);
  });
});

describe("an unattributed payment", () => {
  const ask = { ...DEFAULT_POLICY, foreignCharges: "ask" };
  const newDebt = { ...DEFAULT_POLICY, foreignCharges: "new_debt" };
  test.each([
    ["ask", { policy: ask }],
    ["ask", { policy: null }],
    ["new_debt", { policy: newDebt, subscription: null }],
    ["same_debt", { policy: newDebt, mode: "shadow" }],
    ["same_debt", { policy: newDebt, subscription: subscriptionAs(EMPTY, { onDemand: false }) }],
    ["new_debt", { policy: newDebt, subscription: subscriptionAs(EMPTY, { onDemand: true }) }],
  ])("is presumed as %s for %j", (presumed, given) => {
    expect(unattributedPaymentPolicy(with_(given))).toBe(presumed);
  });
});

describe("an attempt", () => {
  test.each([
    ["charge", false],
    ["renewal", false],
    ["schedule", true],
    ["payment_method_update", true],
    ["customer", true],
    ["operator", true],
  ] as const)("with the trigger %s is ours: %s", (trigger, isOurs) => {
    expect(isOurAttempt({ trigger } as Attempt)).toBe(isOurs);
  });
});

describe("small facts", () => {
  test("an open question is found by its cause", () => {
    const withQuestion = with_({
      attention: [{ cause: "charge_blocked", since: DAY_0, detail: "" }],
    });
    expect(hasAttention(withQuestion, "charge_blocked")).toBe(true);
    expect(hasAttention(withQuestion, "overcharged")).toBe(false);
  });

  test("the key of a notice ends with its detail, if it has one", () => {
    expect(noticeKey("recovered", null)).toBe("recovered");
    expect(noticeKey("retry_ahead", 2)).toBe("retry_ahead.2");
  });
});
