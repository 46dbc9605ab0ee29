import { describe, expect, test } from "vitest";
import { NOW, press, stubbedGateway, tokenFor } from "./stubbed-gateway.ts";

describe("requests to the pay page", () => {
  test("scanners, prefetchers and link previews that open the link change nothing", async () => {
    const { app, calls } = stubbedGateway();
    const agents = [
      {},
      { "sec-purpose": "prefetch;prerender", purpose: "prefetch" },
      { "user-agent": "Slackbot-LinkExpanding 1.0" },
      { "user-agent": "Mozilla/5.0 (compatible; proofpoint)", "x-moz": "prefetch" },
    ];
    for (const headers of agents)
      for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"] as const) {
        await app.inject({
          method,
          url: `/pay/${tokenFor()}?status=succeeded&payment_id=pay_9`,
          headers,
        });
      }
    expect(calls.links).toBe(0);
    expect(calls.views).toBe(8);
  });

  test.each([
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "same-origin" }, 303],
    [{ "sec-fetch-site": "none" }, 303],
    [{ origin: "https://evil.example" }, 403],
    [{ origin: "null" }, 303],
    [{ origin: "https://pay.example" }, 303],
    [{}, 303],
  ])(
    "a press with the headers %j is accepted only from the gateway's own page",
    async (headers, status) => {
      const { app, calls } = stubbedGateway();
      expect((await press(app, headers as Record<string, string>)).statusCode).toBe(status);
      expect(calls.links).toBe(status === 303 ? 1 : 0);
    },
  );

  test("more than ten presses a minute for one debt get 429, and other debts are not affected", async () => {
    const { app, calls } = stubbedGateway();
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1) statuses.push((await press(app)).statusCode);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 303), 429, 429]);
    expect(calls.links).toBe(10);
    const other = tokenFor(NOW + 60_000, "pay_7");
    expect((await app.inject({ method: "POST", url: `/pay/${other}` })).statusCode).toBe(303);
  });

  test("a body that is larger than a button's is rejected", async () => {
    const { app, calls } = stubbedGateway();
    const payload = "x".repeat(2_000);
    const { statusCode } = await app.inject({ method: "POST", url: `/pay/${tokenFor()}`, payload });
    expect(statusCode).toBe(413);
    expect(calls.links).toBe(0);
  });

  test("1,000 forged tokens all get the same 404 page and do not reach the recovery", async () => {
    const { app, calls } = stubbedGateway();
    const good = tokenFor();
    const [body = "", mac = ""] = good.split(".");
    const others = [tokenFor(NOW + 61_000), tokenFor(NOW + 62_000)];
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const changed = (at: number): string => {
      const letter = letters[(letters.indexOf(good[at] ?? "") + 1 + random(60)) % letters.length];
      return good.slice(0, at) + (letter ?? "A") + good.slice(at + 1);
    };
    const makers: ((index: number) => string)[] = [
      () => changed(random(good.length)),
      () => good.slice(0, 1 + random(good.length - 1)),
      (index) => `${others[index % 2]?.split(".")[0] ?? ""}.${mac}`,
      (index) => `${body}.${others[index % 2]?.split(".")[1] ?? ""}`,
      () => `${body}.${Buffer.from(mac).toString("base64url")}`,
      () => Array.from({ length: 1 + random(300) }, () => letters[random(64)]).join(""),
    ];
    const pages = new Set<string>();
    for (let index = 0; index < 1_000; index += 1) {
      const tampered = makers[index % makers.length]?.(index) ?? "";
      if (tampered === good) continue;
      const method = index % 2 === 0 ? "GET" : "POST";
      const path = index % 3 === 0 ? "reminders" : "pay";
      const { statusCode, body: page } = await app.inject({ method, url: `/${path}/${tampered}` });
      pages.add(`${statusCode} ${page}`);
    }
    expect(pages.size).toBe(1);
    expect([...pages][0]).toMatch(/^404 /);
    expect(calls).toEqual({ links: 0, views: 0, stops: 0 });
  });
});
