import type { FastifyInstance, HTTPMethods } from "fastify";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Brand, PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { ROOT } from "../support/documents.ts";
import { buildTestGateway, OPERATOR_KEYS } from "../support/system/gateway.ts";

const LOGO = { content: Buffer.from("logo"), contentType: "image/png" } as const;
const BRAND = { ...PLAIN_BRAND, logo: LOGO } as unknown as Brand;

const gatewayAt = (publicUrl: string): FastifyInstance =>
  buildTestGateway(null, "nowhere", [], BRAND, null, undefined, { publicUrl });

let app: FastifyInstance;
let port: number;

beforeAll(async () => {
  app = gatewayAt("https://pay.example");
  await app.listen({ host: "127.0.0.1", port: 0 });
  port = (app.server.address() as AddressInfo).port;
});

afterAll(async () => {
  await app.close();
});

type Row = { readonly routes: readonly string[]; readonly cache: string; readonly policy: string };

function tableOf(document: string): readonly Row[] {
  const [, section = ""] = readFileSync(join(ROOT, document), "utf8").split("\n## Headers\n");
  const lines = (section.split("\n## ")[0] ?? "")
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  return lines.map((line) => {
    const [, routes = "", , cache = "", policy = ""] = line.split("|").map((cell) => cell.trim());
    const wordsOf = (cell: string): string[] =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
    return {
      routes: wordsOf(routes),
      cache: cache.replaceAll("`", ""),
      policy: policy.replaceAll("`", ""),
    };
  });
}

const matches = (pattern: string, route: string): boolean =>
  pattern.endsWith("/*") ? route.startsWith(pattern.slice(0, -1)) : pattern === route;

describe('the table of headers in docs/SECURITY.md, "Headers",', () => {
  test("has one row for each route, and the headers of its answers", async () => {
    const rows = tableOf("docs/SECURITY.md");
    const used = new Set<string>();
    for (const [route, methods] of app.routeTable.routes) {
      const matching = rows.filter(({ routes }) => routes.some((one) => matches(one, route)));
      expect(matching.length, route).toBe(1);
      const [row] = matching;
      for (const one of row?.routes ?? []) if (matches(one, route)) used.add(one);
      for (const method of methods) {
        const url = route.replaceAll(/:\w+/g, "x").replace("*", "swagger-ui.css");
        const { headers } = await app.inject({ method: method as HTTPMethods & "GET", url });
        const where = `${method} ${route}`;
        const cache = String(headers["cache-control"]);
        if (row?.cache === "no-store or a file's")
          expect(cache, where).toMatch(/^(no-store|public, max-age=0)$/);
        else expect(cache, where).toBe(row?.cache);
        expect(String(headers["content-security-policy"]), where).toContain(row?.policy);
        expect(String(headers["content-security-policy"]), where).toContain(
          "frame-ancestors 'none'",
        );
        expect(headers, where).toMatchObject({
          "x-content-type-options": "nosniff",
          "referrer-policy": "no-referrer",
          "strict-transport-security": "max-age=31536000",
        });
      }
    }
    expect(rows.flatMap(({ routes }) => routes).filter((one) => !used.has(one))).toEqual([]);
  });

  test("leaves HSTS out where customers reach the gateway by HTTP", async () => {
    const plain = gatewayAt("http://127.0.0.1:3000");
    const { headers } = await plain.inject("/healthz");
    expect(headers["strict-transport-security"]).toBeUndefined();
    expect(headers["x-content-type-options"]).toBe("nosniff");
    await plain.close();
  });
});

const COMMON = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
} as const;

describe("a request without a route", () => {
  test.each([
    ["DELETE", "/healthz", "GET, HEAD"],
    ["GET", "/webhooks/dodo", "POST"],
    ["OPTIONS", "/pay/token", "GET, HEAD, POST"],
    ["PUT", "/v1/recoveries/sub_1/pause", "POST"],
    ["PATCH", "/v1/recoveries?state=waiting", "GET, HEAD"],
  ] as const)("%s %s is answered 405 with Allow: %s", async (method, url, allow) => {
    const authorization = `Bearer ${OPERATOR_KEYS[0].secret}`;
    const response = await app.inject({ method, url, headers: { authorization } });
    expect(response.statusCode).toBe(405);
    expect(response.headers).toMatchObject({ ...COMMON, allow });
    expect(response.json()).toMatchObject({ code: "method_not_allowed", status: 405 });
  });

  test("is answered 404 with a problem document where no method has it", async () => {
    const response = await app.inject("/nowhere");
    expect(response.statusCode).toBe(404);
    expect(response.headers).toMatchObject({
      ...COMMON,
      "content-type": "application/problem+json",
    });
    expect(response.json()).toMatchObject({ code: "no_route" });
  });

  test("with a malformed percent sign is answered 400 with a problem document, or with a page where customers are", async () => {
    const other = await app.inject("/v1/%E0%A4%A");
    expect(other.statusCode).toBe(400);
    expect(other.headers).toMatchObject({ ...COMMON, "content-type": "application/problem+json" });
    for (const url of ["/pay/%E0%A4%A", "/reminders/%"]) {
      const page = await app.inject(url);
      expect(page.statusCode, url).toBe(404);
      expect(page.headers).toMatchObject({ ...COMMON, "content-type": "text/html; charset=utf-8" });
    }
  });
});

/** Sends bytes, and waits for the end of the connection. */
async function answerTo(request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString())).on("error", () => undefined);
  socket.write(request);
  await once(socket, "close");
  return text;
}

describe("a request that Node cannot parse", () => {
  test.each([
    ["with headers of 20 KB", `GET / HTTP/1.1\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    ["that is no HTTP", "hello\r\n\r\n", 400],
    ["with two lengths", "GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400],
  ])("%s is answered with a problem document that has our headers", async (_, request, status) => {
    const [head = "", body = ""] = (await answerTo(request)).split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain("content-type: application/problem+json");
    for (const [name, value] of Object.entries(COMMON))
      expect(head.toLowerCase()).toContain(`${name}: ${value}`);
    expect(JSON.parse(body)).toMatchObject({ status });
  });
});
