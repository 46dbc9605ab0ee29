import { describe, expect, test } from "vitest";
import { ModelDodo, type ModelOptions } from "../../../dev/model/dodo.ts";
import { chargeRequested, subscriptionAs } from "../../../dev/model/events.ts";
import { AUTHORIZED_AT, DAY_0 } from "../../../dev/model/sample-states.ts";
import { Timeline } from "../../../dev/model/timeline.ts";
import { ModelWorld } from "../../../dev/model/world.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import {
  chargeRefusalOf,
  isBelowMinimum,
} from "../../../domain/requested-charge/requested-charge.ts";
import type { Mode } from "../../../domain/state/outcome.ts";
import type { Subscription } from "../../../domain/state/payment.ts";
import type { RequestedChargeStatus } from "../../../domain/state/requested-charge.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../domain/values/time.ts";
import { Deciding } from "../../support/domain/recovery-driver.ts";
import { RETRY, WRITE_OFF } from "../../support/domain/operator-commands.ts";

type Given = Parameters<typeof chargeRequested>[1];

/** A subscription in good order, of which a charge is asked at 13:10 on day 0. */
function scene(options: Partial<ModelOptions> = {}, mode: Mode = "act") {
  const timeline = new Timeline(DAY_0);
  const dodo = new ModelDodo(timeline, { authorizedAt: AUTHORIZED_AT, ...options });
  const world = new ModelWorld(timeline, dodo, () => DEFAULT_POLICY, mode);
  const ask = (given: Given = {}): void => world.ask(chargeRequested(timeline.now(), given));
  const until = async (ms: number): Promise<void> => await timeline.run(DAY_0 + ms);
  const last = (digit = "a"): RequestedChargeStatus | undefined =>
    world.reported.findLast(({ chargeId }) => chargeId === `charge-${digit.repeat(64)}`);
  const states = (digit = "a"): string[] =>
    world.reported
      .filter(({ chargeId }) => chargeId === `charge-${digit.repeat(64)}`)
      .map(({ state }) => state);
  return { timeline, dodo, world, ask, until, last, states };
}

const KEY = `charge-${"a".repeat(64)}`;

describe("a charge asked of us", () => {
  test("is attempt 1 of a debt of its own name, after two looks, and ends as collected in silence", async () => {
    const { dodo, world, ask, until, last, states } = scene();
    ask({ amountMinor: 1_234, metadata: { invoice_id: "in_1" } });
    await until(HOUR_MS);
    expect(dodo.payments).toHaveLength(1);
    expect(dodo.payments[0]).toMatchObject({ totalMinor: 1_234, status: "succeeded" });
    expect(dodo.payments[0]?.metadata).toMatchObject({
      invoice_id: "in_1",
      recovery_attempt: `${KEY}.1`,
      retry_attempt: 1,
    });
    expect(dodo.payments[0]?.createdAt).toBeGreaterThanOrEqual(DAY_0 + 10 * SECOND_MS);
    expect(states()).toEqual(["queued", "charging", "charging", "ended"]);
    expect(last()).toMatchObject({ outcome: "collected", refusal: null });
    expect(world.results).toMatchObject([{ outcome: "collected", by: "attempt" }]);
    expect([world.mails, world.alerts, world.errors]).toEqual([[], [], []]);
  });

  test("with tax on top asks for its price, and what it owed is known with it", async () => {
    const { dodo, world, ask, until } = scene({ taxRate: 0.2 });
    ask({ amountMinor: 1_000 });
    await until(HOUR_MS);
    expect(dodo.payments[0]).toMatchObject({ totalMinor: 1_200, taxMinor: 200 });
    expect(world.alerts).toEqual([]);
    expect(world.results[0]?.debts).toMatchObject([
      { outcome: "collected", amountMinor: 1_000, totalMinor: 1_200 },
    ]);
  });

  test("that is declined is retried on days 3, 10 and 17 with the same body", async () => {
    const { dodo, world, ask, until, last } = scene();
    const decline = { kind: "decline", code: "INSUFFICIENT_FUNDS" } as const;
    dodo.verdicts.push(decline, decline);
    ask();
    await until(60 * DAY_MS);
    const days = dodo.payments.map(({ createdAt }) => Math.round((createdAt - DAY_0) / DAY_MS));
    expect(days).toEqual([0, 3, 10]);
    expect(dodo.payments.map(({ metadata }) => metadata["recovery_attempt"])).toEqual([
      `${KEY}.1`,
      `${KEY}.2`,
      `${KEY}.3`,
    ]);
    expect(last()).toMatchObject({ state: "ended", outcome: "recovered" });
    expect(world.mails.length).toBeGreaterThan(1);
  });

  test("that a person charges again at once was a recovery, though nobody was written to", async () => {
    const { dodo, world, ask, until, last } = scene();
    dodo.verdicts.push({ kind: "decline", code: "INSUFFICIENT_FUNDS" });
    ask();
    await until(20 * MINUTE_MS);
    world.command(RETRY);
    await until(HOUR_MS);
    expect(dodo.payments).toHaveLength(2);
    expect(last()).toMatchObject({ state: "ended", outcome: "recovered" });
  });

  test("asked again at any time is the same charge", async () => {
    const { dodo, world, ask, until, last } = scene();
    ask();
    ask();
    await until(12 * SECOND_MS);
    ask();
    await until(HOUR_MS);
    expect(last()).toMatchObject({ state: "ended", outcome: "collected" });
    // After its run's end too: a debt ends once, and is told once.
    const told = world.reported.filter(({ state }) => state === "ended").length;
    ask();
    await until(3 * HOUR_MS);
    expect(world.reported.filter(({ state }) => state === "ended")).toHaveLength(told);
    expect(dodo.payments).toHaveLength(1);
    expect(world.results.map(({ debts }) => debts.at(-1)?.rule)).toEqual([
      "requested_charge.collected",
      "requested_charge.ended_earlier",
    ]);
  });

  test("several at once are charged one after the other", async () => {
    const { dodo, ask, until, last } = scene({ outcomeMs: 5 * MINUTE_MS });
    const digits = ["a", "b", "c"];
    for (const digit of digits) ask({ digit });
    await until(DAY_MS);
    expect(digits.map((digit) => last(digit)?.outcome)).toEqual([
      "collected",
      "collected",
      "collected",
    ]);
    const starts = dodo.payments.map(({ createdAt }) => createdAt);
    expect(starts).toHaveLength(3);
    for (const [index, at] of starts.slice(1).entries()) {
      expect(at - (starts[index] ?? 0)).toBeGreaterThanOrEqual(5 * MINUTE_MS);
    }
  });

  test("whose answer was lost raises the fence like every attempt", async () => {
    const { dodo, ask, until, last } = scene();
    dodo.chargeFaults.push({ kind: "timeout_before" });
    ask();
    await until(23 * HOUR_MS);
    expect(dodo.payments).toEqual([]);
    await until(3 * DAY_MS);
    expect(dodo.payments).toHaveLength(1);
    expect(last()).toMatchObject({ outcome: "collected" });
  });

  test("that Dodo refuses waits for a person, and is told of", async () => {
    const { dodo, world, ask, until, last } = scene();
    dodo.chargeFaults.push({ kind: "refuse", code: "UNSUPPORTED_CURRENCY", httpStatus: 422 });
    ask();
    await until(HOUR_MS);
    expect(dodo.payments).toEqual([]);
    expect(last()).toMatchObject({ state: "needs_attention" });
    expect(world.alerts).toMatchObject([{ cause: "refused_request" }]);
    world.command(WRITE_OFF);
    await until(2 * HOUR_MS);
    expect(last()).toMatchObject({ state: "ended", outcome: "written_off" });
  });

  test("of a card that is not charged again asks the customer, and is charged once there is another", async () => {
    const { dodo, world, ask, until, last } = scene();
    dodo.merchantCharges({ kind: "decline", code: "STOLEN_CARD" });
    await until(MINUTE_MS);
    world.command(WRITE_OFF);
    await until(2 * MINUTE_MS);
    dodo.setStatus("active", "subscription.active");
    ask();
    await until(HOUR_MS);
    const own = (): number =>
      dodo.payments.filter(({ metadata }) => metadata["recovery_attempt"] !== undefined).length;
    expect(own()).toBe(0);
    expect(last()).toMatchObject({ state: "recovering" });
    dodo.customerChangesMethod("pm_2");
    await until(4 * HOUR_MS);
    expect(own()).toBe(1);
    // The customer was written to, so that it was a recovery.
    expect(last()).toMatchObject({ state: "ended", outcome: "recovered" });
  });

  test("is refused, and nothing sent, where the subscription does not take it", async () => {
    const cases = [
      [scene({ onDemand: false }), {}, "subscription_not_on_demand"],
      [scene(), { currency: "EUR" }, "currency_mismatch"],
      [scene(), { amountMinor: 49 }, "amount_below_minimum"],
      [scene({}, "shadow"), {}, "shadow"],
    ] as const;
    for (const [{ dodo, world, ask, until, last, states }, given, refusal] of cases) {
      ask(given);
      await until(HOUR_MS);
      expect(last()).toMatchObject({ state: "refused", refusal, outcome: null });
      expect(states()).toEqual(["refused"]);
      expect([dodo.payments, world.mails, world.errors]).toEqual([[], [], []]);
      expect(world.isOpen).toBe(false);
    }
  });

  test("that has ended keeps its end, and its decline, while another one is worked on", async () => {
    const { dodo, world, ask, until, last } = scene({ outcomeMs: 5 * MINUTE_MS });
    dodo.verdicts.push({ kind: "decline", code: "INSUFFICIENT_FUNDS" });
    ask();
    ask({ digit: "b" });
    await until(HOUR_MS);
    world.command(WRITE_OFF);
    await until(2 * HOUR_MS);
    expect(last("a")).toMatchObject({
      state: "ended",
      outcome: "written_off",
      declineCode: "INSUFFICIENT_FUNDS",
    });
    expect(last("b")).toMatchObject({ state: "ended", outcome: "collected", declineCode: null });
    expect(dodo.payments).toHaveLength(2);
  });

  test("of a subscription that is cancelled while it waits ends as cancelled", async () => {
    const { dodo, ask, until, last } = scene();
    ask();
    await until(5 * SECOND_MS);
    dodo.setStatus("cancelled", "subscription.cancelled");
    await until(HOUR_MS);
    expect(dodo.payments).toEqual([]);
    expect(last()).toMatchObject({ state: "ended", outcome: "cancelled" });
  });
});

const inGoodOrder = subscriptionAs(new Deciding().recovery, { status: "active" });

describe("a subscription takes a charge", () => {
  const refusalOf = (subscription: Partial<Subscription>, given: Given = {}): string | null => {
    const { request } = chargeRequested(DAY_0, given);
    const refusal = chargeRefusalOf(request, { ...inGoodOrder, ...subscription });
    return refusal === null ? null : `${refusal.code}: ${refusal.reason}`;
  };

  test.each(["active", "on_hold", "past_due"])("while it is %s", (status) => {
    expect(refusalOf({ status })).toBeNull();
  });

  test("in its own currency, named or not", () => {
    expect(refusalOf({}, { currency: "USD" })).toBeNull();
    expect(refusalOf({ currency: "EUR" })).toBeNull();
  });

  test.each<[Partial<Subscription>, Given, string]>([
    [{ optedOut: true }, {}, "opted_out: its metadata says reprise = off"],
    [
      { onDemand: false },
      {},
      "subscription_not_on_demand: Dodo charges this subscription by itself",
    ],
    [{ status: "paused" }, {}, "subscription_not_chargeable: the subscription is paused"],
    [{ status: "cancelled" }, {}, "subscription_not_chargeable: the subscription is cancelled"],
    [{ status: "a_new_one" }, {}, "subscription_not_chargeable: the subscription is a_new_one"],
    [{ status: null }, {}, "subscription_not_chargeable: the subscription is without a status"],
    [
      { cancelAtNextBillingDate: true },
      {},
      "cancellation_scheduled: Dodo takes no charge of it any more",
    ],
    [{}, { currency: "EUR" }, "currency_mismatch: the subscription is in USD"],
    [{}, { amountMinor: 49 }, "amount_below_minimum: too little in USD"],
    [{ currency: "KWD" }, { amountMinor: 149 }, "amount_below_minimum: too little in KWD"],
  ])("but not as %o, asked for %o", (subscription, given, expected) => {
    expect(refusalOf(subscription, given)).toBe(expected);
  });
});

test.each([
  ["USD", 49, true],
  ["USD", 50, false],
  ["JPY", 49, true],
  ["JPY", 50, false],
  ["KWD", 149, true],
  ["KWD", 150, false],
])("%s %d in the smallest unit is too little: %s", (currency, amountMinor, isTooLittle) => {
  expect(isBelowMinimum(amountMinor, currency)).toBe(isTooLittle);
});
