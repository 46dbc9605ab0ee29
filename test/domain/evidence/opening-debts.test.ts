import { describe, expect, test } from "vitest";
import { paymentStatus, subscriptionStatus } from "../../../dodo/statuses.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { DAY_0, DAY_MS } from "../../support/domain/scenario.ts";
import {
  failed,
  open,
  type OpeningCase,
  SHORT_FOLLOW_UP,
  succeeded,
  summaryOf,
} from "./openings.ts";

const NEW_DEBT = { foreignCharges: "new_debt" } as const;
const SAME_DEBT = { foreignCharges: "same_debt" } as const;
const BY_KEY = { debtKey: "invoice_id" };
const ACTIVE = subscriptionStatus("active");

describe("what an opening finds", () => {
  const cases: readonly (readonly [string, string, OpeningCase])[] = [
    ["a failed charge is a debt", "owed pay_1 2900, planned 2", { payments: [failed("pay_1")] }],
    [
      "a later success of the same price pays a failure",
      "ended - nothing_owed opening.nothing_owed",
      { payments: [failed("pay_1"), succeeded("pay_2")], subscription: ACTIVE },
    ],
    [
      "an earlier success does not pay a failure",
      "owed pay_1 2900, planned 2",
      { payments: [succeeded("pay_2", { createdAt: DAY_0 - DAY_MS }), failed("pay_1")] },
    ],
    [
      "a later success of another price is a question",
      "owed pay_1 2900, planned 2, asks unattributed_success pay_2, USD 10.00",
      { payments: [failed("pay_1"), succeeded("pay_2", { totalMinor: 1_000 })] },
    ],
    [
      "a success pays a failure of the same price before tax",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [failed("pay_1"), succeeded("pay_2", { totalMinor: 3_100, taxMinor: 200 })],
        subscription: ACTIVE,
      },
    ],
    [
      "a success of nothing does not pay a failure",
      "owed pay_1 2900, planned 2",
      { payments: [failed("pay_1"), succeeded("pay_2", { totalMinor: 0 })] },
    ],
    [
      "an attempt with the debt's key pays it, whatever its amount",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [
          failed("pay_1"),
          succeeded("pay_2", { totalMinor: 1, attemptKey: "pay_1.2" as never }),
        ],
        subscription: ACTIVE,
      },
    ],
    [
      "another debt's attempt does not pay a failure of the same price",
      "owed pay_1 2900, planned 2",
      {
        payments: [failed("pay_1"), succeeded("pay_2", { attemptKey: "pay_0.2" as never })],
      },
    ],
    [
      "a method update that collected the dues pays a failure",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [
          failed("pay_1"),
          succeeded("pay_2", { isMethodUpdate: true, totalMinor: 100, methodId: "pm_2" }),
        ],
        subscription: ACTIVE,
      },
    ],
    [
      "a method update that collected nothing does not pay a failure",
      "owed pay_1 2900, planned 2",
      {
        payments: [failed("pay_1"), succeeded("pay_2", { isMethodUpdate: true, totalMinor: 0 })],
      },
    ],
    [
      "under same_debt, a later success of any price pays a failure",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [failed("pay_1"), succeeded("pay_2", { totalMinor: 1 })],
        policy: SAME_DEBT,
        subscription: ACTIVE,
      },
    ],
    [
      "under same_debt, a success of nothing does not pay a failure",
      "owed pay_1 2900, planned 2",
      {
        payments: [failed("pay_1"), succeeded("pay_2", { totalMinor: 0 })],
        policy: SAME_DEBT,
      },
    ],
    [
      "under new_debt, a later success of the same price pays something else",
      "owed pay_1 2900, planned 2",
      { payments: [failed("pay_1"), succeeded("pay_2")], policy: NEW_DEBT },
    ],
    [
      "a success with the failure's debt_key pays it, whatever its price",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [
          failed("pay_1", { debtKey: "in_1" }),
          succeeded("pay_2", { debtKey: "in_1", totalMinor: 1 }),
        ],
        policy: BY_KEY,
        subscription: ACTIVE,
      },
    ],
    [
      "a success with another debt_key does not pay a failure of the same price",
      "owed pay_1 2900, planned 2",
      {
        payments: [failed("pay_1", { debtKey: "in_1" }), succeeded("pay_2", { debtKey: "in_2" })],
        policy: BY_KEY,
      },
    ],
    [
      "a success without a debt_key pays a failure of the same price",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [failed("pay_1", { debtKey: "in_1" }), succeeded("pay_2")],
        policy: BY_KEY,
        subscription: ACTIVE,
      },
    ],
    [
      "a success with a debt_key pays a failure without one of the same price",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [failed("pay_1"), succeeded("pay_2", { debtKey: "in_1" })],
        policy: BY_KEY,
        subscription: ACTIVE,
      },
    ],
    [
      "a debt_key equal to the subscription's own value counts as none",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [failed("pay_1", { debtKey: "in_0" }), succeeded("pay_2", { debtKey: "in_0" })],
        policy: BY_KEY,
        subscription: { ...ACTIVE, debtKey: "in_0" },
      },
    ],
    [
      "a failure at the window's first instant is a debt",
      "owed pay_1 2900",
      {
        payments: [failed("pay_1", { createdAt: DAY_0 + 12_000 - DEFAULT_POLICY.windowMs })],
      },
    ],
    [
      "a failure before the window is no debt",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [failed("pay_1", { createdAt: DAY_0 - 1 - DEFAULT_POLICY.windowMs })],
      },
    ],
    [
      "an ended debt stays ended while the subscription is on hold",
      "ended - nothing_owed opening.nothing_owed",
      { payments: [failed("pay_1")], evidence: { endedDebts: ["pay_1"] } },
    ],
    [
      "Dodo's own retry of an ended renewal opens no debt",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [
          failed("pay_1"),
          failed("pay_2", { createdAt: DAY_0, retryAttempt: 1, totalMinor: 3_000 }),
        ],
        evidence: { endedDebts: ["pay_1"] },
      },
    ],
    [
      "a retry of an ended renewal opens no debt, even if the renewal succeeded late",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [
          succeeded("pay_1", { createdAt: DAY_0 - DAY_MS }),
          failed("pay_2", { retryAttempt: 1 }),
        ],
        evidence: { endedDebts: ["pay_1"] },
        subscription: ACTIVE,
      },
    ],
    [
      "under new_debt, a retry of a renewal is of the renewal's debt",
      "owed pay_1 2900, attempted 2, planned 3, notifies second_debt pay_2",
      {
        payments: [failed("pay_1"), failed("pay_2", { createdAt: DAY_0, retryAttempt: 1 })],
        policy: NEW_DEBT,
      },
    ],
    [
      "a new renewal after an ended one opens a debt",
      "owed pay_2 2900, planned 2",
      {
        payments: [failed("pay_1"), failed("pay_2", { createdAt: DAY_0 })],
        evidence: { endedDebts: ["pay_1"] },
      },
    ],
    [
      "Dodo's retry of a later renewal does not count for the ended debt",
      "owed pay_2 2900, attempted 2, planned 3, notifies second_debt pay_3",
      {
        payments: [
          failed("pay_1", { createdAt: DAY_0 - DAY_MS }),
          failed("pay_2"),
          failed("pay_3", { createdAt: DAY_0, retryAttempt: 1 }),
        ],
        evidence: { endedDebts: ["pay_1"] },
      },
    ],
    [
      "a retry without an earlier renewal opens a debt",
      "owed pay_2 2900, planned 2",
      {
        payments: [
          failed("pay_2", { retryAttempt: 1 }),
          failed("pay_1", { createdAt: DAY_0, totalMinor: 0 }),
        ],
        evidence: { endedDebts: ["pay_1"] },
      },
    ],
    [
      "failures of one price are one debt, and the operator is notified",
      "owed pay_1 2900, attempted 2, planned 3, notifies second_debt pay_2",
      { payments: [failed("pay_1"), failed("pay_2", { createdAt: DAY_0 })] },
    ],
    [
      "failures of a scheduled subscription are Dodo's retries, without a notification",
      "owed pay_1 2900, attempted 2",
      {
        payments: [failed("pay_1"), failed("pay_2", { createdAt: DAY_0 })],
        subscription: { onDemand: false },
      },
    ],
    [
      "failures of two prices are a question",
      "opening, asks several_failures pay_1, pay_2",
      { payments: [failed("pay_1"), failed("pay_2", { totalMinor: 1_000 })] },
    ],
    [
      "under new_debt, each failure is a debt, also of one price",
      "owed pay_1 2900, planned 2, queued pay_2 2900",
      { payments: [failed("pay_1"), failed("pay_2")], policy: NEW_DEBT },
    ],
    [
      "failures with different debt_keys are one debt each",
      "owed pay_1 2900, planned 2, queued pay_2 2900",
      {
        payments: [failed("pay_1", { debtKey: "in_1" }), failed("pay_2", { debtKey: "in_2" })],
        policy: BY_KEY,
      },
    ],
    [
      "failures of which one has no debt_key are a question",
      "opening, asks several_failures pay_1, pay_2",
      {
        payments: [failed("pay_1", { debtKey: "in_1" }), failed("pay_2", { totalMinor: 1_000 })],
        policy: BY_KEY,
      },
    ],
    [
      "a failure for several subscriptions is a question",
      "opening, asks multi_subscription pay_1",
      { payments: [failed("pay_1", { isMultiSubscription: true })] },
    ],
    [
      "the debt of an expired subscription ends at once",
      "ended pay_1 cancelled subscription.ended",
      { payments: [failed("pay_1")], subscription: subscriptionStatus("expired") },
    ],
    [
      "what is unclear about a cancelled subscription ends at once",
      "ended pay_1 cancelled subscription.ended",
      {
        payments: [failed("pay_1", { isMultiSubscription: true })],
        subscription: subscriptionStatus("cancelled"),
      },
    ],
    [
      "the first payment of a pending subscription is no debt",
      "ended - nothing_owed opening.first_payment",
      {
        payments: [failed("pay_1")],
        subscription: subscriptionStatus("pending"),
        evidence: { reads: 1 },
      },
    ],
    [
      "the first payment of a failed subscription is no debt",
      "ended - nothing_owed opening.first_payment",
      {
        payments: [failed("pay_1")],
        subscription: subscriptionStatus("failed"),
        evidence: { reads: 1 },
      },
    ],
    [
      "a subscription that opted out owes nothing",
      "ended - nothing_owed opening.opted_out",
      { payments: [failed("pay_1")], subscription: { optedOut: true }, evidence: { reads: 1 } },
    ],
    [
      "a customer who disputed a payment recently is a question",
      "owed pay_1 2900, planned 2, asks recent_dispute dp_1",
      { payments: [failed("pay_1")], evidence: { disputeId: "dp_1" } },
    ],
    [
      "a hold without a failed payment is a question after four reads",
      "opening, asks hold_without_payment on_hold",
      { payments: [], evidence: { reads: 4 } },
    ],
    [
      "a hold without a failed payment is read again after three reads",
      "opening",
      { payments: [], evidence: { reads: 3 }, policy: SHORT_FOLLOW_UP },
    ],
    [
      "a hold whose failure is older than the window owes nothing",
      "ended - nothing_owed opening.nothing_owed",
      { payments: [failed("pay_1", { createdAt: DAY_0 - 40 * DAY_MS })] },
    ],
    [
      "an open attempt of an earlier run is adopted",
      "owed pay_1 2900",
      {
        payments: [
          failed("pay_1"),
          succeeded("pay_2", { ...paymentStatus("processing"), attemptKey: "pay_1.2" as never }),
        ],
      },
    ],
    [
      "a failed attempt of an earlier run is counted",
      "owed pay_1 2900, attempted 2, planned 3",
      {
        payments: [
          failed("pay_1"),
          failed("pay_2", { createdAt: DAY_0, attemptKey: "pay_1.2" as never }),
        ],
      },
    ],
  ];
  test.each(cases)("%s: %s", (_idea, found, given) => {
    expect(summaryOf(open(given).recovery)).toBe(found);
  });
});
