import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import type { FastifyInstance } from "fastify";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { debtIdOf, parsePaymentId, parseSubscriptionId } from "../../domain/values/ids.ts";
import { signLink } from "../../platform/link-token.ts";
import { createLimiter } from "../../server/webhook/fan-out.ts";
import { buildTestGateway, LINK_KEY, OPERATOR_KEYS } from "../support/system/gateway.ts";
import { paymentFailed, signWebhook } from "../support/webhooks.ts";

/** Temporal answers first come, first served: more calls make each one wait longer. */
const AT_ONCE = 20;
const CALL_MS = 50;

const WEBHOOKS = 200;
const SUBSCRIPTIONS = 50;

const link = signLink(
  { keys: [LINK_KEY] },
  {
    subscriptionId: parseSubscriptionId("sub_1") ?? ("" as never),
    debtId: debtIdOf(parsePaymentId("pay_1") ?? ("" as never)),
    expiresAt: Date.now() + 3_600_000,
  },
);

let underWay = 0;
let most = 0;
let app: FastifyInstance;

beforeAll(async () => {
  const limited = createLimiter(AT_ONCE);
  const never = new AbortController().signal;
  const call = async (): Promise<void> => {
    most = Math.max(most, (underWay += 1));
    await limited(() => delay(CALL_MS), never);
    underWay -= 1;
  };
  const workflow = {
    signalWithStart: call,
    getHandle: (id: string) => ({
      query: async () => {
        await call();
        throw new WorkflowNotFoundError("none", id, undefined);
      },
    }),
  };
  const client = { workflow } as unknown as Client;
  // The gateway does not know yet whose namespace it is.
  const businesses = {
    isOurs: async () => {
      await call();
      return true;
    },
  };
  app = buildTestGateway(null, "nowhere", undefined, undefined, client, businesses);
  await app.ready();
});

afterAll(async () => {
  await app.close();
});

async function timed(request: () => Promise<{ statusCode: number }>) {
  const startedAt = performance.now();
  const { statusCode } = await request();
  return { statusCode, isInTime: performance.now() - startedAt < 3_000 };
}

test(`${WEBHOOKS} webhooks about ${SUBSCRIPTIONS} subscriptions each leave the operator API and the customer's page their three seconds, however slow Temporal is`, async () => {
  const deliveries = Array.from({ length: WEBHOOKS }, async (_, at) => {
    const ids = Array.from({ length: SUBSCRIPTIONS }, (_, one) => `sub_${at}_${one}`);
    const event = paymentFailed("sub_1", { subscription_id: null, subscription_ids: ids });
    const { body, headers } = signWebhook(JSON.stringify(event));
    const url = "/webhooks/dodo";
    const { statusCode } = await app.inject({ method: "POST", url, headers, payload: body });
    return statusCode;
  });
  while (most < AT_ONCE) await delay(1);
  const authorization = `Bearer ${OPERATOR_KEYS[0].secret}`;
  const answers = await Promise.all([
    timed(() => app.inject({ url: "/v1/recoveries/sub_1", headers: { authorization } })),
    timed(() => app.inject({ url: `/pay/${link}` })),
  ]);
  // Temporal knows no such recovery: the API says so, and the page that nothing is owed.
  expect(answers).toEqual([
    { statusCode: 404, isInTime: true },
    { statusCode: 200, isInTime: true },
  ]);
  const statuses = await Promise.all(deliveries);
  // 24 for all webhooks, and the two requests.
  expect(most).toBeLessThanOrEqual(26);
  // What Temporal could not take in time, Dodo delivers again.
  expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
});
