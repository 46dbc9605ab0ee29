import { describe, expect, test } from "vitest";
import type { ChargeInput } from "../../activities/charge/charge-input.ts";
import { createPaymentLink } from "../../activities/charge/create-payment-link.ts";
import { obstacleInEarlierRuns } from "../../activities/charge/earlier-runs-check.ts";
import { ModelDodo } from "../../dev/model/dodo.ts";
import { unattributedPayment } from "../../dev/model/events.ts";
import { modelPort } from "../../dev/model/port.ts";
import { Timeline } from "../../dev/model/timeline.ts";
import { earlierChargeOf, withEarlierKeys } from "../../domain/charge/earlier-charges.ts";
import type { EarlierCharge, EarlierRuns, Payment } from "../../domain/state/payment.ts";
import {
  attemptKeyOf,
  debtIdOf,
  parseSubscriptionId,
  recoveryIdOf,
} from "../../domain/values/ids.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/values/time.ts";
import { paymentIdOf } from "../support/domain/ids.ts";
import { DAY_0 } from "../support/domain/scenario.ts";

const DEBT = debtIdOf(paymentIdOf("pay_1"));
const KEY = attemptKeyOf(DEBT, 2);
const SENT = DAY_0 + 3 * DAY_MS;

const charge = (given: Partial<EarlierCharge> = {}): EarlierCharge => ({
  key: KEY,
  number: 2,
  startedAt: SENT,
  sentNoLaterThan: SENT + MINUTE_MS,
  paymentId: null,
  ...given,
});

const input = (given: Partial<ChargeInput> = {}): ChargeInput =>
  ({
    key: KEY,
    mode: "act",
    settleMs: DAY_MS,
    confirmedAbsentUpTo: null,
    debt: { debtId: DEBT },
    ...given,
  }) as ChargeInput;

const runs = (given: Partial<EarlierRuns>): EarlierRuns => ({
  endedDebts: [],
  blockedMethods: [],
  ...given,
});

const obstacle = (
  earlier: Partial<EarlierRuns>,
  { given = {}, payments = [] as readonly Payment[], at = SENT + HOUR_MS } = {},
): ReturnType<typeof obstacleInEarlierRuns> =>
  obstacleInEarlierRuns(input(given), runs(earlier), payments, at);

describe("a manual retry of an earlier run", () => {
  const retry = charge({ via: "manual_retry", paymentId: paymentIdOf("pay_2") });
  const payments = [
    unattributedPayment(DAY_0, { paymentId: paymentIdOf("pay_1") }),
    unattributedPayment(SENT, { paymentId: paymentIdOf("pay_2"), retryAttempt: 1 }),
  ];

  test("gives its payment the attempt's key, which Dodo does not store", () => {
    const keys = withEarlierKeys(payments, [retry]).map(({ attemptKey }) => attemptKey);
    expect(keys).toEqual([null, KEY]);
  });

  test("whose payment is unknown, and a charge of our own, change nothing", () => {
    const unknown = { ...retry, paymentId: null };
    const own = charge({ paymentId: paymentIdOf("pay_2") });
    expect(withEarlierKeys(payments, [unknown, own])).toEqual(payments);
  });
});

describe("before a charge, what an earlier run has sent", () => {
  test("is unknown while Dodo does not list it, for the settling time", () => {
    const earlierCharges = [charge()];
    expect(obstacle({ earlierCharges })).toMatchObject({
      kind: "unknown",
      sentNoLaterThan: SENT + MINUTE_MS,
    });
    expect(obstacle({ earlierCharges }, { at: SENT + MINUTE_MS + DAY_MS })).toBeNull();
  });

  test("is followed where that run learned its payment", () => {
    const paymentId = paymentIdOf("pay_2");
    expect(obstacle({ earlierCharges: [charge({ paymentId })] })).toEqual({
      kind: "accepted",
      paymentId,
      adopted: true,
    });
  });

  test("blocks attempts of other debts too", () => {
    const key = attemptKeyOf(debtIdOf(paymentIdOf("pay_9")), 2);
    expect(obstacle({ earlierCharges: [charge()] }, { given: { key } })).toMatchObject({
      kind: "not_attempted",
      why: "earlier_charge",
    });
  });

  test("blocks nothing once Dodo lists it, or a person has confirmed that it does not exist", () => {
    const earlierCharges = [charge()];
    const payments = [
      {
        ...unattributedPayment(SENT, { state: "declined", dodoStatus: "failed" }),
        attemptKey: KEY,
      },
    ];
    expect(obstacle({ earlierCharges }, { payments })).toBeNull();
    const given = { confirmedAbsentUpTo: SENT + MINUTE_MS };
    expect(obstacle({ earlierCharges }, { given })).toBeNull();
  });

  test("blocks as a payment page that is not listed yet", () => {
    const earlierPages = [{ paymentId: paymentIdOf("pay_2"), createdAt: SENT }];
    expect(obstacle({ earlierPages })).toMatchObject({ why: "payment_exists" });
    expect(obstacle({ earlierPages }, { at: SENT + DAY_MS })).toBeNull();
  });

  test("ends the debt where another run has ended it", () => {
    expect(obstacle({ endedDebts: [DEBT] })).toMatchObject({ why: "ended_earlier" });
  });
});

describe("the charge that a stopped run leaves behind", () => {
  const sent = { key: KEY, number: 2, startedAt: SENT };

  test("is none where it is certain that nothing was sent", () => {
    const none = { kind: "not_attempted", why: "unreachable", detail: "" } as const;
    expect(earlierChargeOf(sent, none, SENT)).toBeNull();
  });

  test("may have left until the run's close plus its longest time, where the run learned nothing", () => {
    expect(earlierChargeOf(sent, null, SENT + 70_000)).toMatchObject({
      paymentId: null,
      sentNoLaterThan: SENT + 70_000,
    });
  });
});

describe("a payment page", () => {
  test("is not created while a charge of an earlier run may exist", async () => {
    const subscriptionId = parseSubscriptionId("sub_1");
    if (subscriptionId === null) throw new Error("no id");
    const timeline = new Timeline(SENT + HOUR_MS);
    const dodo = new ModelDodo(timeline, { authorizedAt: DAY_0 });
    const given = {
      at: timeline.now(),
      subscriptionId,
      recoveryId: recoveryIdOf(subscriptionId),
      debtId: DEBT,
      debt: null,
      mode: "act",
      settleMs: DAY_MS,
      confirmedAbsentUpTo: null,
    } as const;
    const create = async (earlier: EarlierRuns): Promise<string> => {
      const found = { done: false };
      const dependencies = {
        dodo: modelPort(dodo, timeline.now),
        readEarlierRuns: async () => await Promise.resolve(earlier),
        now: timeline.now,
      };
      const pending = createPaymentLink(given, dependencies, () => "https://x").finally(
        () => (found.done = true),
      );
      await timeline.run(timeline.now() + MINUTE_MS, () => found.done);
      const outcome = await pending;
      return outcome.kind === "not_made" ? outcome.why : outcome.kind;
    };
    expect(await create(runs({ earlierCharges: [charge()] }))).toBe("earlier_charge");
    expect(await create(runs({}))).toBe("made");
  });
});
