import { Client } from "@temporalio/client";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { customerUrls } from "../../platform/link-token.ts";
import { debtIdOf, parsePaymentId, parseSubscriptionId } from "../../domain/values/ids.ts";
import { createBusinesses } from "../../server/temporal/businesses.ts";
import { recordedLog } from "../support/logs/lines.ts";
import {
  ANY_BUSINESS,
  buildTestGateway,
  LINK_KEY,
  OPERATOR_KEYS,
} from "../support/system/gateway.ts";
import {
  connectTemporal,
  createNamespace,
  uniqueTaskQueue,
} from "../support/temporal/connection.ts";
import { OTHER_KEY, paymentFailed, signWebhook } from "../support/webhooks.ts";

const { log, lines, faults } = recordedLog("gateway");
const apps: FastifyInstance[] = [];
let environment: TestWorkflowEnvironment;

beforeAll(async () => {
  environment = await connectTemporal();
});

afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await environment.teardown();
});

/** @param client null: Temporal is down */
function gatewayOf(client: Client | null, businesses = ANY_BUSINESS): FastifyInstance {
  const given = { log, publicUrl: "https://pay.example" };
  const queue = uniqueTaskQueue();
  const app = buildTestGateway(null, queue, undefined, undefined, client, businesses, given);
  apps.push(app);
  return app;
}

/** What is logged meanwhile. */
async function during(work: () => Promise<unknown>): Promise<readonly object[]> {
  const before = lines.length;
  await work();
  return lines.slice(before);
}

const deliver = (app: FastifyInstance, event: unknown, key?: string) => async () => {
  const { body, headers } = signWebhook(JSON.stringify(event), key === undefined ? {} : { key });
  await app.inject({ method: "POST", url: "/webhooks/dodo", headers, payload: body });
};

const SUBSCRIPTION = parseSubscriptionId("sub_1") ?? ("" as never);
const DEBT = debtIdOf(parsePaymentId("pay_1") ?? ("" as never));

function pagesOf() {
  const claim = {
    subscriptionId: SUBSCRIPTION,
    debtId: DEBT,
    expiresAt: Date.now() + 60_000,
  };
  const urls = customerUrls("https://pay.example", { keys: [LINK_KEY] }, claim, "en", null);
  return { pay: new URL(urls.pay), reminders: new URL(urls.reminders) };
}

const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/) as unknown;
const OF_ONE = { requestId: uuid, recoveryId: "recovery-sub_1", subscriptionId: "sub_1" };

describe("the gateway logs a webhook", () => {
  test("that is not from Dodo", async () => {
    const found = await during(deliver(gatewayOf(null), paymentFailed("sub_1"), OTHER_KEY));
    expect(found).toMatchObject([
      { event: "webhook_rejected", reason: "signature", requestId: uuid },
    ]);
  });

  test("that is not an event, and one that leads to nothing", async () => {
    const app = gatewayOf(null);
    expect(await during(deliver(app, []))).toMatchObject([{ event: "webhook_malformed" }]);
    const other = { ...paymentFailed("sub_1"), type: "credit.rolled_over" };
    expect(await during(deliver(app, other))).toMatchObject([{ event: "webhook_ignored" }]);
  });

  test("that Temporal does not take", async () => {
    const found = await during(deliver(gatewayOf(null), paymentFailed("sub_1")));
    expect(found).toMatchObject([
      { event: "webhook_failed", level: "error", err: { type: "TemporalUnavailableError" } },
    ]);
  });

  test("of a payment for too many subscriptions, and the alert to the operator", async () => {
    const client = new Client({ connection: environment.nativeConnection });
    const subscription_ids = Array.from({ length: 101 }, (_, index) => `sub_${index}`);
    const event = paymentFailed("sub_1", { subscription_id: null, subscription_ids });
    expect(await during(deliver(gatewayOf(client), event))).toMatchObject([
      { event: "operator_notified", cause: "too_many_subscriptions", detail: "pay_sub_1" },
      { event: "webhook_too_large", paymentId: "pay_sub_1" },
    ]);
  });

  test("of another business, and the record of the first", async () => {
    const namespace = await createNamespace(environment);
    const client = new Client({ connection: environment.nativeConnection, namespace });
    const businesses = createBusinesses(() => client, "a-queue", log, Date.now);
    const app = gatewayOf(client, businesses);
    const of = (business_id: string): object => ({ ...paymentFailed("sub_1"), business_id });
    expect(await during(deliver(app, of("bus_ours")))).toMatchObject([
      { event: "business_recorded", businessId: "bus_ours" },
      { event: "webhook_routed", recoveryId: "recovery-sub_1", result: "signaled" },
    ]);
    expect(await during(deliver(app, of("bus_other")))).toMatchObject([
      { event: "other_business", businessId: "bus_other", recorded: "bus_ours" },
      { event: "webhook_ignored", reason: "another business" },
    ]);
  });

  test("whose business Temporal refuses to record", async () => {
    const forbidden = Object.assign(new Error("7"), { code: 7, details: "read-only key" });
    const create = async (): Promise<never> => await Promise.reject(forbidden);
    const client = { schedule: { create } } as unknown as Client;
    const businesses = createBusinesses(() => client, "a-queue", log, Date.now);
    const found = await during(() => businesses.isOurs("bus_ours"));
    expect(found).toMatchObject([{ event: "business_not_recorded", detail: "read-only key" }]);
  });
});

describe("the gateway logs a request that it cannot answer now", () => {
  test("of a customer: the page, its button, and the wish for no more reminders", async () => {
    const app = gatewayOf(null);
    const { pay, reminders } = pagesOf();
    const found = await during(async () => {
      await app.inject({ method: "GET", url: pay.pathname });
      await app.inject({ method: "POST", url: pay.pathname });
      await app.inject({ method: "POST", url: reminders.pathname });
    });
    expect(found).toMatchObject([
      { event: "payment_page_failed", requestId: uuid, recoveryId: "recovery-sub_1" },
      { event: "payment_link_failed", ...OF_ONE },
      { event: "reminders_stop_failed", ...OF_ONE },
    ]);
  });

  test("of an operator, under the id that the answer has", async () => {
    const app = gatewayOf(null);
    const authorization = `Bearer ${OPERATOR_KEYS[0].secret}`;
    const ids: unknown[] = [];
    const found = await during(async () => {
      const { headers } = await app.inject({
        method: "POST",
        url: "/v1/recoveries/sub_1/pause",
        headers: { authorization, "x-request-id": "the caller's own" },
      });
      ids.push(headers["x-request-id"]);
    });
    expect(found).toMatchObject([
      { event: "api_request_failed", requestId: ids[0] },
      { event: "operator_action", requestId: ids[0], status: 503, result: "unavailable" },
    ]);
    expect(ids).toEqual([uuid]);
  });

  test("of anybody, by a bug", async () => {
    const app = gatewayOf(null);
    app.get("/broken", () => {
      throw new TypeError("ada@example.com");
    });
    const found = await during(() => app.inject("/broken"));
    expect(found).toMatchObject([
      { event: "request_failed", requestId: uuid, err: { type: "TypeError" } },
    ]);
  });
});

test("the gateway's lines are those of the table", () => {
  expect(faults).toEqual([]);
});
