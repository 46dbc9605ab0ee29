import { describe, expect, test } from "vitest";
import { foreignPayment, paymentReported } from "../../../dev/model/events.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { describeAlert, isSameAlert } from "../../../domain/state/alert.ts";
import type { Evidence, Payment, Subscription } from "../../../domain/state/payment.ts";
import type { Recovery } from "../../../domain/state/recovery.ts";
import { Deciding, retryPolicy } from "../../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { DAY_0, DAY_MS, HOUR_MS, MINUTE_MS } from "../../support/domain/scenario.ts";

const failed = (name: string, given: Partial<Payment> = {}): Payment =>
  foreignPayment(DAY_0 - HOUR_MS, {
    paymentId: id(name),
    declineCode: "INSUFFICIENT_FUNDS",
    ...given,
  });

/** An hour after the failures. */
const succeeded = (name: string, given: Partial<Payment> = {}): Payment =>
  foreignPayment(DAY_0, { paymentId: id(name), status: "succeeded", ...given });

/** A recovery's standing in a few words. */
function standing({
  debt,
  attempts,
  queue,
  plan,
  attention,
  settlement,
  alertsSent,
  ended,
  opening,
}: Recovery) {
  return [
    ...(opening === null ? [] : ["opening"]),
    ...(debt === null ? [] : [`owed ${debt.id} ${debt.priceMinor}`]),
    ...(attempts.length > 1 ? [`tried ${attempts.length}`] : []),
    ...(plan === null ? [] : [`planned ${plan.number}`]),
    ...(settlement === null ? [] : [`paid by ${settlement.by}`]),
    ...queue.map((one) => `queued ${one.debt.id} ${one.debt.priceMinor}`),
    ...attention.map((question) => `asks ${question.cause} ${describeAlert(question)}`),
    ...alertsSent
      .filter((alert) => !attention.some((question) => isSameAlert(question, alert)))
      .map((alert) => `told ${alert.cause} ${describeAlert(alert)}`),
    ...ended.map(({ debtId, outcome, rule }) => `ended ${debtId ?? "-"} ${outcome} ${rule}`),
  ].join(", ");
}

type Case = {
  readonly payments: readonly Payment[];
  readonly policy?: Partial<Policy>;
  readonly subscription?: Partial<Subscription>;
  readonly evidence?: Partial<Evidence> & { readonly reads?: number };
};

function open({ payments, policy, subscription, evidence }: Case): Deciding {
  const deciding = new Deciding(policy);
  deciding.open(payments, subscription, evidence);
  return deciding;
}

const NEW_DEBT = { foreignCharges: "new_debt" } as const;
const SAME_DEBT = { foreignCharges: "same_debt" } as const;
/** For what reads more often than this follows up. */
const SHORT_FOLLOW_UP = retryPolicy({ followUpMs: [5 * MINUTE_MS] });
const BY_KEY = { debtKey: "invoice_id" };
const ACTIVE = { status: "active" };

describe("what an opening finds owed", () => {
  const cases: readonly (readonly [string, string, Case])[] = [
    ["one failed charge", "owed pay_1 2900, planned 2", { payments: [failed("pay_1")] }],
    [
      "a later success of its price pays it",
      "ended - nothing_owed opening.nothing_owed",
      { payments: [failed("pay_1"), succeeded("pay_2")], subscription: ACTIVE },
    ],
    [
      "an earlier one does not",
      "owed pay_1 2900, planned 2",
      { payments: [succeeded("pay_2", { createdAt: DAY_0 - DAY_MS }), failed("pay_1")] },
    ],
    [
      "one of another price is a question",
      "owed pay_1 2900, planned 2, asks unattributed_success pay_2",
      { payments: [failed("pay_1"), succeeded("pay_2", { totalMinor: 1_000 })] },
    ],
    [
      "tax on top does not make it another price",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [failed("pay_1"), succeeded("pay_2", { totalMinor: 3_100, taxMinor: 200 })],
        subscription: ACTIVE,
      },
    ],
    [
      "one of nothing is no success",
      "owed pay_1 2900, planned 2",
      { payments: [failed("pay_1"), succeeded("pay_2", { totalMinor: 0 })] },
    ],
    [
      "an attempt under its key pays it, whatever it asked for",
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
      "another debt's attempt does not, although the price is the same",
      "owed pay_1 2900, planned 2",
      {
        payments: [failed("pay_1"), succeeded("pay_2", { attemptKey: "pay_0.2" as never })],
      },
    ],
    [
      "a changed card that was charged for the dues pays it",
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
      "a changed card that was charged for nothing does not",
      "owed pay_1 2900, planned 2",
      {
        payments: [failed("pay_1"), succeeded("pay_2", { isMethodUpdate: true, totalMinor: 0 })],
      },
    ],
    [
      "same_debt: a later success of any price pays it",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [failed("pay_1"), succeeded("pay_2", { totalMinor: 1 })],
        policy: SAME_DEBT,
        subscription: ACTIVE,
      },
    ],
    [
      "same_debt: one of nothing does not",
      "owed pay_1 2900, planned 2",
      {
        payments: [failed("pay_1"), succeeded("pay_2", { totalMinor: 0 })],
        policy: SAME_DEBT,
      },
    ],
    [
      "new_debt: a later success of the same price pays something else",
      "owed pay_1 2900, planned 2",
      { payments: [failed("pay_1"), succeeded("pay_2")], policy: NEW_DEBT },
    ],
    [
      "debt_key: a success with its key pays it, whatever its price",
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
      "debt_key: one with another key does not, although the price is the same",
      "owed pay_1 2900, planned 2",
      {
        payments: [failed("pay_1", { debtKey: "in_1" }), succeeded("pay_2", { debtKey: "in_2" })],
        policy: BY_KEY,
      },
    ],
    [
      "debt_key: a success without one is told by its price",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [failed("pay_1", { debtKey: "in_1" }), succeeded("pay_2")],
        policy: BY_KEY,
        subscription: ACTIVE,
      },
    ],
    [
      "debt_key: a success with one, of a failure without, is told by its price",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [failed("pay_1"), succeeded("pay_2", { debtKey: "in_1" })],
        policy: BY_KEY,
        subscription: ACTIVE,
      },
    ],
    [
      "debt_key: the subscription's own value says nothing",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [failed("pay_1", { debtKey: "in_0" }), succeeded("pay_2", { debtKey: "in_0" })],
        policy: BY_KEY,
        subscription: { ...ACTIVE, debtKey: "in_0" },
      },
    ],
    [
      "what failed at the window's very beginning is owed",
      "owed pay_1 2900",
      {
        payments: [failed("pay_1", { createdAt: DAY_0 + 12_000 - DEFAULT_POLICY.windowMs })],
      },
    ],
    [
      "what failed before is not",
      "ended - nothing_owed opening.nothing_owed",
      {
        payments: [failed("pay_1", { createdAt: DAY_0 + 11_999 - DEFAULT_POLICY.windowMs })],
      },
    ],
    [
      "a debt that ended before stays ended, also on a hold",
      "ended - nothing_owed opening.nothing_owed",
      { payments: [failed("pay_1")], evidence: { endedDebts: ["pay_1"] } },
    ],
    [
      "Dodo's own retry of a renewal that ended founds none",
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
      "a renewal of its own after one that ended does",
      "owed pay_2 2900, planned 2",
      {
        payments: [failed("pay_1"), failed("pay_2", { createdAt: DAY_0 })],
        evidence: { endedDebts: ["pay_1"] },
      },
    ],
    [
      "Dodo's retry of a later renewal is not taken for one of the debt that ended",
      "owed pay_2 2900, tried 2, planned 3, told second_debt pay_3",
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
      "Dodo's retry whose renewal came after it founds a debt",
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
      "failures of one price are one debt, and the operator hears of it",
      "owed pay_1 2900, tried 2, planned 3, told second_debt pay_2",
      { payments: [failed("pay_1"), failed("pay_2", { createdAt: DAY_0 })] },
    ],
    [
      "of a scheduled subscription they are Dodo's retries, and no news",
      "owed pay_1 2900, tried 2",
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
      "new_debt: each is a debt, also of one price",
      "owed pay_1 2900, planned 2, queued pay_2 2900",
      { payments: [failed("pay_1"), failed("pay_2")], policy: NEW_DEBT },
    ],
    [
      "debt_key: each key is a debt",
      "owed pay_1 2900, planned 2, queued pay_2 2900",
      {
        payments: [failed("pay_1", { debtKey: "in_1" }), failed("pay_2", { debtKey: "in_2" })],
        policy: BY_KEY,
      },
    ],
    [
      "debt_key: one without a key among them is a question",
      "opening, asks several_failures pay_1, pay_2",
      {
        payments: [failed("pay_1", { debtKey: "in_1" }), failed("pay_2", { totalMinor: 1_000 })],
        policy: BY_KEY,
      },
    ],
    [
      "one for several subscriptions is a question, and is never charged",
      "opening, asks multi_subscription pay_1",
      { payments: [failed("pay_1", { isMultiSubscription: true })] },
    ],
    [
      "of a subscription that has ended the debt is known, and over",
      "ended pay_1 cancelled subscription.ended",
      { payments: [failed("pay_1")], subscription: { status: "expired" } },
    ],
    [
      "and so is what is unclear",
      "ended pay_1 cancelled subscription.ended",
      {
        payments: [failed("pay_1", { isMultiSubscription: true })],
        subscription: { status: "cancelled" },
      },
    ],
    [
      "a first payment is nobody's debt",
      "ended - nothing_owed opening.first_payment",
      { payments: [failed("pay_1")], subscription: { status: "pending" }, evidence: { reads: 1 } },
    ],
    [
      "nor is that of a subscription which could not be made",
      "ended - nothing_owed opening.first_payment",
      { payments: [failed("pay_1")], subscription: { status: "failed" }, evidence: { reads: 1 } },
    ],
    [
      "who opted out is left alone",
      "ended - nothing_owed opening.opted_out",
      { payments: [failed("pay_1")], subscription: { optedOut: true }, evidence: { reads: 1 } },
    ],
    [
      "a customer who disputed lately is a question",
      "owed pay_1 2900, planned 2, asks recent_dispute dp_1",
      { payments: [failed("pay_1")], evidence: { disputeId: "dp_1" } },
    ],
    [
      "a hold without a failed payment is a question after four reads",
      "opening, asks hold_without_payment on_hold",
      { payments: [], evidence: { reads: 4 } },
    ],
    [
      "and is read once more before",
      "opening",
      { payments: [], evidence: { reads: 3 }, policy: SHORT_FOLLOW_UP },
    ],
    [
      "a hold whose failure is older than the window is none",
      "ended - nothing_owed opening.nothing_owed",
      { payments: [failed("pay_1", { createdAt: DAY_0 - 40 * DAY_MS })] },
    ],
    [
      "an attempt of ours that is in flight is adopted",
      "owed pay_1 2900",
      {
        payments: [
          failed("pay_1"),
          succeeded("pay_2", { status: "processing", attemptKey: "pay_1.2" as never }),
        ],
      },
    ],
    [
      "one that has failed is counted",
      "owed pay_1 2900, tried 2, planned 3",
      {
        payments: [
          failed("pay_1"),
          failed("pay_2", { createdAt: DAY_0, attemptKey: "pay_1.2" as never }),
        ],
      },
    ],
  ];
  test.each(cases)("%s: %s", (_what, found, given) => {
    expect(standing(open(given).recovery)).toBe(found);
  });
});

describe("while it looks", () => {
  test("an attempt in flight is followed, and nothing is planned beside it", () => {
    const open_ = open({
      payments: [
        failed("pay_1"),
        succeeded("pay_2", { status: "processing", attemptKey: "pay_1.2" as never }),
      ],
    });
    expect(open_.recovery.charge).toMatchObject({ number: 2, phase: "accepted" });
    expect(open_.recovery.plan).toBeNull();
  });

  test("a hold without a payment says where a pause may be the cause", () => {
    const paused = open({
      payments: [],
      subscription: { pausedAt: DAY_0 - DAY_MS },
      evidence: { reads: 4 },
    });
    expect(paused.decisions.at(-1)?.reason).toContain("so a pause may be unsettled");
    const held = open({ payments: [], evidence: { reads: 4 } });
    expect(held.decisions.at(-1)?.reason).not.toContain("pause");
  });

  test("the looks at a hold grow rarer, and none is skipped by a short follow-up", () => {
    const deciding = new Deciding(SHORT_FOLLOW_UP);
    deciding.tell(paymentReported(foreignPayment(DAY_0, { status: "processing" })));
    const waits = [1, 2, 3].map(() => {
      const { wakeAt } = deciding.read([]);
      const waitMs = (wakeAt ?? 0) - deciding.now;
      deciding.wake();
      return waitMs;
    });
    expect(waits).toEqual([10_000, 5 * MINUTE_MS, 5 * MINUTE_MS]);
  });

  test("payments that webhooks reported are read by name, the latest five of them", () => {
    const deciding = new Deciding();
    for (const number of [1, 2, 3, 4, 5, 6, 6]) {
      deciding.tell(paymentReported(foreignPayment(DAY_0, { paymentId: id(`pay_${number}`) })));
    }
    expect(deciding.recovery.opening?.reportedPayments).toEqual(
      [2, 3, 4, 5, 6].map((number) => `pay_${number}`),
    );
  });

  test("a hint between the two looks does not bring the second forward", () => {
    const deciding = new Deciding();
    deciding.tell(paymentReported(failed("pay_1")));
    deciding.read([failed("pay_1")]);
    const hint = deciding.tell(paymentReported(failed("pay_2")));
    expect(hint.effects).toEqual([]);
    expect(deciding.recovery.pendingEffects).toEqual({});
  });

  test("a hint after a question looks at once, and asks again what is still unclear", () => {
    const payments = [failed("pay_1"), failed("pay_2", { totalMinor: 1_000 })];
    const deciding = open({ payments });
    const hint = deciding.tell(paymentReported(failed("pay_2", { totalMinor: 1_000 })));
    expect(hint.effects).toMatchObject([{ kind: "read" }]);
    deciding.read(payments);
    expect(standing(deciding.recovery)).toBe("opening, asks several_failures pay_1, pay_2");
    deciding.tell(paymentReported(failed("pay_2", { totalMinor: 1_000 })));
    deciding.read([failed("pay_1")]);
    expect(standing(deciding.recovery)).toBe("owed pay_1 2900, planned 2");
  });
});
