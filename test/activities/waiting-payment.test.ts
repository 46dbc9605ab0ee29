import { describe, expect, test } from "vitest";
import type { ChargeInput } from "../../activities/charge/charge-input.ts";
import { charge } from "../../activities/charge/charge.ts";
import { createPaymentLink, type LinkInput } from "../../activities/charge/create-payment-link.ts";
import type { EarlierRunsReader } from "../../activities/evidence/read-dodo.ts";
import { ModelDodo, type ModelOptions } from "../../dev/model/dodo.ts";
import { modelPort } from "../../dev/model/port.ts";
import { Timeline } from "../../dev/model/timeline.ts";
import type { DebtContext, ReleasedClaim } from "../../domain/debt/attribution.ts";
import type { ChargeOutcome, PaymentLinkOutcome } from "../../domain/state/event.ts";
import {
  attemptKeyOf,
  debtIdOf,
  parseSubscriptionId,
  recoveryIdOf,
} from "../../domain/values/ids.ts";
import { DAY_MS, HOUR_MS } from "../../domain/values/time.ts";
import { debtContext } from "../support/domain/debt-context.ts";
import { paymentIdOf } from "../support/domain/ids.ts";
import { DAY_0 } from "../support/domain/scenario.ts";

const SUBSCRIPTION = parseSubscriptionId("sub_1") ?? (undefined as never);
const FAILED = paymentIdOf("pay_1");
const WAITING = paymentIdOf("pay_2");
const DEBT = debtIdOf(FAILED);
const CLAIM: ReleasedClaim = { paymentId: WAITING, waitsFor: "customer", isRefused: false };

const contextOf = (
  releasedPayments: readonly ReleasedClaim[],
  given: Partial<DebtContext> = {},
): DebtContext =>
  debtContext({
    debtId: DEBT,
    failedPaymentId: FAILED,
    firstFailedAt: DAY_0,
    releasedPayments,
    ...given,
  });

type World = { readonly dodo: ModelDodo; readonly timeline: Timeline };

/** A failed payment, and an attempt that is in the given status. */
async function worldWith(status: string, options: Partial<ModelOptions> = {}): Promise<World> {
  const timeline = new Timeline(DAY_0);
  const dodo = new ModelDodo(timeline, {
    authorizedAt: DAY_0,
    refusesWhilePending: false,
    ...options,
  });
  dodo.merchantCharges({ kind: "decline", code: "INSUFFICIENT_FUNDS" });
  await timeline.run(DAY_0 + HOUR_MS);
  const metadata = { recovery_attempt: attemptKeyOf(DEBT, 2) };
  dodo.merchantCharges({ kind: "stay", status }, metadata);
  await timeline.run(DAY_0 + 2 * HOUR_MS);
  return { dodo, timeline };
}

const readEarlierRuns: EarlierRunsReader = async () =>
  await Promise.resolve({ endedDebts: [], blockedMethods: [] });

async function finished<T>(timeline: Timeline, pending: Promise<T>): Promise<T> {
  let isDone = false;
  void pending.finally(() => (isDone = true));
  await timeline.run(timeline.now() + HOUR_MS, () => isDone);
  return await pending;
}

/** Charges attempt 3 of the debt. */
async function chargePast(
  { dodo, timeline }: World,
  releasedPayments: readonly ReleasedClaim[],
  given: Partial<DebtContext> = {},
): Promise<ChargeOutcome> {
  const input: ChargeInput = {
    at: timeline.now(),
    subscriptionId: SUBSCRIPTION,
    recoveryId: recoveryIdOf(SUBSCRIPTION),
    key: attemptKeyOf(DEBT, 3),
    number: 3,
    amountMinor: 2_900,
    currency: "USD",
    description: null,
    failedPaymentId: FAILED,
    expectedAccess: "held",
    debt: contextOf(releasedPayments, given),
    blockedMethods: [],
    latestStartAt: timeline.now() + HOUR_MS,
    mode: "act",
    settleMs: DAY_MS,
    confirmedAbsentUpTo: null,
  };
  const dependencies = { now: timeline.now, monotonicMs: timeline.now, readEarlierRuns };
  return await finished(timeline, charge(input, modelPort(dodo, timeline.now), dependencies));
}

const chargesOf = ({ dodo }: World): number =>
  dodo.mutations.filter(({ what }) => what === "charge").length;

describe("a charge past a payment that an operator confirmed to be dead", () => {
  test.each(["requires_customer_action", "requires_payment_method"])(
    "is sent while that payment still waits for the customer, in %s",
    async (status) => {
      const world = await worldWith(status);
      expect(await chargePast(world, [CLAIM])).toMatchObject({ kind: "accepted" });
    },
  );

  test.each([
    "processing",
    "succeeded",
    "failed",
    "cancelled",
    "requires_merchant_action",
    "requires_confirmation",
    "requires_capture",
    "a_new_status",
  ])("is not sent once that payment is %s", async (status) => {
    const world = await worldWith(status);
    expect(await chargePast(world, [CLAIM])).toEqual({
      kind: "not_attempted",
      why: "released_payment_changed",
      detail: `pay_2 is ${status}`,
    });
    expect(chargesOf(world)).toBe(0);
  });

  test("is not sent if that payment has changed and the list does not show it yet", async () => {
    const world = await worldWith("processing", { listLagMs: 3 * HOUR_MS });
    expect(await chargePast(world, [CLAIM])).toMatchObject({ why: "released_payment_changed" });
    expect(chargesOf(world)).toBe(0);
  });

  test("is not sent again after Dodo refused one because of that payment", async () => {
    const world = await worldWith("requires_customer_action");
    const outcome = await chargePast(world, [{ ...CLAIM, isRefused: true }]);
    expect(outcome).toMatchObject({ kind: "not_attempted", why: "payment_exists" });
    expect(chargesOf(world)).toBe(0);
  });

  test("is not sent past a payment released for another debt, although the list does not reach back to it", async () => {
    const world = await worldWith("requires_customer_action");
    const firstFailedAt = DAY_0 + 2 * HOUR_MS;
    const given = { firstFailedAt, releasedElsewhere: [WAITING] };
    expect(await chargePast(world, [], given)).toMatchObject({
      kind: "not_attempted",
      why: "payment_exists",
    });
    expect(chargesOf(world)).toBe(0);
  });

  test("is not sent past another payment, which nobody confirmed to be dead", async () => {
    const world = await worldWith("requires_customer_action");
    const other = { ...CLAIM, paymentId: paymentIdOf("pay_1") };
    expect(await chargePast(world, [other])).toMatchObject({ kind: "not_attempted" });
    expect(chargesOf(world)).toBe(0);
  });
});

async function linkOf(
  { dodo, timeline }: World,
  given: Partial<LinkInput> = {},
): Promise<PaymentLinkOutcome> {
  const input: LinkInput = {
    at: timeline.now(),
    subscriptionId: SUBSCRIPTION,
    recoveryId: recoveryIdOf(SUBSCRIPTION),
    debtId: DEBT,
    debt: contextOf([]),
    mode: "act",
    settleMs: DAY_MS,
    confirmedAbsentUpTo: null,
    ...given,
  };
  const returnUrl = (): string => "https://pay.example/back";
  const { now } = timeline;
  const dependencies = { dodo: modelPort(dodo, now), readEarlierRuns, now };
  const pending = createPaymentLink(input, dependencies, returnUrl);
  return await finished(timeline, pending);
}

describe("the payment page for a customer", () => {
  test("is that of the payment which waits for the customer, read afresh, and no other is created", async () => {
    const world = await worldWith("requires_customer_action");
    expect(await linkOf(world, { ofPayment: WAITING })).toEqual({
      kind: "made",
      url: "https://checkout.example/pay_2",
      paymentId: "pay_2",
      expiresAt: null,
    });
    expect(world.dodo.mutations).toEqual([]);
  });

  test.each<[string, boolean, string]>([
    ["requires_customer_action", false, "no_page"],
    ["processing", true, "payment_changed"],
    ["requires_merchant_action", true, "payment_changed"],
  ])(
    "is not created where the waiting payment is %s and Dodo has a page for it: %j",
    async (status, confirmationPage, why) => {
      const world = await worldWith(status, { confirmationPage });
      expect(await linkOf(world, { ofPayment: WAITING })).toEqual({ kind: "not_made", why });
      expect(world.dodo.mutations).toEqual([]);
    },
  );

  test("is created only once no payment is open, or the open one was released", async () => {
    const world = await worldWith("requires_customer_action");
    expect(await linkOf(world)).toEqual({ kind: "not_made", why: "payment_open" });
    expect(world.dodo.mutations).toEqual([]);
    expect(await linkOf(world, { debt: contextOf([CLAIM]) })).toMatchObject({ kind: "made" });
    expect(world.dodo.mutations).toHaveLength(1);
  });
});
