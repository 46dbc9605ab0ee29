import { NO_METRICS } from "../../platform/metrics/metrics.ts";
import type { FastifyInstance, InjectOptions } from "fastify";
import { readFileSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { createLog } from "../../platform/log.ts";
import { buildApp } from "../../server/app.ts";
import { buildTestGateway, LINK_KEY, OPERATOR_KEYS } from "../support/system/gateway.ts";
import { API_ROUTES } from "./openapi/api-routes.ts";

const KEY = { authorization: `Bearer ${OPERATOR_KEYS[0].secret}` };

/** A gateway without a connection to Temporal. */
let app: FastifyInstance;

beforeAll(async () => {
  app = buildTestGateway(null, "nowhere");
  await app.ready();
});

afterAll(async () => {
  await app.close();
});

type Problem = { readonly status: number; readonly code: string; readonly detail: string };

async function problemOf(
  request: InjectOptions,
): Promise<Problem & { readonly type: string; readonly headers: Record<string, unknown> }> {
  const response = await app.inject(request);
  expect(response.headers["content-type"]).toBe("application/problem+json");
  const body = response.json<Problem & { type: string; title: string }>();
  expect(body).toMatchObject({ type: "about:blank", status: response.statusCode });
  expect(body.title).not.toBe("");
  return { ...body, headers: response.headers };
}

describe("authentication and rate limit", () => {
  test.each([
    ["no credentials", {}],
    ["another secret", { authorization: `Bearer ${"x".repeat(36)}` }],
    ["a truncated secret", { authorization: `Bearer ${OPERATOR_KEYS[0].secret.slice(0, -1)}` }],
    ["the secret without Bearer", { authorization: OPERATOR_KEYS[0].secret }],
    ["the key's name", { authorization: "Bearer anna" }],
  ])("a request with %s gets 401", async (_what, headers) => {
    const problem = await problemOf({ url: "/v1/recoveries", headers });
    expect(problem).toMatchObject({ status: 401, code: "unauthorized" });
    expect(problem.headers["www-authenticate"]).toContain("Bearer");
  });

  test("every operator key is accepted", async () => {
    for (const { secret } of OPERATOR_KEYS) {
      const headers = { authorization: `bearer ${secret}` };
      expect(await problemOf({ url: "/v1/recoveries", headers })).toMatchObject({ status: 503 });
    }
  });

  test("without operator keys there is neither an API nor its documentation page", async () => {
    const off = buildApp({
      webhookKeys: [],
      businesses: undefined as never,
      operatorAlerts: undefined as never,
      namespace: undefined as never,
      recoveries: undefined as never,
      checkouts: undefined as never,
      operatorKeys: [],
      recoveryClient: undefined as never,
      charges: undefined as never,
      charging: undefined as never,
      deliveries: null as never,
      imports: undefined as never,
      mandates: undefined as never,
      reports: null,
      proofs: undefined as never,
      links: { keys: [LINK_KEY] },
      trustProxy: false,
      brand: PLAIN_BRAND,
      publicUrl: "http://127.0.0.1",
      log: createLog("fatal", "gateway"),
      metrics: NO_METRICS,
      now: () => 0,
    });
    for (const url of ["/v1/recoveries", "/v1/openapi.json", "/docs"]) {
      expect((await off.inject({ url, headers: KEY })).statusCode).toBe(404);
    }
    await off.close();
  });

  test("a caller above the rate limit gets 429 with Retry-After, also while it guesses keys", async () => {
    const limited = buildTestGateway(null, "nowhere");
    const askRepeatedly = async (headers: Record<string, string>): Promise<number[]> => {
      const answers: number[] = [];
      for (let count = 0; count < 601; count += 1) {
        answers.push((await limited.inject({ url: "/v1/recoveries", headers })).statusCode);
      }
      return answers;
    };
    const guesses = await askRepeatedly({ authorization: "Bearer guessed" });
    expect(guesses.filter((one) => one === 429)).toEqual([429]);
    // Every key is counted separately.
    expect((await askRepeatedly(KEY)).filter((one) => one === 429)).toEqual([429]);
    const last = await limited.inject({ url: "/v1/recoveries", headers: KEY });
    expect(Number(last.headers["retry-after"])).toBeGreaterThan(0);
    expect(last.json()).toMatchObject({ code: "too_many_requests" });
    await limited.close();
  });
});

describe("problem documents", () => {
  const charges = "/v1/subscriptions/sub_1/charges";
  const post = (payload: unknown, headers: object = {}) => ({
    method: "POST" as const,
    url: charges,
    headers: { ...KEY, "content-type": "application/json", "idempotency-key": "k", ...headers },
    payload: typeof payload === "string" ? payload : JSON.stringify(payload),
  });
  const withoutKey = ({ headers, ...request }: ReturnType<typeof post>) => {
    const { "idempotency-key": _key, ...others } = headers;
    return { ...request, headers: others };
  };

  test.each([
    ["an unknown route", { url: "/v1/nothing", headers: KEY }, 404, "no_route"],
    [
      "an unknown action",
      { method: "POST", url: "/v1/recoveries/sub_1/explode", headers: KEY },
      422,
      "invalid_request",
    ],
    [
      "an unknown state",
      { url: "/v1/recoveries?state=fine", headers: KEY },
      422,
      "invalid_request",
    ],
    [
      "an unknown filter",
      { url: "/v1/recoveries?stat=waiting", headers: KEY },
      422,
      "invalid_request",
    ],
    [
      "a filter that contains a query",
      { url: '/v1/recoveries?customer_id=x"%20OR%20""="', headers: KEY },
      422,
      "invalid_request",
    ],
    [
      "an invalid subscription id",
      { url: "/v1/recoveries/%22", headers: KEY },
      422,
      "invalid_request",
    ],
    ["an id that is not a charge id", { url: "/v1/charges/pay_1", headers: KEY }, 404, "no_charge"],
    ["malformed JSON", post("{"), 400, "malformed_json"],
    [
      "a body that is not declared as JSON",
      post("<a/>", { "content-type": "application/xml" }),
      415,
      "unsupported_media_type",
    ],
    [
      "a body above the size limit",
      post(JSON.stringify({ amount: 1, description: "x".repeat(70_000) })),
      413,
      "too_large",
    ],
    ["a charge without an amount", post({}), 422, "invalid_request"],
    ["an amount with a fraction", post({ amount: 100.5 }), 422, "invalid_request"],
    ["an amount as text", post({ amount: "100" }), 422, "invalid_request"],
    ["an amount of zero", post({ amount: 0 }), 422, "invalid_request"],
    ["an amount above Dodo's maximum", post({ amount: 2_147_483_648 }), 422, "invalid_request"],
    [
      "an amount below the currency's minimum",
      post({ amount: 49, currency: "USD" }),
      422,
      "invalid_request",
    ],
    ["an unknown field", post({ amount: 100, ammount: 1 }), 422, "invalid_request"],
    [
      "a reserved metadata key",
      post({ amount: 100, metadata: { recovery_attempt: "x" } }),
      422,
      "invalid_request",
    ],
    [
      "a metadata value that is not text",
      post({ amount: 100, metadata: { a: 1 } }),
      422,
      "invalid_request",
    ],
    [
      "too many metadata pairs",
      post({
        amount: 100,
        metadata: Object.fromEntries(Array.from({ length: 48 }, (_, at) => [`k${at}`, ""])),
      }),
      422,
      "invalid_request",
    ],
    [
      "a charge without an Idempotency-Key",
      withoutKey(post({ amount: 100 })),
      400,
      "idempotency_key_missing",
    ],
    [
      "a charge with an empty Idempotency-Key",
      post({ amount: 100 }, { "idempotency-key": "" }),
      400,
      "idempotency_key_missing",
    ],
    [
      "a malformed charge without an Idempotency-Key",
      withoutKey(post({ amount: "100" })),
      400,
      "idempotency_key_missing",
    ],
    [
      "a charge with an Idempotency-Key that has spaces",
      post({ amount: 100 }, { "idempotency-key": "a b" }),
      422,
      "invalid_request",
    ],
    [
      "a mandate without an Idempotency-Key",
      { ...withoutKey(post({})), url: "/v1/subscriptions" },
      400,
      "idempotency_key_missing",
    ],
    ["a stop without a reason", { ...post({}), url: "/v1/charging/stop" }, 422, "invalid_request"],
    [
      "a stop with a blank reason",
      { ...post({ reason: " " }), url: "/v1/charging/stop" },
      422,
      "invalid_request",
    ],
    [
      "a proof of an invalid subscription id",
      { url: "/v1/recoveries/%22/proof", headers: KEY },
      422,
      "invalid_request",
    ],
    ["a charge while Temporal is unreachable", post({ amount: 100 }), 503, "unavailable"],
    [
      "a proof while Temporal is unreachable",
      { url: "/v1/recoveries/sub_1/proof", headers: KEY },
      503,
      "unavailable",
    ],
    [
      "reading the charging state while Temporal is unreachable",
      { url: "/v1/charging", headers: KEY },
      503,
      "unavailable",
    ],
  ] as const)("%s is answered with a problem document", async (_what, request, status, code) => {
    const problem = await problemOf(request as InjectOptions);
    expect(problem).toMatchObject({ status, code });
    if (status === 503) expect(Number(problem.headers["retry-after"])).toBeGreaterThan(0);
  });
});

describe("requesting a mandate", () => {
  const valid = {
    product_id: "pdt_1",
    customer: { customer_id: "cus_1" },
    billing: { country: "DE" },
    mandate_only: false,
    amount: 2_900,
    currency: "EUR",
  };
  const post = (changes: object): InjectOptions => ({
    method: "POST",
    url: "/v1/subscriptions",
    headers: { ...KEY, "content-type": "application/json", "idempotency-key": "k" },
    payload: JSON.stringify({ ...valid, ...changes }),
  });

  test("a valid mandate request is sent to Temporal", async () => {
    expect(await problemOf(post({}))).toMatchObject({ status: 503, code: "unavailable" });
  });

  test.each([
    ["a new customer", { customer: { email: "a@b.example", name: "Ada" } }, "/customer", "create"],
    [
      "a customer's name",
      { customer: { customer_id: "cus_1", name: "Ada" } },
      "/customer",
      "create the customer in Dodo",
    ],
    [
      "a street address",
      { billing: { country: "DE", street: "Elm St 1" } },
      "/billing",
      "Dodo's checkout asks for the rest",
    ],
    ["a country by name", { billing: { country: "Germany" } }, "/billing/country", "ISO 3166"],
    ["mandate_only and an amount", { mandate_only: true }, "/amount", "leave amount out"],
    [
      "mandate_only and a choice of fees",
      { mandate_only: true, amount: undefined, adaptive_currency_fees_inclusive: true },
      "/adaptive_currency_fees_inclusive",
      "leave adaptive_currency_fees_inclusive out",
    ],
    ["no quantity", { quantity: 0 }, "/quantity", ">0"],
    [
      "a floor in parts of a paisa",
      { mandate_min_amount_inr_paise: 0.5 },
      "/mandate_min_amount_inr_paise",
      "int",
    ],
    ["a currency without an amount", { amount: undefined }, "/currency", "with an amount"],
    ["an amount below the minimum", { amount: 49 }, "/amount", "below the minimum"],
    ["a reserved metadata key", { metadata: { mandate_id: "x" } }, "/metadata", "set by Reprise"],
    ["a return URL that is not http", { return_url: "javascript:alert(1)" }, "/return_url", "URL"],
  ] as const)(
    "a mandate request with %s is refused with advice",
    async (_what, changes, path, advice) => {
      const problem = await problemOf(post(changes));
      expect(problem).toMatchObject({ status: 422, code: "invalid_request" });
      const { errors = [] } = problem as { errors?: { path: string; message: string }[] };
      const messages = errors.filter((one) => one.path === path).map(({ message }) => message);
      expect(messages.join("; "), JSON.stringify(errors)).toContain(advice);
    },
  );
});

describe("OpenAPI description", () => {
  test("the OpenAPI 3.1 description needs no key and lists every route", async () => {
    const response = await app.inject({ url: "/v1/openapi.json" });
    expect(response.statusCode).toBe(200);
    const { openapi, paths } = response.json<{ openapi: string; paths: object }>();
    expect(openapi).toMatch(/^3\.1\./);
    expect(Object.keys(paths).toSorted()).toEqual(API_ROUTES);
  });

  test("every operation has one tag and a problem response, and every schema is used", async () => {
    const text = (await app.inject({ url: "/v1/openapi.json" })).body;
    const { paths, components } = JSON.parse(text) as {
      paths: Record<string, Record<string, { tags?: string[]; responses: Record<string, object> }>>;
      components: { schemas: object };
    };
    for (const [path, operations] of Object.entries(paths)) {
      for (const { tags, responses } of Object.values(operations)) {
        expect(tags, path).toHaveLength(1);
        expect(responses["default"], path).toMatchObject({
          content: {
            "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
          },
        });
      }
    }
    for (const name of Object.keys(components.schemas))
      expect(text, name).toContain(`"#/components/schemas/${name}"`);
    expect(text).not.toContain("Default Response");
    expect(text).not.toContain(String(Number.MAX_SAFE_INTEGER));
  });

  test("the documentation page loads files from the gateway only", async () => {
    const page = await app.inject({ url: "/docs" });
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, at]) => at ?? "");
    expect(assets.length).toBeGreaterThan(2);
    for (const asset of assets) {
      expect(asset).not.toMatch(/^(https?:)?\/\//);
      const url = new URL(asset, "http://gateway/docs/").pathname;
      expect((await app.inject({ url })).statusCode, url).toBe(200);
    }
    expect(page.body).not.toMatch(/<script>|<style>| onload=/);
  });
});

test("docs/API.md lists exactly the routes of the API", async () => {
  const text = readFileSync(new URL("../../docs/API.md", import.meta.url), "utf8");
  const named = [...text.matchAll(/^\| `(GET|POST) (\/v1\S+)`/gm)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  const response = await app.inject({ url: "/v1/openapi.json" });
  const { paths } = response.json<{ paths: Record<string, object> }>();
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(named.toSorted()).toEqual(routes.toSorted());
});
