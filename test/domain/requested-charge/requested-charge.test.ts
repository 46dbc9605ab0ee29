import { describe, expect, test } from "vitest";
import { ModelDodo, type ModelOptions } from "../../../dev/model/dodo.ts";
import { chargeRequested, subscriptionAs } from "../../../dev/model/events.ts";
import { AUTHORIZED_AT, DAY_0 } from "../../../dev/model/story-day.ts";
import { Timeline } from "../../../dev/model/timeline.ts";
import { ModelWorld } from "../../../dev/model/world.ts";
import { subscriptionStatus } from "../../../dodo/statuses.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import {
  chargeRefusalOf,
  isBelowMinimum,
} from "../../../domain/requested-charge/requested-charge.ts";
import type { Mode } from "../../../domain/state/outcome.ts";
import type { Subscription } from "../../../domain/state/payment.ts";
import type { RequestedChargeStatus } from "../../../domain/state/requested-charge.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../domain/values/time.ts";
import { RETRY, WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { RecoveryDriver } from "../../support/domain/recovery-driver.ts";

type Given = Parameters<typeof chargeRequested>[1];

/** An active subscription at 13:10 on day 0; `request` sends a charge. */
function scene(options: Partial<ModelOptions> = {}, mode: Mode = "act") {
  const timeline = new Timeline(DAY_0);
  const dodo = new ModelDodo(timeline, {
    authorizedAt: AUTHORIZED_AT,
    unsettledTax: "given",
    ...options,
  });
  const world = new ModelWorld(timeline, dodo, () => DEFAULT_POLICY, mode);
  const request = (given: Given = {}): void =>
    world.requestCharge(chargeRequested(timeline.now(), given));
  const until = async (ms: number): Promise<void> => await timeline.run(DAY_0 + ms);
  const last = (digit = "a"): RequestedChargeStatus | undefined =>
    world.chargeStatuses.findLast(({ chargeId }) => chargeId === `charge-${digit.repeat(64)}`);
  const states = (digit = "a"): string[] =>
    world.chargeStatuses
      .filter(({ chargeId }) => chargeId === `charge-${digit.repeat(64)}`)
      .map(({ state }) => state);
  return { timeline, dodo, world, request, until, last, states };
}

const KEY = `charge-${"a".repeat(64)}`;

describe("a requested charge", () => {
  test("is attempt 1 of its own debt after two reads, and ends as collected without a mail", async () => {
    const { dodo, world, request, until, last, states } = scene();
    request({ amountMinor: 1_234, metadata: { invoice_id: "in_1" } });
    await until(HOUR_MS);
    expect(dodo.payments).toHaveLength(1);
    expect(dodo.payments[0]).toMatchObject({ totalMinor: 1_234, status: "succeeded" });
    expect(dodo.payments[0]?.metadata).toMatchObject({
      invoice_id: "in_1",
      recovery_attempt: `${KEY}.1`,
      retry_attempt: 1,
    });
    expect(dodo.payments[0]?.createdAt).toBeGreaterThanOrEqual(DAY_0 + 10 * SECOND_MS);
    expect(states()).toEqual(["queued", "charging", "ended"]);
    expect(last()).toMatchObject({ outcome: "collected", refusal: null });
    expect(world.results).toMatchObject([{ outcome: "collected", by: "attempt" }]);
    expect([world.mails, world.alerts, world.errors]).toEqual([[], [], []]);
  });

  test("charges its price, and owes the total with tax", async () => {
    const { dodo, world, request, until } = scene({ taxRate: 0.2 });
    request({ amountMinor: 1_000 });
    await until(HOUR_MS);
    expect(dodo.payments[0]).toMatchObject({ totalMinor: 1_200, taxMinor: 200 });
    expect(world.alerts).toEqual([]);
    expect(world.results[0]?.debts).toMatchObject([
      { outcome: "collected", amountMinor: 1_200, totalMinor: 1_200 },
    ]);
  });

  test("is retried on days 3 and 10 with the same body after declines", async () => {
    const { dodo, world, request, until, last } = scene();
    const decline = { kind: "decline", code: "INSUFFICIENT_FUNDS" } as const;
    dodo.verdicts.push(decline, decline);
    request();
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

  test("ends as recovered if a person charges it again at once, even without a mail", async () => {
    const { dodo, world, request, until, last } = scene();
    dodo.verdicts.push({ kind: "decline", code: "INSUFFICIENT_FUNDS" });
    request();
    await until(20 * MINUTE_MS);
    world.command(RETRY);
    await until(HOUR_MS);
    expect(dodo.payments).toHaveLength(2);
    expect(last()).toMatchObject({ state: "ended", outcome: "recovered" });
  });

  test("is charged once, however often it is requested", async () => {
    const { dodo, world, request, until, last } = scene();
    request();
    request();
    await until(12 * SECOND_MS);
    request();
    await until(HOUR_MS);
    expect(last()).toMatchObject({ state: "ended", outcome: "collected" });
    // After its run's end too: a debt ends once, and its end is reported once.
    const reported = world.chargeStatuses.filter(({ state }) => state === "ended").length;
    request();
    await until(3 * HOUR_MS);
    expect(world.chargeStatuses.filter(({ state }) => state === "ended")).toHaveLength(reported);
    expect(dodo.payments).toHaveLength(1);
    expect(world.results.map(({ debts }) => debts.at(-1)?.rule)).toEqual([
      "requested_charge.collected",
      "requested_charge.ended_earlier",
    ]);
  });

  test("waits for the charge before it", async () => {
    const { dodo, request, until, last } = scene({ outcomeMs: 5 * MINUTE_MS });
    const digits = ["a", "b", "c"];
    for (const digit of digits) request({ digit });
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

  test("raises the fence when its answer is lost", async () => {
    const { dodo, request, until, last } = scene();
    dodo.chargeFaults.push({ kind: "timeout_before" });
    request();
    await until(23 * HOUR_MS);
    expect(dodo.payments).toEqual([]);
    await until(3 * DAY_MS);
    expect(dodo.payments).toHaveLength(1);
    expect(last()).toMatchObject({ outcome: "collected" });
  });

  test("waits for a person when Dodo refuses it, and reports that", async () => {
    const { dodo, world, request, until, last } = scene();
    dodo.chargeFaults.push({ kind: "refuse", code: "UNSUPPORTED_CURRENCY", httpStatus: 422 });
    request();
    await until(HOUR_MS);
    expect(dodo.payments).toEqual([]);
    expect(last()).toMatchObject({ state: "needs_attention" });
    expect(world.alerts).toMatchObject([{ cause: "refused_request" }]);
    world.command(WRITE_OFF);
    await until(2 * HOUR_MS);
    expect(last()).toMatchObject({ state: "ended", outcome: "written_off" });
  });

  test("asks the customer when the card is blocked, and charges the next card", async () => {
    const { dodo, world, request, until, last } = scene();
    dodo.merchantCharges({ kind: "decline", code: "STOLEN_CARD" });
    await until(MINUTE_MS);
    world.command(WRITE_OFF);
    await until(2 * MINUTE_MS);
    dodo.setStatus("active", "subscription.active");
    request();
    await until(HOUR_MS);
    const own = (): number =>
      dodo.payments.filter(({ metadata }) => metadata["recovery_attempt"] !== undefined).length;
    expect(own()).toBe(0);
    expect(last()).toMatchObject({ state: "recovering" });
    dodo.customerChangesMethod("pm_2");
    await until(4 * HOUR_MS);
    expect(own()).toBe(1);
    // The customer was written to, so this is a recovery.
    expect(last()).toMatchObject({ state: "ended", outcome: "recovered" });
  });

  test("is refused without a charge or a mail if the subscription cannot take it", async () => {
    const cases = [
      [scene({ onDemand: false }), {}, "subscription_not_on_demand"],
      [scene(), { currency: "EUR" }, "currency_mismatch"],
      [scene(), { amountMinor: 49 }, "amount_below_minimum"],
      [scene({}, "shadow"), {}, "shadow"],
    ] as const;
    for (const [{ dodo, world, request, until, last, states }, given, refusal] of cases) {
      request(given);
      await until(HOUR_MS);
      expect(last()).toMatchObject({ state: "refused", refusal, outcome: null });
      expect(states()).toEqual(["refused"]);
      expect([dodo.payments, world.mails, world.errors]).toEqual([[], [], []]);
      expect(world.isOpen).toBe(false);
    }
  });

  test("keeps its outcome and decline while the next one is charged", async () => {
    const { dodo, world, request, until, last } = scene({ outcomeMs: 5 * MINUTE_MS });
    dodo.verdicts.push({ kind: "decline", code: "INSUFFICIENT_FUNDS" });
    request();
    request({ digit: "b" });
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

  test("ends as cancelled with its subscription", async () => {
    const { dodo, request, until, last } = scene();
    request();
    await until(5 * SECOND_MS);
    dodo.setStatus("cancelled", "subscription.cancelled");
    await until(HOUR_MS);
    expect(dodo.payments).toEqual([]);
    expect(last()).toMatchObject({ state: "ended", outcome: "cancelled" });
  });
});

const chargeable = subscriptionAs(new RecoveryDriver().recovery, subscriptionStatus("active"));

describe("a subscription that a charge is requested for", () => {
  const refusalOf = (subscription: Partial<Subscription>, given: Given = {}): string | null => {
    const { request } = chargeRequested(DAY_0, given);
    const refusal = chargeRefusalOf(request, { ...chargeable, ...subscription });
    return refusal === null ? null : `${refusal.code}: ${refusal.reason}`;
  };

  test.each(["active", "on_hold", "past_due"])("accepts a charge while it is %s", (status) => {
    expect(refusalOf(subscriptionStatus(status))).toBeNull();
  });

  test("accepts a charge in its own currency, named or not", () => {
    expect(refusalOf({}, { currency: "USD" })).toBeNull();
    expect(refusalOf({ currency: "EUR" })).toBeNull();
  });

  test.each<[Partial<Subscription>, Given, string]>([
    [{ optedOut: true }, {}, "opted_out: the subscription's metadata has reprise = off"],
    [
      { onDemand: false },
      {},
      "subscription_not_on_demand: Dodo charges this subscription itself, on its schedule",
    ],
    [subscriptionStatus("paused"), {}, "subscription_not_chargeable: the subscription is paused"],
    [
      subscriptionStatus("cancelled"),
      {},
      "subscription_not_chargeable: the subscription is cancelled",
    ],
    [
      subscriptionStatus("a_new_one"),
      {},
      "subscription_not_chargeable: the subscription is a_new_one",
    ],
    [
      subscriptionStatus(null),
      {},
      "subscription_not_chargeable: the subscription is without a status",
    ],
    [
      { cancelAtNextBillingDate: true },
      {},
      "cancellation_scheduled: Dodo takes no more charges, as a cancellation is scheduled",
    ],
    [{}, { currency: "EUR" }, "currency_mismatch: the subscription's currency is USD"],
    [{}, { amountMinor: 49 }, "amount_below_minimum: Dodo charges no amount this small in USD"],
    [
      { currency: "KWD" },
      { amountMinor: 149 },
      "amount_below_minimum: Dodo charges no amount this small in KWD",
    ],
  ])("refuses a charge as %o, requested with %o", (subscription, given, expected) => {
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
])(
  "knows whether an amount is below the minimum: %s %d, %s",
  (currency, amountMinor, isTooLittle) => {
    expect(isBelowMinimum(amountMinor, currency)).toBe(isTooLittle);
  },
);
