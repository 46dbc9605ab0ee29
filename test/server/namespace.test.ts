import { Client } from "@temporalio/client";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import Fastify, { type FastifyInstance } from "fastify";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLog } from "../../platform/log.ts";
import { addHealthRoutes } from "../../server/health-route.ts";
import { createBusinesses } from "../../server/temporal/businesses.ts";
import { ensureSweepSchedule } from "../../worker/schedules/sweep-schedule.ts";
import { buildTestGateway } from "../support/system/gateway.ts";
import {
  connectTemporal,
  createNamespace,
  uniqueTaskQueue,
} from "../support/temporal/connection.ts";
import { textOfHistory } from "../support/temporal/history-text.ts";
import { until } from "../support/until.ts";
import { paymentFailed, signWebhook } from "../support/webhooks.ts";

/** A gateway with its own namespace: the owner of a namespace is recorded once. */
let environment: TestWorkflowEnvironment;
const log = createLog("fatal", "test");
const apps: FastifyInstance[] = [];

beforeAll(async () => {
  environment = await connectTemporal();
});

afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await environment.teardown();
});

type Gateway = { readonly app: FastifyInstance; readonly client: Client; readonly queue: string };

async function newNamespace(): Promise<Client> {
  const namespace = await createNamespace(environment);
  return new Client({ connection: environment.nativeConnection, namespace });
}

function gatewayOf(client: Client, now = () => Date.now()): Gateway {
  const queue = uniqueTaskQueue();
  const businesses = createBusinesses(() => client, queue, log, now);
  const app = buildTestGateway(null, queue, undefined, undefined, client, businesses);
  apps.push(app);
  return { app, client, queue };
}

const newSubscription = (): string => `sub_${randomUUID().slice(0, 12)}`;

/** Delivers a failed charge. @returns the HTTP status, and whether a recovery was opened */
async function deliver(
  { app, client }: Gateway,
  businessId: string | null,
): Promise<{ readonly status: number; readonly opened: boolean }> {
  const subscriptionId = newSubscription();
  const event = { ...paymentFailed(subscriptionId), business_id: businessId };
  const { body, headers } = signWebhook(JSON.stringify(event));
  const url = "/webhooks/dodo";
  const { statusCode } = await app.inject({ method: "POST", url, headers, payload: body });
  const recovery = client.workflow.getHandle(`recovery-${subscriptionId}`);
  const opened = await recovery.describe().then(
    () => true,
    () => false,
  );
  return { status: statusCode, opened };
}

const ACCEPTED = { status: 200, opened: true };
const IGNORED = { status: 200, opened: false };

describe("GET /readyz", () => {
  test("is 503 until a worker has once found the namespace fit, and then 200 without a worker", async () => {
    const client = await newNamespace();
    const ready = async (app: FastifyInstance) => {
      const { statusCode, body } = await app.inject("/readyz");
      return { statusCode, body };
    };
    const { app } = gatewayOf(client);
    expect(await ready(app)).toEqual({
      statusCode: 503,
      body: expect.stringContaining("start a worker, and read its log"),
    });
    await ensureSweepSchedule(client, "a-queue", "test_mode", log);
    await until(async () => (await ready(app)).statusCode === 200, { what: "a ready gateway" });
    // A gateway that starts later reads the record.
    expect((await ready(gatewayOf(client).app)).statusCode).toBe(200);
  });

  test("is 503 with the reason where the gateway may not read the record", async () => {
    const forbidden = Object.assign(new Error("7"), { code: 7, details: "no" });
    const app = Fastify();
    addHealthRoutes(app, {
      recoveries: { isReachable: async () => await Promise.resolve(true) },
      namespace: { isFit: () => Promise.reject(forbidden) },
    });
    apps.push(app);
    const { statusCode, body } = await app.inject("/readyz");
    expect(statusCode).toBe(503);
    expect(body).toContain("PERMISSION_DENIED");
  });

  test("is 503 without Temporal", async () => {
    const app = buildTestGateway(null, "nowhere");
    apps.push(app);
    expect((await app.inject("/readyz")).statusCode).toBe(503);
  });
});

describe("webhooks of another business", () => {
  test("the first webhook records the namespace's business, where neither retention nor restart loses it", async () => {
    const client = await newNamespace();
    expect(await deliver(gatewayOf(client), "bus_ours")).toEqual(ACCEPTED);
    const record = await client.schedule.getHandle("reprise-business").describe();
    expect(record.memo).toEqual({
      reprise_business_id: "bus_ours",
      reprise_business_source: "webhook",
    });
    expect(record.state.paused).toBe(true);
    expect(await deliver(gatewayOf(client), "bus_ours")).toEqual(ACCEPTED);
  });

  test("a webhook of another business is acknowledged and not routed, and the operator is told once an hour", async () => {
    const client = await newNamespace();
    let now = Date.now();
    const gateway = gatewayOf(client, () => now);
    await deliver(gateway, "bus_ours");
    for (const _ of [1, 2, 3]) expect(await deliver(gateway, "bus_other")).toEqual(IGNORED);
    const alerts = client.workflow.getHandle(`alerts-${gateway.queue}-other_business`);
    const reports = async (): Promise<number> => {
      const { events } = await alerts.fetchHistory();
      return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes)
        .length;
    };
    expect(await reports()).toBe(1);
    expect(textOfHistory(await alerts.fetchHistory())).toMatch(
      /"cause":"other_business","seenIn":"webhook","businessId":"bus_other","recorded":"bus_ours"/,
    );
    now += 3_600_001;
    expect(await deliver(gateway, "bus_other")).toEqual(IGNORED);
    expect(await reports()).toBe(2);
    expect(await deliver(gateway, "bus_ours")).toEqual(ACCEPTED);
  });

  test("of two gateways with the first webhooks of two businesses at one moment, one business owns the namespace", async () => {
    const client = await newNamespace();
    const [one, other] = [gatewayOf(client), gatewayOf(client)];
    const results = await Promise.all([deliver(one, "bus_1"), deliver(other, "bus_2")]);
    expect(results.map(({ status }) => status)).toEqual([200, 200]);
    expect(results.filter(({ opened }) => opened)).toHaveLength(1);
    const { memo } = await client.schedule.getHandle("reprise-business").describe();
    expect(memo).toMatchObject({ reprise_business_id: results[0].opened ? "bus_1" : "bus_2" });
  });

  test("a webhook that names no business is routed, since it is not known to be another's", async () => {
    const gateway = gatewayOf(await newNamespace());
    expect(await deliver(gateway, null)).toEqual(ACCEPTED);
    await deliver(gateway, "bus_ours");
    expect(await deliver(gateway, null)).toEqual(ACCEPTED);
  });

  test("a wrong record is corrected by deleting it, after which the next webhook records its business", async () => {
    const client = await newNamespace();
    const gateway = gatewayOf(client);
    await deliver(gateway, "bus_wrong");
    expect(await deliver(gateway, "bus_right")).toEqual(IGNORED);
    await client.schedule.getHandle("reprise-business").delete();
    expect(await deliver(gateway, "bus_right")).toEqual(ACCEPTED);
    expect(await deliver(gateway, "bus_wrong")).toEqual(IGNORED);
  });
});
