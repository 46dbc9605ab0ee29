import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../../domain/values/time.ts";
import { createActivityQueue } from "../../platform/temporal/activity-queue.ts";
import type { RequestEntry } from "../../sandbox/model/state/logs.ts";
import { chargeQueueOf, dodoQueueOf } from "../../workflows/contract.ts";
import { scriptedSubscription } from "../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

/** Four times Dodo's limits of 40 a second and 240 a minute. */
const LIMIT = { perSecond: 160, perMinute: 960 };
const RECOVERIES = 500;
/** The recoveries of one customer. Every other customer has one. */
const OF_ONE_CUSTOMER = 50;
const PER_CUSTOMER_PER_SECOND = 0.5;

const SOON = 90 * SECOND_MS;
const PATIENT = { timeoutMs: 15 * MINUTE_MS };

let system: TestSystem;
let ids: string[];
let hot: ReadonlySet<string>;

beforeAll(async () => {
  system = await startTestSystem({
    policy: {
      ...DEFAULT_POLICY,
      retry: { ...DEFAULT_POLICY.retry, gapsMs: [SOON, DAY_MS], align: "none" },
      notices: { ...DEFAULT_POLICY.notices, beforeAttemptMs: 0 },
    },
    ratePerMinute: LIMIT.perMinute,
  });
});

afterAll(async () => {
  await system.close();
});

/** Overrides the workers' own rate limit; null removes the override. */
async function limitOthers(perSecond: number | null): Promise<void> {
  const others = createActivityQueue(system.client, dodoQueueOf(system.taskQueue));
  await others.setRateLimits({ queue: { perSecond, reason: "test" } }, "test");
}

async function limitCustomers(perSecond: number): Promise<void> {
  const charges = createActivityQueue(system.client, chargeQueueOf(system.taskQueue));
  await charges.setRateLimits({ perKey: { perSecond, reason: "test" } }, "test");
}

/** Fails all charges and stops charging, so that all attempts wait in the queue and are due at one instant. */
async function allDue(): Promise<void> {
  const { control } = system.sandbox;
  await system.charging.stop("until all are due", "test");
  await limitOthers(5_000);
  const { customerId } = await control.createCustomer({ email: "hot@example.com", name: "Hot" });
  ids = [];
  for (let number = 0; number < RECOVERIES; number += 1) {
    const owner = number < OF_ONE_CUSTOMER ? { customerId } : {};
    const subscriptionId = await scriptedSubscription(
      control,
      [{ decline: "INSUFFICIENT_FUNDS" }],
      owner,
    );
    await control.charge(subscriptionId);
    ids.push(subscriptionId);
  }
  hot = new Set(ids.slice(0, OF_ONE_CUSTOMER));
  for (const id of ids) {
    await until(
      async () =>
        Object.values((await system.readView(id)).recovery.pendingEffects).some(
          ({ kind }) => kind === "charge",
        ),
      { what: `the attempt of ${id} in the queue`, ...PATIENT },
    );
  }
  await limitOthers(null);
}

const requestsSince = async (instant: number): Promise<readonly RequestEntry[]> =>
  (await system.sandbox.control.requests()).filter(({ receivedAt }) => receivedAt >= instant);

const isPost = ({ method, path }: RequestEntry): boolean =>
  method === "POST" && path.endsWith("/charge");

/** The highest number of starts in any window of this length. */
function densest(starts: readonly number[], windowMs: number): number {
  return Math.max(
    ...starts.map((from) => starts.filter((at) => at >= from && at < from + windowMs).length),
  );
}

describe(`${RECOVERIES} recoveries due at one instant`, () => {
  test("use the account's rate limit without exceeding it, all get their turn, and can be stopped half-way", async () => {
    await allDue();
    await limitCustomers(PER_CUSTOMER_PER_SECOND);
    await system.sandbox.control.setSettings({ rateLimit: LIMIT });
    const began = Date.now();
    const { limitPerSecond } = (await system.charging.resume("all are due", "test")) as {
      limitPerSecond: number | null;
    };
    expect(limitPerSecond).toBeNull();
    const posts = async (): Promise<readonly RequestEntry[]> =>
      (await requestsSince(began)).filter(isPost);

    await until(async () => (await posts()).length >= RECOVERIES / 2, { what: "half", ...PATIENT });
    const half = Date.now();
    await system.charging.stop("a drill", "anna");
    await until(async () => (await posts()).every(({ end }) => end !== "open"), {
      what: "no open charge",
    });
    const stoppedWith = (await posts()).length;
    const othersAt = (await requestsSince(began)).length;
    await until(async () => (await requestsSince(began)).length > othersAt + 30, {
      what: "other calls while charging is stopped",
      ...PATIENT,
    });
    expect((await posts()).length).toBe(stoppedWith);
    await system.charging.resume("the drill is over", "anna");

    await until(async () => (await posts()).length >= RECOVERIES, { what: "all", ...PATIENT });
    const all = await requestsSince(began);
    await system.sandbox.control.setSettings({ rateLimit: null });
    await limitOthers(5_000);

    const refused = all.filter(({ status }) => status === 429).length;
    const measured = all.filter(({ receivedAt }) => receivedAt < half);
    const ratio = measured.length / (((half - began) / MINUTE_MS) * LIMIT.perMinute);
    const starts = all.filter(isPost);
    const hotStarts = starts
      .filter(({ subscriptionId }) => hot.has(subscriptionId ?? ""))
      .map(({ receivedAt }) => receivedAt);
    const windowMs = 20 * SECOND_MS;
    console.log({
      callsOverLimit: Number(ratio.toFixed(3)),
      untilHalfMs: half - began,
      refused,
      busiestSecond: densest(
        all.map(({ receivedAt }) => receivedAt),
        SECOND_MS,
      ),
      hotIn20s: densest(hotStarts, windowMs),
      stoppedWith,
    });
    expect(refused).toBe(0);
    expect(ratio).toBeGreaterThanOrEqual(0.95);
    expect(ratio).toBeLessThanOrEqual(1);
    // One token at the window's start, plus those added within it.
    expect(densest(hotStarts, windowMs)).toBeLessThanOrEqual(
      1 + (windowMs / SECOND_MS) * PER_CUSTOMER_PER_SECOND,
    );
    expect(new Set(starts.map(({ subscriptionId }) => subscriptionId)).size).toBe(RECOVERIES);
    expect(starts).toHaveLength(RECOVERIES);
    for (const id of ids) {
      expect(await system.handle(id).result()).toMatchObject({ outcome: "recovered" });
      expect((await system.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
    }
  });
});
