import type { TestWorkflowEnvironment } from "@temporalio/testing";
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from "fastify";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readGatewayConfig } from "../../config/gateway.ts";
import {
  addDodoWebhookRoute,
  type WebhookRouteDependencies,
} from "../../server/webhook/dodo-webhook-route.ts";
import fixtures from "../fixtures/dodo-webhook-fixtures.json" with { type: "json" };
import { buildTestGateway } from "../support/system/gateway.ts";
import { connectTemporal, uniqueTaskQueue } from "../support/temporal/connection.ts";
import { textOfHistory } from "../support/temporal/history-text.ts";
import {
  OTHER_KEY,
  paymentFailed,
  type SignedDelivery,
  signWebhook,
  WEBHOOK_KEY,
} from "../support/webhooks.ts";
import { NO_METRICS } from "../../platform/metrics/metrics.ts";

let environment: TestWorkflowEnvironment;
let gateway: FastifyInstance;

beforeAll(async () => {
  environment = await connectTemporal();
  gateway = buildTestGateway(environment, uniqueTaskQueue());
});

afterAll(async () => {
  await gateway.close();
  await environment.teardown();
});

async function deliver({ body, headers }: SignedDelivery): Promise<LightMyRequestResponse> {
  return await gateway.inject({ method: "POST", url: "/webhooks/dodo", headers, payload: body });
}

async function signals(subscriptionId: string): Promise<unknown[]> {
  const { events } = await environment.client.workflow
    .getHandle(`recovery-${subscriptionId}`)
    .fetchHistory();
  return (events ?? []).filter(({ workflowExecutionSignaledEventAttributes: signal }) => signal);
}

async function isKnown(subscriptionId: string): Promise<boolean> {
  const handle = environment.client.workflow.getHandle(`recovery-${subscriptionId}`);
  return await handle.describe().then(
    () => true,
    () => false,
  );
}

const newSubscription = (): string => `sub_${randomUUID().slice(0, 12)}`;

/** Bodies that break a gateway which re-serialises them or has a strict schema. @source docs/TEMPORAL.md, "Gateway parsing" */
const CORPUS: readonly [string, (subscriptionId: string) => string][] = [
  ["plain", (id) => JSON.stringify(paymentFailed(id))],
  ["pretty-printed", (id) => JSON.stringify(paymentFailed(id), null, 4)],
  ["a number written 9120.0", (id) => JSON.stringify(paymentFailed(id)).replace("2900", "9120.0")],
  [
    "metadata keys like integers",
    (id) =>
      JSON.stringify(paymentFailed(id, { metadata: "@" })).replace('"@"', '{"10":"a","2":"b"}'),
  ],
  [
    "an escaped letter",
    (id) => JSON.stringify(paymentFailed(id, { note: "caf@" })).replace("@", "\\u00e9"),
  ],
  [
    "an escaped slash",
    (id) => JSON.stringify(paymentFailed(id, { note: "a@b" })).replace("@", "\\/"),
  ],
  ["letters beyond ASCII", (id) => JSON.stringify(paymentFailed(id, { note: "Zoë 東京 🙂" }))],
  ["an unknown status", (id) => JSON.stringify(paymentFailed(id, { status: "requires_luck" }))],
  ["a null status", (id) => JSON.stringify(paymentFailed(id, { status: null }))],
  [
    "fields of other types",
    (id) =>
      JSON.stringify(
        paymentFailed(id, { tax: "none", error_code: 7, customer: null, metadata: [] }),
      ),
  ],
  [
    "unknown fields",
    (id) => JSON.stringify(paymentFailed(id, { failure_details: { advice: { code: "01" } } })),
  ],
];

describe("signed webhooks", () => {
  test.each(CORPUS)(
    "a signed webhook with %s is verified byte for byte and opens a recovery",
    async (_, write) => {
      const subscriptionId = newSubscription();
      const response = await deliver(signWebhook(write(subscriptionId)));
      expect(response.json()).toEqual({ received: true });
      expect(response.statusCode).toBe(200);
      expect(await signals(subscriptionId)).toHaveLength(1);
    },
  );

  test.each(fixtures.events.map((event) => [event.type, event] as const))(
    "Dodo's example of %s is accepted",
    async (_, event) => {
      const response = await deliver(signWebhook(JSON.stringify(event)));
      expect(response.statusCode).toBe(200);
    },
  );

  test.each([
    "a.type.of.tomorrow",
    "refund.succeeded",
    "dispute.opened",
    "license_key.created",
    "payment.of_tomorrow",
    "subscription.of_tomorrow",
    "dunning.of_tomorrow",
  ])("a webhook of type %s is accepted whatever its data", async (type) => {
    for (const data of [{}, null, [], "text", { subscription_id: 5 }]) {
      const response = await deliver(signWebhook(JSON.stringify({ type, data })));
      expect(response.statusCode, JSON.stringify(data)).toBe(200);
    }
  });

  test("a payment of several subscriptions signals the recovery of each", async () => {
    const [one, other] = [newSubscription(), newSubscription()];
    const body = paymentFailed(one, { subscription_id: null, subscription_ids: [one, other] });
    expect((await deliver(signWebhook(JSON.stringify(body)))).statusCode).toBe(200);
    expect(await signals(one)).toHaveLength(1);
    expect(await signals(other)).toHaveLength(1);
  });

  test("an event that can only close a recovery opens none", async () => {
    const subscriptionId = newSubscription();
    const body = {
      ...paymentFailed(subscriptionId, { status: "succeeded" }),
      type: "payment.succeeded",
    };
    expect((await deliver(signWebhook(JSON.stringify(body)))).statusCode).toBe(200);
    expect(await isKnown(subscriptionId)).toBe(false);
  });

  test("a failed one-time payment starts one checkout recovery, which holds only its id", async () => {
    const paymentId = `pay_${randomUUID().slice(0, 12)}`;
    const body = (type: string, status: string): string =>
      JSON.stringify({
        ...paymentFailed("", {
          payment_id: paymentId,
          subscription_id: null,
          subscription_ids: [],
          status,
        }),
        type,
      });
    const handle = environment.client.workflow.getHandle(`checkout-${paymentId}`);
    const isStarted = async (): Promise<boolean> =>
      await handle.describe().then(
        () => true,
        () => false,
      );
    for (const [type, status] of [
      ["payment.succeeded", "succeeded"],
      ["payment.processing", "processing"],
      // An old event with the payment's latest state in its body.
      ["payment.failed", "succeeded"],
    ] as const) {
      expect((await deliver(signWebhook(body(type, status)))).statusCode).toBe(200);
      expect(await isStarted()).toBe(false);
    }
    expect((await deliver(signWebhook(body("payment.failed", "failed")))).statusCode).toBe(200);
    expect(await isStarted()).toBe(true);
    const { runId } = await handle.describe();
    await handle.terminate("over");
    expect((await deliver(signWebhook(body("payment.failed", "failed")))).statusCode).toBe(200);
    expect((await handle.describe()).runId).toBe(runId);
    const text = textOfHistory(await handle.fetchHistory());
    expect(text).not.toMatch(/Lovelace|ada@example/);
  });

  test("an event of any type reaches an open recovery", async () => {
    const subscriptionId = newSubscription();
    await deliver(signWebhook(JSON.stringify(paymentFailed(subscriptionId))));
    const body = {
      ...paymentFailed(subscriptionId, { status: "succeeded" }),
      type: "payment.succeeded",
    };
    await deliver(signWebhook(JSON.stringify(body)));
    expect(await signals(subscriptionId)).toHaveLength(2);
  });

  test("a webhook puts no name and no email address into Temporal", async () => {
    const subscriptionId = newSubscription();
    await deliver(signWebhook(JSON.stringify(paymentFailed(subscriptionId))));
    const handle = environment.client.workflow.getHandle(`recovery-${subscriptionId}`);
    const history = textOfHistory(await handle.fetchHistory());
    expect(history).toContain("INSUFFICIENT_FUNDS");
    expect(history).not.toMatch(/ada@example|Lovelace/);
  });

  test("a webhook signed by either key is accepted while keys rotate", async () => {
    const rotating = buildTestGateway(environment, uniqueTaskQueue(), [OTHER_KEY, WEBHOOK_KEY]);
    for (const key of [WEBHOOK_KEY, OTHER_KEY]) {
      const { body, headers } = signWebhook(JSON.stringify(paymentFailed(newSubscription())), {
        key,
      });
      const response = await rotating.inject({
        method: "POST",
        url: "/webhooks/dodo",
        headers,
        payload: body,
      });
      expect(response.statusCode).toBe(200);
    }
    await rotating.close();
  });

  test("a webhook is accepted whose secret the merchant wrote in base64url", async () => {
    const secret = Buffer.alloc(24, 0xfb);
    const { webhookKeys } = readGatewayConfig({
      DODO_PAYMENTS_WEBHOOK_KEY: `whsec_${secret.toString("base64url")}`,
      LINK_SIGNING_KEYS: Buffer.alloc(32, 5).toString("base64"),
    });
    const app = buildTestGateway(environment, uniqueTaskQueue(), webhookKeys);
    const key = `whsec_${secret.toString("base64")}`;
    const { body, headers } = signWebhook(JSON.stringify(paymentFailed(newSubscription())), {
      key,
    });
    const url = "/webhooks/dodo";
    const response = await app.inject({ method: "POST", url, headers, payload: body });
    expect(response.statusCode).toBe(200);
    await app.close();
  });

  test("a signed body that is not an event gets 400", async () => {
    for (const body of [
      "[]",
      "{}",
      '{"type":5}',
      "not json",
      "",
      `{"type":"${"x".repeat(200)}"}`,
    ]) {
      expect((await deliver(signWebhook(body))).statusCode, body.slice(0, 20)).toBe(400);
    }
  });

  test("a body above one mebibyte gets 413", async () => {
    const body = JSON.stringify(paymentFailed(newSubscription(), { note: "x".repeat(1_048_576) }));
    expect((await deliver(signWebhook(body))).statusCode).toBe(413);
  });
});

describe("webhooks without a valid signature", () => {
  const refused: readonly [string, (body: string) => SignedDelivery][] = [
    ["signed with another key", (body) => signWebhook(body, { key: OTHER_KEY })],
    [
      "older than five minutes",
      (body) => signWebhook(body, { at: new Date(Date.now() - 302_000) }),
    ],
    ["dated in the future", (body) => signWebhook(body, { at: new Date(Date.now() + 600_000) })],
    [
      "re-serialised",
      (body) => ({ ...signWebhook(JSON.stringify(JSON.parse(body), null, 1)), body }),
    ],
    ["truncated", (body) => ({ ...signWebhook(body), body: body.slice(0, -1) })],
    ["unsigned", (body) => ({ body, headers: { "content-type": "application/json" } })],
    ...["webhook-id", "webhook-timestamp", "webhook-signature"].map(
      (name): [string, (body: string) => SignedDelivery] => [
        `sent without ${name}`,
        (body) => {
          const { headers } = signWebhook(body);
          return {
            body,
            headers: Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name)),
          };
        },
      ],
    ),
    [
      "sent with another id",
      (body) => {
        const signed = signWebhook(body);
        return { body, headers: { ...signed.headers, "webhook-id": "msg_other" } };
      },
    ],
    [
      "sent with a malformed signature",
      (body) => {
        const signed = signWebhook(body);
        return { body, headers: { ...signed.headers, "webhook-signature": "v1a,AAAA v2 ,," } };
      },
    ],
    [
      "sent with a malformed timestamp",
      (body) => {
        const signed = signWebhook(body);
        return { body, headers: { ...signed.headers, "webhook-timestamp": "soon" } };
      },
    ],
  ];

  test.each(refused)(
    "a webhook that is %s gets 401 and does not reach Temporal",
    async (_, sign) => {
      const subscriptionId = newSubscription();
      const response = await deliver(sign(JSON.stringify(paymentFailed(subscriptionId))));
      expect(response.statusCode).toBe(401);
      expect(await isKnown(subscriptionId)).toBe(false);
    },
  );
});

describe("a clock that is off", () => {
  const body = (): string => JSON.stringify(paymentFailed(newSubscription()));
  const deliverAt = async (shiftMs: number, key = WEBHOOK_KEY): Promise<LightMyRequestResponse> =>
    await deliver(signWebhook(body(), { at: new Date(Date.now() + shiftMs), key }));

  test.each([
    ["an hour ago", -3_600_000, /^clock: the timestamp is 36\d\d s behind this machine's clock$/],
    [
      "in six minutes",
      361_000,
      /^clock: the timestamp is 3[0-6]\d s ahead of this machine's clock$/,
    ],
  ])(
    "a webhook that Dodo signed %s is refused with the reason clock and the difference",
    async (_, shiftMs, expected) => {
      const response = await deliverAt(shiftMs);
      expect(response.statusCode).toBe(401);
      expect(response.json<{ error: string }>().error).toMatch(expected);
    },
  );

  test("a webhook that somebody else signed an hour ago is refused for its time, without a look at its body", async () => {
    const response = await deliverAt(-3_600_000, OTHER_KEY);
    expect(response.statusCode).toBe(401);
    expect(response.json<{ error: string }>().error).toMatch(/^clock: /);
  });

  test("the log of a refused webhook has the reason and the difference in seconds", async () => {
    const lines: string[] = [];
    const log = {
      warn: (fields: object, text: string) => lines.push(JSON.stringify(fields) + text),
    };
    const app = Fastify();
    addDodoWebhookRoute(app, {
      ...({} as WebhookRouteDependencies),
      metrics: NO_METRICS,
      webhookKeys: [WEBHOOK_KEY],
      log: log as unknown as WebhookRouteDependencies["log"],
      now: () => Date.now(),
    });
    const { headers, body: payload } = signWebhook(body(), { at: new Date(Date.now() - 400_000) });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, raw, done) => done(null, raw));
    await app.inject({ method: "POST", url: "/webhooks/dodo", headers, payload });
    expect(lines).toEqual([
      expect.stringMatching(
        /"event":"webhook_rejected","reason":"clock","skewSeconds":-40\d,"requestId":"[^"]+"\}.*synchronize this machine's clock/,
      ),
    ]);
    await app.close();
  });
});

describe("Temporal is unreachable", () => {
  test("a webhook gets 503 with Retry-After while Temporal is unreachable, so Dodo delivers it again", async () => {
    const alone = buildTestGateway(null, "nowhere");
    const { body, headers } = signWebhook(JSON.stringify(paymentFailed(newSubscription())));
    const response = await alone.inject({
      method: "POST",
      url: "/webhooks/dodo",
      headers,
      payload: body,
    });
    expect(response.statusCode).toBe(503);
    expect(response.headers["retry-after"]).toBe("5");
    const oneTime = {
      ...paymentFailed(""),
      data: { payment_id: "pay_1", status: "failed", total_amount: 5 },
    };
    const signed = signWebhook(JSON.stringify(oneTime));
    const again = await alone.inject({
      method: "POST",
      url: "/webhooks/dodo",
      headers: signed.headers,
      payload: signed.body,
    });
    expect(again.statusCode).toBe(503);
    expect((await alone.inject("/readyz")).statusCode).toBe(503);
    expect((await alone.inject("/healthz")).statusCode).toBe(200);
    await alone.close();
  });
});
