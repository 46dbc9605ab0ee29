import type { Client } from "@temporalio/client";
import { MockActivityEnvironment } from "@temporalio/testing";
import { describe, expect, test } from "vitest";
import type { Log } from "../../platform/log.ts";
import {
  createPaceWatch,
  warnWithoutFairness,
  watchPace,
} from "../../worker/namespace/fairness.ts";

/** Collects warnings. */
function recordingLog(): { readonly log: Log; readonly warnings: string[] } {
  const warnings: string[] = [];
  const warn = (fields: object, text: string): void => {
    warnings.push(`${JSON.stringify(fields)} ${text}`);
  };
  return { log: { warn } as unknown as Log, warnings };
}

describe("a Temporal server without fairness", () => {
  test.each([
    ["1.28.1", 1],
    ["0.9.0", 1],
    ["1.29.0", 0],
    ["1.32.0", 0],
    ["2.0.0", 0],
    ["", 0],
    ["Temporal Cloud", 0],
  ])("of version %j is warned of at the start %i times", async (serverVersion, times) => {
    const { log, warnings } = recordingLog();
    const getSystemInfo = async () => await Promise.resolve({ serverVersion });
    await warnWithoutFairness({ workflowService: { getSystemInfo } } as unknown as Client, log);
    expect(warnings).toHaveLength(times);
    if (times > 0) expect(warnings[0]).toMatch(/fairness_missing.*matching\.enableFairness/);
  });

  test("is warned of once when charges of one customer start faster than the queue's limit", async () => {
    const { log, warnings } = recordingLog();
    const started = createPaceWatch(() => Promise.resolve(0.1), log);
    for (const at of [0, 10_000, 20_000]) await started("cus_1", at);
    for (const at of [20_001, 20_002, 20_003]) await started(`cus_${at}`, at);
    expect(warnings).toEqual([]);
    await started("cus_1", 20_010);
    expect(warnings, "one early charge proves nothing").toEqual([]);
    for (const at of [20_020, 20_030, 20_040]) await started("cus_1", at);
    expect(warnings).toEqual([
      expect.stringMatching(/"fairness_missing","perSecond":0\.1.*Charges of one customer start/),
    ]);
  });

  test.each([
    ["not set", () => Promise.resolve(null)],
    ["zero, which stops charges", () => Promise.resolve(0)],
    ["not readable", () => Promise.reject(new Error("Temporal is down"))],
  ])("is not warned of while the limit is %s", async (_, readPace) => {
    const { log, warnings } = recordingLog();
    const started = createPaceWatch(readPace, log);
    for (const at of [0, 1, 2, 3]) await started("cus_1", at);
    expect(warnings).toEqual([]);
  });

  test("is not warned of after an operator has raised the limit", async () => {
    const { log, warnings } = recordingLog();
    let pace = 0.1;
    const started = createPaceWatch(() => Promise.resolve(pace), log);
    for (const at of [0, 10_000]) await started("cus_1", at);
    pace = 10;
    for (const at of [10_100, 10_200, 10_300, 10_400]) await started("cus_1", at);
    expect(warnings).toEqual([]);
  });

  test("is noticed by the charges' own fairness keys", async () => {
    const starts: string[] = [];
    const charge = watchPace(
      async (input: string) => await Promise.resolve(`charged ${input}`),
      async (key) => {
        starts.push(key);
        await Promise.resolve();
      },
    );
    const keyed = new MockActivityEnvironment({ priority: { fairnessKey: "cus_1" } });
    expect(await keyed.run(charge, "once")).toBe("charged once");
    expect(await new MockActivityEnvironment().run(charge, "again")).toBe("charged again");
    expect(starts).toEqual(["cus_1"]);
  });
});
