import type { Client } from "@temporalio/client";
import { describe, expect, test } from "vitest";
import type { GaugeValue } from "../../domain/metrics/catalogue.ts";
import { DAY_MS, HOUR_MS, parseInstant } from "../../domain/values/time.ts";
import { ageOfNewest, ageOfOldest, type CountBy } from "../../platform/gauges/oldest.ts";
import { watchGauges } from "../../platform/gauges/watch-gauges.ts";
import { createLog } from "../../platform/log.ts";
import { createMetrics, type Metrics, NO_METRICS } from "../../platform/metrics/metrics.ts";
import { until } from "../support/until.ts";

const NOW = Date.UTC(2026, 0, 31);

/** Counts instants as Temporal counts workflows. */
function visibility(...ages: readonly number[]): { readonly count: CountBy; calls: number } {
  const seen = {
    calls: 0,
    count: async (query: string) => {
      seen.calls += 1;
      const [, operator, text] = /At (<=|>) "(.*)"$/.exec(query) ?? [];
      const at = parseInstant(text) ?? 0;
      const matches = ages.filter((age) => (operator === ">" ? NOW - age > at : NOW - age <= at));
      return await Promise.resolve(matches.length);
    },
  };
  return seen;
}

describe("an age that is found by counts", () => {
  test("is that of the oldest, at most a hundredth too low, in few counts", async () => {
    for (const oldest of [5_000, HOUR_MS, 3 * DAY_MS, 300 * DAY_MS]) {
      const seen = visibility(1_000, oldest, oldest / 2);
      const found = await ageOfOldest(seen.count, "X", "At", NOW);
      expect(found).toBeLessThanOrEqual(oldest);
      expect(found).toBeGreaterThan(oldest * 0.98 - 1_001);
      expect(seen.calls).toBeLessThan(40);
    }
  });

  test("is 0 after one count where nothing matches, or everything lies ahead", async () => {
    for (const seen of [visibility(), visibility(-HOUR_MS)]) {
      expect(await ageOfOldest(seen.count, "X", "At", NOW)).toBe(0);
      expect(seen.calls).toBe(1);
    }
  });

  test("is that of the newest, and null where there is none", async () => {
    const seen = visibility(2 * HOUR_MS, DAY_MS);
    const found = (await ageOfNewest(seen.count, "X", "At", NOW)) ?? 0;
    expect(Math.abs(found - 2 * HOUR_MS)).toBeLessThan(0.02 * 2 * HOUR_MS);
    expect(await ageOfNewest(visibility().count, "X", "At", NOW)).toBeNull();
  });
});

describe("gauges", () => {
  test("are absent, and never 0, while Temporal does not tell", async () => {
    const set: GaugeValue[] = [];
    const metrics: Metrics = { ...NO_METRICS, set: (value) => set.push(value) };
    let tries = 0;
    const refused = (): Promise<never> => {
      tries += 1;
      return Promise.reject(new Error("unavailable"));
    };
    const refusedList = () => ({ [Symbol.asyncIterator]: () => ({ next: refused }) });
    const client = {
      options: { namespace: "default" },
      withAbortSignal: async (_: AbortSignal, work: () => Promise<unknown>) => await work(),
      connection: { workflowService: { describeTaskQueue: refused } },
      workflowService: { describeTaskQueue: refused },
      workflow: { count: refused, list: refusedList },
      schedule: { getHandle: () => ({ describe: refused }) },
    } as unknown as Client;
    const stop = new AbortController();
    watchGauges(
      {
        metrics,
        client: () => client,
        taskQueue: "reprise",
        log: createLog("fatal", "worker"),
        now: () => NOW,
      },
      stop.signal,
    );
    await until(() => tries > 15, { what: "each gauge tried" });
    stop.abort();
    expect(set).toEqual([]);
  });

  test("become NaN once they were known, and stay absent before", () => {
    const values: unknown[] = [];
    const gauge = { set: (value: number, labels: unknown) => values.push([value, labels]) };
    const meter = { createGauge: () => gauge } as unknown as Parameters<typeof createMetrics>[0];
    const metrics = createMetrics(meter, []);
    const risk = { metric: "reprise_at_risk_minor", labels: { currency: "USD" } } as const;
    metrics.set({ ...risk, value: null });
    expect(values).toEqual([]);
    metrics.set({ ...risk, value: 5 });
    metrics.set({ ...risk, value: null });
    expect(values).toEqual([
      [5, { currency: "USD" }],
      [Number.NaN, { currency: "USD" }],
    ]);
  });
});
