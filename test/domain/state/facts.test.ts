import { describe, expect, test } from "vitest";
import { subscriptionAs } from "../../../dev/model/events.ts";
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

describe("the state a person sees", () => {
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
  ])("%s", (state, given) => {
    expect(stateOf(with_(given))).toBe(state);
  });

  test("nothing is over while something is owed, looked for, or under way", () => {
    expect(isOver(with_({ debt: null }))).toBe(true);
    expect(isOver(with_({}))).toBe(false);
    expect(isOver(with_({ debt: null, opening: {} }))).toBe(false);
    expect(isOver(with_({ debt: null, pendingEffects: { e1: {} } }))).toBe(false);
  });
});

describe("what may be charged", () => {
  test.each([
    [true, { status: "active" }],
    [true, { status: "on_hold" }],
    [true, { status: "past_due" }],
    [false, { status: "paused" }],
    [false, { status: null }],
    [false, { status: "active", cancelAtNextBillingDate: true }],
    [true, { status: "on_hold", onDemand: false }],
    [false, { status: "active", onDemand: false }],
    [false, { status: "past_due", onDemand: false }],
    [false, { status: "on_hold", onDemand: false, cancelAtNextBillingDate: true }],
  ])("%s for %j", (isIt, given) => {
    expect(isChargeable(subscribed(given))).toBe(isIt);
  });

  test("nothing before the subscription was read", () => {
    expect(isChargeable(with_({ subscription: null }))).toBe(false);
  });

  test("a barred method is the subscription's, else the latest attempt's", () => {
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

describe("what is presumed of a payment that nothing tells apart", () => {
  const ask = { ...DEFAULT_POLICY, foreignCharges: "ask" };
  const newDebt = { ...DEFAULT_POLICY, foreignCharges: "new_debt" };
  test.each([
    ["ask", { policy: ask }],
    ["ask", { policy: null }],
    ["new_debt", { policy: newDebt, subscription: null }],
    ["same_debt", { policy: newDebt, mode: "shadow" }],
    ["same_debt", { policy: newDebt, subscription: subscriptionAs(EMPTY, { onDemand: false }) }],
    ["new_debt", { policy: newDebt, subscription: subscriptionAs(EMPTY, { onDemand: true }) }],
  ])("%s", (presumed, given) => {
    expect(unattributedPaymentPolicy(with_(given))).toBe(presumed);
  });
});

describe("small facts", () => {
  test.each([
    ["charge", false],
    ["renewal", false],
    ["schedule", true],
    ["payment_method_update", true],
    ["customer", true],
    ["operator", true],
  ] as const)("an attempt by %s is ours: %s", (trigger, isOurs) => {
    expect(isOurAttempt({ trigger } as Attempt)).toBe(isOurs);
  });

  test("a question is known by its cause", () => {
    const asked = with_({ attention: [{ cause: "charge_blocked", since: DAY_0, detail: "" }] });
    expect(hasAttention(asked, "charge_blocked")).toBe(true);
    expect(hasAttention(asked, "overcharged")).toBe(false);
  });

  test("a notice's name has its detail, where it has one", () => {
    expect(noticeKey("recovered", null)).toBe("recovered");
    expect(noticeKey("retry_ahead", 2)).toBe("retry_ahead.2");
  });
});
