import { describe, expect, test } from "vitest";
import type { ChargeInput } from "../../activities/charge/charge-input.ts";
import { chargeMetadata } from "../../activities/charge/charge-metadata.ts";
import { charge, FRESH_MS } from "../../activities/charge/charge.ts";
import { metadataDigest } from "../../activities/metadata-digest.ts";
import { ModelDodo, type ModelOptions } from "../../dev/model/dodo.ts";
import { modelPort } from "../../dev/model/port.ts";
import { Timeline } from "../../dev/model/timeline.ts";
import type { ChargeOrder, RecoveryPort } from "../../dodo/port.ts";
import { METADATA_PAIRS_MAX } from "../../domain/limits.ts";
import type { ChargeOutcome } from "../../domain/state/event.ts";
import type { EarlierRuns } from "../../domain/state/payment.ts";
import {
  attemptKeyOf,
  debtIdOf,
  parseSubscriptionId,
  recoveryIdOf,
} from "../../domain/values/ids.ts";
import { DAY_MS, HOUR_MS } from "../../domain/values/time.ts";
import { CHARGE_SENT_WITHIN_MS } from "../../workflows/recovery/perform.ts";
import { debtContext } from "../support/domain/debt-context.ts";
import { paymentIdOf } from "../support/domain/ids.ts";
import { DAY_0 } from "../support/domain/scenario.ts";

const SUBSCRIPTION = parseSubscriptionId("sub_1") ?? (undefined as never);
const FAILED = paymentIdOf("pay_1");
const DEBT = debtIdOf(FAILED);
const METADATA = { invoice: "in_1", customer: "Ada Lovelace", seats: "3" };

const NO_EARLIER_RUNS: EarlierRuns = { endedDebts: [], blockedMethods: [] };

type Attempt = {
  readonly outcome: ChargeOutcome;
  readonly orders: readonly ChargeOrder[];
  readonly dodo: ModelDodo;
};

/** One attempt to charge a debt that began with a failed payment, whose metadata is given. */
async function attempt(
  given: Partial<ChargeInput> = {},
  prepare: (dodo: ModelDodo) => void = () => undefined,
  options: Partial<ModelOptions> = {},
  earlier: EarlierRuns = NO_EARLIER_RUNS,
): Promise<Attempt> {
  const timeline = new Timeline(DAY_0);
  const dodo = new ModelDodo(timeline, { authorizedAt: DAY_0, unsettledTax: "given", ...options });
  dodo.merchantCharges({ kind: "decline", code: "INSUFFICIENT_FUNDS" }, METADATA);
  await timeline.run(DAY_0 + HOUR_MS);
  prepare(dodo);
  const orders: ChargeOrder[] = [];
  const port = modelPort(dodo, timeline.now);
  const watched: RecoveryPort = {
    ...port,
    charge: (order) => {
      orders.push(order);
      return port.charge(order);
    },
  };
  const input: ChargeInput = {
    at: timeline.now(),
    subscriptionId: SUBSCRIPTION,
    recoveryId: recoveryIdOf(SUBSCRIPTION),
    key: attemptKeyOf(DEBT, 2),
    number: 2,
    amountMinor: 2_900,
    currency: "USD",
    description: null,
    failedPaymentId: FAILED,
    expectedAccess: "held",
    debt: debtContext({ debtId: DEBT, failedPaymentId: FAILED, firstFailedAt: DAY_0 }),
    blockedMethods: [],
    latestStartAt: timeline.now() + HOUR_MS,
    mode: "act",
    settleMs: DAY_MS,
    confirmedAbsentUpTo: null,
    ...given,
  };
  const dependencies = {
    now: timeline.now,
    monotonicMs: timeline.now,
    readEarlierRuns: async () => await Promise.resolve(earlier),
  };
  const { charged } = await run(timeline, charge(input, watched, dependencies));
  return { outcome: charged, orders, dodo };
}

/** Runs virtual time until the charge has finished. */
async function run(
  timeline: Timeline,
  pending: Promise<ChargeOutcome>,
): Promise<{ readonly charged: ChargeOutcome }> {
  const found: { charged?: ChargeOutcome } = {};
  void pending.then((outcome) => (found.charged = outcome));
  await timeline.run(timeline.now() + HOUR_MS, () => found.charged !== undefined);
  return { charged: await pending };
}

const OWN_KEYS = {
  recovery_id: "recovery-sub_1",
  recovery_attempt: "pay_1.2",
  retry_attempt: 2,
};

describe("a charge", () => {
  test("sends what its input records, and the failed payment's metadata with our keys over it", async () => {
    const { orders, outcome } = await attempt({ description: "Seats" });
    expect(outcome).toMatchObject({ kind: "accepted", adopted: false });
    expect(orders).toEqual([
      {
        idempotencyKey: "pay_1.2",
        subscriptionId: "sub_1",
        amountMinor: 2_900,
        currency: "USD",
        description: "Seats",
        feesInclusive: null,
        credits: null,
        metadata: { ...METADATA, ...OWN_KEYS },
      },
    ]);
  });

  test("records a digest of the merchant's metadata instead of the metadata", async () => {
    const { outcome, dodo } = await attempt();
    const paid = dodo.payments.at(-1)?.metadata ?? {};
    expect(outcome).toMatchObject({ metadataDigest: metadataDigest(paid) });
    expect(JSON.stringify(outcome)).not.toContain("Ada");
  });

  test("records the digest if the answer is lost, because the payment may exist", async () => {
    const { outcome, dodo } = await attempt({}, (one) => one.faults.push({ kind: "lost_after" }));
    const paid = dodo.payments.at(-1)?.metadata ?? {};
    expect(outcome).toMatchObject({ kind: "unknown", metadataDigest: metadataDigest(paid) });
  });

  test("records no digest if it is refused, adopted or made by Dodo's manual retry", async () => {
    const refuse = { kind: "refuse", httpStatus: 422, code: "SUBSCRIPTION_INACTIVE" } as const;
    const refused = await attempt({}, (one) => one.faults.push(refuse));
    expect(refused.outcome).toEqual({
      kind: "refused",
      meaning: "customer_must_pay",
      code: "SUBSCRIPTION_INACTIVE",
      httpStatus: 422,
    });
    const adopted = await attempt({}, (one) => {
      one.merchantCharges({ kind: "stay", status: "processing" }, { recovery_attempt: "pay_1.2" });
    });
    expect(adopted.outcome).toEqual({ kind: "accepted", paymentId: "pay_2", adopted: true });
    const renewal = { onDemand: false };
    const retried = await attempt({ via: "manual_retry" }, undefined, renewal);
    expect(retried.outcome).toEqual({ kind: "accepted", paymentId: "pay_2", adopted: false });
  });

  test("sends the request's own metadata if the merchant requested it", async () => {
    const requested = {
      amountMinor: 2_900,
      currency: null,
      description: "Seats",
      feesInclusive: true,
      credits: { usage: true, purchase: null },
      metadata: { order: "or_1" },
    };
    const { orders } = await attempt({ requested, description: requested.description });
    expect(orders).toMatchObject([
      {
        feesInclusive: true,
        credits: { usage: true, purchase: null },
        metadata: { order: "or_1", ...OWN_KEYS },
      },
    ]);
  });

  test("leaves early enough for the fence, or not at all", () => {
    expect(FRESH_MS).toBeLessThan(CHARGE_SENT_WITHIN_MS);
  });
});

describe("the metadata of a charge", () => {
  const own = { recoveryId: recoveryIdOf(SUBSCRIPTION), key: attemptKeyOf(DEBT, 2), number: 2 };

  test("replaces our keys from an earlier attempt", () => {
    const earlier = { invoice: "in_1", recovery_attempt: "pay_1.1", retry_attempt: 1 };
    expect(chargeMetadata(earlier, own)).toEqual({ invoice: "in_1", ...OWN_KEYS });
  });

  test("stays within Dodo's limit of pairs and always includes our keys", () => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`key${index}`, index]),
    );
    const metadata = chargeMetadata(many, own);
    expect(Object.keys(metadata)).toHaveLength(METADATA_PAIRS_MAX);
    expect(metadata).toMatchObject({ key0: 0, ...OWN_KEYS });
  });

  test("has a digest of the merchant's pairs only, independent of their order and type", () => {
    const digest = metadataDigest({ a: "1", b: true });
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(metadataDigest({ b: "true", a: 1, ...OWN_KEYS })).toBe(digest);
    for (const other of [{}, { a: "1" }, { a: "1", b: false }, { a: "1", b: true, c: "" }])
      expect(metadataDigest(other)).not.toBe(digest);
  });
});
