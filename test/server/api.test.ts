import type { FastifyInstance, InjectOptions } from "fastify";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { createLog } from "../../platform/log.ts";
import { buildApp } from "../../server/app.ts";
import { buildTestGateway, LINK_KEY, OPERATOR_KEYS } from "../support/system/gateway.ts";

const KEY = { authorization: `Bearer ${OPERATOR_KEYS[0].secret}` };

/** A gateway that Temporal has not answered yet. */
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
  asked: InjectOptions,
): Promise<Problem & { readonly type: string; readonly headers: Record<string, unknown> }> {
  const response = await app.inject(asked);
  expect(response.headers["content-type"]).toBe("application/problem+json");
  const body = response.json<Problem & { type: string; title: string }>();
  expect(body).toMatchObject({ type: "about:blank", status: response.statusCode });
  expect(body.title).not.toBe("");
  return { ...body, headers: response.headers };
}

describe("who may ask", () => {
  test.each([
    ["nothing", {}],
    ["another secret", { authorization: `Bearer ${"x".repeat(36)}` }],
    ["the beginning of one", { authorization: `Bearer ${OPERATOR_KEYS[0].secret.slice(0, -1)}` }],
    ["the secret without Bearer", { authorization: OPERATOR_KEYS[0].secret }],
    ["the name", { authorization: "Bearer anna" }],
  ])("with %s is told that a key is wanted", async (_what, headers) => {
    const problem = await problemOf({ url: "/v1/recoveries", headers });
    expect(problem).toMatchObject({ status: 401, code: "unauthorized" });
    expect(problem.headers["www-authenticate"]).toContain("Bearer");
  });

  test("with either key is let in", async () => {
    for (const { secret } of OPERATOR_KEYS) {
      const headers = { authorization: `bearer ${secret}` };
      expect(await problemOf({ url: "/v1/recoveries", headers })).toMatchObject({ status: 503 });
    }
  });

  test("nobody, where no key is set: there is no API, and no page of it", async () => {
    const off = buildApp({
      verify: () => ({ kind: "rejected", why: "never" }) as never,
      recoveries: undefined as never,
      checkouts: undefined as never,
      operatorKeys: [],
      desk: undefined as never,
      charges: undefined as never,
      charging: undefined as never,
      mandates: undefined as never,
      proofs: undefined as never,
      links: { keys: [LINK_KEY] },
      brand: PLAIN_BRAND,
      publicUrl: "http://127.0.0.1",
      log: createLog("fatal", "gateway"),
      now: () => 0,
    });
    for (const url of ["/v1/recoveries", "/v1/openapi.json", "/docs"]) {
      expect((await off.inject({ url, headers: KEY })).statusCode).toBe(404);
    }
    await off.close();
  });

  test("too often is told when to come back; guessing is limited too", async () => {
    const limited = buildTestGateway(null, "nowhere");
    const asks = async (headers: Record<string, string>): Promise<number[]> => {
      const answers: number[] = [];
      for (let count = 0; count < 601; count += 1) {
        answers.push((await limited.inject({ url: "/v1/recoveries", headers })).statusCode);
      }
      return answers;
    };
    const guesses = await asks({ authorization: "Bearer guessed" });
    expect(guesses.filter((one) => one === 429)).toEqual([429]);
    // Another caller has a count of its own.
    expect((await asks(KEY)).filter((one) => one === 429)).toEqual([429]);
    const last = await limited.inject({ url: "/v1/recoveries", headers: KEY });
    expect(Number(last.headers["retry-after"])).toBeGreaterThan(0);
    expect(last.json()).toMatchObject({ code: "too_many_requests" });
    await limited.close();
  });
});

describe("what goes wrong is a problem document", () => {
  const charges = "/v1/subscriptions/sub_1/charges";
  const post = (payload: unknown, headers: object = {}) => ({
    method: "POST" as const,
    url: charges,
    headers: { ...KEY, "content-type": "application/json", "idempotency-key": "k", ...headers },
    payload: typeof payload === "string" ? payload : JSON.stringify(payload),
  });

  test.each([
    ["an unknown address", { url: "/v1/nothing", headers: KEY }, 404, "no_route"],
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
      "a filter that is a query",
      { url: '/v1/recoveries?customer_id=x"%20OR%20""="', headers: KEY },
      422,
      "invalid_request",
    ],
    ["an id that is none", { url: "/v1/recoveries/%22", headers: KEY }, 422, "invalid_request"],
    ["no charge's id", { url: "/v1/charges/pay_1", headers: KEY }, 404, "no_charge"],
    ["no JSON", post("{"), 400, "malformed_json"],
    [
      "another kind of body",
      post("<a/>", { "content-type": "application/xml" }),
      415,
      "unsupported_media_type",
    ],
    [
      "too large a body",
      post(JSON.stringify({ amount: 1, description: "x".repeat(70_000) })),
      413,
      "too_large",
    ],
    ["no amount", post({}), 422, "invalid_request"],
    ["half a cent", post({ amount: 100.5 }), 422, "invalid_request"],
    ["an amount as text", post({ amount: "100" }), 422, "invalid_request"],
    ["nothing to charge", post({ amount: 0 }), 422, "invalid_request"],
    ["more than Dodo can hold", post({ amount: 2_147_483_648 }), 422, "invalid_request"],
    ["too little in the currency", post({ amount: 49, currency: "USD" }), 422, "invalid_request"],
    ["a field that is not known", post({ amount: 100, ammount: 1 }), 422, "invalid_request"],
    [
      "our own metadata",
      post({ amount: 100, metadata: { recovery_attempt: "x" } }),
      422,
      "invalid_request",
    ],
    ["metadata that is no text", post({ amount: 100, metadata: { a: 1 } }), 422, "invalid_request"],
    [
      "too many pairs",
      post({
        amount: 100,
        metadata: Object.fromEntries(Array.from({ length: 48 }, (_, at) => [`k${at}`, ""])),
      }),
      422,
      "invalid_request",
    ],
    [
      "no Idempotency-Key",
      post({ amount: 100 }, { "idempotency-key": "" }),
      422,
      "invalid_request",
    ],
    ["a stop without a reason", { ...post({}), url: "/v1/charging/stop" }, 422, "invalid_request"],
    [
      "a reason of blanks",
      { ...post({ reason: " " }), url: "/v1/charging/stop" },
      422,
      "invalid_request",
    ],
    ["a proof of no id", { url: "/v1/recoveries/%22/proof", headers: KEY }, 422, "invalid_request"],
    ["Temporal away", post({ amount: 100 }), 503, "unavailable"],
    [
      "Temporal away from a proof",
      { url: "/v1/recoveries/sub_1/proof", headers: KEY },
      503,
      "unavailable",
    ],
    ["Temporal away from the switch", { url: "/v1/charging", headers: KEY }, 503, "unavailable"],
  ] as const)("%s", async (_what, asked, status, code) => {
    const problem = await problemOf(asked as InjectOptions);
    expect(problem).toMatchObject({ status, code });
    if (status === 503) expect(Number(problem.headers["retry-after"])).toBeGreaterThan(0);
  });
});

describe("a mandate is asked for without naming anybody", () => {
  const asked = {
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
    payload: JSON.stringify({ ...asked, ...changes }),
  });

  test("and is taken as far as Temporal", async () => {
    expect(await problemOf(post({}))).toMatchObject({ status: 503, code: "unavailable" });
  });

  test.each([
    ["a new customer", { customer: { email: "a@b.example", name: "Ada" } }, "/customer", "create"],
    [
      "a customer with a name",
      { customer: { customer_id: "cus_1", name: "Ada" } },
      "/customer",
      "create the customer in Dodo",
    ],
    [
      "an address",
      { billing: { country: "DE", street: "Elm St 1" } },
      "/billing",
      "Dodo's checkout asks for the rest",
    ],
    ["a country by name", { billing: { country: "Germany" } }, "/billing/country", "ISO 3166"],
    ["a price of nothing", { mandate_only: true }, "/amount", "nothing is charged"],
    ["a currency alone", { amount: undefined }, "/currency", "with an amount"],
    ["too little", { amount: 49 }, "/amount", "less than Dodo charges"],
    ["our own metadata", { metadata: { mandate_id: "x" } }, "/metadata", "set by Reprise"],
    ["another kind of address", { return_url: "javascript:alert(1)" }, "/return_url", "URL"],
  ] as const)("%s is not, and it says what to do", async (_what, changes, path, advice) => {
    const problem = await problemOf(post(changes));
    expect(problem).toMatchObject({ status: 422, code: "invalid_request" });
    const { errors = [] } = problem as { errors?: { path: string; message: string }[] };
    const said = errors.filter((one) => one.path === path).map(({ message }) => message);
    expect(said.join("; "), JSON.stringify(errors)).toContain(advice);
  });
});

describe("the description", () => {
  test("is OpenAPI 3.1, needs no key, and names every route", async () => {
    const response = await app.inject({ url: "/v1/openapi.json" });
    expect(response.statusCode).toBe(200);
    const { openapi, paths } = response.json<{ openapi: string; paths: object }>();
    expect(openapi).toMatch(/^3\.1\./);
    expect(Object.keys(paths).toSorted()).toEqual([
      "/v1/charges/{charge_id}",
      "/v1/charging",
      "/v1/charging/resume",
      "/v1/charging/stop",
      "/v1/mandates/{mandate_id}",
      "/v1/recoveries",
      "/v1/recoveries/{subscription_id}",
      "/v1/recoveries/{subscription_id}/proof",
      "/v1/recoveries/{subscription_id}/{action}",
      "/v1/subscriptions",
      "/v1/subscriptions/{subscription_id}/charges",
      "/v1/sweep",
    ]);
  });

  test("groups every route, says how it refuses, and has no schema that is used by none", async () => {
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

  test("has a page that asks nobody but the gateway", async () => {
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

test("docs/API.md names every route, and none that is not there", async () => {
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
