import { NO_METRICS } from "../../platform/metrics/metrics.ts";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RoutedEvent } from "../../domain/state/event.ts";
import { parsePaymentId, parseSubscriptionId } from "../../domain/values/ids.ts";
import { money } from "../../domain/values/money.ts";
import { PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { createLog } from "../../platform/log.ts";
import { buildApp } from "../../server/app.ts";
import { headingOf, stubbedGateway, tokenFor } from "../server/stubbed-gateway.ts";
import { ANY_BUSINESS, buildTestGateway, OPERATOR_KEYS } from "../support/system/gateway.ts";
import { paymentFailed, signWebhook, WEBHOOK_KEY } from "../support/webhooks.ts";
import { HOSTILE_JSON, HOSTILE_STRINGS } from "./corpus.ts";
import { SENTENCE, tracesOf } from "./persons.ts";
import { linksIn, OBEYED, scriptsIn } from "./inert.ts";

const VALUES = Object.entries(HOSTILE_JSON);
const STRINGS = Object.entries(HOSTILE_STRINGS);

/** Stands in a body where a hostile value goes. */
const HERE = "value-goes-here";

/** This body with the value in this place; a dot leads into an object. */
function bodyWith(body: object, path: string, json: string): string {
  const copy = structuredClone(body) as Record<string, unknown>;
  const names = path.split(".");
  const last = names.pop() ?? "";
  let place = copy;
  for (const name of names) place = (place[name] ??= {}) as Record<string, unknown>;
  place[last] = HERE;
  return JSON.stringify(copy).replace(`"${HERE}"`, () => json);
}

/** `encodeURIComponent` refuses half a character. */
const encoded = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Cs}/gu, "?"));

describe("a signed webhook", () => {
  const taken: RoutedEvent[] = [];
  const lines: string[] = [];
  let failure: Error | null = null;
  let app: FastifyInstance;

  beforeAll(async () => {
    app = buildApp({
      webhookKeys: [WEBHOOK_KEY],
      businesses: ANY_BUSINESS,
      trustProxy: false,
      operatorAlerts: undefined as never,
      namespace: undefined as never,
      recoveries: {
        signal: async (event) => {
          taken.push(event);
          if (failure !== null) throw failure;
          return await Promise.resolve("signaled");
        },
        view: async () => await Promise.reject(failure ?? new Error("no failure")),
        createPaymentLink: undefined as never,
        stopReminders: undefined as never,
        isReachable: undefined as never,
      },
      checkouts: { report: async () => await Promise.resolve("signaled" as never) },
      mandates: {
        signal: async () => await Promise.resolve("signaled" as never),
        request: undefined as never,
        view: undefined as never,
      },
      operatorKeys: [],
      recoveryClient: undefined as never,
      charges: undefined as never,
      charging: undefined as never,
      deliveries: null as never,
      imports: undefined as never,
      reports: null,
      proofs: undefined as never,
      links: { keys: [Buffer.alloc(32, 9)] },
      brand: PLAIN_BRAND,
      publicUrl: "https://pay.example",
      log: createLog("trace", "gateway", { write: (line) => lines.push(line) }),
      metrics: NO_METRICS,
      now: () => Date.now(),
    });
    await app.ready();
  });

  afterAll(async () => {
    await app.close();
  });

  test("that Temporal refuses with a sentence about a person leaves the person out of the log, as does a page", async () => {
    const cause = Object.assign(new Error(`13 INTERNAL: ${SENTENCE}`), {
      code: 13,
      details: SENTENCE,
    });
    failure = Object.assign(new Error(SENTENCE, { cause }), { response: SENTENCE });
    lines.length = 0;
    const { body, headers } = signWebhook(JSON.stringify(paymentFailed("sub_1")));
    const answers = [
      await app.inject({ method: "POST", url: "/webhooks/dodo", headers, payload: body }),
      await app.inject({
        method: "GET",
        url: `/pay/${tokenFor(Date.now() + 60_000)}`,
      }),
    ];
    failure = null;
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([503, 503]);
    expect(lines.join("")).toContain('"event":"webhook_failed"');
    expect(lines.join("")).toContain('"event":"payment_page_failed"');
    // The code and the place are there.
    expect(lines.join("")).toMatch(/"codes":\["code 13"\].*gateway\.test\.ts/);
    expect(tracesOf([...lines, ...answers.map((one) => one.body)].join(""))).toEqual([]);
  });

  const PLACES = [
    "type",
    "business_id",
    "timestamp",
    "data",
    "data.payment_id",
    "data.subscription_id",
    "data.subscription_ids",
    "data.status",
    "data.error_code",
    "data.error_message",
    "data.created_at",
    "data.updated_at",
    "data.total_amount",
    "data.tax",
    "data.currency",
    "data.retry_attempt",
    "data.payment_method_id",
    "data.payment_link",
    "data.is_multi_subscription",
    "data.is_update_payment_method",
    "data.customer",
    "data.customer.customer_id",
    "data.metadata",
    "data.metadata.recovery_attempt",
    "data.metadata.mandate_id",
    "data.metadata.reprise",
    "data.metadata.__proto__",
  ];

  test.each(VALUES)("with %s in any place is taken or refused, never an error", async (_, json) => {
    for (const place of PLACES) {
      taken.length = 0;
      lines.length = 0;
      const { body, headers } = signWebhook(bodyWith(paymentFailed("sub_1"), place, json));
      const url = "/webhooks/dodo";
      const { statusCode } = await app.inject({ method: "POST", url, headers, payload: body });
      expect([200, 400], place).toContain(statusCode);
      // Of these places only an id, a type or a whole body can make an event useless.
      if (place.startsWith("data.metadata")) expect(taken, place).toHaveLength(1);
      for (const { subscriptionId, event } of taken) {
        expect(parseSubscriptionId(subscriptionId), place).not.toBeNull();
        if (event.kind !== "payment_reported") continue;
        const { paymentId, totalMinor, taxMinor, createdAt, retryAttempt } = event.payment;
        expect(parsePaymentId(paymentId), place).not.toBeNull();
        for (const number of [totalMinor, taxMinor, createdAt, retryAttempt]) {
          expect(number === null || Number.isSafeInteger(number), place).toBe(true);
        }
      }
      for (const line of lines) expect(OBEYED.test(line.trimEnd()), place).toBe(false);
      expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
    }
  });
});

describe("a request to the API", () => {
  /** Without Temporal: a valid request is answered 503. */
  let app: FastifyInstance;

  // A new one for each test, because of the rate limit.
  beforeEach(async () => {
    app = buildTestGateway(null, "nowhere");
    await app.ready();
  });

  afterEach(async () => {
    await app.close();
  });

  const CHARGE = { amount: 2_900 };
  const MANDATE = {
    product_id: "pdt_1",
    customer: { customer_id: "cus_1" },
    billing: { country: "DE" },
    mandate_only: true,
  };
  const BODIES: readonly (readonly [string, object, readonly string[]])[] = [
    [
      "/v1/subscriptions/sub_1/charges",
      CHARGE,
      [
        "amount",
        "currency",
        "description",
        "metadata",
        "metadata.note",
        "customer_balance_config",
        "more",
      ],
    ],
    [
      "/v1/subscriptions",
      MANDATE,
      [
        "product_id",
        "customer",
        "customer.customer_id",
        "billing.country",
        "mandate_only",
        "amount",
        "currency",
        "description",
        "return_url",
        "quantity",
        "metadata",
        "metadata.note",
      ],
    ],
    ["/v1/recoveries/sub_1/pause", {}, ["note", "confirmed_absent", "new_debt", "more"]],
    ["/v1/recoveries/sub_1/retry", {}, ["note", "confirmed_absent", "confirmed_dead"]],
    ["/v1/charging/stop", {}, ["reason", "note"]],
  ];

  /** With another key each time, for the rate limit. */
  let count = 0;
  const next = (): { remoteAddress: string; headers: Record<string, string> } => {
    count += 1;
    const { secret } = OPERATOR_KEYS[count % OPERATOR_KEYS.length] ?? OPERATOR_KEYS[0];
    return {
      remoteAddress: `192.0.2.${count % 250}`,
      headers: {
        authorization: `Bearer ${secret}`,
        "content-type": "application/json",
        "idempotency-key": `key-${count}`,
      },
    };
  };

  /** What is wrong with an answer; null for a problem document. 503: the request is valid, and Temporal is not there. */
  const faultOf = ({
    statusCode,
    headers,
  }: Awaited<ReturnType<FastifyInstance["inject"]>>): string | null => {
    const isExpected =
      (statusCode >= 400 && statusCode < 500 && statusCode !== 429) || statusCode === 503;
    const type = String(headers["content-type"]);
    return isExpected && type === "application/problem+json" ? null : `${statusCode} ${type}`;
  };

  test.each(BODIES)(
    "to %s with a hostile body gets a problem document",
    async (url, body, places) => {
      for (const [name, json] of VALUES) {
        for (const payload of [json, ...places.map((place) => bodyWith(body, place, json))]) {
          const answer = await app.inject({ method: "POST", url, payload, ...next() });
          expect(faultOf(answer), name).toBeNull();
        }
      }
    },
  );

  test.each([
    (text: string) => `/v1/recoveries?state=${text}`,
    (text: string) => `/v1/recoveries?cursor=${text}`,
    (text: string) => `/v1/recoveries?customer_id=${text}`,
    (text: string) => `/v1/recoveries/${text}`,
    (text: string) => `/v1/recoveries/${text}/proof`,
    (text: string) => `/v1/charges/${text}`,
    (text: string) => `/v1/mandates/${text}`,
  ])("with a hostile address gets a problem document: %s", async (urlOf) => {
    for (const [name, text] of STRINGS) {
      // An empty id is another route.
      if (text.trim() === "") continue;
      const url = urlOf(encoded(text.slice(0, 500)));
      expect(faultOf(await app.inject({ method: "GET", url, ...next() })), name).toBeNull();
    }
  });
});

describe("a customer's page", () => {
  const isClean = (html: string, what: string): void => {
    expect(scriptsIn(html), what).toEqual([]);
    expect(
      linksIn(html).filter((link) => link.includes("evil")),
      what,
    ).toEqual([]);
    expect(/(?![\t\n\r])\p{Cc}/u.test(html), what).toBe(false);
  };

  test.each(STRINGS)("shows an amount in a currency that is %s", async (name, text) => {
    const total = money(2_900, text.slice(0, 1_000));
    for (const view of [
      { kind: "owed", total, handledPayments: [text] },
      { kind: "being_processed", total },
      { kind: "unpaid", total },
    ] as const) {
      const { app } = stubbedGateway({ view });
      const { statusCode, body } = await app.inject({ method: "GET", url: `/pay/${tokenFor()}` });
      expect(statusCode).toBe(200);
      expect(headingOf(body)).not.toBe("");
      isClean(body, name);
    }
  });

  test("never repeats an address, a language or a referrer", async () => {
    const { app } = stubbedGateway();
    for (const [name, text] of STRINGS) {
      const value = encoded(text.slice(0, 500));
      for (const url of [
        `/pay/${value}`,
        `/pay/${tokenFor()}?lang=${value}`,
        `/reminders/${value}`,
      ]) {
        // A header has no control characters: Node.js refuses them.
        const header = text.replaceAll(/[^\x20-\x7e]/g, "").slice(0, 500);
        const headers = { "accept-language": header, referer: header, "user-agent": header };
        const { statusCode, body } = await app.inject({ method: "GET", url, headers });
        expect(statusCode, `${name} ${url}`).toBeLessThan(500);
        isClean(body, name);
      }
    }
  });
});
