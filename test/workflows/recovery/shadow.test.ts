import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Scenario, SCENARIOS } from "../../../dev/demo/scenarios.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { reprise } from "../../support/command-line.ts";
import { differencesFromSchema } from "../../support/json-schema.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let act: TestSystem;
let shadow: TestSystem;

beforeAll(async () => {
  [act, shadow] = await Promise.all([startTestSystem(), startTestSystem({ mode: "shadow" })]);
});

afterAll(async () => {
  await Promise.all([act.close(), shadow.close()]);
});

/** The report's parts: a comparison a recovery, and the summary. */
async function shadowReport(system: TestSystem): Promise<readonly string[]> {
  return (await runShadowReport(system)).trimEnd().split("\n\n");
}

async function runShadowReport(
  { taskQueue }: TestSystem,
  ...options: readonly string[]
): Promise<string> {
  const env = {
    TEMPORAL_ADDRESS: inject("temporalAddress"),
    TEMPORAL_NAMESPACE: inject("temporalNamespace"),
    TEMPORAL_TASK_QUEUE: taskQueue,
  };
  return (await reprise(["shadow-report", ...options], { env })).out;
}

/** Fails the charge of a demo customer and waits until all webhooks have arrived. */
async function begin(system: TestSystem, { outcomes, prepare }: Scenario): Promise<string> {
  const { control } = system.sandbox;
  const { subscriptionId } = await control.createSubscription({
    onDemand: true,
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
  });
  await control.script(subscriptionId, [...outcomes], "succeed");
  await prepare?.(control, subscriptionId);
  await control.charge(subscriptionId);
  await until(async () => await system.readView(subscriptionId), { what: "the recovery" });
  // A copy of a webhook may still be in flight: decisions are compared after all have arrived.
  await until(
    async () =>
      (await control.deliveries({ subscriptionId })).every(({ state }) => state !== "waiting"),
    { what: "all webhooks" },
  );
  await system.skipTime(subscriptionId, 60_000);
  return subscriptionId;
}

/** The rules of all decisions until the first charge would be sent. */
async function firstRules(system: TestSystem, id: string): Promise<string[]> {
  await system.skipTime(id, 2 * DAY_MS + DAY_MS / 2);
  const { timeline } = await system.readView(id);
  // In shadow mode another rule records the same moment.
  return timeline.map(({ rule }) => (rule === "notice.shadowed" ? "notice.sent" : rule));
}

describe("shadow mode in the demo's scenarios", () => {
  test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    "%s: decides as `act` does until the first charge, and changes nothing at Dodo",
    async (_, scenario) => {
      const [acted, shadowed] = await Promise.all([begin(act, scenario), begin(shadow, scenario)]);
      expect(await firstRules(shadow, shadowed)).toEqual(await firstRules(act, acted));
      // A recovery that needs attention waits in shadow mode too; every other one ends.
      const { recovery } = await shadow.readView(shadowed);
      if (recovery.attention.length === 0) await shadow.runToEnd(shadowed);
      const requests = await shadow.sandbox.control.requests({ subscriptionId: shadowed });
      expect(requests.length).toBeGreaterThan(0);
      expect(requests.filter(({ mutating }) => mutating)).toEqual([]);
      expect((await shadow.sandbox.control.ledgerOf(shadowed)).payments).toHaveLength(1);
    },
  );

  test("the shadow report compares what Reprise would have done with what happened", async () => {
    const texts = await shadowReport(shadow);
    const cleo = texts.find((text) => text.includes("(attempt 4)")) ?? "";
    const lines = cleo.split("\n").map((line) => line.split(/ {2,}/).slice(2).join(" | "));
    expect(lines.slice(2)).toEqual([
      "a charge failed: INSUFFICIENT_FUNDS",
      "sent the payment-failed email",
      "sent the next-attempt email",
      "charged USD 29.00 (attempt 2)",
      "sent the next-attempt email",
      "charged USD 29.00 (attempt 3)",
      "sent the next-attempt email",
      "charged USD 29.00 (attempt 4)",
      "sent the action-needed email",
      "sent the action-needed email",
      "sent the action-needed email",
      "sent the action-needed email",
      "exhausted",
    ]);
    expect(texts.at(-1)).toMatch(
      /^12 recoveries in shadow mode\. Reprise would have sent \d+ charges and \d+ emails; it sent none of them\.$/,
    );
  });

  test("the shadow report as JSON has the shape of its schema, and the same recoveries", async () => {
    const json = await runShadowReport(shadow, "--json");
    expect(differencesFromSchema("shadow-report", json)).toEqual([]);
    const { recoveries } = JSON.parse(json) as {
      recoveries: { would_have: { kind: string; attempt: number | null }[] }[];
    };
    expect(recoveries).toHaveLength(12);
    const attempts = recoveries.flatMap(({ would_have: would }) => would.map((one) => one.attempt));
    expect(attempts).toContain(4);
  });

  test("the shadow report names the cancellation at the end of the recovery window", async () => {
    const policy = { ...DEFAULT_POLICY, onExhausted: "cancel" } as const;
    const system = await startTestSystem({ mode: "shadow", policy });
    try {
      const id = await failedCharge(system, [{ decline: "EXPIRED_CARD" }]);
      expect(await system.runToEnd(id)).toMatchObject({ outcome: "exhausted" });
      const texts = await until(
        async () => {
          const report = await shadowReport(system);
          return report.length === 2 ? report : null;
        },
        { what: "the recovery in Temporal's list" },
      );
      expect(texts[0]).toContain("cancelled the subscription");
      expect(texts[1]).toContain("5 emails and 1 cancellation; it sent none of them");
      const { status } = await system.sandbox.control.ledgerOf(id);
      expect(status).toBe("on_hold");
    } finally {
      await system.close();
    }
  });

  test("no email is sent in shadow mode", () => {
    expect(shadow.inbox.mails).toEqual([]);
    expect(act.inbox.mails.length).toBeGreaterThan(0);
  });
});
