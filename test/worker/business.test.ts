import { Client } from "@temporalio/client";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Alert } from "../../domain/state/alert.ts";
import { createLog } from "../../platform/log.ts";
import { checkBusiness } from "../../worker/namespace/business.ts";
import { ensureSweepSchedule } from "../../worker/schedules/sweep-schedule.ts";
import { businessRecordOf } from "../../workflows/contract.ts";
import { TEST_LIMIT_MS } from "../support/limits.ts";
import { connectTemporal, createNamespace } from "../support/temporal/connection.ts";
import { until } from "../support/until.ts";

let environment: TestWorkflowEnvironment;
const log = createLog("fatal", "test");

beforeAll(async () => {
  environment = await connectTemporal();
});

afterAll(async () => {
  await environment.teardown();
});

async function newNamespace(): Promise<Client> {
  const namespace = await createNamespace(environment);
  return new Client({ connection: environment.nativeConnection, namespace });
}

async function recordOf(client: Client): Promise<unknown> {
  return (await client.schedule.getHandle("reprise-business").describe()).memo;
}

const recorded = (businessId: string, source: "webhook" | "api_key" = "api_key") => ({
  reprise_business_id: businessId,
  reprise_business_source: source,
});

/** @returns the alerts of one start */
async function start(client: Client, read: () => Promise<string | null>): Promise<Alert[]> {
  const alerts: Alert[] = [];
  const alertOperator = async (alert: Alert): Promise<void> => {
    alerts.push(alert);
    await Promise.resolve();
  };
  const check = { client, taskQueue: "a-queue", readBusinessId: read, alertOperator, log };
  await checkBusiness(check, AbortSignal.timeout(TEST_LIMIT_MS));
  return alerts;
}

describe("the business of the API key", () => {
  test("is recorded as the namespace's, and the operator is told of a key of another business", async () => {
    const client = await newNamespace();
    expect(await start(client, () => Promise.resolve("bus_ours"))).toEqual([]);
    expect(await recordOf(client)).toEqual(recorded("bus_ours"));
    expect(await start(client, () => Promise.resolve("bus_ours"))).toEqual([]);
    expect(await start(client, () => Promise.resolve("bus_other"))).toEqual([
      {
        cause: "other_business",
        seenIn: "api_key",
        businessId: "bus_other",
        recorded: "bus_ours",
      },
    ]);
    expect(await recordOf(client)).toEqual(recorded("bus_ours"));
  });

  test("belongs to one of two workers that start at the same moment with keys of two businesses", async () => {
    const client = await newNamespace();
    const ids = ["bus_1", "bus_2"];
    const alerts = await Promise.all(ids.map((id) => start(client, () => Promise.resolve(id))));
    const refused = ids.filter((_, index) => alerts[index]?.length === 1);
    expect(refused).toHaveLength(1);
    const owner = ids.find((id) => !refused.includes(id));
    expect(await recordOf(client)).toEqual(recorded(owner ?? ""));
  });

  test("replaces the business of an example that Dodo's Testing tab sent first, and a sweep finds what was ignored meanwhile", async () => {
    const client = await newNamespace();
    await ensureSweepSchedule(client, "a-queue", "test_mode", log);
    await client.schedule.create(businessRecordOf("bus_example", "webhook", "a-queue"));
    expect(await start(client, () => Promise.resolve("bus_ours"))).toEqual([
      {
        cause: "other_business",
        seenIn: "webhook",
        businessId: "bus_example",
        recorded: "bus_ours",
      },
    ]);
    expect(await recordOf(client)).toEqual(recorded("bus_ours"));
    const sweep = client.schedule.getHandle("reprise-reconciliation");
    await until(async () => (await sweep.describe()).info.numActionsTaken === 1, {
      what: "the sweep",
    });
  });

  test("confirms the business of the first webhook, so that a key of another one no longer replaces it", async () => {
    const client = await newNamespace();
    await client.schedule.create(businessRecordOf("bus_ours", "webhook", "a-queue"));
    expect(await start(client, () => Promise.resolve("bus_ours"))).toEqual([]);
    expect(await recordOf(client)).toEqual(recorded("bus_ours"));
    const alerts = await start(client, () => Promise.resolve("bus_other"));
    expect(alerts).toMatchObject([{ seenIn: "api_key", businessId: "bus_other" }]);
    expect(await recordOf(client)).toEqual(recorded("bus_ours"));
  });

  test("is asked for again while the account has no payment or Dodo does not answer", async () => {
    const client = await newNamespace();
    const answers = [null, new Error("Dodo is down"), "bus_ours"];
    let reads = 0;
    const check = {
      client,
      taskQueue: "a-queue",
      readBusinessId: async () => {
        const answer = answers[Math.min(reads, 2)] ?? null;
        reads += 1;
        if (answer instanceof Error) throw answer;
        return await Promise.resolve(answer);
      },
      alertOperator: async () => await Promise.resolve(),
      log,
    };
    await checkBusiness(check, AbortSignal.timeout(TEST_LIMIT_MS), 10);
    expect(await recordOf(client)).toEqual(recorded("bus_ours"));
    expect(reads).toBe(3);
  });
});
